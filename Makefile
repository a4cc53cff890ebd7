# Two commands: `make run` serves the map, `make test` tests it. Everything else is for those who build it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCRIPTS := assets bench/watch.js
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test test-quick test-programs test-for bench build verify check lock setup clean

run: $(VENV)/.run                ## set up, then serve the map (HOST, PORT, WORKERS)
	@$(BIN)/heatmap serve

# Each file of tests runs in one process, so that what it sets up is set up once; the order is that of tests/conftest.py.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test: $(VENV)/.dev               ## set up, then test all but programs of their own; needs Chromium and poppler, says how to get them
	@$(PYTEST) -m "not programs"

test-quick: $(VENV)/.dev         ## the tests that need no browser and no other program: after every change
	@$(PYTEST) -m "not browser and not programs"

test-programs: $(VENV)/.dev      ## our commands, servers and builds as programs of their own: clones, guides, workers, killed processes
	@$(PYTEST) -m programs

test-for: $(VENV)/.dev           ## the tests that a change touches: make test-for FILE=heatmap/place/story.py
	@$(BIN)/python -m pytest $$($(BIN)/python -m tests.touched $(FILE))

check: $(VENV)/.dev              ## style, types and cards, without running the tests
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/oxlint --quiet $(SCRIPTS) && $(BIN)/mypy && $(BIN)/heatmap check

bench: $(VENV)/.dev              ## measure against the baseline and the floor, into bench/RESULTS.md
	@$(BIN)/python -m bench $(if $(MIRROR),--mirror "$(MIRROR)")

build: $(VENV)/.build            ## make the snapshot anew: make build MIRROR=folder, or from the publishers
	@$(BIN)/python -m etl build $(if $(MIRROR),--mirror "$(MIRROR)")

verify: $(VENV)/.dev             ## rebuild and compare every value by a second path: make verify MIRROR=folder
	@$(BIN)/python -m etl verify --mirror "$(MIRROR)"

setup: $(VENV)/.run              ## only set up

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "This needs Python 3.11 or newer; point to one: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv is missing. On Debian or Ubuntu: sudo apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up (once, a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m heatmap.web.compress
	@touch $@

$(VENV)/.build: requirements/build.txt | $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/build.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(VENV)/.run
	@echo "Setting up what the tests need ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

lock: $(VENV)/.dev               ## write the hashed locks anew (needs uv)
	@for f in run build dev; do uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" requirements/$$f.in -o requirements/$$f.txt; done

clean:
	rm -rf $(VENV) var
