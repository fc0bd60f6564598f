# Every target sets itself up: python3 (3.11 or later) with pip, and make, are all a machine needs.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(PYTHON) -m pip --disable-pip-version-check --quiet
# Some containers switch this off; every process that a test starts would compile the program again.
unexport PYTHONDONTWRITEBYTECODE
# One process more than cores (tests/conftest.py); who has nothing left to do takes over half of what another has.
SHARED := $(BIN)/python -m pytest --numprocesses auto --dist worksteal

.PHONY: venv test nightly ray demo bench mutants words pages shots lock release sbom vulnerabilities bundle
.DEFAULT_GOAL := test

venv: $(VENV)/.ready

# The outer pip fills the environment, so that a machine without ensurepip takes the same path as any other.
# Hashes stand in the lock; the checkout itself has none and goes in by a second call.
$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv --without-pip $(VENV)
	$(PIP) --python $(BIN)/python install --require-hashes --only-binary :all: -r requirements.lock
	$(PIP) --python $(BIN)/python install --no-deps --no-build-isolation -e .
	touch $@

test: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(SHARED)

# What `make test` leaves out as well: every boundary instead of those around a commit, more draws, more examples, and
# random cases that no run had before. Whoever wants a night's cases again gives its seed.
nightly: SUBSIDY_TEST_SEED := $(or $(SUBSIDY_TEST_SEED),$(shell od -An -N3 -tu4 /dev/urandom | tr -d ' '))
nightly: venv
	@echo SUBSIDY_TEST_SEED=$(SUBSIDY_TEST_SEED)
	SUBSIDY_TEST_SEED=$(SUBSIDY_TEST_SEED) $(SHARED) -m "nightly or not nightly" --hypothesis-seed=$(SUBSIDY_TEST_SEED)

# Ray weighs 240 MB and serves few, so it stands beside the environment. On a busy machine its head does not always come
# up within the three minutes that the test gives it; so no other target asks for it.
ray: venv
	$(PIP) --python $(BIN)/python install --only-binary :all: --upgrade --target $(VENV)/ray 'ray[client]>=2.50'
	PYTHONPATH=$(abspath $(VENV)/ray) $(BIN)/python -m pytest tests/engines/test_ray.py

demo: venv
	rm -rf demo-out demo-out-anchor
	$(BIN)/subsidy demo --out demo-out
	@echo Open the demo year in your browser:
	@echo "  SUBSIDY_ANCHOR=demo-out-anchor $(BIN)/subsidy --db sqlite:///demo-out/ledger.db console"

bench: venv
	$(BIN)/python -m tests.benchmarks

# Hours: not part of `test`. Goes on where it stopped; `AREA=book` runs one; what came of it stands in docs/mutation.md.
mutants: venv
	$(BIN)/python -m tests.mutants $(AREA)

words: venv
	$(BIN)/python -m tests.catalogues

pages: venv
	$(BIN)/python -m tests.reference

# Needs Chromium (`apt-get install chromium`). Somebody looks at each picture.
shots: venv
	$(BIN)/python -m tests.shots shots $(PAGES)

# What is handed to an office: the wheel, the list of what it is made of, and the hash of both. Ends where a package is not
# the locked one, has a licence that it may not be shipped under, or a known vulnerability.
release: vulnerabilities sbom
	$(PIP) --python $(BIN)/python wheel --no-deps --no-build-isolation --wheel-dir dist .
	cd dist && sha256sum *.whl sbom.cdx.json > SHA256SUMS

# CycloneDX 1.6, from the lock and what is installed; no network.
sbom: venv
	mkdir -p dist
	$(BIN)/python -m tests.sbom dist/sbom.cdx.json

# Asks the package index what is known of each locked version: needs the network.
vulnerabilities:
	set -e; tool=$$(mktemp -d); trap 'rm -rf "$$tool"' EXIT; \
	$(PYTHON) -m venv --without-pip "$$tool"; \
	$(PIP) --python "$$tool/bin/python" install pip-audit; \
	"$$tool/bin/pip-audit" --require-hashes --disable-pip --progress-spinner off -r requirements.lock

# A throwaway environment, because the resolver is not needed for anything else.
lock:
	set -e; tool=$$(mktemp -d); trap 'rm -rf "$$tool"' EXIT; \
	$(PYTHON) -m venv --without-pip "$$tool"; \
	$(PIP) --python "$$tool/bin/python" install uv; \
	"$$tool/bin/uv" pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --quiet \
		--custom-compile-command "make lock" --output-file requirements.lock

# Wheels for machines without the internet, in bundle/: those that the lock names, for this Python and this system, with
# their sums. At the end they are installed from there alone, into an environment that is thrown away.
bundle: venv
	rm -rf bundle
	mkdir bundle
	$(PIP) --python $(BIN)/python wheel --no-deps --no-build-isolation --wheel-dir bundle .
	set -e; tool=$$(mktemp -d); trap 'rm -rf "$$tool"' EXIT; \
	sed -E 's/ *\\$$//; /^ *--hash/d' requirements.lock > "$$tool/constraints.txt"; \
	$(PIP) --python $(BIN)/python download --only-binary :all: --constraint "$$tool/constraints.txt" --dest bundle \
		"$$(echo bundle/subsidy_ledger-*.whl)[server]"; \
	(cd bundle && sha256sum *.whl > SHA256SUMS); \
	$(PYTHON) -m venv --without-pip "$$tool/venv"; \
	$(PIP) --python "$$tool/venv/bin/python" install --no-index --find-links bundle 'subsidy-ledger[server]'; \
	"$$tool/venv/bin/subsidy" --version
