# Set up and run marsad. `make help` lists what can be made.
#
# The environment is .venv, filled from hash-pinned locks: config/requirements.lock to run, requirements-dev.lock to test.
# A stamp named after the locks and this folder says that it is complete, so a second run starts at once, offline too.

PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
FIT := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PY := .venv/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-deps
UV := .venv/bin/uv pip install --quiet --python $(PY) --no-deps
STATE := $(shell [ -x $(PY) ] || rm -f .venv/.stamp-*; \
  { cat config/requirements*.lock pyproject.toml; pwd; } | cksum | cut -d ' ' -f 1)

.PHONY: setup setup-dev run test long lint exam fuzz bench services lock clean help

setup: .venv/.stamp-run-$(STATE)  ## make .venv with the command .venv/bin/marsad

setup-dev: .venv/.stamp-dev-$(STATE)  ## add what the tests need

run: setup  ## the whole road on this machine with the recorded captures of seeds/; ONCE=1 ends when all is done
	@exec .venv/bin/marsad up --demo $(if $(ONCE),--once)

test: setup-dev  ## all tests but the long ones; ARGS="tests/store -x" for some
	@exec $(PY) -m pytest -n auto --dist worksteal -m "not long" $(ARGS)

long: setup-dev  ## the tests that take more than a minute: a fortnight of watching a made-up web, workers on SQLite
	@exec $(PY) -m pytest -m long $(ARGS)

lint: setup-dev  ## ruff, mypy, import-linter
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	.venv/bin/lint-imports

exam: setup-dev  ## the quality floors, with their tables
	@exec $(PY) -m pytest tests/exam -s $(ARGS)

fuzz: setup-dev  ## the tests of any input with EXAMPLES=20000 each instead of a few dozen
	@exec env MARSAD_FUZZ=$(or $(EXAMPLES),20000) $(PY) -m pytest -n auto tests/clean tests/arabic tests/tag -k "fuzz or spans"

bench: setup-dev  ## our stages against the bare libraries, as ratios
	@exec $(PY) -m tests.bench.bench

services: setup  ## the Procfile's services, on a Redis of this machine unless REDIS_URL names one
	@exec env PATH="$$(pwd)/.venv/bin:$$PATH" REDIS_URL="$${REDIS_URL:-redis://127.0.0.1:6379/0}" .venv/bin/honcho start

# A lock in place is kept as far as pyproject.toml allows; UPGRADE=1 takes the newest of everything.
# Not uv.lock: it would record the address of whichever package index was at hand.
COMPILE = .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate $(if $(UPGRADE),--upgrade)

lock: setup  ## write the locks anew from pyproject.toml; UPGRADE=1 for newer versions
	echo uv | $(COMPILE) - -o config/requirements-uv.lock
	$(COMPILE) pyproject.toml --group build -o config/requirements.lock
	$(COMPILE) pyproject.toml --group build --group dev -c config/requirements.lock -o config/requirements-dev.lock

clean:  ## remove .venv and caches; var/, what marsad has gathered, stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find workers tests -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' Makefile

.venv/.stamp-run-$(STATE):
	@$(venv)
	@echo 'installing what marsad needs into .venv'
	@$(PIP) --require-hashes -r config/requirements-uv.lock 2>/dev/null || echo 'uv is not to be had: installing with pip, in about a minute'
	@$(call install,--require-hashes -r config/requirements.lock)
	@$(call install,--no-build-isolation -e .)
	@rm -f .venv/.stamp-*
	@touch $@

.venv/.stamp-dev-$(STATE): .venv/.stamp-run-$(STATE)
	@echo 'installing what the tests need into .venv'
	@$(call install,--require-hashes -r config/requirements-dev.lock)
	@touch $@

# Made anew when it was left half made, when its Python is gone, and when the folder was moved: scripts hold their path.
define venv
if ! $(PY) -c 'import pip' 2>/dev/null || [ "$$(cat .venv/.place 2>/dev/null || pwd)" != "$$(pwd)" ]; then \
  for python in $(PYTHON); do if "$$python" -c '$(FIT)' 2>/dev/null; then found=$$python; break; fi; done; \
  if [ -z "$$found" ]; then echo 'marsad needs Python 3.11 or newer with its venv module (on Debian and Ubuntu:' \
    'apt install python3-venv); say where it is with make PYTHON=/path/to/python3' >&2; exit 1; fi; \
  rm -rf .venv && "$$found" -m venv .venv && pwd > .venv/.place; \
fi
endef

install = if [ -x .venv/bin/uv ]; then $(UV) $(1); else $(PIP) $(1); fi
