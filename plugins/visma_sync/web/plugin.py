"""What this project adds to Airflow's own pages."""

from airflow.plugins_manager import AirflowPlugin


class VismaSyncPlugin(AirflowPlugin):
    """Makes the project known to Airflow under its own name."""

    name = "visma_sync"
