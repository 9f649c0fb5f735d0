# Everything a person types. What does not fit on a line here lives in packaging/setup/.
#
#   make run ARGS="--port 9000 --data DIR"     options for the appliance
#   make test ARGS="tests/flow -x"             options for pytest
#   make run PYTHON=/usr/bin/python3.12        another Python

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

ARGS ?=
N ?= 1
QUICK ?=
export PYTHON

PY := .venv/bin/python
SETUP := sh packaging/setup/setup.sh

.PHONY: help run setup test faults autobahn check format generate bench browser lock

help: ## list the targets
	@echo "kefu: a live-chat appliance governed by kefu.yaml / 由 kefu.yaml 驱动的在线客服系统"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: setup ## set up what is missing, then start the appliance / 启动
	@exec $(PY) -m appliance run $(ARGS)

setup: ## make .venv, install the pinned packages, build the browser code / 安装
	@$(SETUP) runtime ui

test: ## set up with the test tools and pass every test / 测试
	@$(SETUP) debian runtime dev bench suites ui-packages ui ui-test
	@exec $(PY) -m pytest $(ARGS)

faults: ## kill, cut, silence and fill up for an hour what make test tries for a minute / 长时间故障测试
	@$(SETUP) debian runtime dev bench ui
	@FAULTS=long exec $(PY) -m pytest -q -s tests/faults $(ARGS)

autobahn: ## let the Autobahn suite judge the WebSocket, and write down what it said / WebSocket 一致性
	@$(SETUP) debian runtime dev autobahn
	@exec $(PY) -m tests.conformance.autobahn

check: ## ruff, mypy --strict, tsc / 静态检查
	@$(SETUP) runtime dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	@$(SETUP) ui-types

format: ## let ruff lay out the Python code / 格式化
	@$(SETUP) runtime dev
	$(PY) -m ruff check --fix --select I .
	$(PY) -m ruff format .

generate: ## refresh schemas and whatever else is generated / 重新生成
	@$(SETUP) runtime
	@$(PY) -m tools.generate

bench: ## measure; QUICK=1 for a first impression / 性能测量
	@$(SETUP) runtime dev bench suites ui
	@exec $(PY) -m tests.bench $(if $(QUICK),--quick) $(ARGS)

browser: ## drive chromium through whole conversations, N=10 times / 浏览器测试
	@$(SETUP) debian runtime dev ui
	@exec sh packaging/setup/repeat.sh $(N) $(PY) -m pytest -m browser tests/browser $(ARGS)

lock: ## renew the pinned requirement files (needs uv) / 更新依赖锁定
	@sh packaging/setup/lock.sh
