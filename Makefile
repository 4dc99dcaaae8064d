# `make run` and `make test` are all that a newcomer needs; `make help` lists the rest.

SWIFT ?= swift
KOSBROKER = .build/debug/kosbroker
SOURCES = Package.swift Sources Tests
TEST_FLAGS = --disable-xctest --quiet

.PHONY: help run test lint format coverage asan tsan check clean dependencies build

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

run: build ## test an example solution, and explain one denial
	$(KOSBROKER) test examples/traffic-light/tests.yaml --coverage
	$(KOSBROKER) explain --policy examples/traffic-light/policy.yaml \
	    --init examples/traffic-light/init.yaml \
	    --as tl.Diagnostics cm.connect --server SignalNorth --endpoint signal.mode

test: dependencies ## run all tests
	$(SWIFT) test $(TEST_FLAGS)

lint: ## check formatting, documentation and the imports of the core
	$(SWIFT) format lint --strict --recursive --parallel $(SOURCES)
	scripts/check-imports

format: ## format the sources
	$(SWIFT) format --in-place --recursive --parallel $(SOURCES)

coverage: dependencies ## run all tests and report line coverage
	$(SWIFT) test $(TEST_FLAGS) --enable-code-coverage --scratch-path .build-coverage
	@tool="$$(dirname "$$(command -v $(SWIFT))")/llvm-cov"; \
	bin="$$($(SWIFT) build --show-bin-path --scratch-path .build-coverage)"; \
	"$$tool" report "$$bin"/kosbrokerPackageTests.xctest \
	    -instr-profile "$$bin"/codecov/default.profdata \
	    -ignore-filename-regex '\.build|Tests/'

asan: dependencies ## run all tests under the address sanitizer
	$(SWIFT) test $(TEST_FLAGS) --sanitize=address --scratch-path .build-address

tsan: dependencies ## run all tests under the thread sanitizer
	$(SWIFT) test $(TEST_FLAGS) --sanitize=thread --scratch-path .build-thread

check: lint test ## what must hold before a commit

clean: ## forget all builds
	rm -rf .build .build-address .build-thread .build-coverage

build: dependencies
	$(SWIFT) build --product kosbroker

dependencies:
	@scripts/install-dependencies
