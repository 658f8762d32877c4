# Everything runs from .venv, which `make build` fills from the lock files. See README.md.

HOST ?= 127.0.0.1
PORT ?= 8000
VENV ?= .venv
BIN  := $(VENV)/bin
export VENV
# What was compiled once need not be compiled again by every process that a test starts.
unexport PYTHONDONTWRITEBYTECODE
# Tests make thousands of databases: in memory, where there is room, they do not wait for a disk most of their time.
SCRATCH := $(shell [ "$$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1)" -gt 4000000 ] 2>/dev/null && echo /dev/shm)
IN_MEMORY := $(if $(SCRATCH),TMPDIR=$(SCRATCH))
# The whole suite is stopped after this many seconds rather than left to hang.
SUITE_LIMIT ?= 1500
COVERAGE_LIMIT ?= 2400
SHARE_LIMIT ?= 1500
FUZZ_SECONDS ?= 600
EXAMPLES ?= 20

.DEFAULT_GOAL := help
.PHONY: help build run test lint types suite properties fmt bench fuzz campaigns campaign-share coverage audit lock clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

build: ## Install what the service needs into .venv
	@sh scripts/build.sh run

run: build ## Serve the API with the shipped rules (HOST=127.0.0.1 PORT=8000)
	@$(BIN)/greenlane serve --host $(HOST) --port $(PORT)

test: lint types suite ## Check style, types, import contracts and run every test

lint: venv-test ## Check style, import contracts and the licences of dependencies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python scripts/licences.py requirements.lock requirements-test.lock requirements-build.lock
	@sh scripts/house.sh
	@cd build/house && ../../$(BIN)/lint-imports --config ../../setup.cfg

types: venv-test
	@sh scripts/house.sh
	@$(BIN)/mypy

suite: venv-test
	@$(IN_MEMORY) sh scripts/limited.sh $(SUITE_LIMIT) "make suite" SUITE_LIMIT $(BIN)/python -m pytest -q -n 2 --dist loadgroup --durations 10

properties: venv-test ## Try every property on EXAMPLES times as many examples as `make test` does
	@$(IN_MEMORY) GREENLANE_TEST_EXAMPLES=$(EXAMPLES) sh scripts/limited.sh $(SHARE_LIMIT) "make properties" SHARE_LIMIT $(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "hypothesis and not long" --durations 5

fmt: venv-test ## Format the Python code and the rule files
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .
	@$(BIN)/greenlane fmt rules

bench: build ## Measure, and write docs/benchmarks.md
	@sh scripts/build.sh bench
	@$(BIN)/python scripts/licences.py requirements-bench.lock
	@$(BIN)/python -m bench

fuzz: ## Feed FEEL, files, models, workbooks, requests and packs with damaged input (FUZZ_SECONDS=600)
	@sh scripts/build.sh test
	@sh scripts/build.sh fuzz
	@$(BIN)/python scripts/licences.py requirements-fuzz.lock
	@$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS)

campaigns: venv-test ## Kill, cut off and damage the service for most of an hour, and write docs/reliability.md
	@rm -f .campaigns.jsonl
	@GREENLANE_TEST_FIGURES=$(CURDIR)/.campaigns.jsonl $(BIN)/python -m pytest -m long --durations 0
	@$(BIN)/python -m tests.campaigns.report .campaigns.jsonl

campaign-share: venv-test ## Run a tenth of the campaigns, in some minutes
	@GREENLANE_TEST_KILLS=20 GREENLANE_TEST_LEAVES=100000 GREENLANE_TEST_DAMAGES=1000 GREENLANE_TEST_REQUESTS=2000 \
		GREENLANE_TEST_INPUTS=20000 GREENLANE_TEST_SOAK=60 \
		sh scripts/limited.sh $(SHARE_LIMIT) "make campaign-share" SHARE_LIMIT $(BIN)/python -m pytest -q -m long --durations 5 --ignore tests/policy

coverage: venv-test ## Run the tests and report the lines and branches they reach
	@$(BIN)/coverage erase
	@$(IN_MEMORY) sh scripts/limited.sh $(COVERAGE_LIMIT) "make coverage" COVERAGE_LIMIT $(BIN)/coverage run -m pytest -q -n 2 --dist loadgroup
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

audit: ## Ask whether vulnerabilities are known of the dependencies (1: some are; 3: nobody could be asked)
	@python3 scripts/audit.py requirements*.lock

lock: ## Choose new versions of the dependencies (needs pip-compile of pip-tools on the PATH)
	@sh scripts/lock.sh

clean: ## Remove what was built; var/ (decisions) stays
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: venv-test
venv-test:
	@sh scripts/build.sh test
