# visma-sync on one machine. `make help` lists everything.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime-installed
DEVELOPMENT := $(VENV)/.development-installed

# A machine that forbids .pyc files makes every start of Airflow twice as slow.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile

##-- the project on this machine

.PHONY: install
install: $(RUNTIME) ## Install what runs, locked and hash-checked, into .venv

$(RUNTIME): requirements.txt requirements-installer.txt pyproject.toml
	@$(PYTHON) -m local.install runtime

$(DEVELOPMENT): requirements-dev.txt requirements.txt requirements-installer.txt pyproject.toml
	@$(PYTHON) -m local.install development

.PHONY: demo
demo: $(RUNTIME) ## Send 200 orders of an imitated company, prove each one; KILL=1 kills the sender half-way; ALL=1 runs every flow
	@$(RUN) -m local.demo$(if $(filter 1,$(ALL)),_all)

.PHONY: up
up: $(RUNTIME) ## Start Airflow in the background with the imitated systems; SANDBOX=0 for your own Connections
	@$(RUN) -m local.stack up

.PHONY: down
down: ## Stop what `make up` started
	@$(if $(wildcard $(RUN)),$(RUN) -m local.stack down,echo "Nothing is installed, so nothing runs.")

.PHONY: authorize
authorize: $(RUNTIME) ## Sign in at eAccounting once; PASTE=1 on a machine without a browser
	@$(RUN) -m local.authorize

.PHONY: preflight
preflight: $(RUNTIME) ## Say whether Connections, settings and both companies are set up right, each miss with its cure
	@$(RUN) -m local.preflight

.PHONY: secrets
secrets: $(RUNTIME) ## Make the passwords and keys that docker-compose.yaml reads, once
	@$(RUN) -m local.container_secrets

##-- the project's own checks

.PHONY: lint
lint: $(DEVELOPMENT) ## Style and order of the code
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

.PHONY: types
types: $(DEVELOPMENT) ## Types, strict
	@$(RUN) -m mypy

.PHONY: test
test: $(DEVELOPMENT) ## All tests, two files at a time
	@$(RUN) -m pytest --numprocesses 2 --dist loadfile $(TESTS)

.PHONY: bench
bench: bench-calls bench-run bench-mapping ## All measurements

.PHONY: bench-calls
bench-calls: $(DEVELOPMENT) ## How many calls a run makes, against the least that is possible
	@$(RUN) -m bench.calls

.PHONY: bench-run
bench-run: $(DEVELOPMENT) ## How long a run takes
	@$(RUN) -m bench.run

.PHONY: bench-mapping
bench-mapping: $(DEVELOPMENT) ## How fast the mapping is
	@$(RUN) -m bench.mapping

.PHONY: bench-reconcile
bench-reconcile: $(DEVELOPMENT) ## Compare 10,000 orders a side with 100 planted differences
	@$(RUN) -m bench.reconcile

.PHONY: lock
lock: $(DEVELOPMENT) ## Lock the versions anew after a change of requirements*.in
	@$(RUN) -m local.install lock

.PHONY: clean
clean: down ## Stop everything, remove what can be made again; .venv and the ledger of your own systems stay
	@rm -rf .local/demo .local/sandbox .local/bench .local/cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
