"""When Airflow tries a task again: by what the error says happens next, and after the server's own delay."""

from datetime import timedelta

from airflow.sdk import RetryPolicy
from airflow.sdk.definitions.context import Context
from airflow.sdk.definitions.retry_policy import RetryDecision

from visma_sync.errors import RetryableError, VismaSyncError


class VismaRetryPolicy(RetryPolicy):
    """RetryableError waits as long as it asks; every other error of ours needs a person, and fails at once.

    Anything that is not ours follows the task's own retries.
    """

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Context | None = None
    ) -> RetryDecision:
        """Decide for one failed try; the reason is shown in the task log."""
        if isinstance(exception, RetryableError):
            delay = timedelta(seconds=exception.retry_after) if exception.retry_after else None
            return RetryDecision.retry(delay, reason=exception.message)
        if isinstance(exception, VismaSyncError):
            return RetryDecision.fail(reason=str(exception))
        return RetryDecision.default()
