package main

import (
	"os"
	"strings"
	"testing"

	"madoguchi/message"
)

func TestTheListOfErrorsIsOfThisSource(t *testing.T) {
	want, err := page("../..")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/errors.md is of another source: run go generate ./message")
	}
}

// Statuses as the server's API sends them (server/web's tests), and who has none.
func TestTheStatusIsThatOfTheCode(t *testing.T) {
	s, err := readStatus("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		key  string
		want string
	}{
		{"session.missing", "403"},
		{"page.not_found", "404"},
		{"request.too_large", "413"},
		{"request.too_many", "429"},
		{"notice.void", "409"},
		{"situation.day", "422"},
		{"login.provider", "503"},
		{"server.internal", "500"},
		{"import.my_number", "422"},       // by a call of refuseFile
		{"import.my_number_split", "422"}, // said instead
		{"import.kind_pdf", "422"},
		{"code.waiting_partly", "409"},
		{"lens.work_partly", "422"},
		{"card.confirmed", "–"},
		{"agent.refused.proof", "–"},
	} {
		t.Run(c.key, func(t *testing.T) {
			if _, ok := message.FindEntry(c.key); !ok {
				t.Fatal("the catalogue has no such key")
			}
			if got := s.of(c.key); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestEachRowHasFiveCells(t *testing.T) {
	printed, err := page("../..")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(printed) {
		if !strings.HasPrefix(line, "|`") {
			continue
		}
		rows++
		if n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); n != 6 {
			t.Errorf("%d: %s", n-1, line)
		}
	}
	if rows < 300 {
		t.Errorf("only %d errors", rows)
	}
}
