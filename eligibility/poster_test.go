package eligibility

import (
	"errors"
	"slices"
	"testing"
)

// docs/facts/eligibility-methods.md#answers-in-november-2026: what is accepted beside a card that the reader
// does not read. Before 2024-12-02 there was neither 資格確認書 nor お知らせ as a way (令和6年厚労省告示351号).
func TestAPosterNamesWhatIsAcceptedOnItsDay(t *testing.T) {
	for _, c := range []struct {
		day  string
		want []MethodCode
	}{
		{"2026-11-29", []MethodCode{"P1", "P2", "N1", "C1"}},
		{"2024-12-01", []MethodCode{"P1"}},
	} {
		t.Run(c.day, func(t *testing.T) {
			ways, err := PosterWays(day(c.day))
			var codes []MethodCode
			for _, way := range ways {
				codes = append(codes, way.Code)
			}
			if err != nil || !slices.Equal(codes, c.want) {
				t.Errorf("%q, %v", codes, err)
			}
		})
	}
	if _, err := PosterWays(Date{}); !errors.Is(err, ErrDayMissing) {
		t.Error(err)
	}
}

// Every way of the table has its name under its code.
func TestEachWayHasItsNameByItsCode(t *testing.T) {
	for _, rule := range ruleTable {
		if name := MethodName(rule.Code); name.Text("ja") == name.Key || name.Text("en") == "" {
			t.Errorf("%s has no name", rule.Code)
		}
	}
}
