# Both commands set up .venv themselves, and again only when a file that decides what is in it has changed.
#   make demo [DATASET=mtop] [LANGUAGES="hi th"] [ARGS="..."]
#   make test [ARGS="..."]

PYTHON ?= python3
VENV ?= .venv
DATASET ?= sample
LANGUAGES ?=
ARGS ?=

BIN := $(VENV)/bin
DECIDES := setup.py pyproject.toml constraints.txt

.PHONY: help demo test clean

help:
	@echo 'make demo                 tables and a plot on the sample collection'
	@echo 'make demo DATASET=mtop    the same on MTOP; LANGUAGES="hi th" for some of its languages'
	@echo 'make test                 the tests'
	@echo 'make clean                remove the virtual environment'

demo: $(VENV)/.installed-demo
	$(BIN)/pyterrier-optical demo --dataset '$(DATASET)' $(if $(LANGUAGES),--languages '$(LANGUAGES)') $(ARGS)

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest $(ARGS)

# An interrupted set-up leaves no stamp, so the next run goes on with it.
$(VENV)/.installed-%: $(DECIDES)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or later is needed: make PYTHON=python3.11 ...")'
	@echo "Setting up $(VENV) for '$*'. The first time this fetches PyTorch and takes some minutes."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '.[$*]'
	@touch $@

clean:
	rm -rf $(VENV)

# Minutes of random frames, texts and files, looking for what breaks: not in CI.
.PHONY: fuzz
fuzz: $(VENV)/.installed-test
	$(BIN)/python -m pytest -m fuzz tests/fuzz $(ARGS)
