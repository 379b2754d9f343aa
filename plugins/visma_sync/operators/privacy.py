"""What a person asks of the ledger by hand: to forget a customer, and to put everything under the newest key."""

from typing import Any

from airflow.sdk import BaseOperator, Param

from visma_sync.errors import ConfigurationError
from visma_sync.hooks.ledger import LEDGER_KEY, airflow_ledger
from visma_sync.operators.opening import airflow_settings
from visma_sync.sync.erase import erase_customer, lines_of

_FIELDS = {"eaccounting_number": "eAccounting", "vismanet_number": "Visma.net"}


def erase_form() -> dict[str, Param]:
    """The trigger form: Airflow keeps and shows what is entered, so it takes a number and never an e-mail address."""
    return {
        name: Param(
            None,
            type=["null", "string"],
            pattern=r"^[^@\s]{1,30}$",
            title=f"Customer number in {system}",
            description="One of the two. Airflow keeps what is entered here: no name, no e-mail address.",
        )
        for name, system in _FIELDS.items()
    }


class EraseCustomer(BaseOperator):
    """Forgets a customer in both directions and all flows, and says how much of which kind."""

    def execute(self, context: Any) -> dict[str, int]:
        """Give the number of rows that lost what they said of the person, by kind."""
        numbers = {name: context["params"].get(name) or "" for name in _FIELDS}
        if sum(map(bool, numbers.values())) != 1:
            raise ConfigurationError(
                "the form has to name one customer number",
                resolution=f"Fill one field, {' or '.join(_FIELDS)}, and leave the other one empty.",
                operation="erase",
            )
        erased = erase_customer(
            airflow_ledger(),
            source_number=numbers["eaccounting_number"],
            target_number=numbers["vismanet_number"],
        )
        for line in lines_of(erased, airflow_settings().retention_days):
            self.log.info("%s", line)
        return {
            "records": sum(erased.records.values()),
            "requests": erased.requests,
            "recognised_by": erased.recognised_by,
            "links": erased.links,
            "waiting": erased.waiting,
            "at_work": erased.at_work,
        }


class EncryptAnew(BaseOperator):
    """Puts everything that the ledger encrypts under the newest key; older keys are needed no more afterwards."""

    def execute(self, context: Any) -> int:
        """Give the number of rows that were encrypted anew."""
        rows = airflow_ledger().reencrypt()
        self.log.info("%d rows are under the first key of %s; take the keys behind it out", rows, LEDGER_KEY)
        return rows
