// Package answer answers the questions of the command line (methods, share, names, insurer) by the rules.
// What it returns is the written contract of each command: fields may be added, none renamed.
package answer

import (
	"strings"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// Methods answers how a person may be accepted in a situation, given as JSON (eligibility.SituationManual),
// in the shape of the input: an eligibility.Outcome for an object, a slice of them for an array.
func Methods(data []byte) (any, error) {
	situations, array, err := eligibility.ReadSituations(data)
	if err != nil {
		return nil, err
	}
	outcomes := make([]eligibility.Outcome, 0, len(situations))
	for _, s := range situations {
		o, err := eligibility.Methods(s)
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, o)
	}
	if array {
		return outcomes, nil
	}
	return outcomes[0], nil
}

var errNoNames = &eligibility.Error{Code: eligibility.Invalid, Key: "names.empty", Field: "A, B"}

// Names compares two writings of a name.
func Names(a, b string) (any, error) {
	if strings.TrimSpace(a) == "" || strings.TrimSpace(b) == "" {
		return nil, errNoNames
	}
	return eligibility.MatchNames(a, b), nil
}

// InsurerAnswer is what a 保険者番号 says.
type InsurerAnswer struct {
	Valid      bool    `json:"valid"`
	Normalised *string `json:"normalised"`
	Paper      *string `json:"paper"`
	Kind       *string `json:"kind"`
	Prefecture *string `json:"prefecture"`
	Reason     string  `json:"reason,omitempty"`
	Note       string  `json:"note,omitempty"`
	// the texts in English, under the same names
	English *InsurerTexts `json:"en,omitempty"`
	// their keys of the catalogue with arguments: sentences with their next steps
	Messages *InsurerMessages `json:"messages,omitempty"`
}

// InsurerTexts are what an InsurerAnswer says.
type InsurerTexts struct {
	Reason string `json:"reason,omitempty"`
	Note   string `json:"note,omitempty"`
}

// InsurerMessages are the same as keys.
type InsurerMessages struct {
	Reason []message.Message `json:"reason,omitempty"`
	Note   []message.Message `json:"note,omitempty"`
}

// Insurer tells what a 保険者番号 of 6 or 8 digits says; one that cannot be a number is answered with Valid false.
func Insurer(number string) InsurerAnswer {
	n, err := eligibility.ParseInsurerNumber(number)
	if err != nil {
		return InsurerAnswer{}.saying(InsurerMessages{
			Reason: []message.Message{eligibility.ErrInsurerNumber.Message()},
		})
	}
	r := InsurerAnswer{
		Valid:      n.Kind() != "",
		Normalised: orNull(string(n)),
		Paper:      orNull(n.Paper()),
		Kind:       orNull(n.Kind()),
		Prefecture: orNull(n.Prefecture()),
	}
	var says InsurerMessages
	if !r.Valid {
		says.Reason = append(says.Reason, message.New("hint.no_system", nil))
	}
	if n.PublicExpense() {
		says.Note = append(says.Note, message.New("hint.assistance", nil))
	}
	if hint, odd := n.PrefectureHint(); odd {
		says.Note = append(says.Note, hint)
	}
	if n.MayBeAssociation() {
		says.Note = append(says.Note, message.New("hint.association", nil))
	}
	return r.saying(says)
}

// saying adds why a number is none of an insurer, and what is to be known about it besides.
func (r InsurerAnswer) saying(says InsurerMessages) InsurerAnswer {
	if len(says.Reason)+len(says.Note) == 0 {
		return r
	}
	r.Reason, r.Note = text("ja", says.Reason), text("ja", says.Note)
	r.English = &InsurerTexts{text("en", says.Reason), text("en", says.Note)}
	r.Messages = &says
	return r
}

// text is several messages as one text, each with its next step.
func text(lang string, says []message.Message) (all string) {
	for _, m := range says {
		all = message.Join(lang, all, m.Text(lang))
	}
	return all
}

// orNull is null in JSON for an empty text.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
