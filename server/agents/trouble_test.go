package agents

import (
	"testing"
	"time"

	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
)

// The facility's page says why a reader did not answer when it last did not; what a card is or says is no
// trouble of the reader's.
func TestItIsKeptWhyAReaderDidNotAnswer(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults virtual.Faults
		birth  eligibility.Date
		want   string
	}{
		{"it answered", virtual.Faults{}, tokuichi, ""},
		{"another person's card", virtual.Faults{}, eligibility.MustDate("1955-07-02"), ""},
		{"the card was pulled", virtual.Faults{PulledAt: 3}, tokuichi, "card.removed"},
		{"the reader is gone", virtual.Faults{ReaderGoneAt: 3}, tokuichi, "card.no_reader"},
	} {
		t.Run(c.name, func(t *testing.T) {
			noon := time.Date(2026, 11, 22, 12, 0, 0, 0, eligibility.Japan)
			s, url := openWith(t, Config{Virtual: true, Now: func() time.Time { return noon }})
			v := insert(t, virtual.Description{BirthDate: tokuichi, Faults: c.faults})
			pairedWith(t, s, facility, url, agent.Config{Reader: chip{v}, Key: certtest.Key(t), Pace: quick})
			if _, err := check(s, c.birth); err != nil {
				t.Fatal(err)
			}
			a := known(t, s)
			if a.Trouble != c.want || c.want != "" && !a.TroubleAt.Equal(noon) {
				t.Errorf("%q at %s, want %q", a.Trouble, a.TroubleAt, c.want)
			}
		})
	}
}
