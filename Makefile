# The commands of the project; `make demo` and `make test` need Python 3.11-3.13, pip, make and git.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
JOBS   ?= 2
READY  := $(VENV)/.ready

.PHONY: demo test check format docs bench bench-env clean

demo: $(READY)
	$(BIN)/x2vec run pipelines/complete_journey.toml --force
	$(BIN)/x2vec similar build/complete_journey 887618 982833 866140 -k 10

test: $(READY)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY)
	$(BIN)/python docs/cli_reference.py > docs/cli.md

bench: $(READY)
	$(BIN)/python -m benchmarks.training
	$(BIN)/python -m benchmarks.training --best-alpha
	$(BIN)/python benchmarks/events_to_corpus.py

bench-env: $(READY)
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet \
	  --disable-pip-version-check --editable '.[bench]'

clean:
	rm -rf $(VENV)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "x2vec needs Python 3.11, 3.12 or 3.13; set PYTHON=python3.11, for example."; exit 2; }
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet \
	  --disable-pip-version-check --editable '.[demo,dev]'
	@touch $(READY)
