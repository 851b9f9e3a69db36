# Every job of the project. `make help` lists them; nothing but Python 3.11+ is needed beforehand.

PORT ?= 8080
OPEN ?= 1
KILLS ?= 200
PEOPLE ?= 20000
LOOPS ?= 20
CROWD ?= 2000
TESTS ?=
BENCH ?=
UPGRADE ?=

# The first Python that will do: PYTHON=... if given, else the one in .venv, else what the machine has.
PYTHONS = $(or $(PYTHON),.venv/bin/python python3 python3.14 python3.13 python3.12 python3.11)
bootstrap = @for python in $(PYTHONS); do \
	"$$python" -I -S -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	exec "$$python" -I -S tools/bootstrap.py $(1); \
	done; \
	echo "giothong: no Python 3.11 or newer among: $(PYTHONS). Debian, Ubuntu: apt install python3 python3-venv; or name one: make PYTHON=/path/to/python3" >&2; \
	exit 1

.DEFAULT_GOAL := help
.PHONY: help demo install test check lint torture bench format lock clean dev

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s  %s\n", $$1, $$2}' Makefile

demo: install ## the whole program with invented people, in the browser (PORT=8080 OPEN=1)
	@exec .venv/bin/giothong demo --port $(PORT) $(if $(filter 0 no,$(OPEN)),--no-open)

install: ## .venv with the locked dependencies and .venv/bin/giothong
	$(call bootstrap,run)

dev: # the same, with what tests and checks need
	$(call bootstrap,dev)

test: dev ## all tests (TESTS="tests/core -k phone" for some)
	@.venv/bin/python -m pytest -n auto $(TESTS)

check: lint test ## all that CI demands: format, lint, types, contracts, then the tests (words and docs among them)

lint: dev ## the quick half of check: no test is run
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

torture: dev ## kill -9 at random moments (KILLS=200), and count what was lost or doubled
	@KILLS=$(KILLS) PEOPLE=$(PEOPLE) LOOPS=$(LOOPS) CROWD=$(CROWD) .venv/bin/python -m pytest -m torture -s

bench: ## speed, paired with other bots' ways (BENCH=--quick)
	$(call bootstrap,bench)
	@.venv/bin/python -m benchmarks $(BENCH)
	@.venv/bin/python -m benchmarks.planning $(BENCH)
	@.venv/bin/python -m benchmarks.audiences $(BENCH)
	@.venv/bin/python -m benchmarks.boards $(BENCH)
	@.venv/bin/python -m benchmarks.units $(BENCH)
	@.venv/bin/python -m benchmarks.casts $(BENCH)

format: dev ## lay the code out, and mend what can be mended by itself
	@.venv/bin/ruff check --fix-only --quiet .
	@.venv/bin/ruff format .

# One resolution for all three, so that what is measured and tested is what runs. No address enters a lock.
compile = UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml --group build
lock: ## compile pyproject.toml into the lock files; needs uv (UPGRADE=--upgrade for newer versions)
	@command -v uv >/dev/null || { echo "giothong: make lock needs uv: pip install uv" >&2; exit 1; }
	@$(compile) --group dev --group bench -o requirements-bench.lock $(UPGRADE)
	@$(compile) --group dev -c requirements-bench.lock -o requirements-dev.lock $(UPGRADE)
	@$(compile) -c requirements-bench.lock -o requirements.lock $(UPGRADE)

clean: ## remove .venv and all caches; the data stays
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
