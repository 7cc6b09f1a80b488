# make test    everything: sets the machine up, then vets and runs every test, none skipped
# make quick   vet, staticcheck and the tests that need no outside program, under two minutes
# make setup   installs what the tests need (Debian; elsewhere names it)
# make dist    bundles the front end into pwa/dist

SHELL := /bin/bash
export GOTOOLCHAIN := local

.PHONY: test quick setup lint dist pictures

test: setup lint
	MADOGUCHI_TEST=require go test -count=1 -timeout 12m ./...

quick: lint
	MADOGUCHI_TEST=quick go test ./...

lint:
	@bad=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$bad" ] || { echo "gofmt: $$bad"; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	CGO_ENABLED=0 go build ./...
	CGO_ENABLED=0 GOOS=windows go build ./...

setup:
	scripts/setup.sh

dist:
	go generate ./pwa/...

# The pictures of README and docs, made by the end-to-end tests.
pictures: setup
	MADOGUCHI_TEST=require MADOGUCHI_PICTURES=$(CURDIR)/docs/pictures go test -count=1 ./e2e
