package verify

import (
	"fmt"
	"strings"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
)

// Answer is the written contract of `verify --json`: fields may be added, none renamed.
type Answer struct {
	Valid       bool         `json:"valid"`
	Tier        *string      `json:"tier"` // null for what is none of our three
	Issuer      *string      `json:"issuer"`
	IssuerName  *string      `json:"issuerName"`
	IssuedAt    *time.Time   `json:"issuedAt"`
	ExpiresAt   *time.Time   `json:"expiresAt"`
	RID         *string      `json:"rid"`
	Headline    string       `json:"headline"`
	HeadlineEn  string       `json:"headlineEn"`
	Checks      []Check      `json:"checks"`
	Eligibility *Eligibility `json:"eligibility"` // only what a verified signature covers

	message.Message // of the headline
}

// Check is one check of a verdict.
type Check struct {
	Name   string            `json:"name"`
	Result credential.Result `json:"result"`
	Reason string            `json:"reason"`
	En     string            `json:"en"`
	message.Message
}

// Eligibility is what the code says of a person.
type Eligibility struct {
	InsurerNumber string           `json:"insurerNumber"`
	InsurerName   string           `json:"insurerName"`
	Symbol        string           `json:"symbol"`
	Number        string           `json:"number"`
	BranchNumber  string           `json:"branchNumber"`
	Name          string           `json:"name"`
	Kana          string           `json:"kana"`
	BirthDate     eligibility.Date `json:"birthDate"`
	Sex           string           `json:"sex"`
	Share         *int             `json:"share"`
	ValidFrom     *string          `json:"validFrom"`
	ValidUntil    *string          `json:"validUntil"`
}

// AnswerOf puts a verdict into the contract's form.
func AnswerOf(v credential.Verdict) Answer {
	headline := v.Headline()
	out := Answer{
		Valid:      v.Valid,
		Tier:       orNull(string(v.Tier)),
		Issuer:     orNull(v.Issuer),
		IssuerName: orNull(v.IssuerName),
		RID:        orNull(v.RID),
		Headline:   headline.Text("ja"),
		HeadlineEn: headline.Text("en"),
		Message:    headline,
		Checks:     []Check{},
	}
	for _, c := range v.Checks {
		out.Checks = append(out.Checks, Check{
			Name:    c.Name,
			Result:  c.Result,
			Reason:  c.Text("ja"),
			En:      c.Text("en"),
			Message: c.Message,
		})
	}
	if !v.IssuedAt.IsZero() {
		from, to := v.IssuedAt.In(eligibility.Japan), v.ExpiresAt.In(eligibility.Japan)
		out.IssuedAt, out.ExpiresAt = &from, &to
	}
	if e := v.Eligibility; e != nil {
		out.Eligibility = &Eligibility{
			InsurerNumber: string(e.Insurer),
			InsurerName:   e.InsurerName,
			Symbol:        e.Symbol,
			Number:        e.Number,
			BranchNumber:  e.BranchNumber,
			Name:          e.Name,
			Kana:          e.Kana,
			BirthDate:     e.BirthDate,
			Sex:           string(e.Sex),
			ValidFrom:     orNull(e.ValidFrom.String()),
			ValidUntil:    orNull(e.ValidUntil.String()),
		}
		if e.Share > 0 {
			out.Eligibility.Share = &e.Share
		}
	}
	return out
}

var marks = map[credential.Result]string{
	credential.Passed:     "✓",
	credential.Failed:     "×",
	credential.NotChecked: "―",
}

// Explain returns a verdict's text for the person at the keyboard.
func Explain(v credential.Verdict) string {
	headline := v.Headline()
	var b strings.Builder
	fmt.Fprintf(&b, "%s（%s）\n", headline.Text("ja"), headline.Text("en"))
	for _, c := range v.Checks {
		fmt.Fprintf(&b, "%s %s\n", marks[c.Result], c.Text("ja"))
	}
	if v.Issuer != "" {
		fmt.Fprintf(&b, "発行者 %s %s\n", v.Issuer, v.IssuerName)
	}
	if !v.IssuedAt.IsZero() {
		fmt.Fprintf(
			&b,
			"作成 %s、期限 %s\n",
			v.IssuedAt.In(eligibility.Japan).Format("2006-01-02 15:04:05"),
			v.ExpiresAt.In(eligibility.Japan).Format("2006-01-02 15:04:05"),
		)
	}
	if e := v.Eligibility; e != nil {
		fmt.Fprintf(
			&b,
			"%s %s\n%s\n保険者番号 %s %s\n記号 %s 番号 %s 枝番 %s\n",
			e.Name,
			e.Kana,
			e.BirthDate.Japanese(),
			e.Insurer.Paper(),
			e.InsurerName,
			e.Symbol,
			e.Number,
			e.BranchNumber,
		)
		if e.Share > 0 {
			fmt.Fprintf(&b, "負担割合 %d割\n", e.Share/10)
		}
	}
	return b.String()
}

// orNull is null in JSON for an empty text.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
