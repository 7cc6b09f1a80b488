package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// runStates is a Node program around the machine of the patient's page. It walks from the state in which the
// page begins to every state that moves lead to, sends every event in each, and tells what came of it. A walk
// is the list of events that leads there.
//
//go:embed testdata/states.mjs
var runStates string

// step is what an event came to in a state.
type step struct {
	From, Event, To string
	Allowed, Moved  bool
	Kept            bool // the machine holds the screen of before
	Shows           bool // it holds the screen that came with the event
}

type walked struct {
	Begins         string
	States, Events []string
	Moves          map[string]map[string]*string // nil: stated to be ignored
	Steps          []step
}

func walkStates(t *testing.T) walked {
	t.Helper()
	var w walked
	if err := json.Unmarshal(runNode(t, "patient/states.ts", "states.mjs", runStates), &w); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestEveryMoveOfThePatientsPageIsReachedAndEveryOtherEventIsStatedToBeIgnored(t *testing.T) {
	w := walkStates(t)
	if w.Begins != "Empty" || len(w.States) != 7 || len(w.Events) != 8 || len(w.Moves) != len(w.States) {
		t.Fatalf("begins %s, %d states, %d events, %d rows", w.Begins, len(w.States), len(w.Events),
			len(w.Moves))
	}
	steps := map[string]step{}
	for _, s := range w.Steps {
		steps[s.From+" "+s.Event] = s
	}
	for _, state := range w.States {
		if len(w.Moves[state]) != len(w.Events) {
			t.Errorf("the row of %s has %d events", state, len(w.Moves[state]))
		}
		for _, event := range w.Events {
			t.Run(state+" "+event, func(t *testing.T) {
				next, stated := w.Moves[state][event]
				if !stated {
					t.Fatal("the table says nothing")
				}
				s, reached := steps[state+" "+event]
				if !reached {
					t.Fatalf("no walk from %s leads to %s", w.Begins, state)
				}
				if next == nil {
					if s.Allowed || s.Moved || s.To != state || !s.Kept {
						t.Errorf("an ignored event: %+v", s)
					}
					return
				}
				shows := *next == "Live" || *next == "Stored"
				if !s.Allowed || !s.Moved || s.To != *next || s.Shows != shows {
					t.Errorf("to %s: %+v", *next, s)
				}
			})
		}
	}
}

// What a patient may rely on, whatever the table's cells say one by one.
func TestThePatientsPageNeverShowsWhatItMustNot(t *testing.T) {
	for _, s := range walkStates(t).Steps {
		t.Run(s.From+" "+s.Event, func(t *testing.T) {
			switch {
			case s.From == "Wiped" && s.To != "Wiped":
				t.Errorf("an emptied phone shows %s", s.To)
			case s.Event == "deviceWiped" && s.To != "Wiped":
				t.Errorf("a phone that is emptied shows %s", s.To)
			case s.From == "Denied" && (s.To == "Stored" || s.To == "Copy"):
				t.Errorf("after the server's no %s is shown", s.To)
			case s.From == "Empty" && slices.Contains([]string{"Live", "Stored", "Copy", "Denied"}, s.To):
				t.Errorf("nobody was chosen, and %s is shown", s.To)
			case s.To == "Live" && s.From != "Live" && s.Event != "codeMade":
				t.Errorf("a live code without one that the server made")
			}
		})
	}
}

// A move that no line of the page sends would be a row for nothing; one that is sent twice would be drawn in
// two ways.
func TestEveryEventOfThePatientsPageIsSentFromOnePlace(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "src", "patient", "*.ts"))
	if err != nil {
		t.Fatal(err)
	}
	var program strings.Builder
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		program.Write(data)
	}
	for _, event := range walkStates(t).Events {
		t.Run(event, func(t *testing.T) {
			if n := strings.Count(program.String(), fmt.Sprintf("page.move(%q", event)); n != 1 {
				t.Errorf("sent from %d places", n)
			}
		})
	}
}
