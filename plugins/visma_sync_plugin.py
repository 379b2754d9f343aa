"""The one file that Airflow's plugin loader sees: `.airflowignore` hides the package beside it."""

from visma_sync.web.plugin import VismaSyncPlugin  # noqa: F401
