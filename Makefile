# make test    everything: sets the machine up, vets, fuzzes, runs every test, none skipped, compares
#              docs/security.md with what they refused, and makes the gravest edits of make mutate
# make security  runs every test and writes the table of docs/security.md anew: how many bad inputs they
#              refused, by area
# make mutate  takes every guard of a list away, one by one, and fails where no test notices
#              (scripts/mutate); part of make assure
# make fuzz    every fuzz target for FUZZTIME (5s) each; part of make test
# make assure  every fuzz target for 10 minutes, 5,000 agents, the race detector, make mutate, a server killed
#              50 times on each engine, and known vulnerabilities where their database is at hand
# make soak    loads a server of its own for MINUTES (20) and fails where its memory or goroutines go on
#              growing (docs/scale.md)
# make bench   the bars of docs/benchmarks.md, in one run; fails where one is missed. MADOGUCHI_PEOPLE=5000000
#              measures look-ups in a register of that size (200,000)
# make lighthouse  measures landing page and patient's screen against the bar and writes docs/lighthouse.md;
#              RUNS (3) a page
# make quick   vet, staticcheck and the tests that need no outside program, under two minutes
# make setup   installs what the tests need (Debian; elsewhere names it)
# make dist    bundles the front end into pwa/dist
# make pictures renews the pictures of README and docs, and leaves one of every page's states in bin/pictures
# make bridge  builds the agent for the counter's PC into bin/, with checksums: the same bytes every time

SHELL := /bin/bash
export GOTOOLCHAIN := local
# Nothing of ours needs a C compiler: what is vetted, tested and shipped is one build, made once.
export CGO_ENABLED := 0
# And wherever it stands: what one of them compiled, the others (an image's steps, the agent's releases, an
# edit of make mutate) need not compile again.
export GOFLAGS := $(strip $(GOFLAGS) -trimpath)

FUZZTIME ?= 5s

.PHONY: test security quick fuzz mutate race assure bench soak lighthouse setup lint dist pictures bridge

# Every test, none skipped: one room more at a time than there are processors, since many of their tests wait
# for a disk or a clock; those in browsers have the machine for themselves, four at a time, since they mostly
# wait for what people wait for. Their time is bounded for what hangs: it follows the machine like no other.
# They count the bad inputs that they refuse in a file (testenv.Refused), and scripts/security compares it
# with the table of docs/security.md, or writes that.
define tested
set -e; refused=$$(mktemp); trap 'rm -f "$$refused"' EXIT; \
export MADOGUCHI_TEST=require MADOGUCHI_REFUSED="$$refused"; \
go test -count=1 -timeout 20m -p $$(($$(nproc) + 1)) $$(go list ./... | grep -v /e2e); \
go test -count=1 -timeout 30m -p 1 -parallel 4 ./e2e/...; \
go run ./scripts/security $(1) "$$refused"
endef

test: setup lint fuzz
	$(call tested,-check)
	go run ./scripts/mutate -gravest

security: setup
	$(call tested)

fuzz:
	scripts/fuzz.sh $(FUZZTIME)

mutate:
	go run ./scripts/mutate

# Under the race detector everything takes many times as long, so tests that measure time judge nothing there
# (internal/testenv/calm.go).
race:
	CGO_ENABLED=1 MADOGUCHI_TEST=quick go test -race -timeout 40m ./...

assure: lint race mutate
	scripts/vulncheck.sh
	scripts/fuzz.sh 10m
	MADOGUCHI_ASSURE=1 go test -count=1 -v -run AThousandAgents ./server/agents
	MADOGUCHI_KILLS=50 go test -count=1 -v -timeout 90m -run TestNothingAcknowledgedIsLost ./server

# All of them run, whichever is missed.
bench:
	@missed=; bar() { echo "$$*"; "$$@" || missed=1; }; \
	bar go test -run '^$$' -bench '^BenchmarkBars$$' -benchtime 1x ./credential; \
	bar go test -run '^$$' -bench '^BenchmarkBars$$' -benchtime 1x ./pdf; \
	bar go test -timeout 60m -run '^$$' -bench '^(BenchmarkBars|BenchmarkMillion)$$' -benchtime 1x ./e2e; \
	bar go test -run '^$$' -bench '^BenchmarkBars$$' -benchtime 1x ./server/store; \
	bar go test -count=1 -v -run '^TestAStartTakesNoLongerInLaterYears$$' ./server/auditing; \
	bar go test -timeout 60m -run '^$$' -bench '^Benchmark(Bars|ManyPeople|BesideAnImport)$$' -benchtime 1x \
		./server/web; \
	bar go test -count=1 -v -run '^TestAHundredCountersAtOnce$$' ./server/web; \
	MADOGUCHI_TEST=require bar go test -count=1 -v -run '^$(COUNTER_BARS)$$' ./e2e; \
	test -z "$$missed"

# What staff wait for in the counter's page; part of make test too.
COUNTER_BARS := (TestAVerdictIsDrawn.*|TestACardAnswersWithinASecond)

MINUTES ?= 20
soak:
	go run ./scripts/soak -minutes $(MINUTES)

# 185 MB of npm packages in a folder of their own, installed here only.
RUNS ?= 3
lighthouse:
	cd scripts/lighthouse && npm ci --no-audit --no-fund --loglevel=error
	RUNS=$(RUNS) node scripts/lighthouse/measure.mjs

quick: lint
	MADOGUCHI_TEST=quick go test ./...

lint:
	@bad=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$bad" ] || { echo "gofmt: $$bad"; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go build ./...
	GOOS=windows go build ./...

setup:
	scripts/setup.sh

dist:
	go generate ./pwa/...

# The agent's releases. No path, time or revision of the building machine is in them; NODEMO=1 leaves demo
# mode out; VERSION is what the agent says of itself to the counter's server.
BIN ?= bin
BRIDGES ?= windows-amd64 linux-amd64 linux-arm64
bridge:
	@mkdir -p "$(BIN)"
	@rm -f "$(BIN)"/madoguchi-bridge-* "$(BIN)/SHA256SUMS"
	@set -e; for target in $(BRIDGES); do \
		os=$${target%-*}; file=madoguchi-bridge-$$target; [ $$os = windows ] && file=$$file.exe || true; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$${target#*-} \
			go build -trimpath -buildvcs=false $(if $(NODEMO),-tags nodemo) \
			-ldflags "-s -w -buildid= -X main.release=$(VERSION)" -o "$(BIN)/$$file" ./card/bridge; \
	done
	@cat LICENSE licences/go-modules.txt licences/Unicode-3.0.txt > "$(BIN)/LICENCES.txt"
	@cd "$(BIN)" && sha256sum madoguchi-bridge-* > SHA256SUMS && cat SHA256SUMS

# The end-to-end tests leave a picture of every state at the widths of a small phone, a usual one and a PC, of
# a counter's also on a tablet, in bin/pictures, to be looked at; those of README and docs are renewed from
# there.
pictures: setup
	@rm -rf bin/pictures && mkdir -p bin/pictures
	MADOGUCHI_TEST=require MADOGUCHI_PICTURES=$(CURDIR)/bin/pictures \
		go test -count=1 -timeout 25m -parallel 4 ./e2e
	MADOGUCHI_PICTURES=$(CURDIR)/bin/pictures go test -count=1 -run Pictures ./pdf
	@for f in $$(git ls-files docs/pictures 'pwa/static/paper-*'); do \
		cp bin/pictures/$$(basename $$f) $$f; done
