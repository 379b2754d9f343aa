"""`make secrets`: the passwords and keys that docker-compose.yaml reads, each in a file of its own.

Made once; what is there stays. Keep secrets/ledger_key: without it nobody can read the ledger's bodies and tokens.
"""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from local.place import PROJECT, new_fernet_key, write_private


def main() -> None:
    """Make what is missing in secrets/, and say as whom the containers run in .env."""
    folder = PROJECT / "secrets"
    made = make_secrets(folder)
    _name_user(PROJECT / ".env")
    print(f"Made {', '.join(made)} in {folder.name}/." if made else f"{folder.name}/ is complete.")


def _name_user(environment_file: Path) -> None:
    """Only whoever made the secrets can read them, so the containers run as that person."""
    text = environment_file.read_text() if environment_file.exists() else ""
    if "VISMA_SYNC_USER=" not in text:
        write_private(environment_file, f"{text}VISMA_SYNC_USER={os.getuid()}:{os.getgid()}\n")


def make_secrets(folder: Path) -> list[str]:
    """Make the secrets that `folder` lacks (mode 600); gives their names."""
    folder.mkdir(mode=0o700, exist_ok=True)
    password_file = folder / "postgres_password"
    password = password_file.read_text() if password_file.exists() else secrets.token_urlsafe(24)
    missing = {name: text for name, text in container_secrets(password).items() if not (folder / name).exists()}
    for name, text in missing.items():
        write_private(folder / name, text)
    return sorted(missing)


def container_secrets(postgres_password: str) -> Mapping[str, str]:
    """New secrets by file name; those that name a database carry its password."""
    database = f"postgresql+psycopg2://airflow:{postgres_password}@postgres/airflow"
    ledger = {
        "conn_type": "postgres",
        "host": "postgres",
        "login": "airflow",
        "password": postgres_password,
        "schema": "visma_sync",
    }
    return {
        "airflow_database": database,
        "airflow_fernet_key": new_fernet_key(),
        "airflow_passwords": json.dumps({"admin": secrets.token_urlsafe(12)}),
        "airflow_session_secret": secrets.token_urlsafe(32),
        "airflow_token_secret": secrets.token_urlsafe(64),
        "celery_results": f"db+{database}",
        "ledger_connection": json.dumps(ledger),
        "ledger_key": new_fernet_key(),
        "postgres_password": postgres_password,
    }


if __name__ == "__main__":
    main()
