package agent

import (
	"testing"
	"time"
)

// The times that people outside rely on; the tests of server/agents shorten them.
func TestTheDefaultPaceKeepsItsPromises(t *testing.T) {
	p := Pace{}.complete()
	if found := p.Beat + p.Answer; found > 45*time.Second {
		t.Errorf("a dead server is found after %v", found)
	}
	if p.Longest != time.Minute || p.First > time.Second {
		t.Errorf("pauses go from %v to %v", p.First, p.Longest)
	}
	if p.Restart < 50*time.Second || p.Restart >= time.Minute {
		t.Errorf("after a restart agents come back spread over %v", p.Restart)
	}
}
