package counter

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/counter"
	"madoguchi/server/web/kit"
)

// eligibilityJSON is what a screen or a paper says of its person.
type eligibilityJSON struct {
	InsurerNumber string `json:"insurerNumber"`
	InsurerName   string `json:"insurerName"`
	Symbol        string `json:"symbol"`
	Number        string `json:"number"`
	BranchNumber  string `json:"branchNumber"`
	Name          string `json:"name"`
	Kana          string `json:"kana"`
	BirthDate     string `json:"birthDate"`
	BirthDateJa   string `json:"birthDateJa"`
	BirthDateEra  string `json:"birthDateEra,omitempty"` // S30.07.01, as receipt computers take it
	Age           int    `json:"age"`
	Sex           string `json:"sex"`
	Share         int    `json:"share"`
	ShareText     string `json:"shareText"`
	ValidFrom     string `json:"validFrom"`
	ValidUntil    string `json:"validUntil"`
}

// shownOn is what a case's screen or paper says of its person, with age and share as of a day; nil where
// nothing could be read. Whose paper is headed 特別療養 pays the whole price.
func shownOn(view counter.CaseView, today eligibility.Date) *eligibilityJSON {
	shown := view.Shown()
	if shown == nil {
		return nil
	}
	out := eligibilityOn(*shown, today)
	if view.Judged.FullPrice {
		out.ShareText = kit.SharesText([]int{100})
	}
	return out
}

// eligibilityOn is what a screen says of its person, with age and share as of a day.
func eligibilityOn(e credential.Eligibility, today eligibility.Date) *eligibilityJSON {
	out := &eligibilityJSON{
		InsurerNumber: e.Insurer.Paper(),
		InsurerName:   e.InsurerName,
		Symbol:        e.Symbol,
		Number:        e.Number,
		BranchNumber:  e.BranchNumber,
		Name:          e.Name,
		Kana:          e.Kana,
		BirthDate:     e.BirthDate.String(),
		BirthDateJa:   e.BirthDate.Japanese(),
		BirthDateEra:  inEraDigits(e.BirthDate),
		Sex:           e.Sex.Japanese(),
		Share:         e.Share,
		ValidFrom:     e.ValidFrom.Japanese(),
		ValidUntil:    e.ValidUntil.Japanese(),
	}
	switch shares, err := eligibility.SharesOn(eligibility.Person{
		BirthDate: e.BirthDate,
		Insurer:   e.Insurer,
	}, today); {
	case e.Share > 0:
		out.ShareText = kit.SharesText([]int{e.Share})
	case e.BirthDate.IsZero(): // of a paper that is not wholly typed
	case err == nil:
		out.ShareText = kit.SharesText(shares)
	}
	if !e.BirthDate.IsZero() {
		out.Age = eligibility.Age(e.BirthDate, today)
	}
	return out
}

// inEraDigits writes an exact day by the letter of its era: S30.07.01; another is empty.
func inEraDigits(d eligibility.Date) string {
	era, year, ok := d.Era()
	if !ok || !d.Exact() {
		return ""
	}
	return fmt.Sprintf("%c%02d.%02d.%02d", era.Letter, year, d.Month(), d.Day())
}

// items are a person's items as they are copied to a receipt computer: files come with half-width kana.
func (e *eligibilityJSON) items() map[string]string {
	return map[string]string{
		"kana":          norm.NFKC.String(e.Kana),
		"name":          e.Name,
		"birthDate":     strings.ReplaceAll(e.BirthDate, "-", "/"),
		"sex":           e.Sex,
		"insurerNumber": e.InsurerNumber,
		"symbol":        e.Symbol,
		"number":        e.Number,
		"branchNumber":  e.BranchNumber,
		"shareText":     e.ShareText,
	}
}
