package audit_test

import (
	"testing"

	"madoguchi/server/audit"
)

// A copy of a database holds the chain up to one entry; the file of checkpoints goes on meanwhile, and may
// end in the middle of a line.
func TestCheckpointsAreCutBehindACopysNewestEntry(t *testing.T) {
	one, two := `{"seq":4,"jws":"a"}`+"\n", `{"seq":9,"jws":"b"}`+"\n"
	three := `{"seq":12,"jws":"c"}` + "\n"
	for newest, want := range map[int64]string{
		0:  "",
		4:  one,
		8:  one,
		9:  one + two,
		11: one + two,
		12: one + two + three,
		99: one + two + three,
	} {
		if got := string(audit.LinesUntil([]byte(one+two+three+`{"seq":13,"jw`), newest)); got != want {
			t.Errorf("until %d: %q", newest, got)
		}
	}
}
