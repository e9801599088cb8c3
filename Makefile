# Leadline: build it, try it, test it. Each target fetches what it needs by itself.

TAGS        := sqlite_fts5
# Without Fyne's own emoji font, which is parsed once for each style and theme: some
# 20 MB of memory. A name with an emoji in it is drawn with the system's font.
RELEASE     := $(TAGS),no_emoji
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
VERSION     := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS     := -s -w -X main.version=$(VERSION)
# The server brings all it needs along where the system's linker can do that: it runs on any Linux.
ifeq ($(shell go env GOOS),linux)
STATIC      := -linkmode external -extldflags -static
STATIC_TAGS := ,netgo,osusergo,sqlite_omit_load_extension
endif
SOURCES     := $(shell git ls-files -co --exclude-standard -- '*.go' 'go.*' 'assets/*')

# Packages whose tests run other programs, sound or a screen in real time. They
# come one after the other, so that none measures how busy the machine is with
# the rest. Within a package those that mostly wait stand beside each other: t.Parallel.
LIVE := /(rig|pbxtest|e2e|audio)$$
# The simulator is run without the race detector, for more seeds in the same time, and lets everything else go before it while
# the live tests wait for what they have started; what it runs has tests under that detector of its own. As long as one likes:
# go test -tags sqlite_fts5 ./crm/sim -seeds 10000 -timeout 0
SIM  := /crm/sim$$
SEEDS ?= 40
# What .ci/fuzz is to do behind the simulator, if anything: the live tests mostly wait, and leave it the processors.
FUZZ ?=

.PHONY: all build test test-quick lint fuzz bench demo screenshots package package-linux package-windows clean

all: build

build: build/leadline build/leadline-server

build/leadline: $(SOURCES)
	.ci/setup build
	go build -tags $(RELEASE) -trimpath -ldflags '$(LDFLAGS)' -o $@ ./cmd/leadline

build/leadline-server: $(SOURCES)
	.ci/setup build
	go build -tags $(RELEASE)$(STATIC_TAGS) -trimpath -ldflags '$(LDFLAGS) $(STATIC)' -o $@ ./cmd/leadline-server

# The windows' tests come first: they take longest, and one after the other, since Fyne has one program at a time.
test:
	.ci/setup test
	@status=0; \
	go test -race -tags $(TAGS) -timeout 20m -p 2 -parallel 6 ./ui $$(go list -tags $(TAGS) ./... | grep -Ev '/ui$$|$(LIVE)|$(SIM)') || status=1; \
	{ rest=0; nice -n 19 go test -tags $(TAGS) -timeout 20m ./crm/sim -seeds $(SEEDS) || rest=1; \
		[ -z "$(FUZZ)" ] || nice -n 19 .ci/fuzz $(FUZZ) || rest=1; exit $$rest; } & behind=$$!; \
	go test -race -tags $(TAGS) -timeout 20m -p 1 -parallel 4 -count 1 $$(go list -tags $(TAGS) ./... | grep -E '$(LIVE)') || status=1; \
	wait $$behind || status=1; \
	go test -tags $(TAGS) -timeout 20m -run '^TestADay' -count 1 ./cmd/leadline/e2e || status=1; \
	exit $$status

# What needs neither PBX nor sound nor screen.
test-quick:
	go test -tags $(TAGS) $$(go list -tags $(TAGS) ./... | grep -Ev '$(LIVE)')

lint:
	.ci/setup build
	@out=$$(gofmt -l $$(git ls-files -co --exclude-standard -- '*.go')); \
		if [ -n "$$out" ]; then echo "gofmt -w is due on:"; echo "$$out"; exit 1; fi
	go vet -tags $(TAGS) ./...
	go run $(STATICCHECK) -tags $(TAGS) ./...
	.ci/arrows

# A minute for every parser of what others send; .ci/fuzz takes a time and packages.
fuzz:
	.ci/setup build
	.ci/fuzz

# Go's own benchmarks first, then the rows that need a telephone beside ours.
bench:
	.ci/setup bench
	$(MAKE) build/leadline
	go test -tags $(TAGS) -run '^$$' -bench . -benchmem -p 1 $$(go list -tags $(TAGS) ./... | grep -Ev '$(LIVE)')
	LEADLINE_CALLS=10000 go test -tags $(TAGS) -run '^TestCallsLeaveNothingBehind$$' -v -count 1 ./phone
	LEADLINE_BENCH=1 go test -tags $(TAGS) -run '^TestBench' -v -count 1 -timeout 30m -p 1 ./phone/pbxtest ./cmd/leadline/e2e

demo:
	.ci/setup demo
	$(MAKE) build/leadline
	.ci/demo

# The README's pictures, from the demo's tour on a virtual desktop: in 256 colours, which nobody sees and is a third.
PICTURES := call-known call-unknown call-form main-leads main-missed
screenshots:
	env -u DISPLAY -u WAYLAND_DISPLAY .ci/setup demo
	$(MAKE) build/leadline
	env -u DISPLAY -u WAYLAND_DISPLAY .ci/demo
	for p in $(PICTURES); do convert build/demo/$$p.png -strip +dither -colors 256 PNG8:assets/readme/$$p.png || exit 1; done

package: package-linux package-windows

# .deb and tar in build/package. Each is unpacked, installed where that may be, and started
# by somebody who isn't root.
package-linux:
	.ci/setup package
	$(MAKE) build/leadline build/leadline-server
	.ci/package $(VERSION)
	LEADLINE_PACKAGES=$(CURDIR)/build/package go test -tags $(TAGS) -count 1 -v ./cmd/leadline/packaging -skip Windows

# leadline.exe, leadline-server.exe and their installer in build/package-windows, installed and started under Wine.
package-windows:
	.ci/setup package-windows
	.ci/package-windows $(VERSION)
	LEADLINE_PACKAGES=$(CURDIR)/build/package-windows go test -tags $(TAGS) -count 1 -v ./cmd/leadline/packaging -run Windows

clean:
	rm -rf build
