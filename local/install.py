"""Installs the project into `.venv`: locked versions with hashes, then the project itself, editable.

    python3 -m local.install runtime       what runs
    python3 -m local.install development   what tests and checks it, besides
    python3 -m local.install lock          write the locks anew from requirements*.in

Runs under the machine's own Python (one that is too old hears so) with the standard library alone. uv does
the work; where it cannot (a proxy or mirror that only pip is told about), pip installs the same lock with the
same hashes, more slowly.
"""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ENVIRONMENT = PROJECT / ".venv"
INTERPRETER = ENVIRONMENT / "bin" / "python"
OLDEST, NEWEST = (3, 11), (3, 14)
LOCKS = {"runtime": "requirements.txt", "development": "requirements-dev.txt"}
STAMPS = {name: ENVIRONMENT / f".{name}-installed" for name in LOCKS}


def main() -> None:
    """Do what the command line asks for; ends with one clear sentence where it cannot."""
    os.chdir(PROJECT)
    # A machine that forbids .pyc files makes every start of Airflow twice as slow.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # Compiled files are trusted by their time stamp: uv's default reads every source again at import.
    os.environ["PYC_INVALIDATION_MODE"] = "TIMESTAMP"
    command = sys.argv[1] if len(sys.argv) == 2 else ""
    try:
        if command in LOCKS:
            install(command)
        elif command == "lock":
            lock()
        else:
            sys.exit(__doc__)
    except subprocess.CalledProcessError as failure:
        sys.exit(f"Not installed: `{' '.join(map(str, failure.cmd))}` failed; its own message is above.")


def install(wanted: str) -> None:
    """Bring `.venv` to the lock of `wanted`; development tools that are there already stay, up to date."""
    if not _usable(INTERPRETER):
        make_environment()
    if STAMPS["development"].exists():
        wanted = "development"
    lock_file = LOCKS[wanted]
    print(f"Installing {lock_file} into {ENVIRONMENT.name} ...", flush=True)
    try:
        _pip("--require-hashes", "-r", "requirements-installer.txt")
        _uv("pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", lock_file)
    except subprocess.CalledProcessError:
        print("uv could not install (its message is above); pip does it now, which takes longer.", flush=True)
        # The lock is complete; resolving it again, pip trips over extras such as celery[redis].
        _pip("--require-hashes", "--no-deps", "-r", lock_file)
    _pip("--no-index", "--no-build-isolation", "--no-deps", "--editable", ".")
    for name in ("runtime", wanted):
        STAMPS[name].touch()


def make_environment() -> None:
    """Create `.venv` with the Python that runs this, if that is one that Airflow 3.3 runs on."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.exit(
            f"visma-sync needs Python {_dotted(*OLDEST)} to {_dotted(*NEWEST)}; {sys.executable} is "
            f"{_dotted(*sys.version_info[:3])}. Name another one: make PYTHON=python{_dotted(*NEWEST)} ..."
        )
    print(f"Making {ENVIRONMENT.name} with Python {_dotted(*sys.version_info[:3])} ...", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=False)
    if made.returncode:
        sys.exit("Python could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv")


def lock() -> None:
    """Resolve requirements*.in anew for every supported Python; versions that still fit stay as they are."""
    resolve = ["pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    resolve += ["--python-version", _dotted(*OLDEST)]
    for name in ("requirements-installer", "requirements"):
        _uv(*resolve, f"{name}.in", "--output-file", f"{name}.txt")
    development = ["requirements-dev.in", "--constraints", "requirements.txt"]
    _uv(*resolve, *development, "--output-file", "requirements-dev.txt")


def _usable(interpreter: Path) -> bool:
    ask = [str(interpreter), "-c", "import pip, sys; print(*sys.version_info[:2])"]
    try:
        found = subprocess.run(ask, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return False
    return OLDEST <= tuple(map(int, found.stdout.split())) <= NEWEST


def _uv(*arguments: str) -> None:
    subprocess.run(
        [str(INTERPRETER), "-m", "uv", *arguments],
        check=True,
        env={**os.environ, "VIRTUAL_ENV": str(ENVIRONMENT)},
    )


def _pip(*arguments: str) -> None:
    subprocess.run(
        [str(INTERPRETER), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *arguments],
        check=True,
    )


def _dotted(*parts: int) -> str:
    return ".".join(map(str, parts))


if __name__ == "__main__":
    main()
