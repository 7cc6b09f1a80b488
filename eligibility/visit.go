package eligibility

import (
	"slices"
	"strconv"
	"strings"
)

// Visit is what a patient tells (or the insurer knows) before a visit: 受診日チェック. Zero values are unknown.
type Visit struct {
	Day              Date // the day of the visit
	CardUntil        Date // 有効期限 printed on the card, the last day
	CertificateUntil Date // 電子証明書の有効期限 printed on the card, the last day
	PaperUntil       Date // 有効期限 of the 資格確認書
	SavedOn          Date // the day on which the PDF was saved
	Person           Person
}

// VisitItem is one line of the answer. Its sentence stands in the catalogue under visit, the item's key and
// its state.
type VisitItem struct {
	Key    string `json:"key"`
	State  string `json:"state"`          // "ok", "care" (works, but …) or "no"
	Until  Date   `json:"until,omitzero"` // the last day on which this stays so
	Source string `json:"source"`
}

// CheckVisit says what will be valid on the day of a visit: the certificate with its grace, the card, the
// paper, the saved PDF, and what birthdays and August 1st change. Lines come worst first. The errors are
// ErrDayMissing and ErrBeforeBirth.
func CheckVisit(v Visit) ([]VisitItem, error) {
	if !v.Day.Exact() {
		return nil, ErrDayMissing
	}
	if !v.Person.BirthDate.IsZero() && v.Day.Before(v.Person.BirthDate.Earliest()) {
		return nil, ErrBeforeBirth
	}
	var items []VisitItem
	add := func(key, state string, until Date, source Source) {
		items = append(items, VisitItem{key, state, until, source.Title})
	}
	if !v.CertificateUntil.IsZero() {
		g := GraceOf(v.CertificateUntil)
		switch g.On(v.Day) {
		case CertificateValid:
			add("certificate", "ok", v.CertificateUntil, srcGrace)
		case CertificateGrace:
			until := g.WarnUntil
			if v.Day.After(until) {
				until = g.MayWorkTo
			}
			add("certificate", "care", until, srcGrace)
		default:
			add("certificate", "no", Date{}, srcGrace)
		}
	}
	inDate := func(key string, until Date, source Source) {
		switch {
		case until.IsZero():
		case v.Day.After(until):
			add(key, "no", Date{}, source)
		default:
			add(key, "ok", until, source)
		}
	}
	inDate("card", v.CardUntil, srcGrace)
	inDate("paper", v.PaperUntil, srcCompare)
	v.changes(add)
	slices.SortStableFunc(items, func(a, b VisitItem) int { return rank(a.State) - rank(b.State) })
	return items, nil
}

func rank(state string) int { return slices.Index([]string{"no", "care", "ok"}, state) }

// changes adds what birthdays and August 1st do to the insurer, the share and the saved PDF.
func (v *Visit) changes(add func(key, state string, until Date, source Source)) {
	p := v.Person
	if p.MovedToElderly(v.Day) {
		add("insurer", "no", Date{}, srcElderlyLaw)
	}
	if shares, err := SharesOn(p, v.Day); err == nil && !p.BirthDate.IsZero() {
		state := "ok"
		if len(shares) > 1 {
			state = "care"
		}
		until := Date{}
		if next := NextShareChange(p, v.Day); !next.IsZero() {
			until = next.AddDays(-1)
		}
		add("share", state, until, srcShare)
	}
	if v.SavedOn.IsZero() {
		return
	}
	if change := NextShareChange(p, v.SavedOn); !change.IsZero() && !v.Day.Before(change) {
		add("pdf", "no", Date{}, srcShare)
		return
	}
	add("pdf", "care", Date{}, srcNotice)
}

// percents writes shares as 2割・3割.
func percents(shares []int) string { return tenths(shares, "割", "・") }

func percentsEn(shares []int) string { return tenths(shares, "0%", ", ") }

// tenths writes each share in tenths, with the unit behind it.
func tenths(shares []int, unit, between string) string {
	words := make([]string, len(shares))
	for i, p := range shares {
		words[i] = strconv.Itoa(p/10) + unit
	}
	return strings.Join(words, between)
}
