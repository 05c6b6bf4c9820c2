# Everything that a person or the CI runs. Needs Go and nothing else.
.DEFAULT_GOAL := help
.PHONY: help run token test test-dynamodb check bench conformance build clean

# The tools of `make check`, pinned.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.8.0

MAIN     := ./internal/local/cmd/plumbline
ORG      ?= acme
# All of them where empty.
PERMISSIONS ?=
# A folder of real states; without it the conformance test reads a case of its own.
FIXTURES ?=

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## run the whole stack on this machine; `make build && .build/plumbline --help` lists its settings
	@exec .build/plumbline run

token: build ## print a token: make token ORG=globex PERMISSIONS=data:read,data:write
	@.build/plumbline token -org "$(ORG)" -permissions "$(PERMISSIONS)"

test: ## run every test
	go test ./...

test-dynamodb: ## run the table's contract and the costs of a source's life on DynamoDB Local (needs Java and Maven)
	.ci/dynamodb go test -count=1 ./internal/table/dynamo ./internal/deploy

check: ## vet, staticcheck, every test with the race detector in random order, and govulncheck (asks vuln.go.dev)
	go vet ./...
	go run $(STATICCHECK) ./...
	go test -race -shuffle=on ./...
	go run $(GOVULNCHECK) ./...

bench: ## measure the reader and the scans, with their ratios
	go test -run '^$$' -bench . -benchtime 3x ./internal/reader/tfstate ./internal/scan

conformance: ## read real states: make conformance FIXTURES=../shared/fixtures
	FIXTURES="$(if $(FIXTURES),$(abspath $(FIXTURES)))" go test ./internal/reader/tfstate -run Conformance -count=1 -v

build: ## build the program into .build/
	@go build -trimpath -o .build/plumbline $(MAIN)

clean: ## remove what make has built; .plumbline/, where `make run` keeps its data, stays
	rm -rf .build
