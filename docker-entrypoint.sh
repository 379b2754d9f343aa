#!/bin/sh
# Gives the program that starts those secrets that it cannot read from a file itself.
set -eu

VISMA_SYNC_LEDGER_KEY="$(cat /run/secrets/ledger_key)"
AIRFLOW_CONN_VISMA_SYNC_LEDGER="$(cat /run/secrets/ledger_connection)"
export VISMA_SYNC_LEDGER_KEY AIRFLOW_CONN_VISMA_SYNC_LEDGER

# Airflow locks this file to read it, and a secret cannot be locked.
install -m 600 /run/secrets/airflow_passwords "$AIRFLOW_HOME/passwords.json"

exec "$@"
