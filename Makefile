# Everything a clone needs: `make` lists the commands. Only Python 3.11, make and git are expected.

.DEFAULT_GOAL := help
.PHONY: help site serve test suite check bench lock clean

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

# The first interpreter that is new enough and can make a virtual environment.
FIND_PYTHON = for python in $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3 python; do \
	"$$python" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo "$$python"; exit 0; }; done; \
	echo "4site needs Python 3.11 or newer with its venv module." >&2; \
	echo "hint: install it (on Debian: apt-get install python3 python3-venv), or name one: make PYTHON=/path/to/python3.11" >&2; \
	exit 1

PIP = "$(BIN)/python" -m pip --disable-pip-version-check --no-input
INSTALL = $(PIP) install --quiet --require-hashes --only-binary :all:

help: ## List the commands
	@echo "make COMMAND, where COMMAND is one of"
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  %-6s %s\n", $$1, $$2}' Makefile

site: .venv/.runtime ## Build the site of this repository into site/
	@"$(BIN)/4site" build . --out site
	@echo "Open site/index.html in a browser."

serve: .venv/.runtime ## Build, serve and rebuild this repository's site while you write
	@"$(BIN)/4site" serve .

test: .venv/.dev ## Run the checks and every test; ARGS="-k links" chooses some
	@$(MAKE) --no-print-directory --jobs=2 check suite

suite: .venv/.tools
	PATH="$(CURDIR)/$(BIN):$$PATH" "$(BIN)/python" -m pytest $(ARGS)

check: .venv/.dev ## Lint, formatting, types and the directions of imports
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/mypy"
	"$(BIN)/lint-imports"

bench: .venv/.dev ## Measure builds, the widget and the service; ARGS="ingest" chooses a part
	"$(BIN)/python" -m bench $(ARGS)

lock: .venv/.dev ## Refresh the locks; ARGS=--upgrade takes newer versions
	@"$(BIN)/uv" --version >/dev/null 2>&1 || $(PIP) install --quiet uv
	@$(COMPILE) --group build --output-file requirements.lock $(ARGS)
	@$(COMPILE) --all-extras --group dev --constraint requirements.lock --output-file requirements-dev.lock $(ARGS)
	@$(COMPILE) $(IMAGE_EXTRAS) --group build --constraint requirements-dev.lock --output-file requirements-server.lock $(ARGS)
	@$(COMPILE_TOOLS) --output-file requirements-tools.lock $(ARGS)

# The system's certificates: behind a proxy uv's own list is not enough.
UV_COMPILE = "$(BIN)/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --system-certs --custom-compile-command "make lock"
COMPILE = $(UV_COMPILE) pyproject.toml
# What the container image can do: the service, and publishing to every target.
IMAGE_EXTRAS = --extra server --extra cloudflare --extra s3 --extra sftp --extra payouts
COMPILE_TOOLS = $(UV_COMPILE) --group tools

clean: ## Remove what the other commands made
	rm -rf .venv .cache site dist tests/support/node/node_modules widget/node_modules

# Each stamp says that an installation is done; a changed lock does it again.

.venv/.made:
	@python=$$($(FIND_PYTHON)) && echo "Making .venv with $$python" && "$$python" -m venv .venv
	@touch .venv/.made

.venv/.runtime: .venv/.made requirements.lock pyproject.toml
	@echo "Installing what 4site needs to run (requirements.lock)"
	@$(INSTALL) --requirement requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch .venv/.runtime

.venv/.dev: .venv/.runtime requirements-dev.lock
	@echo "Installing the checks and tests (requirements-dev.lock)"
	@$(INSTALL) --requirement requirements-dev.lock
	@touch .venv/.dev

.venv/.tools: .venv/.dev requirements-tools.lock tests/support/node/package-lock.json widget/package-lock.json tests/support/tools.py
	@"$(BIN)/python" -m tests.support.tools

