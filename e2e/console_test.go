package e2e

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// said is what a tab's console holds: browsers tell there, and nowhere else, of a font that they refuse, a
// policy that was broken, an error that nobody caught.
type said struct {
	*watched
	expected []*regexp.Regexp
	ended    chan struct{} // closed when the last line of the test has come
}

var consoles sync.Map // of a tab's context

const lastLine = "the test has ended"

// listen has every warning and every error in the tab's console fail t, but those that it expects.
func listen(t *testing.T, tab context.Context) {
	t.Helper()
	c := &said{watched: newWatched(), ended: make(chan struct{})}
	consoles.Store(tab, c)
	messages := chromedp.Console(tab)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Text == lastLine {
				close(c.ended)
				return
			}
			switch m.Type {
			case chromedp.ConsoleWarning, chromedp.ConsoleError, chromedp.ConsoleException, "assert":
				c.add(fmt.Sprintf("%s %s (%s)", m, m.Source, m.URL))
			}
		}
	}()
	t.Cleanup(func() {
		short, cancel := context.WithTimeout(tab, 10*time.Second)
		defer cancel()
		if err := chromedp.Do(short, script(`console.debug(`+quote(lastLine)+`)`)); err == nil {
			select { // messages come in their order
			case <-c.ended:
			case <-short.Done():
				t.Error("the console's last line never came")
			}
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		seen := map[string]bool{}
		for _, line := range c.lines {
			if !c.expects(line) && !seen[line] {
				t.Errorf("in the browser's console: %s", line)
			}
			seen[line] = true
		}
	})
}

func (c *said) expects(line string) bool {
	for _, e := range c.expected {
		if e.MatchString(line) {
			return true
		}
	}
	return false
}

// expects says which warnings and errors a test brings about itself, and why they are right.
func expects(t *testing.T, tab context.Context, pattern, why string) {
	t.Helper()
	if strings.TrimSpace(why) == "" {
		t.Fatalf("no reason for %s", pattern)
	}
	c := consoleOf(t, tab)
	c.mu.Lock()
	c.expected = append(c.expected, regexp.MustCompile(pattern))
	c.mu.Unlock()
}

func consoleOf(t *testing.T, tab context.Context) *said {
	t.Helper()
	c, ok := consoles.Load(tab)
	if !ok {
		t.Fatal("nobody listens to this tab")
	}
	return c.(*said)
}
