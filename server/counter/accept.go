package counter

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/server/hostapi"
)

// visualChecks are what staff compare by eye; all of them together stand for the chip.
var visualChecks = []string{"photo", "name", "birthDate"}

// maxReason bounds a reason, in characters: the field on the page takes as many.
const maxReason = 200

var (
	errUnchecked    = &eligibility.Error{Code: eligibility.Conflict, Key: "case.unchecked", Field: "reason"}
	errLongReason   = &eligibility.Error{Code: eligibility.Invalid, Key: "case.reason_long", Field: "reason"}
	errReasonNumber = &eligibility.Error{
		Code: eligibility.Invalid, Key: "case.reason_my_number", Field: "reason"}
	errVisual = &eligibility.Error{Code: eligibility.Invalid, Key: "case.visual", Field: "checks"}
)

// readVisual refuses what staff cannot have ticked: another word, or one twice.
func readVisual(checks []string) error {
	for i, check := range checks {
		if !slices.Contains(visualChecks, check) || slices.Contains(checks[:i], check) {
			return errVisual
		}
	}
	return nil
}

// Seen reports whether everything that is compared by eye was.
func (b *caseBody) Seen() bool {
	for _, check := range visualChecks {
		if !slices.Contains(b.Visual, check) {
			return false
		}
	}
	return true
}

// ChipPassed reports whether the chip answered for the screen's birth date in this case, was not refused
// since, and did not tell another name: names change, so that is for the eye.
func (b *caseBody) ChipPassed() bool {
	return len(b.PassedBy) > 0 && len(b.RefusedBy) == 0 && b.Text.resultOf("name") != wire.Different
}

// passed reports whether a reading with 照合番号B is of a genuine card with the screen's birth date.
func (t *TextCheck) passed() bool { return t.Outcome.Passed() && t.resultOf("birthDate") == wire.Equal }

// resultOf returns how an item compared with the screen, "" when it was not read.
func (t *TextCheck) resultOf(item string) wire.Agreement {
	if t == nil {
		return ""
	}
	for _, f := range t.Fields {
		if f.Name == item {
			return f.Result
		}
	}
	return ""
}

// ground returns what an acceptance of this case stands on, the strongest first; errUnchecked when it is
// nothing.
func (b *caseBody) ground(reason string) (hostapi.Ground, error) {
	switch {
	case b.ChipPassed():
		return hostapi.ByChip, nil
	case b.Seen():
		return hostapi.ByEye, nil
	case reason != "":
		return hostapi.ByReason, nil
	}
	return "", errUnchecked
}

// readReason returns a reason without what nobody sees at its ends, "" where nothing else is in it. It
// refuses one that is too long, and one that holds a My Number (番号法 20条).
func readReason(text string) (string, error) {
	text = strings.TrimFunc(text, func(r rune) bool { return !isVisible(r) })
	switch {
	case utf8.RuneCountInString(text) > maxReason:
		return "", errLongReason
	case eligibility.HoldsMyNumber(text):
		return "", errReasonNumber
	}
	return text, nil
}

// blankLetters say nothing although Unicode calls them letters or symbols: Hangul fillers, the empty Braille
// cell, and the sign for what could not be read.
var blankLetters = []rune{'\u115F', '\u1160', '\u2800', '\u3164', '\uFFA0', unicode.ReplacementChar}

// isVisible reports whether a character shows by itself: a letter, number, sign or symbol. Blanks, controls,
// format characters and marks without a letter do not.
func isVisible(r rune) bool {
	return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) && !slices.Contains(blankLetters, r)
}
