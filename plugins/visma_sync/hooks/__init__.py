"""Airflow Connections become clients of the two systems."""
