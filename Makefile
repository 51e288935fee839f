PY := .venv/bin/python
.PHONY: check test
check: ## lint, types, import contracts
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports
test: ## all tests
	.venv/bin/pytest
