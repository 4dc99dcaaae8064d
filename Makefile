# `make run` and `make test` are all that a newcomer needs; `make help` lists the rest.

SWIFT ?= swift
KOSBROKER = .build/debug/kosbroker
SOURCES = Package.swift Sources Tests examples/traffic-light/diagnostics/Sources
FUZZ_SECONDS ?= 60
TEST_FLAGS = --disable-xctest --quiet
PREFIX ?= /usr/local
# The C library, and what it is made of; kosbroker.pc is written last.
LIBRARY = .build/library/kosbroker.pc
LIBRARY_TARGETS = $(addprefix Sources/,CCoreServices CSystemShims CoreServices WireProtocol)

.PHONY: help run test library install examples run-echo test-examples test-library lint \
    format coverage asan tsan fuzz audit-scale check clean dependencies build

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 24

run: build ## test an example solution, and explain one denial
	$(KOSBROKER) test examples/traffic-light/tests.yaml --coverage
	$(KOSBROKER) explain --policy examples/traffic-light/policy.yaml \
	    --init examples/traffic-light/init.yaml \
	    --as tl.Diagnostics cm.connect --server SignalNorth --endpoint signal.mode

test: dependencies ## run all tests
	$(SWIFT) test $(TEST_FLAGS)

library: $(LIBRARY) ## build the library that C programs link, without SwiftPM

install: library ## install headers, library and command (PREFIX=/usr/local DESTDIR=)
	scripts/install-library "$(PREFIX)" "$(DESTDIR)"

examples: library ## build the programs of the examples
	for makefile in examples/*/Makefile; do $(MAKE) -C "$$(dirname "$$makefile")" || exit 1; done

run-echo: build examples ## run the echo programs, as allowed and with a denied connect
	scripts/run-echo

test-examples: build examples ## run the programs of the examples
	scripts/check-examples
	scripts/run-echo >/dev/null

test-library: build library ## check the library as C, C++ and Swift programs meet it
	scripts/check-library
	scripts/check-live

$(LIBRARY): scripts/build-library scripts/write-pkg-config \
    $(shell find $(LIBRARY_TARGETS) -type f)
	scripts/build-library

lint: ## check formatting, documentation and the imports of the core
	$(SWIFT) format lint --strict --recursive --parallel $(SOURCES)
	scripts/check-imports
	scripts/check-headers

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

# Each seed is an example's document behind the byte that names its reader.
fuzz: dependencies ## fuzz the readers of documents and of frames for a minute each (FUZZ_SECONDS=60)
	cd Fuzz && $(SWIFT) build --sanitize=fuzzer --sanitize=address
	@mkdir -p Fuzz/.build/corpus
	@for f in examples/*/init.yaml; do \
	    (printf '0'; cat $$f) > Fuzz/.build/corpus/init-$$(basename $$(dirname $$f)); done
	@for f in examples/*/policy.yaml policies/*.yaml; do \
	    (printf '1'; cat $$f) > Fuzz/.build/corpus/policy-$$(echo $$f | tr / -); done
	Fuzz/.build/debug/FuzzDocuments -max_total_time=$(FUZZ_SECONDS) -max_len=8192 \
	    -timeout=10 Fuzz/.build/corpus
	@mkdir -p Fuzz/.build/frames
	Fuzz/.build/debug/FuzzFrames -max_total_time=$(FUZZ_SECONDS) -max_len=5000 \
	    -timeout=10 Fuzz/.build/frames

audit-scale: dependencies ## read an audit log of ten million lines and watch the memory
	KOSBROKER_AUDIT_LINES=10000000 $(SWIFT) test $(TEST_FLAGS) -c release \
	    --scratch-path .build-release --filter ScaleTests

check: lint test test-library test-examples ## what must hold before a commit

clean: ## forget all builds
	rm -rf .build .build-address .build-thread .build-coverage .build-release

build: dependencies
	$(SWIFT) build --product kosbroker

dependencies:
	@scripts/install-dependencies
