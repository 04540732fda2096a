# Targets of Intendant. `make` alone prints them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo build check test bench fuzz generate format-check vet generated-check lint \
	unit unit-fast unit-raced stories needs fresh-clone clean

# Where two goroutines meet on the same rows: these run under the race detector.
RACED := ./internal/app/... ./internal/store/... ./internal/jobs/...

# The race detector leaves out SQLite, which is C turned into Go: watching each of
# its reads makes the tests thirty times slower and can find nothing of ours.
RACE := -race -gcflags='modernc.org/...=-race=false'

# Vet runs once, on its own; `go test` need not repeat it per package. Most tests
# wait for a disk, a server or a browser: more of them run than there are cores.
TEST := go test -vet=off -timeout 20m -parallel 6

help: ## print these lines
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

demo: ## a living example on a temporary database; prints addresses and sign-ins
	go run ./cmd/intendant demo

build: ## the stripped static binary ./intendant; its version is the commit's
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o intendant ./cmd/intendant

check: format-check vet generated-check lint unit-fast ## format, vet, lint, unit tests on SQLite; under two minutes, no services

test: needs ## everything: check, both databases, race detector, browser stories
	@scripts/with-postgres $(MAKE) --no-print-directory format-check vet generated-check lint unit-raced unit stories

bench: ## the benchmarks beside the code, then `intendant bench`
	go test -vet=off -run '^$$' -bench . -benchmem ./internal/...
	go run ./cmd/intendant bench

fuzz: ## each fuzz target for 30 seconds
	@for package in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -r dirname | sort -u); do \
		for target in $$(grep -rhoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' $$package | awk '{print $$2}'); do \
			go test -vet=off -run '^$$' -fuzz "^$$target$$" -fuzztime 30s $$package; \
		done; \
	done

generate: ## write the Go files of the page components again
	go tool templ generate

fresh-clone: ## clone into an empty folder, build, start the demo, fetch a page
	scripts/fresh-clone

clean: ## remove what the build made
	rm -f intendant intendant.exe

format-check:
	@unformatted=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not formatted (gofmt -w):"; echo "$$unformatted"; exit 1; fi

vet:
	go vet ./...

generated-check:
	@go tool templ generate -check -log-level error || { echo "page components changed: run make generate"; exit 1; }

# What go.mod names as a tool runs everywhere. golangci-lint has no tool of its own
# there, so it adds what it finds where it is installed; the import rules are also
# kept by a test.
lint:
	@go tool staticcheck ./...
	@unused=$$(go tool deadcode -test ./...); \
	if [ -n "$$unused" ]; then echo "nothing calls these:"; echo "$$unused"; exit 1; fi
	@if command -v golangci-lint >/dev/null; then golangci-lint run; \
	else echo "golangci-lint is not installed: what staticcheck and deadcode do not look for was not looked for"; fi

unit-fast:
	@env -u CI -u INTENDANT_TEST_POSTGRES $(TEST) -short -timeout 90s $$(go list ./... | grep -v /e2e)

unit:
	@export INTENDANT_TEST_CHROMIUM=$$(scripts/find-chromium || true); \
	$(TEST) $$(go list ./... | grep -v /e2e | grep -vxF "$$(go list $(RACED))")

unit-raced:
	@if [ "$$(go env CGO_ENABLED)" = 1 ]; then $(TEST) $(RACE) $(RACED); \
	else echo "no C compiler, so no race detector: SKIPPED"; \
		if [ "$${CI:-}" = true ]; then exit 1; fi; \
		$(TEST) $(RACED); fi

stories:
	@export INTENDANT_TEST_CHROMIUM=$$(scripts/find-chromium || true); $(TEST) -count=1 -timeout 30m -parallel 4 ./e2e/...

needs:
	@scripts/install-needs
