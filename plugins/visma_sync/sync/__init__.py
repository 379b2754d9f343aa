"""The business steps of a flow; they know neither Airflow nor any vendor's words."""
