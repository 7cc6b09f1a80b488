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
	// Representative says that a representative (代理人) shows it, not the person: compare the card with the
	// person's own face.
	Representative bool `json:"representative"`

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

		Representative: v.Representative,
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
	line := func(key string, args message.Args) { fmt.Fprintln(&b, message.New(key, args).Text("ja")) }
	line("verify.said.headline", message.Args{
		"ja": message.Text(headline.Text("ja")),
		"en": message.Text(headline.Text("en")),
	})
	for _, c := range v.Checks {
		fmt.Fprintf(&b, "%s %s\n", marks[c.Result], c.Text("ja"))
	}
	if v.Representative {
		line("console.representative", nil)
	}
	if v.Issuer != "" {
		line("verify.said.issuer", message.Args{
			"address": message.Text(v.Issuer),
			"name":    message.Text(v.IssuerName),
		})
	}
	if !v.IssuedAt.IsZero() {
		line("verify.said.times", message.Args{
			"from":  message.Text(v.IssuedAt.In(eligibility.Japan).Format("2006-01-02 15:04:05")),
			"until": message.Text(v.ExpiresAt.In(eligibility.Japan).Format("2006-01-02 15:04:05")),
		})
	}
	if e := v.Eligibility; e != nil {
		fmt.Fprintf(&b, "%s %s\n%s\n", e.Name, e.Kana, e.BirthDate.Japanese())
		line("verify.said.insurer", message.Args{
			"number": message.Text(e.Insurer.Paper()),
			"name":   message.Text(e.InsurerName),
		})
		line("verify.said.number", message.Args{
			"symbol": message.Text(e.Symbol),
			"number": message.Text(e.Number),
			"branch": message.Text(e.BranchNumber),
		})
		if e.Share > 0 {
			line("verify.said.share", message.Args{"tenths": message.Number(e.Share / 10)})
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
