# Every target is one line of shell; `make help` lists them.
.DEFAULT_GOAL := help
PY ?= python3.11
BIN := .venv/bin
STATIC := copilot/static/index.html
.PHONY: help run test check bench eval ui clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/'

run: .venv/ready $(STATIC) ## start the copilot on http://127.0.0.1:8000 (installs and builds the first time)
	$(BIN)/python -m copilot serve

test: .venv/ready ui/node_modules/ready $(STATIC) ## all tests
	$(BIN)/pytest && cd ui && npx vitest run

check: .venv/ready ui/node_modules/ready ## lint, types, import contracts
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports && cd ui && npx vue-tsc --noEmit

bench: .venv/ready ## measure speech over the telephone channel
	$(BIN)/python -m eval speech ../shared/data/speech/dev.tsv --telephone

eval: .venv/ready ## show what can be measured
	$(BIN)/python -m eval --help

ui: ui/node_modules/ready ## build the pages
	cd ui && npm run build

clean: ## remove what was built; data in var/ stays
	rm -rf .venv ui/node_modules copilot/static

.venv/ready: pyproject.toml requirements.txt
	@echo "安装 Python 依赖（首次约两分钟）"
	test -x $(BIN)/python || $(PY) -m venv .venv || python3 -m venv .venv
	$(BIN)/pip install --progress-bar on -q -r requirements.txt
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	touch $@

ui/node_modules/ready: ui/package-lock.json
	@echo "安装界面依赖"
	cd ui && npm ci --no-audit --no-fund
	touch $@

$(STATIC): ui/node_modules/ready $(shell find ui/src ui/index.html -type f 2>/dev/null)
	@echo "构建界面"
	cd ui && npm run build
