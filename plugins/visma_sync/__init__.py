"""The integration between Visma eAccounting and Visma.net ERP, run by Apache Airflow."""
