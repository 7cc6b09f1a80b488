package hub_test

import (
	"fmt"
	"testing"
	"time"

	"madoguchi/internal/hubtest"
	"madoguchi/server/hub"
)

// What one instance changed the others forget, each once and in its order; its own word is not sent back to
// it.
func TestAChangeIsToldToTheOtherInstances(t *testing.T) {
	var bus hub.Bus
	engines := hubtest.Engines{New: func(*testing.T) hub.Engine { return bus.Engine() }}
	var a, b hub.Changes
	told := make(chan string, 100)
	if err := a.Join(hubtest.Instance(t, engines, "a"), func(topic, key string) {
		t.Errorf("its own word came back: %s %s", topic, key)
	}); err != nil {
		t.Fatal(err)
	}
	b.Changed("before", "it joined") // nobody to tell
	if err := b.Join(hubtest.Instance(t, engines, "b"), func(topic, key string) {
		told <- topic + " " + key
	}); err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		a.Changed("sessions", fmt.Sprint(i))
	}
	a.Changed("people", "")
	for i := range 51 {
		want := fmt.Sprintf("sessions %d", i)
		if i == 50 {
			want = "people "
		}
		select {
		case got := <-told:
			if got != want {
				t.Fatalf("told %q, want %q", got, want)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("%q was not told", want)
		}
	}
}
