# lakeform: `make synth` does all the set-up and the main job, `make test` all the set-up and the tests.
.DEFAULT_GOAL := help
.PHONY: help setup node synth app check catalog discover lake dagster test slow e2e attack lint format update-cases coverage bench \
  wheel lock-requirements clean

SHELL := /bin/sh
PYTHON ?= python3
RUN := .venv/bin/python
LOCK = $(RUN) -m uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 --no-header
export CHECKPOINT_DISABLE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.done node_modules/.done ## install everything that the other targets need

synth: setup node ## registry and streams -> cdktf.out/ (cdktf synth)
	@CI=1 npx --no-install cdktf synth

# What `cdktf synth` runs: cdktf.json names it, so that it works from a fresh clone with nothing activated.
# -O: the generated bindings of CDKTF check every argument's type again and again; mypy has done that.
app: .venv/.done
	@$(RUN) -O -m stacks

check: .venv/.done ## everything that can be known offline
	@$(RUN) -m infra check

catalog: .venv/.done ## write the generated _catalog.json files
	@$(RUN) -m infra catalog

discover: .venv/.done ## ask what a source offers, and write dag/sources/; SOURCE=x, else pick one
	@$(RUN) -m infra discover $(SOURCE)

lake: .venv/.done ## files of a real connector -> landing tables -> models, here: 100,000 people of Faker; or SOURCE=x LANDING=y
	@$(RUN) -m infra read $(or $(SOURCE),faker --set count=100000 --set always_updated=false) --landing $(or $(LANDING),local)
	@$(RUN) -m infra landing feed --landing $(or $(LANDING),local)
	@$(RUN) -m infra landing status --landing $(or $(LANDING),local)
	@.venv/bin/dbt --no-use-colors build --project-dir dag --profiles-dir dag --target $(or $(LANDING),local) --select "path:processed/$(or $(SOURCE),faker)+"

dagster: .venv/.done ## the landing in Dagster's user interface, http://localhost:3000; LANDING=y
	@mkdir -p .lake/dagster && touch .lake/dagster/dagster.yaml
	@test ! -f dag/dbt_project.yml || .venv/bin/dbt --no-use-colors --quiet parse --project-dir dag --profiles-dir dag --target $(or $(LANDING),local)
	@LAKEFORM_LANDING=$(or $(LANDING),local) DAGSTER_HOME=$(CURDIR)/.lake/dagster $(RUN) -m dagster dev -f dag/definitions.py

test: setup ## all the set-up and the tests; in CI also those of `make slow` and `make e2e`
	@$(RUN) -m pytest -n auto $(if $(CI),,-m "not slow" --ignore=tests/e2e)

slow: setup ## tests that build environments, run real connectors, whole workflows or a cluster
	@$(RUN) -m pytest -n auto -m slow --ignore=tests/e2e

e2e: setup ## OpenTofu plans and applies lakes for real, against a stand-in for Airbyte
	@$(RUN) -m pytest tests/e2e -n auto

attack: setup ## the attacks of tests/attack at length, in ten minutes; `make test` tries each a few times
	@$(RUN) -m pytest tests/attack -n auto --attack-size long

lint: .venv/.done ## formatting, lint, types
	@$(RUN) -m ruff format --check .
	@$(RUN) -m ruff check .
	@$(RUN) -m mypy

format: .venv/.done ## write the formatting, and what lint can mend by itself
	@$(RUN) -m ruff check --fix-only .
	@$(RUN) -m ruff format .

update-cases: setup ## write what the golden tests expect anew; then read the diff
	@$(RUN) -m pytest -n auto --update-cases $$(grep -rl --include='test_*.py' -e --update-cases tests)

coverage: setup ## which lines no test runs
	@$(RUN) -m pip install --quiet pytest-cov
	@$(RUN) -m pytest -n auto --ignore=tests/e2e --cov=infra --cov=stacks --cov-report=term-missing:skip-covered

bench: setup ## time and memory against a baseline in the same run
	@$(RUN) -m tests.bench

wheel: .venv/.done ## the package, into dist/
	@$(RUN) -m pip wheel --quiet --no-deps --no-build-isolation --no-index --wheel-dir dist .

# What several locks hold they hold in one version, so that one environment takes all of them.
lock-requirements: .venv/.done ## resolve pyproject.toml again into requirements*.lock
	@$(RUN) -m pip install --quiet uv
	@$(LOCK) --extra dev --extra hcl pyproject.toml -o requirements.lock
	@$(LOCK) --extra landing --extra flows --constraint requirements.lock pyproject.toml -o requirements-landing.lock
	@$(LOCK) --extra dagster --constraint requirements.lock --constraint requirements-landing.lock pyproject.toml \
	  -o requirements-dagster.lock

clean: ## remove what set-up installed
	@rm -rf .venv node_modules

# --no-deps: a lock is complete, and pip takes a pinned package anew where another one asks for its extra.
.venv/.done: requirements.lock requirements-landing.lock requirements-dagster.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "lakeform needs Python 3.11 or newer; name one: make PYTHON=python3.11 ..." >&2; exit 1; }
	@test -x $(RUN) || $(PYTHON) -m venv .venv
	@$(RUN) -m pip install --quiet --require-hashes --no-deps --requirement requirements.lock
	@$(RUN) -m pip install --quiet --require-hashes --no-deps --requirement requirements-landing.lock
	@$(RUN) -m pip install --quiet --require-hashes --no-deps --requirement requirements-dagster.lock
	@$(RUN) -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

node:
	@node -e 'process.exit([20, 22].includes(+process.versions.node.split(".")[0]) ? 0 : 1)' 2>/dev/null || \
	  { echo "lakeform needs Node.js 20 or 22 for cdktf-cli, found: $$(node --version 2>/dev/null || echo none)" >&2; exit 1; }

node_modules/.done: package.json package-lock.json | node
	@npm ci --silent --no-audit --no-fund
	@touch $@
