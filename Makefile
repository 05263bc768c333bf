# One word per task. `make help` lists them; every target with a "##" is shown.
# PYTHON names the interpreter (default: python3.11, else python3), PORT and DIR what the demo uses.

SHELL := /bin/sh
VENV := .venv
SCAN := build/scan-venv
PEERS := build/peers
BIN := $(VENV)/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
DIR ?= demo-site
PYTEST_ARGS ?=
MINUTES ?= 30
INSTALL := $(BIN)/python -m pip --disable-pip-version-check -qq --no-input install

.DEFAULT_GOAL := help
.PHONY: help demo break test lint types scan service bench profile soak docs asvs promises findings events deadlines sabotage locales lock clean

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/runtime.stamp ## serve a demo site on 127.0.0.1:8000, made in demo-site if there is none
	@exec $(BIN)/uphold demo --dir $(DIR) --port $(PORT)

break: $(VENV)/development.stamp ## serve a demo site with one control broken: make break PROMISE=consent.box-empty
	@exec $(BIN)/python -m tests.sabotage.serve "$(PROMISE)" --port $(PORT)

test: $(VENV)/development.stamp ## everything: system packages, lint, types, contracts, docs, all tests
	@tools/system-packages
	@$(MAKE) --no-print-directory lint types docs
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

lint: $(VENV)/development.stamp ## style, formatting, the import contracts, and what bandit suspects
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m tools.bandit

types: $(VENV)/development.stamp ## mypy, strict
	$(BIN)/mypy

scan: $(VENV)/development.stamp $(SCAN)/scan.stamp ## have wapiti and sqlmap attack a demo site on this machine
	$(BIN)/python -m tools.scan $(SCAN)/bin $(SCAN_ARGS)

service: $(VENV)/development.stamp ## boot a systemd of its own with deploy/uphold.service, and see what it enforces (as root)
	$(BIN)/python -m tools.service

bench: $(VENV)/development.stamp $(PEERS)/peers.stamp ## speed, beside a plain Django site on this machine
	@tools/system-packages wrk
	$(BIN)/python -m bench $(BENCH_ARGS)
	$(BIN)/python -m bench.scale

profile: $(VENV)/development.stamp $(PEERS)/peers.stamp ## where the time goes on each path, as text in bench/profiles
	@tools/system-packages wrk
	$(BIN)/python -m bench.profile $(BENCH_ARGS)

soak: $(VENV)/development.stamp ## sites on both engines under load while their world fails (as root): make soak MINUTES=30
	$(BIN)/python -m tools.soak --minutes $(MINUTES) $(SOAK_ARGS)

docs: $(VENV)/development.stamp ## build the documentation into build/docs and check every link
	$(BIN)/python tools/docs.py

asvs: $(VENV)/development.stamp ## write the page of the baseline from its table
	$(BIN)/python -m tools.asvs

promises: $(VENV)/development.stamp ## write the references of promises, measures, threats and their model
	$(BIN)/python -m tools.promises
	$(BIN)/python -m tools.threats
	$(BIN)/python -m tools.measures
	$(BIN)/python -m tools.threat_rules

findings: $(VENV)/development.stamp ## write the reference of findings from the rules
	$(BIN)/python -m tools.findings

events: $(VENV)/development.stamp ## write the reference of events that rules look at
	$(BIN)/python -m tools.events
	$(BIN)/python -m tools.rules

deadlines: $(VENV)/development.stamp ## write the reference of deadlines from the laws and the worked cases
	$(BIN)/python -m tools.deadlines

sabotage: $(VENV)/development.stamp ## break every promise on purpose and write docs/reference/sabotage.md
	$(BIN)/python -m tools.sabotage

locales: $(VENV)/development.stamp ## collect messages from the source, then compile the catalogues
	$(BIN)/python tools/locales.py

lock: $(VENV)/development.stamp ## renew requirements/*.txt: versions and hashes, no addresses
	$(BIN)/python tools/lock.py

clean: ## remove what was built; the virtual environment and the demo site stay
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests tools bench docs -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# The environment follows the lock: it is touched only when the lock or pyproject.toml changed.
$(BIN)/python:
	@$(PYTHON) tools/venv.py $(VENV)

$(VENV)/runtime.stamp: requirements/runtime.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Uphold runs on ..."
	@$(INSTALL) --require-hashes -r requirements/runtime.txt
	@$(INSTALL) --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/development.stamp: requirements/development.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Uphold is developed and tested with ..."
	@$(INSTALL) --require-hashes -r requirements/development.txt
	@$(INSTALL) --no-build-isolation --no-deps -e .
	@touch $@

$(PEERS)/peers.stamp: requirements/peers.txt bench/peers/c15t/package-lock.json bench/peers/c15t/server.mjs | $(BIN)/python
	@echo "Installing what Uphold is measured against ..."
	@$(BIN)/python tools/venv.py $(PEERS)/venv
	@$(PEERS)/venv/bin/python -m pip --disable-pip-version-check -qq --no-input install --require-hashes -r requirements/peers.txt
	@cp -r bench/peers/c15t $(PEERS)/
	@command -v npm >/dev/null && cd $(PEERS)/c15t && npm ci --ignore-scripts --no-audit --no-fund --silent || echo "npm is missing or could not install: c15t is left out"
	@touch $@

$(SCAN)/scan.stamp: requirements/scan.txt | $(BIN)/python
	@echo "Installing scanners apart from everything else ..."
	@$(BIN)/python tools/venv.py $(SCAN)
	@$(SCAN)/bin/python -m pip --disable-pip-version-check -qq --no-input install --require-hashes -r requirements/scan.txt
	@touch $@
