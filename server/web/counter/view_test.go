package counter

import (
	"testing"

	"madoguchi/eligibility"
)

// The pages say how far the rules are known as printed sheets and docs/rules.md do.
func TestPagesSayHowFarTheRulesAreKnownAsTheRulesDo(t *testing.T) {
	ja, en := rulesKnown().Text("ja"), rulesKnown().Text("en")
	if ja != eligibility.RulesKnown() || en != eligibility.RulesKnownEn() {
		t.Errorf("%s\n%s", ja, en)
	}
}
