# The front door: `make` alone lists what there is. Works from anywhere with `make -C`.

CARGO ?= cargo
# Arguments for the program: make synth ARGS=--json
ARGS ?=
TARGET := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)
INFRA_GEN := $(TARGET)/release/infra-gen
RUNNER := $(TARGET)/release/local
OPS_BIN := $(TARGET)/release/ops
# The commands of ops that look after what is deployed.
DAILY := status doctor smoke logs lag events connections redrive rotate-secrets
# The scripts of tests/full that `make test-full` runs.
FULL ?= asyncapi cdk specification cfn-lint verify mistakes emulator deploy web browser dev aws-cli ops doctor guides kafka seventh-topic functions
# Version of the dependency checker that `make lint` installs where there is none.
CARGO_DENY := 0.20.2

.DEFAULT_GOAL := help
.PHONY: help infra-gen ops synth check build dev deploy destroy $(DAILY) test test-full verify lint audit goldens regen-cfn bench clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# Crates under generated/ are members of the workspace, so cargo does nothing while that folder is missing or full of
# merge conflicts. Then the program that was built last has to mend it.
infra-gen:
	@if [ -x $(INFRA_GEN) ]; then quiet=--quiet; else echo "first build: about two minutes" >&2; fi; \
	if [ -x $(INFRA_GEN) ] && ! $(CARGO) metadata --quiet --no-deps --format-version 1 >/dev/null 2>&1; then \
	  echo "cargo can't read the workspace; going on with $(INFRA_GEN) as it was built last" >&2; \
	else $(CARGO) build --release --locked --package infra-gen $$quiet; fi

synth: infra-gen ## topics.yaml -> generated/
	@$(INFRA_GEN) synth $(ARGS)

check: infra-gen ## is generated/ what topics.yaml gives?
	@$(INFRA_GEN) check $(ARGS)

build: ## every function for Lambda: target/lambda/<function>.zip
	@$(CARGO) run --release --locked --quiet --package package -- --out $(TARGET)/lambda $(ARGS)

# BROKER=kafka takes a real Apache Kafka; ENV=staging another environment; ARGS=--help tells the rest.
dev: ## the whole pipeline on this machine, and a page that shows it
	@[ -x $(RUNNER) ] || echo "first build: about ten minutes on two cores" >&2; \
	$(CARGO) build --release --locked --package local && exec $(RUNNER) dev $(ARGS)

ops:
	@if [ -x $(OPS_BIN) ]; then quiet=--quiet; else echo "first build: about ten minutes on two cores" >&2; fi; \
	$(CARGO) build --release --locked --package ops $$quiet

# ARGS=--preview only shows what would happen.
deploy: ops ## into an account: builds, shows what would change, asks, deploys, checks; ENV=staging, ARGS=--help
	@$(OPS_BIN) deploy $(ARGS)

destroy: ops ## removes it; says first what is lost and what stays, and asks
	@$(OPS_BIN) destroy $(ARGS)

# ENV says where, or ARGS=--local for `make dev`. ARGS=--help tells what else each takes.
status: ## is it deployed, and is it well?
doctor: ## what is wrong, why, and how to mend it
smoke: ## a synthetic event, sent through and seen
logs: ## FUNCTION=submit-user-info: what it wrote; ARGS=--follow goes on
lag: ## TOPIC=kyc-verified: how far its consumer is behind
events: ## CUSTOMER=...: what happened to a customer
connections: ## CUSTOMER=...: who is connected
redrive: ## TOPIC=...: quarantined records, once more through their consumers; ARGS=--dry-run lists them
rotate-secrets: ## SECRET=producer, consumer or token: a new password, or key
logs: WHAT = $(FUNCTION)
lag redrive: WHAT = $(TOPIC)
events connections: WHAT = $(CUSTOMER)
rotate-secrets: WHAT = $(SECRET)
$(DAILY): ops
	@$(OPS_BIN) $@ $(WHAT) $(ARGS)

test: ## every test that needs Rust and compilers for C and C++ alone
	$(CARGO) test --workspace --locked

test-full: infra-gen ## what takes minutes, or needs Python and Node as well
	@for name in $(FULL); do \
	  echo "== $$name"; tests/full/$$name.sh || exit 1; done

# ARGS="--only cfn-lint,checkov" runs these alone; ARGS=--help tells the rest.
verify: ## cfn-lint, cdk-nag, checkov and others over the templates; installs them once
	@$(CARGO) run --release --locked --quiet --package verify -- $(ARGS)

# What is fetched first: deny looks at the crates of every platform, a build only at those of its own.
lint: ## format, clippy, licences and sources of dependencies
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	@PATH="$$PATH:$(abspath $(TARGET))/tools/bin"; export PATH; \
	if ! $(CARGO) deny --version >/dev/null 2>&1; then \
	  echo "installing cargo-deny into $(TARGET)/tools: two minutes, once" >&2; \
	  $(CARGO) install --quiet --debug --locked --root $(TARGET)/tools cargo-deny@$(CARGO_DENY) || exit 1; fi; \
	$(CARGO) fetch --locked --quiet && set -x && $(CARGO) deny --offline check bans licenses sources

audit: ## known faults of dependencies; fetches the list of them from github.com
	$(CARGO) deny check advisories

goldens: ## renew every golden file; look at the diff before you commit it
	UPDATE=1 INSTA_UPDATE=always INSTA_FORCE_PASS=1 TRYBUILD=overwrite $(CARGO) test --workspace --locked

regen-cfn: ## the cfn crate's resource types, from the service specification
	$(CARGO) run --release --locked --package cfn-codegen -- generate

bench: build ## synth for 6 and for 120 topics; each function's latency, start and memory; the pipeline at 200 and 2,000/s
	$(CARGO) bench --locked --package infra-gen --bench synth
	$(CARGO) bench --locked --package sandbox --bench functions
	$(CARGO) build --release --locked --package local
	@brokers=embedded; if java -version >/dev/null 2>&1; then brokers="embedded kafka"; \
	else echo "no Java here: the bench on a real Kafka is left out"; fi; \
	failed=0; for broker in $$brokers; do for rate in 200 2000; do \
	  $(RUNNER) bench --broker $$broker --rate $$rate || failed=1; done; done; exit $$failed

clean: ## remove everything that was built
	$(CARGO) clean
