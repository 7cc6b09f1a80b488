package main

import (
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

func TestTheTableAddsEachTestOnce(t *testing.T) {
	table, err := tabulate([]testenv.Tally{
		{Area: testenv.Limits, Room: "auth", Test: "TestA", Count: 3},
		{Area: testenv.Limits, Room: "auth", Test: "TestA", Count: 3}, // run twice
		{Area: testenv.Limits, Room: "web", Test: "TestB", Count: 4},
		{Area: testenv.Codes, Room: "credential", Test: "TestC", Count: 10},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"| Signed codes and their proofs | 10 | 1 | `credential` |",
		"| Limits and floods | 7 | 2 | `auth` `web` |",
		"| **all** | **17** | **3** | |",
	} {
		if !strings.Contains(table, line+"\n") {
			t.Errorf("no line %q in\n%s", line, table)
		}
	}
}

func TestATallyOfAnUnknownAreaOrNoTallyIsAnError(t *testing.T) {
	for name, tallies := range map[string][]testenv.Tally{
		"none":         nil,
		"unknown area": {{Area: "weather", Room: "x", Test: "TestX", Count: 1}},
	} {
		if table, err := tabulate(tallies); err == nil {
			t.Errorf("%s: %s", name, table)
		}
	}
}

func TestOnlyTheTableOfThePageChanges(t *testing.T) {
	got, err := replaced("before\n"+begin+"old\n"+end+"after\n", "new\n")
	if want := "before\n" + begin + "new\n" + end + "after\n"; err != nil || got != want {
		t.Errorf("%q %v", got, err)
	}
	if got, err := replaced("no marks\n", "new\n"); err == nil {
		t.Errorf("a page without a place for the table became %q", got)
	}
}
