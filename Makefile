# Every task has one line here that says what it does; `make help` lists them.

TARGET := x86_64-unknown-linux-gnu
VENV := .venv
CARGO := .ci/cargo
BUILD := cc:build-essential

.DEFAULT_GOAL := help
.PHONY: help run test test-long bench bench-peers loadtest fmt lint release fuzz smoke

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build, then serve deploy/samples/hello.yaml in front of the sample origin
	@.ci/need $(BUILD) curl:curl
	@deploy/run.sh

test: ## all that a change must pass: format, lints, unit and end-to-end tests
	@.ci/need $(BUILD) curl:curl h2load:nghttp2-client openssl:openssl python3:python3
	@rustup component add rustfmt clippy >/dev/null 2>&1 || cargo fmt --version >/dev/null
	@$(MAKE) --no-print-directory $(VENV)/ready
	cargo fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(CARGO) test --workspace --locked --no-fail-fast

# The clients that end-to-end tests use besides curl and h2load.
$(VENV)/ready:
	@python3 -c 'import ensurepip' 2>/dev/null || .ci/need -missing-:python3-venv
	@python3 -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check pytest requests 'httpx[http2]'
	@touch $@

test-long: test ## the same, then five more times with more cases, on epoll too, and ten minutes of each fuzz target
	for turn in 1 2 3 4 5; do \
	    PATH="$(CURDIR)/$(VENV)/bin:$$PATH" TOLLGATE_TEST_LONG=1 PROPTEST_CASES=20000 $(CARGO) test --workspace --locked || exit 1; \
	done
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" TOLLGATE_TEST_DRIVER=epoll $(CARGO) test -p tollgate --locked
	$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=600

bench: ## criterion benchmarks, room by room
	$(CARGO) bench -p tollgate-bench

bench-peers: ## CPU per request beside nginx, HAProxy and others; ARGS="--quick --only plain --with pingora"
	@.ci/need $(BUILD) python3:python3 nginx:nginx-light haproxy:haproxy wrk:wrk h2load:nghttp2-client openssl:openssl curl:curl
	CARGO=$(CARGO) python3 bench/peers/bench.py $(ARGS)

loadtest: ## the load generator; ARGS="run http://127.0.0.1:8080/hello --rate 1000"
	@$(CARGO) build --release --locked -p tollgate-loadtest
	@target/release/tollgate-loadtest $(or $(ARGS),--help)

fmt: ## format
	cargo fmt --all

lint: ## lints, licences, bans and advisories
	cargo fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	@command -v cargo-deny >/dev/null || cargo install cargo-deny --locked
	cargo deny --locked check

release: ## one static binary, target/x86_64-unknown-linux-gnu/release/tollgate
	@.ci/need $(BUILD)
	@rustup target add $(TARGET) >/dev/null 2>&1 || true
	TOLLGATE_RUSTFLAGS="-C target-feature=+crt-static" \
	    $(CARGO) build --release --locked --target $(TARGET) -p tollgate
	@if ldd target/$(TARGET)/release/tollgate 2>&1 | grep -q '=>'; then \
	    echo "the binary is not static" >&2; exit 1; fi
	@ls -l target/$(TARGET)/release/tollgate

smoke: release ## start the release binary and ask it a few things
	deploy/smoke.sh target/$(TARGET)/release/tollgate

FUZZ_SECONDS := 60
fuzz: ## each fuzz target for FUZZ_SECONDS (needs nightly)
	@rustup toolchain install nightly --profile minimal >/dev/null 2>&1 || true
	@cargo +nightly fuzz --version >/dev/null 2>&1 || cargo +nightly install cargo-fuzz --locked
	cd core/fuzz && for target in $$(cargo +nightly fuzz list); do \
	    echo "fuzzing $$target"; \
	    cargo +nightly fuzz run "$$target" -- -max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=4096 || exit 1; \
	done
