package eligibility

import "madoguchi/message"

// Outcome answers "how may this person be accepted today?". What it says are messages of the catalogue: a
// text is made where it is shown. MarshalJSON writes the contract of methods.
type Outcome struct {
	Best        MethodCode        // the best of the accepted; "" (null in JSON) when there is none
	Next        message.Steps     // what staff do now
	BringNext   message.Sentences // what the patient should bring next time
	Reason      message.Sentences // of the best, or why there is none
	Source      string
	SourceURL   string
	Confidence  Confidence
	Reservation message.Sentences // said where the answer is less than certain
	Hints       message.Sentences // what looks odd in the facts, though it refuses nothing; each by itself
	Methods     []Method          // every rule of the table, in its order
	// shares in percent that a declaration may be billed with; [] for 医療扶助
	Provisional []int
	// changes of the rules are known up to here
	CheckedUntil Date
	// the day on which they were read
	ReadOn Date
}

// Method is one rule's answer for a situation. Its messages may be shared with the table: not to be changed.
type Method struct {
	Code        MethodCode
	Name        message.Sentences
	Accepted    bool
	Reason      message.Sentences
	Next        message.Steps
	BringNext   message.Sentences
	AskFor      message.Sentences // what to ask for besides; each by itself
	Medical     bool
	Limit       LimitAnswer
	Source      string
	SourceURL   string
	Confidence  Confidence
	Reservation message.Sentences // said where the answer is less than certain
}

func (m *Method) cite(s Source) { m.Source, m.SourceURL = s.Title, s.URL }

// finding refines an accepted answer, with its own confidence.
type finding struct {
	reason message.Sentences // instead of the rule's; nil for that
	next   message.Steps     // instead of the rule's; nil for that
	source Source
	sure   Confidence
}

// say applies a finding to an answer; the answer's confidence never rises by it.
func (m *Method) say(p *finding) {
	if p.reason != nil {
		m.Reason = p.reason
	}
	if p.next != nil {
		m.Next = p.next
	}
	if p.source.Title != "" {
		m.cite(p.source)
	}
	m.Confidence = weaker(m.Confidence, p.sure)
}

// What to ask for besides the eligibility itself.
var (
	askAll     = told("rule.ask.limit", "rule.ask.subsidy", "rule.ask.local")
	askSubsidy = askAll[1:]
)
