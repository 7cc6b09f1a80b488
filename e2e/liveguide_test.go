package e2e

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The operator's guide is read as it is written. What counts of it, in the order of the page:
//
//	```sh HOST [background] [exit=N]   a command block that is run on a host; it must end with N (0)
//	```sh not-run=REASON               one that no test runs; REASON is among notRun
//	```send                            HOST:FILE → HOST:FILE, what one party gives to another
//	<!-- walk: STEP [HOST] -->         here people do something: a function of liveSteps
//
// A block of another kind than sh, send and output is refused, so that no command can hide in it.

// guideItem is one of these.
type guideItem struct {
	line int
	kind string // sh, send, walk
	host string
	text string // of a block; the name of a step

	background bool
	exit       int
	notRun     string
}

// notRun are the reasons for which a block of the guide is not run by the test.
var notRun = []string{
	"root",       // changes the machine itself: users, packages, services
	"systemd",    // there is none in the test's namespaces
	"docker",     // there is no engine of containers; TheImagesSteps does what the file says
	"prometheus", // a part of its settings, not a command; another test runs a real one
	"windows",    // PowerShell, the service manager (docs/readers.md says what Wine shows)
	"build",      // a cross build, which make lint makes
	"example",    // another host's database; server/copying's tests copy between engines
}

var (
	guideFence  = regexp.MustCompile("^ *```(.*)$")
	guideWalk   = regexp.MustCompile(`^<!-- walk: ([a-z-]+)(?: ([a-z]+))? -->$`)
	guideInline = regexp.MustCompile("`((?:madoguchi|bridge) [^`]+)`")
)

// readGuide returns the items of the guide in their order, and the commands that stand within its sentences.
func readGuide(t *testing.T) (items []guideItem, inline []string) {
	t.Helper()
	text, err := os.ReadFile(root(t, "docs", "operator.md"))
	if err != nil {
		t.Fatal(err)
	}
	var open *guideItem
	for n, line := range strings.Split(string(text), "\n") {
		fence := guideFence.FindStringSubmatch(line)
		switch {
		case open != nil && fence != nil:
			if open.kind != "output" {
				items = append(items, *open)
			}
			open = nil
		case open != nil:
			open.text += line + "\n"
		case fence != nil:
			item := readFence(t, n+1, strings.Fields(fence[1]))
			open = &item
		default:
			if walk := guideWalk.FindStringSubmatch(line); walk != nil {
				items = append(items, guideItem{line: n + 1, kind: "walk", text: walk[1], host: walk[2]})
			} else if strings.Contains(line, "walk:") {
				t.Errorf("docs/operator.md:%d: no step of the walk: %s", n+1, line)
			}
			for _, command := range guideInline.FindAllStringSubmatch(line, -1) {
				inline = append(inline, command[1])
			}
		}
	}
	if open != nil {
		t.Errorf("docs/operator.md:%d: the block never ends", open.line)
	}
	return items, inline
}

// readFence reads what stands behind the three marks.
func readFence(t *testing.T, line int, words []string) guideItem {
	t.Helper()
	item := guideItem{line: line}
	if len(words) > 0 {
		item.kind = words[0]
		words = words[1:]
	}
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		switch {
		case name == "background":
			item.background = true
		case name == "exit":
			var err error
			if item.exit, err = strconv.Atoi(value); err != nil {
				t.Errorf("docs/operator.md:%d: %s", line, word)
			}
		case name == "not-run" && slices.Contains(notRun, value):
			item.notRun = value
		case item.kind == "sh" && item.host == "" && value == "":
			item.host = word
		default:
			t.Errorf("docs/operator.md:%d: nobody knows the word %q", line, word)
		}
	}
	windows := item.kind == "powershell" && item.notRun == "windows"
	shell := item.kind == "sh" && (item.host == "") == (item.notRun != "")
	if !windows && !shell && item.kind != "send" && item.kind != "output" {
		t.Errorf("docs/operator.md:%d: a block of the kind %q %q is neither run nor is a reason named",
			line, item.kind, words)
	}
	return item
}
