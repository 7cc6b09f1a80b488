package clerk

import (
	"strings"
	"testing"

	"madoguchi/server/insurer"
)

func TestEveryStateHasSentencesAndANextStep(t *testing.T) {
	s := supportTables
	for name, c := range map[string]struct{ have, want int }{
		"tier":      {len(s.tier), 4},
		"age":       {len(s.age), 8},
		"network":   {len(s.network), 3},
		"stored":    {len(s.stored), 3},
		"clock":     {len(s.clock), 5},
		"browser":   {len(s.browser), 10},
		"persisted": {len(s.persisted), 3},
		"failure":   {len(s.failure), 16},
	} {
		if c.have != c.want {
			t.Errorf("%s has %d sentences for %d places", name, c.have, c.want)
		}
	}
	for tier := range 4 {
		for network := range 3 {
			for failure := range 16 {
				next := supportNext(insurer.SupportState{Tier: tier, Network: network, Error: failure})
				if len(
					next,
				) == 0 {
					t.Errorf("tier %d network %d error %d: no next step", tier, network, failure)
				}
			}
		}
	}
	if next := supportNext(insurer.SupportState{Error: 3}); !strings.Contains(
		next[0].Text("ja"),
		"資格が終わっています",
	) {
		t.Error(next[0].Text("ja"))
	}
}
