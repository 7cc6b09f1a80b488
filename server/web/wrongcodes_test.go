package web

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"madoguchi/internal/testenv"
)

// rowsStored is how many rows the database has, but for the audit.
func (h *testApp) rowsStored(t *testing.T) (rows int) {
	t.Helper()
	tables, _ := storedRows(t, watching(t, h).db)
	for _, text := range tables {
		rows += strings.Count(text, "\n") + 1
	}
	return rows
}

// Ten thousand wrong codes, typed by one login from ever other addresses and opened by one network without a
// login, enrol nobody and are answered for the fewest; the patient whose notice it is, on the guesser's own
// network, opens it and is enrolled meanwhile.
func TestTenThousandWrongCodesEnrolNobodyAndHoldNobodyUp(t *testing.T) {
	const tries = 5000                // of each kind
	const pace = 5 * time.Millisecond // as many as a network may ask
	d := newDuel(t)
	d.attacker.open(t, d.h.pickAs(d.begins(d.attacker, false), "a"), nil)
	if d.attacker.name(t) != "別人　一郎" {
		t.Fatal("the attacker has no login")
	}
	r := d.h.tokuichi(t)
	code := d.h.noticeCode(t, r)
	before := d.h.rowsStored(t)
	looked := map[string]int{}
	for i := range tries {
		d.h.now = d.h.now.Add(pace)
		guess := rand.Text()[:16]
		d.attacker.network = fmt.Sprintf("10.1.%d.%d", i/250, i%250+1)
		status, _, body := d.attacker.open(t, "/enrol", url.Values{"code": {guess}})
		switch {
		case status == http.StatusUnprocessableEntity:
			looked["typed"]++
		case status != http.StatusTooManyRequests || strings.Contains(body, "髙橋"):
			t.Fatalf("a typed guess: %d", status)
		}
		stranger := phone(d.victim.echo) // on the victim's network
		status, _, _ = stranger.open(t, "/n/"+guess, nil)
		switch {
		case status == http.StatusNotFound:
			looked["opened"]++
		case status != http.StatusTooManyRequests: // the browser carries it to after the login
			t.Fatalf("an opened guess: %d", status)
		}
	}
	for _, kind := range []string{"typed", "opened"} {
		// twenty at once, then one in three seconds
		if n := looked[kind]; n == 0 || n > 21+int(tries*pace/(3*time.Second)) {
			t.Errorf("%s: %d of %d guesses were looked up", kind, n, tries)
		}
	}
	if after := d.h.rowsStored(t); after != before {
		t.Errorf("%d rows were stored, now %d", before, after)
	}
	if status, _, _ := d.victim.open(t, "/n/"+code, nil); status != http.StatusTooManyRequests {
		t.Fatalf("the patient opens the notice: %d", status) // and is asked to log in first
	}
	back := d.h.pickAs(d.begins(d.victim, false), "p")
	d.victim.open(t, back, nil)
	if status, to, body := d.victim.open(t, "/enrol", url.Values{}); to != "/screen" {
		t.Errorf("the patient is enrolled: %d to %q %.300s", status, to, body)
	}
	d.h.now = d.h.now.Add(3 * time.Second)
	status, _, _ := d.attacker.open(t, "/enrol", url.Values{"code": {code}})
	if status == http.StatusSeeOther {
		t.Error("the attacker is enrolled by the patient's own code")
	}
	testenv.Refused(t, testenv.Sessions, 2*tries+1)
}
