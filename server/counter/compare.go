package counter

import (
	"slices"

	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/server/counter/paper"
)

// Comparison is one thing that staff compare by eye and tick.
type Comparison struct {
	Code string
	// Always: no ground accepts the case without it, for it is what makes the paper one.
	Always bool
	// BesideChip: the chip alone is no ground, since this is what ties the paper to its card.
	BesideChip bool
}

// visualChecks are what staff compare of a screen of ours and its card.
var visualChecks = []Comparison{{Code: "photo"}, {Code: "name"}, {Code: "birthDate"}}

// comparisons are those of each kind of paper; without an entry they are visualChecks.
var comparisons = map[eligibility.MethodCode][]Comparison{
	// the notice bears no birth date: the chip answers for the card's, and only the name leads to the notice
	paper.Notice: {{Code: "photo"}, {Code: "name", BesideChip: true}, {Code: "birthDate"}},
	// there is no card and no photo: that the patient logged in here and now is what counts
	paper.PortalLogin: {{Code: "login", Always: true}, {Code: "name"}, {Code: "birthDate"}},
	paper.Certificate: {{Code: "name"}, {Code: "birthDate"}},
}

// untilByEye is compared of a certificate whose last day was not typed.
var untilByEye = Comparison{Code: "until", Always: true}

// Comparisons are what staff compare by eye for this case; all of them together stand for the chip.
func (b *caseBody) Comparisons() []Comparison {
	if b.Paper == nil {
		return visualChecks
	}
	all, ok := comparisons[b.Paper.Kind]
	switch {
	case !ok:
		return visualChecks
	case b.Paper.Kind == paper.Certificate && b.Paper.Shows.ValidUntil.IsZero():
		return append(slices.Clone(all), untilByEye) // else the day is looked at
	}
	return all
}

// readVisual refuses what staff cannot have ticked of a case: another word, or one twice.
func (b *caseBody) readVisual(checks []string) error {
	for i, check := range checks {
		known := func(c Comparison) bool { return c.Code == check }
		if !slices.ContainsFunc(b.Comparisons(), known) || slices.Contains(checks[:i], check) {
			return errVisual
		}
	}
	return nil
}

// missing returns those of the comparisons that count and were not made.
func (b *caseBody) missing(counts func(Comparison) bool) (open []string) {
	for _, c := range b.Comparisons() {
		if counts(c) && !slices.Contains(b.Visual, c.Code) {
			open = append(open, c.Code)
		}
	}
	return open
}

func anyComparison(Comparison) bool { return true }
func isAlways(c Comparison) bool    { return c.Always }

// Seen reports whether everything that is compared by eye was.
func (b *caseBody) Seen() bool { return len(b.missing(anyComparison)) == 0 }

// ChipPassed reports whether the chip answered for the case's birth date, was not refused since, and did not
// tell another name: names change, so that is for the eye.
func (b *caseBody) ChipPassed() bool {
	return len(b.PassedBy) > 0 && len(b.RefusedBy) == 0 && b.Text.resultOf("name") != wire.Different
}

// TellsAnotherName reports whether a chip that answered for the case's birth date told another name: it may
// be a twin's, or the name has changed.
func (b *caseBody) TellsAnotherName() bool {
	return len(b.PassedBy) > 0 && len(b.RefusedBy) == 0 && b.Text.resultOf("name") == wire.Different
}

// besideChip reports whether what the chip does not tell was compared: by eye, or the name by the chip's own.
func (b *caseBody) besideChip() bool {
	open := b.missing(func(c Comparison) bool { return c.BesideChip })
	return len(open) == 0 || len(open) == 1 && open[0] == "name" && slices.Contains(b.PassedBy, "text") &&
		b.Text.resultOf("name") == wire.Equal
}
