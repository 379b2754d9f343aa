"""A sandbox of its own for a measurement: both systems imitated over real HTTP, with quotas that nobody reaches."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from local.place import PROJECT

SEED = 1


@contextmanager
def running_sandbox(orders: int, *, port: int = 0, latency_milliseconds: int = 0, **others: int) -> Iterator[str]:
    """Start a sandbox, give its address once it answers, and stop it in the end.

    Customers, articles and invoices are in step with the orders (1,000 orders: 250, 400 and 300), unless `others` says
    how many there are; the target knows none of them.
    """
    command = [sys.executable, "-m", "sandbox", f"--port={port}", f"--orders={orders}", f"--seed={SEED}"]
    command += ["--no-trouble", "--empty-target", f"--latency-ms={latency_milliseconds}"]
    command += [f"--{name}={count}" for name, count in others.items()]
    command += ["--minute-quota=100000000", "--hour-quota=100000000"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as server:
        try:
            ready = server.stdout.readline() if server.stdout else ""
            if not ready:
                raise RuntimeError("the sandbox did not start; its own message is above")
            yield ready.split()[-1]
        finally:
            server.terminate()
