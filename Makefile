.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench docs pictures clean

BIN := .venv/bin
ARGS :=
PYTEST := $(BIN)/pytest -q -n

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: .venv/installed ## make .venv with the pinned packages (the other targets do it when needed)

.venv/installed: pyproject.toml requirements.lock .ci/venv
	@sh .ci/venv
	@touch $@

demo: setup ## see it work in two minutes (ARGS=--once: one cycle, then a table)
	@$(BIN)/syndicate demo $(ARGS)

test: setup ## all tests, and every branch of the pure modules by the unit tests (ARGS=FILE: only that)
	@sh .ci/clients
ifdef ARGS
	$(PYTEST) 2 $(ARGS)
else
	$(PYTEST) 2 --cov --cov-report=term tests/unit
	$(PYTEST) 4 --dist loadfile tests/browser tests/acceptance tests/integration
endif

check: setup ## format, lint, types, the one rule, generated pages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m syndicate.config | diff docs/configuration.md - || { echo 'docs/configuration.md is out of date; run make docs'; exit 1; }

bench: setup ## measure (ARGS=NAME: only bench/NAME.py)
	@set -e; for script in bench/$(if $(ARGS),$(ARGS),*).py; do \
		test -f "$$script" || { echo "$$script: there is no such measurement"; exit 2; }; \
		echo "== $$script"; $(BIN)/python "$$script"; \
	done

docs: setup ## write the generated pages again
	$(BIN)/python -m syndicate.config > docs/configuration.md

pictures: setup ## take the pictures of docs/pictures again (needs Chromium)
	$(BIN)/python -m tests.browser.pictures

clean: ## remove all that can be made again
	rm -rf .venv build dist tests/browser/node_modules htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
