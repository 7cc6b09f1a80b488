package eligibility

import "encoding/json"

// Outcome answers "how may this person be accepted today?".
type Outcome struct {
	Best        MethodCode `json:"best"` // the best of the accepted; "" (null in JSON) when there is none
	Next        string     `json:"next"` // what staff do now
	BringNext   string     `json:"bringNext"`
	Reason      string     `json:"reason"` // of the best, or why there is none
	Source      string     `json:"source"`
	SourceURL   string     `json:"sourceUrl"`
	Confidence  Confidence `json:"confidence"`
	Reservation string     `json:"reservation,omitempty"`
	// what looks odd in the facts, though it refuses nothing
	Hints []string `json:"hints,omitempty"`
	// every rule of the table, in its order
	Methods []Method `json:"methods"`
	// shares in percent that a declaration may be billed with; [] for 医療扶助
	Provisional []int `json:"provisional"`
	// changes of the rules are known up to here
	CheckedUntil Date `json:"checkedUntil"`
	// the day on which they were read
	ReadOn Date `json:"readOn"`
}

// MarshalJSON writes null for an empty Best.
func (o Outcome) MarshalJSON() ([]byte, error) {
	type plain Outcome
	var best *MethodCode
	if o.Best != "" {
		best = &o.Best
	}
	return json.Marshal(struct {
		Best *MethodCode `json:"best"`
		plain
	}{best, plain(o)})
}

// Method is one rule's answer for a situation.
type Method struct {
	Code        MethodCode  `json:"code"`
	Name        string      `json:"name"`
	Accepted    bool        `json:"accepted"`
	Reason      string      `json:"reason"`
	Next        string      `json:"next"`
	BringNext   string      `json:"bringNext"`
	AskFor      []string    `json:"askFor"` // what to ask for besides; shared, not to be changed
	Medical     bool        `json:"medicalInformation"`
	Limit       LimitAnswer `json:"limit"`
	Source      string      `json:"source"`
	SourceURL   string      `json:"sourceUrl"`
	Confidence  Confidence  `json:"confidence"`
	Reservation string      `json:"reservation,omitempty"` // said where the answer is less than certain
}

func (m *Method) cite(s Source) { m.Source, m.SourceURL = s.Title, s.URL }

// finding refines an accepted answer, with its own confidence.
type finding struct {
	reason string // instead of the rule's; "" for that
	next   string // instead of the rule's; "" for that
	source Source
	sure   Confidence
}

// say applies a finding to an answer; the answer's confidence never rises by it.
func (m *Method) say(p *finding) {
	if p.reason != "" {
		m.Reason = p.reason
	}
	if p.next != "" {
		m.Next = p.next
	}
	if p.source.Title != "" {
		m.cite(p.source)
	}
	m.Confidence = weaker(m.Confidence, p.sure)
}

// What to ask for besides the eligibility itself.
var (
	askAll      = []string{"限度額適用認定証", "公費の受給者証", "子ども医療証など自治体の医療証"}
	askSubsidy  = []string{"公費の受給者証", "子ども医療証など自治体の医療証"}
	reservation = map[Confidence]string{
		Likely:     "この答えは推定にもとづきます（一つの資料または文言からの推論）。",
		Unverified: "この答えは公的な文書で確かめられていません。",
	}
)
