"""Airflow on this machine, with the imitated systems or your own: `make up` and `make down`.

python -m local.stack up      start in the background and tell where it is
python -m local.stack down    stop it; no process and no port is left
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from local.airflow_api import AirflowApi
from local.environment import environment, sandbox_connections, sandbox_settings
from local.place import LOCAL, PROJECT, NotStartedError, Place, stack_place, started_place
from local.supervised import clear_leftovers, stop, supervisor_of, told
from local.supervisor import Component, write_plan

READY_WITHIN_SECONDS = 180.0


def main() -> None:
    """Do what the command line asks for."""
    command = sys.argv[1] if len(sys.argv) == 2 else ""
    try:
        if command == "up":
            up(stack_place())
        elif command == "down":
            down()
        else:
            sys.exit(__doc__)
    except NotStartedError as reason:
        sys.exit(str(reason))
    except KeyboardInterrupt:
        sys.exit("Interrupted; nothing was left running.")


def up(place: Place) -> None:
    """Start `place` in the background and tell where it is; when it runs already, only tell."""
    if supervisor_of(place.folder):
        print("It runs already.")
        place = started_place(place.name)
    else:
        print("Starting Airflow ...", flush=True)
        start(place)
    print(f"\n  {place.address}   user: admin   password: {place.secrets()['admin_password']}\n")
    if place.sandbox_port:
        print(f"  Both systems are imitated at {place.sandbox_address}; nothing leaves this machine.")
    else:
        print(f"  Your own systems. Keep {place.folder.relative_to(PROJECT)}: its ledger knows what was sent,")
        print("  and secrets.json holds the key to it.")
    print("  Stop it with `make down`.")


def down() -> None:
    """Stop what `up` started, and clear away what a killed demo may have left."""
    names = [name for name in ("sandbox", "own") if told(LOCAL / name)]
    for name in ("sandbox", "own"):
        stop(LOCAL / name, PROJECT)
    clear_leftovers(LOCAL / "demo", PROJECT)
    print("Stopped." if names else "Nothing runs.")


def start(place: Place, *, scheduled: bool = True, die_with_parent: bool = False) -> None:
    """Start Airflow (and the sandbox) under a supervisor; return when it answers.

    `scheduled` False lets no flow start by its own timetable; `die_with_parent` stops everything when the
    caller dies, however. Raises NotStartedError, and leaves nothing running then.
    """
    clear_leftovers(place.folder, PROJECT)
    place.check_ports()
    place.begin()
    variables = environment(place, scheduled=scheduled)
    _prepare_database(place, variables)
    write_plan(place.folder, components(place))
    command = [sys.executable, "-m", "local.supervisor", str(place.folder)]
    with (place.folder / "logs" / "supervisor.log").open("a") as log:
        started = subprocess.Popen(
            [*command, "--die-with-parent"] if die_with_parent else command,
            cwd=PROJECT,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait_until_ready(place)
        place.ready.touch()
        if place.sandbox_port:
            _connect_to_sandbox(place)
    except BaseException:
        started.terminate()
        stop(place.folder, PROJECT)
        raise


def _connect_to_sandbox(place: Place) -> None:
    # Not through the environment: there a person could neither see nor change them in Airflow's pages.
    with AirflowApi(place) as airflow:
        for name, connection in sandbox_connections(place).items():
            airflow.save_connection(name, connection)
        airflow.save_variable("visma_sync_settings", sandbox_settings(), "What the business decides.")


def components(place: Place) -> list[Component]:
    """The programs of `place`."""
    airflow = (sys.executable, "-m", "airflow")
    sandbox = (sys.executable, "-m", "sandbox", "--port", str(place.sandbox_port), "--orders", str(place.orders))
    today = datetime.now(UTC).date().isoformat()
    kept = [
        Component("api-server", (*airflow, "api-server"), needed_by_others=True),
        # Airflow's log servers would listen on every network address; on one machine the files are read.
        Component("scheduler", (*airflow, "scheduler", "--skip-serve-logs")),
        Component("dag-processor", (*airflow, "dag-processor")),
        # Nothing needs it in the first seconds, and two processors have enough to do then. Stopping, it waits
        # for triggers; those are in the database and go on at the next start.
        Component(
            "triggerer",
            (*airflow, "triggerer", "--skip-serve-logs"),
            waits_for=str(place.ready),
            grace_seconds=1.0,
        ),
    ]
    return (
        [Component("sandbox", (*sandbox, "--today", today), needed_by_others=True), *kept]
        if place.sandbox_port
        else kept
    )


def _prepare_database(place: Place, variables: Mapping[str, str]) -> None:
    """Give `place` a database of this Airflow's version; the empty one is made once and copied after that."""
    wanted = version("apache-airflow-core")
    made_with = place.folder / "airflow-version"
    if place.database.exists():
        if not made_with.exists() or made_with.read_text() != wanted:
            _migrate(place.database, variables)
    else:
        template = LOCAL / "cache" / f"airflow-{wanted}.sqlite"
        if not template.exists():
            template.parent.mkdir(mode=0o700, exist_ok=True)
            # Two places may start at once: each makes its own, and the last one stays.
            with TemporaryDirectory(dir=template.parent) as folder:
                draft = Path(folder) / template.name
                _migrate(draft, variables)
                draft.replace(template)
        shutil.copyfile(template, place.database)
    made_with.write_text(wanted)


def _migrate(database: Path, variables: Mapping[str, str]) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "airflow", "db", "migrate"],
        check=False,
        cwd=PROJECT,
        env={**variables, "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{database}"},
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise NotStartedError(f"Airflow could not make its database:\n{made.stderr[-2000:]}")


def _wait_until_ready(place: Place) -> None:
    give_up = time.monotonic() + READY_WITHIN_SECONDS
    with httpx.Client(timeout=5, trust_env=False) as client:
        while not (_airflow_is_healthy(client, place) and _sandbox_answers(client, place)):
            _check_nothing_keeps_ending(place)
            if time.monotonic() > give_up:
                raise NotStartedError(
                    f"Airflow did not answer within {READY_WITHIN_SECONDS:.0f} seconds. "
                    f"What it says is in {place.folder / 'logs'}."
                )
            time.sleep(0.3)


def _airflow_is_healthy(client: httpx.Client, place: Place) -> bool:
    try:
        answer = client.get(f"{place.address}/api/v2/monitor/health")
        # The first task would wait for this part of the api-server to load.
        client.get(f"{place.address}/execution/health")
    except httpx.TransportError:
        return False
    parts = answer.json() if answer.is_success else {}
    return all(
        parts.get(part, {}).get("status") == "healthy" for part in ("metadatabase", "scheduler", "dag_processor")
    )


def _sandbox_answers(client: httpx.Client, place: Place) -> bool:
    if not place.sandbox_port:
        return True
    try:
        return client.get(f"{place.sandbox_address}/_sandbox/requests").is_success
    except httpx.TransportError:
        return False


def _check_nothing_keeps_ending(place: Place) -> None:
    for name, component in told(place.folder).items():
        if component.restarts >= 2:
            log = place.folder / "logs" / f"{name}.log"
            last_words = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise NotStartedError(f"The {name} keeps ending. Its last words, from {log}:\n{last_words}")


if __name__ == "__main__":
    main()
