package main

import (
	_ "embed"
	"encoding/json"
	"path/filepath"
	"testing"

	"madoguchi/server/insurer"
)

// runSupport is a Node program that makes the number of each state, and the places of some agents and errors.
//
//go:embed testdata/supportcode.mjs
var runSupport string

func TestTheHelpDeskReadsWhatAPhoneMakes(t *testing.T) {
	out := runNode(t, filepath.Join("patient", "supportcode.ts"), "supportcode.mjs", runSupport)
	var got struct {
		Made  [][2]json.RawMessage
		Wrong []any
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Made) < 7000 || len(got.Wrong) > 0 {
		t.Errorf("%d numbers; in a wrong place: %v", len(got.Made), got.Wrong)
	}
	for _, pair := range got.Made {
		var want insurer.SupportState
		var code string
		if json.Unmarshal(pair[0], &want) != nil || json.Unmarshal(pair[1], &code) != nil {
			t.Fatalf("%s", pair)
		}
		if read, err := insurer.ReadSupport(code); err != nil || read != want {
			t.Fatalf("%s of %+v is read as %+v, %v", code, want, read, err)
		}
	}
}
