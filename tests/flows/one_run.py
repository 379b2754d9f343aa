"""One run of a flow in a process of its own, so that a test can kill it: `python -m tests.flows.one_run`."""

import sys
from pathlib import Path

import simplejson

from tests.flows.running import Company, demo_settings


def main() -> None:
    """Run a flow between the companies of this sandbox, with this ledger and these settings; print how each ended."""
    url, ledger_file, name, changes, flow = sys.argv[1:]
    company = Company(url, Path(ledger_file), demo_settings(**simplejson.loads(changes, use_decimal=True)))
    print(simplejson.dumps(company.run(name=name, flow=flow).all_ended()))


if __name__ == "__main__":
    main()
