# Everything that a person or the CI runs. Needs Go, and what a target says that it needs.
.DEFAULT_GOAL := help
.PHONY: help run token test test-dynamodb localstack check template fuzz bench conformance build deploy clean

# The tools of `make check`, pinned.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.8.0

MAIN     := ./internal/local/cmd/plumbline
ORG      ?= acme
# All of them where empty.
PERMISSIONS ?=
# A folder of real states; without it the conformance test reads a case of its own.
FIXTURES ?=
# Of the functions: arm64 or x86_64, as the template's parameter Architecture.
ARCH     ?= arm64

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## run the whole stack on this machine; `make build && .build/plumbline --help` lists its settings
	@exec .build/plumbline run

token: build ## print a token: make token ORG=globex PERMISSIONS=data:read,data:write
	@.build/plumbline token -org "$(ORG)" -permissions "$(PERMISSIONS)"

test: ## run every test
	go test ./...

test-dynamodb: ## run the table's contract, what scans cost, and the built functions on DynamoDB Local (needs Java 17 and Maven)
	.ci/dynamodb go test -count=1 ./internal/table/dynamo ./internal/deploy

localstack: ## the same against LocalStack, or with DYNAMODB_ENDPOINT against a region of a real account
	DYNAMODB_ENDPOINT="$(or $(DYNAMODB_ENDPOINT),http://localhost:4566)" go test -count=1 ./internal/table/dynamo ./internal/deploy

check: ## vet, staticcheck, every test with the race detector in random order, and govulncheck (asks vuln.go.dev)
	go vet ./...
	go run $(STATICCHECK) ./...
	go test -race -shuffle=on ./...
	.ci/template
	go run $(GOVULNCHECK) ./...

template: ## lint template.yaml, and judge what SAM makes of it (needs Python: .ci/template --install)
	.ci/template

fuzz: ## fuzz a stack by what /openapi.json says, for two minutes (needs Python: .ci/fuzz --install)
	.ci/fuzz

bench: ## measure the reader, the scans and the functions, with their ratios
	go test -run '^$$' -bench . -benchtime 3x ./internal/reader/tfstate ./internal/reader/atmos ./internal/scan ./internal/report
	go test -run '^$$' -bench . -benchtime 20x ./internal/deploy

conformance: ## read real states, estates and bug reports: make conformance FIXTURES=../shared/fixtures
	FIXTURES="$(if $(FIXTURES),$(abspath $(FIXTURES)))" go test ./internal/reader/tfstate ./internal/reader/atmos ./internal/local -run Conformance -count=1 -v

build: ## build the program into .build/
	@test -e .build/plumbline || echo "building .build/plumbline; the first time it downloads and compiles what it is built on, for some minutes"
	@go build -trimpath -o .build/plumbline $(MAIN)

deploy: ## build the functions and deploy the stack to AWS, with the answers that `sam deploy --guided` has kept
	ARCH=$(ARCH) sam build
	sam deploy

clean: ## remove what make has built; .plumbline/, where `make run` keeps its data, stays
	rm -rf .build .aws-sam

# SAM's builds: one target a function, by its name in template.yaml, into ARTIFACTS_DIR.
FUNCTIONS := ImportSources:import-sources Rescan:rescan DescribeStacks:describe-stacks DriftProposals:drift-proposals Environments:environments EntityTypes:entity-types Entities:entities Docs:docs \
	Authorizer:authorizer TokenClaims:token-claims RescanUpload:rescan-upload RescanSchedule:rescan-schedule RescanQueue:rescan-queue

define FUNCTION
.PHONY: build-$(1)
build-$(1):
	CGO_ENABLED=0 GOOS=linux GOARCH=$(if $(filter x86_64,$(ARCH)),amd64,$(ARCH)) go build -tags lambda.norpc -trimpath \
		-ldflags="-s -w -buildid=" -o "$$(ARTIFACTS_DIR)/bootstrap" ./functions/$(2)
endef
$(foreach f,$(FUNCTIONS),$(eval $(call FUNCTION,$(word 1,$(subst :, ,$(f))),$(word 2,$(subst :, ,$(f))))))
