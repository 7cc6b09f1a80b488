package datafolder

import (
	"bytes"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// A session goes at its end; a receipt that a phone has not fetched after 90 days (docs/phone.md).
func TestSweepRemovesWhatIsOverAndNothingElse(t *testing.T) {
	ctx := t.Context()
	f := opened(t, options(filepath.Join(t.TempDir(), "data"), RoleAll))
	person := insurer.PersonKey{Insurer: city, ID: enrolled(t, f)}
	hash := [32]byte{1}
	session := auth.Session{Hash: hash, Kind: auth.Clerk, Subject: "鈴木", CreatedAt: noon, UsedAt: noon}
	if err := f.Store.Sessions().PutSession(ctx, session, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	stores := f.Store.ForInsurer()
	phone := audit.Entry{At: noon, Actor: "patient", Action: "phone.add"}
	if err := stores.Devices.PutReceiptKey(ctx, "op|x", "phone", []byte("public"), phone); err != nil {
		t.Fatal(err)
	}
	left := audit.Entry{At: noon, Actor: "counter", Action: "receipt.put", Person: person.ID}
	sealed := map[string][]byte{"phone": []byte("sealed")}
	err := stores.Receipts.PutReceipts(ctx, person, insurer.LeftReceipts{Sealed: sealed}, left)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name               string
		after              time.Duration
		sessions, receipts int
	}{
		{"nothing is over", 0, 1, 1},
		{"before the session's end", time.Hour, 1, 1},
		{"after it", time.Hour + time.Second, 0, 1},
		{"before the receipt's end", 90 * 24 * time.Hour, 0, 1},
		{"after it too", 90*24*time.Hour + time.Second, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.Now = func() time.Time { return noon.Add(c.after) }
			f.Sweep(ctx)
			_, err := f.Store.Sessions().Session(ctx, hash)
			var e *eligibility.Error
			if over := errors.As(err, &e) && e.Code == eligibility.NotFound; over != (c.sessions == 0) {
				t.Errorf("the session: %v", err)
			}
			found, err := stores.Receipts.Receipts(ctx, "op|x", "phone", noon)
			if err != nil || len(found) != c.receipts {
				t.Errorf("%d receipts, want %d, %v", len(found), c.receipts, err)
			}
		})
	}
}

// What cannot be removed is said in the log, each by its name.
func TestSweepSaysWhatItCouldNotRemove(t *testing.T) {
	f := opened(t, options(filepath.Join(t.TempDir(), "data"), RoleAll))
	if err := f.Store.Close(); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	f.Sweep(t.Context())
	for _, what := range []string{"sessions", "receipts", "phones"} {
		if !strings.Contains(log.String(), "sweeping "+what) {
			t.Errorf("nothing of %s in\n%s", what, log.String())
		}
	}
}

// A clock that jumped a year ahead removes nothing: what would go then does not come back.
func TestNothingIsRemovedByAClockThatJumpedAhead(t *testing.T) {
	c := steadyClock{noon}
	hour := 0
	for _, step := range []struct {
		name  string
		ahead time.Duration
		want  bool
	}{
		{"right", 0, true},
		{"a quick clock", 10 * time.Minute, true},
		{"after a night's sleep", 9 * time.Hour, true},
		{"a week's", 7 * 24 * time.Hour, true},
		{"a year ahead", 365 * 24 * time.Hour, false},
		{"still", 365 * 24 * time.Hour, false},
		{"right again", 7 * 24 * time.Hour, true},
		{"a day back", 6 * 24 * time.Hour, true},
		{"a year ahead again", 372 * 24 * time.Hour, false},
	} {
		hour++
		if got := c.ran(noon.Add(time.Duration(hour)*time.Hour + step.ahead)); got != step.want {
			t.Errorf("%s: %v", step.name, got)
		}
	}
}
