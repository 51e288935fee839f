# Every target is one line of shell; `make help` lists them.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -o pipefail -c
PY ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
BIN := .venv/bin
# pip, with a counter in place of its log
pip = $(BIN)/pip install --progress-bar off --disable-pip-version-check -r $(1) | awk '/^Collecting/ { printf "\r   第 %d 个包 %s\033[K", ++n, $$2; fflush() } /^Installing/ { printf "\r   正在写入 %d 个包\033[K", n; fflush() } END { print "" }'
STATIC := copilot/static/index.html
.PHONY: help run test check bench eval ui docs clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/'

run: .venv/ready $(STATIC) ## start the copilot on http://127.0.0.1:8000 (installs and builds the first time)
	@$(BIN)/python -m copilot serve

# three at once on two cores, as one of them mostly waits for a browser or for speech
test: .venv/tools ui/node_modules/ready $(STATIC) ## all tests
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder && cd ui && npx vitest run

check: .venv/tools ui/node_modules/ready ## lint, types, import contracts
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports && cd ui && npx vue-tsc --noEmit

bench: .venv/ready ## measure everything beside its budget
	$(BIN)/python -m eval bench

eval: .venv/ready ## show what can be measured
	$(BIN)/python -m eval --help

ui: ui/node_modules/ready ## build the pages
	cd ui && npm run build

docs: .venv/ready ## draw the documents that come from the code
	$(BIN)/python -m copilot.documents

clean: ## remove what was built; data in var/ stays
	rm -rf .venv ui/node_modules copilot/static

.venv/ready: requirements.txt
	@test -n "$(PY)" || { echo "需要 Python 3.11 或更高版本（含 venv），请先安装"; exit 2; }
	@echo "① 安装 Python 依赖（首次约一至两分钟）"
	@test -x $(BIN)/python || $(PY) -m venv .venv
	@$(call pip,requirements.txt)
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/tools: .venv/ready requirements-dev.txt
	@echo "安装检查与测试工具"
	@$(call pip,requirements-dev.txt)
	@touch $@

ui/node_modules/ready: ui/package-lock.json
	@command -v npm >/dev/null || { echo "需要 Node 20 或更高版本，请先安装"; exit 2; }
	@echo "② 安装界面依赖"
	@cd ui && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(STATIC): ui/node_modules/ready $(shell find ui/src ui/public ui/index.html ui/form.html ui/vite.config.ts -type f 2>/dev/null)
	@echo "③ 构建界面"
	@cd ui && npm run build
