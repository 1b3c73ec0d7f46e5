# The commands set up .venv themselves, and again only when a file that decides what is in it has changed.
#   make demo [DATASET=mtop] [LANGUAGES="hi th"] [ARGS="..."]
#   make test [ARGS="..."] [WORKERS=2]
#   make quick [ARGS="..."]
#   make docs [ARGS=folder]

PYTHON ?= python3
VENV ?= .venv
DATASET ?= sample
LANGUAGES ?=
ARGS ?=
# PyTorch for this machine's GPU, or the CPU build, which is a tenth of the size.
export UV_TORCH_BACKEND ?= auto

BIN := $(VENV)/bin
# Two processes of two gigabytes, each with a core of its own.
WORKERS ?= 2
# Bytecode is kept even where the environment says otherwise: each process would compile all tests and modules again.
PYTEST = PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
UV := $(or $(shell command -v uv 2>/dev/null),$(BIN)/uv)
DECIDES := setup.py pyproject.toml constraints.txt

.PHONY: help demo test quick docs clean

help:
	@echo 'make demo                 tables and a plot on the sample collection'
	@echo 'make demo DATASET=mtop    the same on MTOP; LANGUAGES="hi th" for some of its languages'
	@echo 'make test                 the tests'
	@echo 'make quick                the tests that are not slow and need neither the shipped model nor Java'
	@echo 'make docs                 the pages, as PyTerrier shows them, in runs/docs'
	@echo 'make clean                remove the virtual environment'

demo: $(VENV)/.installed-demo
	$(BIN)/pyterrier-optical demo --dataset '$(DATASET)' $(if $(LANGUAGES),--languages '$(LANGUAGES)') $(ARGS)

test: $(VENV)/.installed-test
	$(PYTEST) $(ARGS)

quick: $(VENV)/.installed-test
	$(PYTEST) -m 'not shipped and not jvm and not slow and not fuzz' $(ARGS)

docs: $(VENV)/.installed-test
	PYTHON='$(abspath $(BIN))/python' .ci/docs $(ARGS)

# The tests start many processes, which should not compile the same modules again where Python may not write bytecode.
# An interrupted set-up leaves no stamp, so the next run goes on with it; a package that it left half written is put
# there again, from uv's cache.
$(VENV)/.installed-%: $(DECIDES)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or later is needed: make PYTHON=python3.11 ...")'
	@echo "Setting up $(VENV) for '$*', once. It fetches PyTorch (0.2 GB for the CPU, 3 GB with an NVIDIA GPU or where"
	@echo "the CPU build is not reachable) and 80 others: 1 to 3 minutes where these are near. Ctrl-C is safe: the same command goes on."
	@$(PYTHON) -m venv $(VENV)
	@$(if $(findstring $(BIN)/uv,$(UV)),$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt uv)
	@touch $(VENV)/.installing
	@set -- pip install --python $(BIN)/python $(if $(filter test,$*),--compile-bytecode) $(if $(wildcard $(VENV)/.installing),--reinstall) -c constraints.txt -e '.[$*]'; \
	$(UV) "$$@" || { \
	    echo "Once more from the default index, without the choice of a PyTorch build (UV_TORCH_BACKEND=$(UV_TORCH_BACKEND)):"; \
	    unset UV_TORCH_BACKEND; $(UV) "$$@"; }
	@mv $(VENV)/.installing $@

clean:
	rm -rf $(VENV)

# Minutes of random frames, texts, files and kills, looking for what breaks: not in CI.
.PHONY: fuzz
fuzz: $(VENV)/.installed-test
	$(BIN)/python -m pytest -m fuzz tests/fuzz tests/kills $(ARGS)
