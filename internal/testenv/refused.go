package testenv

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Area is a part of the program whose bad inputs are counted together in docs/security.md.
type Area string

// The areas, in the order of the table.
const (
	Trust      Area = "Trust list, key sets, clocks, revocation"
	Codes      Area = "Signed codes and their proofs"
	SignIn     Area = "Sign-in of patients"
	Staff      Area = "Sign-in and rights of staff"
	Sessions   Area = "Sessions, cookies, enrolment, phones"
	Servers    Area = "Calls between servers, receipts, online codes"
	Counter    Area = "Cases and records at the counter"
	Card       Area = "Card, reader, bridge agent, eligibility answers"
	Files      Area = "Files of clerks"
	Pictures   Area = "Pictures and PDFs that are read"
	Documents  Area = "Documents and their signatures"
	Stored     Area = "Stored data, keys, audit"
	Limits     Area = "Limits and floods"
	Boundaries Area = "Pages, headers, settings, commands"
)

// Areas are all of them, in the order of the table.
var Areas = []Area{
	Trust,
	Codes,
	SignIn,
	Staff,
	Sessions,
	Servers,
	Counter,
	Card,
	Files,
	Pictures,
	Documents,
	Stored,
	Limits,
	Boundaries,
}

// Tally is what one test says of the bad inputs that it tried: one line of the file that MADOGUCHI_REFUSED
// names.
type Tally struct {
	Area  Area   `json:"area"`
	Room  string `json:"room"` // folder of the test
	Test  string `json:"test"`
	Count int    `json:"count"`
}

// Refused says that t tries count bad inputs of an area and that each must be refused. The tally is written
// when t ends without a failure, to the file that MADOGUCHI_REFUSED names; `make security` makes the table of
// docs/security.md of it.
func Refused(t testing.TB, area Area, count int) {
	t.Helper()
	t.Cleanup(func() {
		name := os.Getenv("MADOGUCHI_REFUSED")
		if name == "" || t.Failed() || t.Skipped() {
			return
		}
		if err := appendTally(name, area, t.Name(), count); err != nil {
			t.Errorf("noting refused inputs: %v", err)
		}
	})
}

// appendTally adds one line in one write, so that tests of several processes do not mix theirs.
func appendTally(name string, area Area, test string, count int) error {
	folder, err := os.Getwd() // go test runs in the package's folder
	if err != nil {
		return err
	}
	line, err := json.Marshal(Tally{Area: area, Room: filepath.Base(folder), Test: test, Count: count})
	if err != nil {
		return err
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "%s\n", line)
	if closing := file.Close(); err == nil {
		err = closing
	}
	return err
}
