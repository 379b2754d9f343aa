"""Says whether the whole link is set up right, each miss with its cure: `make preflight`; exit code 1 when it is not.

It looks through the Connections and the Variable of the Airflow that the environment names, when it has
VISMA_SYNC_LEDGER_KEY, else of the one that `make up` runs here, else of `make up SANDBOX=0`.
"""

import os
from collections.abc import Mapping

from local.environment import environment
from local.place import LOCAL, Place, started_place
from local.supervised import supervisor_of

LEDGER_KEY = "VISMA_SYNC_LEDGER_KEY"
# So Airflow also finds the Connections and Variables that were entered on its pages.
_READS_DATABASE = {"_AIRFLOW_PROCESS_CONTEXT": "server", "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR"}


def main() -> int:
    """Look, tell what was found, and give the exit code."""
    variables = installation(os.environ)
    os.environ.clear()
    os.environ.update(variables)
    # Airflow reads its options when it is first imported.
    from visma_sync.operators.preflight import look  # noqa: PLC0415

    verdict = look()
    print("\n".join(verdict.lines))
    return 0 if verdict.ready else 1


def installation(present: Mapping[str, str]) -> dict[str, str]:
    """The environment variables of the Airflow whose link is looked at."""
    if present.get(LEDGER_KEY):
        return {**_READS_DATABASE, **present}
    return {**environment(_place()), **_READS_DATABASE}


def _place() -> Place:
    """What runs here, the own systems first; else the place of the own systems."""
    for name in ("own", "sandbox"):
        if supervisor_of(LOCAL / name):
            return started_place(name)
    place = Place("own", 0, None)
    place.prepare()
    return place


if __name__ == "__main__":
    raise SystemExit(main())
