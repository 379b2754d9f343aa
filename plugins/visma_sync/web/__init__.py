"""The pages inside Airflow's own web interface."""
