package counter

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"madoguchi/card/wire"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter/paper"
	"madoguchi/server/hostapi"
)

// maxReason bounds a reason, in characters: the field on the page takes as many.
const maxReason = 200

var (
	errUnchecked    = &eligibility.Error{Code: eligibility.Conflict, Key: "case.unchecked", Field: "reason"}
	errNoMethod     = &eligibility.Error{Code: eligibility.Conflict, Key: "case.no_method", Field: "outcome"}
	errLongReason   = &eligibility.Error{Code: eligibility.Invalid, Key: "case.reason_long", Field: "reason"}
	errReasonNumber = &eligibility.Error{
		Code: eligibility.Invalid, Key: "case.reason_my_number", Field: "reason"}
	errVisual = &eligibility.Error{Code: eligibility.Invalid, Key: "case.visual", Field: "checks"}
)

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

// ground returns what an acceptance of this case stands on, the strongest first; errUnchecked, which names
// what was not compared by eye yet, when it is nothing.
func (b *caseBody) ground(reason string) (hostapi.Ground, error) {
	if open := b.missing(isAlways); len(open) > 0 {
		return "", b.unchecked(open)
	}
	switch {
	case b.ChipPassed() && b.besideChip():
		return hostapi.ByChip, nil
	case b.Seen():
		return hostapi.ByEye, nil
	case reason != "":
		return hostapi.ByReason, nil
	}
	return "", b.unchecked(b.missing(anyComparison))
}

// unchecked is errUnchecked; where the comparison by eye was begun it names what is missing of it.
func (b *caseBody) unchecked(open []string) error {
	if len(open) == len(b.Comparisons()) {
		return errUnchecked
	}
	var ja, en []string
	for _, check := range open {
		item := message.New("console.item."+check, nil)
		ja, en = append(ja, item.Text("ja")), append(en, item.Text("en"))
	}
	missing := message.Writing(strings.Join(ja, "・"), strings.Join(en, ", "))
	return errUnchecked.In("checks").Saying("case.unchecked_eye", message.Args{"missing": missing})
}

// What a record says was checked, beside the kinds of card checks and what was compared by eye.
const (
	checkedScreen = "screen" // verified by its signature
	checkedSeen   = "seen"   // a paper, by staff
)

// CheckCodes are all the codes that the Checked of a record can hold.
func CheckCodes() []string {
	codes := []string{checkedScreen, checkedSeen, "card", "text"}
	for _, c := range visualChecks {
		codes = append(codes, c.Code)
	}
	codes = append(codes, untilByEye.Code)
	for _, kind := range paper.Kinds {
		for _, c := range comparisons[kind] {
			codes = append(codes, c.Code)
		}
	}
	for _, code := range checkOfWay {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// accept notes by which way of the rules, on which ground and after which checks a case is accepted on a day.
func (b *CaseView) accept(reason string, day eligibility.Date) (err error) {
	if b.Ground, err = b.ground(reason); err != nil {
		return err
	}
	if b.Method, err = b.methodOn(day); err != nil {
		return err
	}
	first := checkedScreen
	if b.Paper != nil {
		first = checkedSeen
	}
	b.Checked = slices.Concat([]string{first}, b.PassedBy, b.Visual)
	return nil
}

// methodOn returns the way of the rules by which the case is accepted on a day; errNoMethod or errPaper when
// that day's rules do not accept it.
func (b *CaseView) methodOn(day eligibility.Date) (eligibility.MethodCode, error) {
	if b.Paper == nil {
		return screenMethodOn(day, b.Verdict.Tier)
	}
	if b.Judged = paper.Judge(*b.Paper, day); !b.Judged.Accepted {
		return "", b.paperRefused()
	}
	return b.Paper.Kind, nil
}

// screenMethodOn returns the way of the rules on a day for a verified screen or PDF beside a card that the
// official reader did not read; errNoMethod when that day's rules do not accept it.
func screenMethodOn(day eligibility.Date, tier credential.Tier) (eligibility.MethodCode, error) {
	shown := eligibility.ItemInsurerScreen
	if tier == credential.TierSaved {
		shown = eligibility.ItemInsurerPDF
	}
	outcome, err := eligibility.Methods(eligibility.Situation{
		Day:         day,
		BringsKnown: true,
		Brings:      eligibility.Items(0).With(shown),
		Card:        eligibility.CardFacts{Present: eligibility.Yes, Reads: eligibility.No},
	})
	if err != nil {
		return "", err
	}
	for _, m := range outcome.Methods {
		if m.Code == eligibility.ElectronicNotice && m.Accepted {
			return m.Code, nil
		}
	}
	return "", errNoMethod
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
