package eligibility

import (
	"errors"
	"testing"
)

// Expected: a certificate ends on the 5th birthday after its issue, a card on the 10th, a renewed one a
// year later at most (docs/facts/cards-and-certificates.md#life-of-card-and-certificate); the first
// 資格確認書 were issued on 2024-12-02 for five years at most
// (docs/facts/eligibility-methods.md#certificate-of-eligibility). Cards began in January 2016 (番号法).
func TestDatesThatCannotBeAreRefused(t *testing.T) {
	today := MustDate("2026-11-30")
	for _, c := range []struct {
		name string
		on   TypedOn
		date string
		want *Error
	}{
		{"not known", TypedCard, "", nil},
		{"the visit is today", TypedVisit, "2026-11-30", nil},
		{"the visit was yesterday", TypedVisit, "2026-11-29", ErrVisitPast},
		{"a visit in ten years", TypedVisit, "2036-11-30", ErrTooLate},
		{"a visit of which the day is missing", TypedVisit, "2026-12", ErrDateNotWhole},
		{"born today", TypedBirth, "2026-11-30", nil},
		{"born tomorrow", TypedBirth, "2026-12-01", ErrBirthInFuture},
		{"born this year, the day unknown", TypedBirth, "2026", nil},
		{"born next year, the day unknown", TypedBirth, "2027", ErrBirthInFuture},
		{"110 years old", TypedBirth, "1916-11-30", nil},
		{"born in Meiji 1", TypedBirth, "1868-09-08", ErrTooEarly},
		{"a card of 1900", TypedCard, "1900-01-01", ErrTooEarly},
		{"a card that ended", TypedCard, "2026-01-10", nil},
		{"a card of ten years", TypedCard, "2036-11-30", nil},
		{"a card of twelve years", TypedCard, "2038-12-01", ErrTooLate},
		{"a certificate of five years", TypedCertificate, "2031-11-30", nil},
		{"a certificate of seven years", TypedCertificate, "2033-12-01", ErrTooLate},
		{"a certificate of before there were any", TypedCertificate, "2015-12-31", ErrTooEarly},
		{"a 資格確認書 of five years", TypedPaper, "2031-11-29", nil},
		{"a 資格確認書 of before there were any", TypedPaper, "2024-12-01", ErrTooEarly},
		{"saved today", TypedSaved, "2026-11-30", nil},
		{"saved tomorrow", TypedSaved, "2026-12-01", ErrSavedInFuture},
		{"saved before anybody could", TypedSaved, "2020-01-01", ErrTooEarly},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d Date
			if err := d.UnmarshalText([]byte(c.date)); err != nil {
				t.Fatal(err)
			}
			err := CheckTyped(c.on, d, today)
			if c.want == nil && err != nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			var e *Error
			if errors.As(err, &e) && e.Field != string(c.on) {
				t.Errorf("the field is %q", e.Field)
			}
		})
	}
}
