# The one way in: installs what the commands need, then hands over to embedded/main.ts.
STACK ?= dev

.DEFAULT_GOAL := help
.PHONY: up status test preview image down purge env lint bench drill help node

# A killed `npm ci` leaves a folder without this file; the next command installs again.
INSTALLED := node_modules/.installed
NODE := node --import tsx

up: $(INSTALLED) ## bring up the cluster and the stack, or heal them
	@$(NODE) embedded/main.ts up $(STACK)

status: $(INSTALLED) ## every workload: ready, or why not (JSON=1: for programs)
	@$(NODE) embedded/main.ts status $(STACK) $(if $(JSON),--json)

test: $(INSTALLED) ## lint, types, unit and end-to-end tests
	@$(NODE) test/all.ts

preview: $(INSTALLED) ## what `make up` would change in the stack
	@$(NODE) embedded/main.ts preview $(STACK)

image: $(INSTALLED) ## a team's image for the cluster: IMAGE=… ARCHIVE=… or DOCKERFILE=…; neither: the reference service
	@$(NODE) embedded/main.ts image "$(IMAGE)" \
	  $(if $(ARCHIVE),--archive "$(ARCHIVE)") $(if $(DOCKERFILE),--dockerfile "$(DOCKERFILE)")

down: $(INSTALLED) ## stop everything, keep the data
	@$(NODE) embedded/main.ts down

purge: $(INSTALLED) ## stop everything, delete the data (YES=1: without asking)
	@$(NODE) embedded/main.ts purge

env: $(INSTALLED) ## for: eval "$$(make -s env)"
	@$(NODE) embedded/main.ts env

lint: $(INSTALLED) ## format, lint rules and types
	@node_modules/.bin/biome check --error-on-warnings .
	@node_modules/.bin/tsc --noEmit

drill: $(INSTALLED) ## what takes minutes by nature; docs/drills.md has what it said
	@$(NODE) test/drill.ts

bench: $(INSTALLED) ## measure beside what others offer, and print one table (QUICK=1: less than ten minutes)
	@$(NODE) bench/main.ts

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { gsub(/\$$\$$/, "$$", $$2); printf "make %-9s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "STACK=dev is the default; STACK=prod takes Pulumi.prod.yaml."

$(INSTALLED): package-lock.json | node
	@echo "Installing the packages of package-lock.json" >&2
	@rm -f $@; npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >npm-ci.log 2>&1 || { \
	  head -n 12 npm-ci.log >&2; echo "npm ci failed; all of its output is in npm-ci.log" >&2; exit 1; }
	@touch $@

# Everything goes to standard error: `make -s env` is for eval.
node:
	@command -v node >/dev/null || { \
	  echo "node is missing: install Node.js 20.19 or later (https://nodejs.org)" >&2; exit 2; }
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' || { \
	  echo "node $$(node --version) is too old: install Node.js 20.19 or later (https://nodejs.org)" >&2; exit 2; }
	@command -v npm >/dev/null || { \
	  echo "npm is missing: it comes with Node.js (https://nodejs.org)" >&2; exit 2; }
