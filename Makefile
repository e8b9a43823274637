# Two commands: `make run` starts the service, `make test` runs every test. Both set up all they need.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run test check train clean lock migration

BIN := .venv/bin
# An empty value must not reach the settings: it would count as set.
export OPENBLAS_NUM_THREADS := 1
export RASA_TELEMETRY_ENABLED := false

help: ## Say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

setup: ## Install both environments and the pages' libraries
	@bash scripts/setup.sh

run: setup ## Start the service on SQLite: engine, actions, gateway; Ctrl-C stops it
	@exec $(BIN)/hotline run

train: setup ## Train what is stale
	@$(BIN)/hotline train

check: setup ## Format, lint, types, import rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q -p no:cacheprovider tests/test_imports.py tests/test_docs.py
	@$(BIN)/hotline articles check

test: setup ## Every test: real Rasa, PostgreSQL, Chromium; installs what they need
	@$(BIN)/hotline train
	@bash scripts/test_services.sh $(BIN)/python -m pytest -n 2 --dist loadfile

lock: ## Resolve the lock files anew (hashes, no addresses)
	@bash scripts/lock.sh

migration: ## Write an alembic revision for changed tables: make migration name="add a column"
	@$(BIN)/python scripts/make_migration.py "$(name)"

clean: ## Remove environments, models and everything that was made
	@rm -rf .venv engine/.venv .uv node_modules models var .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		bot/channels/widget/vendor bot/console/static/vendor hotline_12345.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
