package eligibility

import (
	"encoding/json"

	"madoguchi/message"
)

// The written contract of methods (docs/methods.md): fields may be added, none renamed. The Japanese fields
// came first; the English ones and the catalogue's keys stand behind them.

// outcomeJSON is the form of an Outcome.
type outcomeJSON struct {
	Best        *MethodCode  `json:"best"`
	Next        string       `json:"next"`
	BringNext   string       `json:"bringNext"`
	Reason      string       `json:"reason"`
	Source      string       `json:"source"`
	SourceURL   string       `json:"sourceUrl"`
	Confidence  Confidence   `json:"confidence"`
	Reservation string       `json:"reservation,omitempty"`
	Hints       []string     `json:"hints,omitempty"`
	Methods     []Method     `json:"methods"`
	Provisional []int        `json:"provisional"`
	Until       Date         `json:"checkedUntil"`
	ReadOn      Date         `json:"readOn"`
	English     english      `json:"en"`
	Messages    messagesJSON `json:"messages"`
}

// methodJSON is the form of a Method.
type methodJSON struct {
	Code        MethodCode   `json:"code"`
	Name        string       `json:"name"`
	Accepted    bool         `json:"accepted"`
	Reason      string       `json:"reason"`
	Next        string       `json:"next"`
	BringNext   string       `json:"bringNext"`
	AskFor      []string     `json:"askFor"`
	Medical     bool         `json:"medicalInformation"`
	Limit       LimitAnswer  `json:"limit"`
	Source      string       `json:"source"`
	SourceURL   string       `json:"sourceUrl"`
	Confidence  Confidence   `json:"confidence"`
	Reservation string       `json:"reservation,omitempty"`
	English     english      `json:"en"`
	Messages    messagesJSON `json:"messages"`
}

// english are the texts of an answer in English, under the names of the Japanese fields.
type english struct {
	Name        string   `json:"name,omitempty"`
	Next        string   `json:"next"`
	BringNext   string   `json:"bringNext"`
	Reason      string   `json:"reason"`
	AskFor      []string `json:"askFor,omitempty"`
	Reservation string   `json:"reservation,omitempty"`
	Hints       []string `json:"hints,omitempty"`
}

// messagesJSON are the keys and arguments of the same texts. Of a key in next, the entry's next step is said,
// or its sentence where the entry is itself a step; of all others the sentence.
type messagesJSON struct {
	Name        message.Sentences `json:"name,omitempty"`
	Next        message.Steps     `json:"next"`
	BringNext   message.Sentences `json:"bringNext"`
	Reason      message.Sentences `json:"reason"`
	AskFor      message.Sentences `json:"askFor,omitempty"`
	Reservation message.Sentences `json:"reservation,omitempty"`
	Hints       message.Sentences `json:"hints,omitempty"`
}

// MarshalJSON writes null for an empty Best.
func (o Outcome) MarshalJSON() ([]byte, error) {
	form := outcomeJSON{
		Next:        o.Next.Ja(),
		BringNext:   o.BringNext.Ja(),
		Reason:      o.Reason.Ja(),
		Source:      o.Source,
		SourceURL:   o.SourceURL,
		Confidence:  o.Confidence,
		Reservation: o.Reservation.Ja(),
		Hints:       o.Hints.Each("ja"),
		Methods:     o.Methods,
		Provisional: o.Provisional,
		Until:       o.CheckedUntil,
		ReadOn:      o.ReadOn,
		Messages: messagesJSON{
			Next:        o.Next,
			BringNext:   o.BringNext,
			Reason:      o.Reason,
			Reservation: o.Reservation,
			Hints:       o.Hints,
		},
	}
	if o.Best != "" {
		form.Best = &o.Best
	}
	form.English = form.Messages.inEnglish()
	return json.Marshal(form)
}

// MarshalJSON writes the Japanese texts, and behind them the English ones and the keys.
func (m Method) MarshalJSON() ([]byte, error) {
	form := methodJSON{
		Code:        m.Code,
		Name:        m.Name.Ja(),
		Accepted:    m.Accepted,
		Reason:      m.Reason.Ja(),
		Next:        m.Next.Ja(),
		BringNext:   m.BringNext.Ja(),
		AskFor:      m.AskFor.Each("ja"),
		Medical:     m.Medical,
		Limit:       m.Limit,
		Source:      m.Source,
		SourceURL:   m.SourceURL,
		Confidence:  m.Confidence,
		Reservation: m.Reservation.Ja(),
		Messages: messagesJSON{
			Name:        m.Name,
			Next:        m.Next,
			BringNext:   m.BringNext,
			Reason:      m.Reason,
			AskFor:      m.AskFor,
			Reservation: m.Reservation,
		},
	}
	form.English = form.Messages.inEnglish()
	return json.Marshal(form)
}

func (m messagesJSON) inEnglish() english {
	return english{
		Name:        m.Name.En(),
		Next:        m.Next.En(),
		BringNext:   m.BringNext.En(),
		Reason:      m.Reason.En(),
		AskFor:      m.AskFor.Each("en"),
		Reservation: m.Reservation.En(),
		Hints:       m.Hints.Each("en"),
	}
}
