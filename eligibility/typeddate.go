package eligibility

import "madoguchi/message"

// TypedOn says what a date that a visitor types is the date of.
type TypedOn string

const (
	TypedVisit       TypedOn = "day"              // the day of the visit
	TypedBirth       TypedOn = "birthDate"        // 生年月日, perhaps partial
	TypedCertificate TypedOn = "certificateUntil" // 電子証明書の有効期限
	TypedCard        TypedOn = "cardUntil"        // the card's own 有効期限
	TypedPaper       TypedOn = "paperUntil"       // 有効期限 of the 資格確認書
	TypedSaved       TypedOn = "savedOn"          // when a PDF was saved
)

var (
	ErrBirthInFuture = &Error{Code: Invalid, Key: "date.birth_future"}
	ErrVisitPast     = &Error{Code: Invalid, Key: "date.visit_past"}
	ErrSavedInFuture = &Error{Code: Invalid, Key: "date.saved_future"}
	ErrTooEarly      = &Error{Code: Invalid, Key: "date.too_early"}
	ErrTooLate       = &Error{Code: Invalid, Key: "date.too_late"}
	ErrDateNotWhole  = &Error{Code: Invalid, Key: "date.not_whole"}
)

// The first days on which there was any of them. Cards and certificates have been issued since January
// 2016 (番号法 17条, in force 2016-01-01); the eligibility could be seen since 2021-10
// (docs/facts/eligibility-methods.md#card-at-the-reader).
var (
	firstCards = Date{2016, 1, 1}
	firstSaved = Date{2021, 10, 1}
)

// Years within which a date can lie. A certificate ends on the 5th birthday after its issue, a card on
// the 10th (docs/facts/cards-and-certificates.md#life-of-card-and-certificate), and one that is renewed
// before its end may count from there: a year more. A 資格確認書 has five years at most
// (docs/facts/eligibility-methods.md#certificate-of-eligibility), and may be sent before it begins.
const (
	oldest           = 130
	visitYears       = 5
	certificateYears = 5 + 1
	cardYears        = 10 + 1
	paperYears       = 5 + 1
)

// CheckTyped refuses a date that cannot be what it was typed as, seen from today. The zero Date is not
// known and passes. The errors are ErrDateNotWhole, ErrBirthInFuture, ErrVisitPast, ErrSavedInFuture,
// ErrTooEarly and ErrTooLate, which name on as the field.
func CheckTyped(on TypedOn, d, today Date) error {
	if d.IsZero() {
		return nil
	}
	if !d.Exact() && on != TypedBirth {
		return ErrDateNotWhole.In(string(on))
	}
	from, until := firstCards, today
	var before, after *Error // in place of ErrTooEarly and ErrTooLate
	switch on {
	case TypedVisit:
		from, until, before = today, today.AddMonths(12*visitYears), ErrVisitPast
	case TypedBirth:
		from, after = today.AddMonths(-12*oldest), ErrBirthInFuture
	case TypedCertificate:
		until = today.AddMonths(12 * certificateYears)
	case TypedCard:
		until = today.AddMonths(12 * cardYears)
	case TypedPaper:
		from, until = papersFrom, today.AddMonths(12*paperYears)
	case TypedSaved:
		from, after = firstSaved, ErrSavedInFuture
	}
	if before == nil {
		before = ErrTooEarly.With(message.Args{"from": from.Value()})
	}
	if after == nil {
		after = ErrTooLate.With(message.Args{"until": until.Value()})
	}
	switch {
	case d.Latest().Before(from):
		return before.In(string(on))
	case d.Earliest().After(until):
		return after.In(string(on))
	}
	return nil
}
