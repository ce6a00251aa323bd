# 中枢 Zhongshu. `make help` lists what can be done; `make run` and `make test` set themselves up.

VENV := .venv
PYTHON := $(VENV)/bin/python
RUN_STAMP := $(VENV)/.requirements
DEV_STAMP := $(VENV)/.requirements-dev
SUPPLY_STAMP := .venv-supply/.requirements

.DEFAULT_GOAL := help
.PHONY: help setup run test pictures test-crash test-faults fuzz check bench bench-analysis hotline-days bench-scale soak format pins supply audit backup restore

help: ## 列出命令 · list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(RUN_STAMP) ## 建立 Python 环境 · create the Python environment
	@sh tools/ensure_redis.sh $(PYTHON)

run: setup ## 启动（演示）· start everything, as a demonstration unless ZHONGSHU_DEMONSTRATION=0
	@exec $(PYTHON) launch.py

test: $(DEV_STAMP) ## 全部测试 · run every test, a browser included (PYTEST="-k whistle" to choose)
	@sh tools/ensure_browser.sh $(PYTHON)
	@sh tools/ensure_services.sh
	@$(PYTHON) -m pytest -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(PYTEST)

pictures: $(DEV_STAMP) ## 认可页面的新样子 · accept how the pages look now, after looking at test-pictures/difference-*.png
	@sh tools/ensure_browser.sh $(PYTHON)
	@ZHONGSHU_ACCEPT_PICTURES=1 $(PYTHON) -m pytest -q tests/browser/test_pictures.py tests/browser/test_pictures_screens.py
	@git status --short tests/golden/pictures

test-crash: $(DEV_STAMP) ## 每库 200 次 kill -9 · 200 kill -9 on each database (DB=sqlite or postgres, KILLS=n)
	@KILLS=$(KILLS) $(PYTHON) -m pytest -q -m crash_long tests/crash $(if $(DB),-k $(DB))

test-faults: $(DEV_STAMP) ## 故障演练：逐项对照限值 · every fault of the battery beside its bar (ONLY=kill,storm KILLS=n FULL=1 WRITE=1)
	@sh tools/ensure_services.sh
	@sh tools/ensure_browser.sh $(PYTHON)
	@KILLS=$(KILLS) $(PYTHON) -m tools.faults --only "$(ONLY)" $(if $(FULL),--full) $(if $(WRITE),--write)

fuzz: $(DEV_STAMP) ## 随机攻击每个地址、回调、解码器和实时连接 · attack every route, callback, decoder and socket at random (N=100000 SEED=n)
	@sh tools/ensure_services.sh
	@$(PYTHON) -m tests.security.fuzz_everything $(or $(N),100000) $(SEED)

check: $(DEV_STAMP) ## 格式、静态检查、类型、导入规则、文档 · format, lint, types, import rule, documentation
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(PYTHON) -m pytest -q tests/unit/test_imports.py tests/unit/test_settings.py tests/unit/test_documents.py

bench: $(DEV_STAMP) ## 各项指标与限值，与替代做法同台对比 · every figure beside its bar and what it replaces (ONLY=fanout,ingest WRITE=1 DB=postgres)
	@sh tools/ensure_services.sh
	@sh tools/ensure_browser.sh $(PYTHON)
	@$(PYTHON) -m tools.bench --only "$(ONLY)" $(if $(WRITE),--write) $(if $(filter postgres,$(DB)),--postgres)

bench-analysis: $(DEV_STAMP) ## 热线分析与基线在真实数据上对比 · the hotline's analysis beside its baselines on the real recordings (ONLY=surge WRITE=1)
	@$(PYTHON) -m tools.bench_analysis --only "$(ONLY)" $(if $(WRITE),--write)

hotline-days: $(DEV_STAMP) ## 暴雨、停暖、假日各放一遍，热线页说了什么 · play a flood, a heat outage and a holiday, and what the hotline's page said (ONLY=flood WRITE=1)
	@sh tools/ensure_browser.sh $(PYTHON)
	@$(PYTHON) -m tools.hotline_days --only "$(ONLY)" $(if $(WRITE),--write)

bench-scale: $(DEV_STAMP) ## 一、二个网页进程和三节点集群 · one and two web processes, two feeds, a cluster (ONLY=one|two|feeds|cluster|cluster-feeds)
	@sh tools/ensure_services.sh
	@$(PYTHON) -m tools.bench_scale $(if $(ONLY),--only $(ONLY))

soak: $(DEV_STAMP) ## 全速运行，看每个进程的内存 · the whole city at full rate, the memory of every process (MINUTES=10)
	@$(PYTHON) -m tools.soak --minutes $(or $(MINUTES),10)

format: $(DEV_STAMP) ## 整理代码格式 · format the code
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

PIN := $(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-annotate --no-header
pins: $(DEV_STAMP) ## 重新锁定依赖版本 · pin the requirements again after a change of *.in
	$(PIN) requirements.in -o requirements.txt
	$(PIN) --generate-hashes --no-deps requirements.txt -o requirements-hashed.txt
	$(PIN) requirements-dev.in -o requirements-dev.txt
	$(PIN) requirements-supply.in -o requirements-supply.txt

supply: $(RUN_STAMP) $(SUPPLY_STAMP) ## 许可清单和 SBOM，写入 build/ · licences and SBOM, and whether the lock is whole
	@$(PYTHON) -m tools.supply write

audit: $(RUN_STAMP) $(SUPPLY_STAMP) ## 已知漏洞；查不全就失败 · known vulnerabilities; fails when it could not look (needs the network)
	@$(PYTHON) -m tools.supply audit

backup: setup ## 备份 · copy the running installation into a folder (INTO=/var/backups/zhongshu KEEP=30)
	@$(PYTHON) -m dashboard.deployment backup --keep $(or $(KEEP),0) $(or $(INTO),var-backups)

restore: setup ## 恢复到空的数据目录 · put a backup into an empty data folder (BACKUP=folder)
	@$(PYTHON) -m dashboard.deployment restore $(BACKUP)

$(PYTHON):
	@sh tools/create_venv.sh $(VENV)

$(RUN_STAMP): requirements.txt | $(PYTHON)
	@echo "安装依赖 · installing requirements"
	@$(PYTHON) -m pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(RUN_STAMP)
	@echo "安装测试依赖 · installing test requirements"
	@$(PYTHON) -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(SUPPLY_STAMP): requirements-supply.txt | $(PYTHON)
	@$(PYTHON) -m venv .venv-supply
	@.venv-supply/bin/python -m pip install -q --disable-pip-version-check -r requirements-supply.txt
	@touch $@
