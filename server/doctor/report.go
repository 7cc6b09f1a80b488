package doctor

import (
	"fmt"
	"io"
	"strings"

	"madoguchi/message"
)

// Answer is an examination as programs read it: the written contract of `doctor --json`, to which fields
// may be added.
type Answer struct {
	Level    Level    `json:"level"` // the worst of all
	Findings []Listed `json:"findings"`
}

// Listed is a Finding with its sentences.
type Listed struct {
	Check string `json:"check"`
	Level Level  `json:"level"`
	message.Message
	Says   string `json:"says"`
	Next   string `json:"next,omitempty"` // the remedy
	SaysEn string `json:"saysEn"`
	NextEn string `json:"nextEn,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// AnswerOf is the Answer of what was found.
func AnswerOf(all []Finding) Answer {
	a := Answer{Level: [...]Level{Good, Warning, Refusal}[Worst(all)], Findings: []Listed{}}
	for _, f := range all {
		a.Findings = append(a.Findings, Listed{
			Check:   f.Check,
			Level:   f.Level,
			Message: f.Message,
			Says:    f.Sentence("ja"),
			Next:    f.NextStep("ja"),
			SaysEn:  f.Sentence("en"),
			NextEn:  f.NextStep("en"),
			Detail:  f.Detail,
		})
	}
	return a
}

// labelWidth is how many full-width characters the names of checks have at most.
const labelWidth = 8

// Write writes what was found for the person at the keyboard: a line each, and under it the remedy and the
// cause; at the end what it means for a start.
func Write(w io.Writer, all []Finding) error {
	var b strings.Builder
	for _, f := range all {
		mark := map[Level]string{Good: "✓", Warning: "!", Refusal: "×"}[f.Level]
		name := message.New(f.label, nil).Text("ja")
		name += strings.Repeat("　", max(0, labelWidth-len([]rune(name))))
		fmt.Fprintf(&b, "%s %s %s\n", mark, name, f.Sentence("ja"))
		if next := f.NextStep("ja"); next != "" {
			fmt.Fprintf(&b, "      → %s\n", next)
		}
		if f.Detail != "" && f.Level != Good {
			fmt.Fprintf(&b, "      (%s)\n", f.Detail)
		}
	}
	sum := []string{"doctor.sum.good", "doctor.sum.warnings", "doctor.sum.refused"}[Worst(all)]
	fmt.Fprintf(&b, "\n%s\n", message.New(sum, nil).Text("ja"))
	_, err := io.WriteString(w, b.String())
	return err
}
