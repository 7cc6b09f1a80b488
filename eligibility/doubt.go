package eligibility

import "madoguchi/message"

// doubt is a circumstance in which an accepted paper is not certain: it is accepted with a reservation, or
// staff ask first.
type doubt struct {
	about  string // the codes that it is about
	open   func(*facts, *Method) bool
	says   message.Sentences // the reservation; its next step, what to ask first, is put before the method's
	source Source
	sure   Confidence
}

const (
	papers      = " P2 N1 N1e N0 C1 H1 H0 "
	withCard    = " P2 N1 N1e "
	noticePaper = " N1 N1e "
)

// doubts are evaluated for every accepted method.
var doubts = [...]doubt{
	{about: papers, sure: Likely, source: srcReturned,
		open: func(f *facts, m *Method) bool { return f.read.nothing && !isProof(f, m) },
		says: told("doubt.ended")},
	{about: papers + "P1 P3 A1 ", sure: Likely, source: srcStates,
		open: func(f *facts, m *Method) bool { return f.lookedUp(OQSSeveral) },
		says: told("doubt.several")},
	{about: papers + "P1 P3 A1 ", sure: Likely, source: srcStates,
		open: func(f *facts, m *Method) bool { return f.lookedUp(OQSNewExists) },
		says: told("doubt.new_exists")},
	{about: papers, sure: Likely, source: srcReturned,
		open: func(f *facts, m *Method) bool {
			return (f.Cause == JobChange || f.Cause == Continued) && !f.read.nothing && !isProof(f, m)
		},
		says: told("doubt.changed")},
	{about: withCard, sure: Likely, source: srcGrace,
		open: func(f *facts, m *Method) bool { return f.certificateGone() },
		says: told("doubt.certificate_gone")},
	{about: noticePaper, sure: Likely, source: srcCompare,
		open: func(f *facts, m *Method) bool { return f.Card.Registered == No },
		says: told("doubt.unregistered")},
	{about: papers, sure: Likely, source: srcElderlyLaw,
		open: func(f *facts, m *Method) bool { return f.moved == Unknown },
		says: told("doubt.may_have_moved")},
	{about: papers, sure: Likely, source: srcElderlyLaw,
		open: func(f *facts, m *Method) bool {
			return f.Insurer == "" && atLeast(f.BirthDate, 75,
				f.Day) == Unknown
		},
		says: told("doubt.may_be_elderly")},
	{about: papers, sure: Likely, source: srcElderlyLaw,
		open: func(f *facts, m *Method) bool {
			return schemeOf(f.Insurer) == elderly && atLeast(f.BirthDate, elderlyFrom, f.Day) == Unknown
		},
		says: told("doubt.may_be_young")},
	{about: " P2 N1e ", sure: Likely, source: srcShare,
		open: func(f *facts, m *Method) bool {
			saved := m.Code == "P2" || !f.brings(ItemInsurerScreen)
			change := NextShareChange(f.person(), f.PDFSavedOn)
			return saved && !f.PDFSavedOn.IsZero() && !change.IsZero() && !f.Day.Before(change)
		},
		says: told("doubt.old_share")},
	{about: papers + "P1 P3 L0 R1 ", sure: Likely, source: srcAssistance,
		open: func(f *facts, m *Method) bool { return f.assistance && !f.onlyAssistance },
		says: told("doubt.assistance")},
	{about: " N1e ", sure: Unverified, source: srcResidence,
		open: func(f *facts, m *Method) bool { return f.Card.Kind == ResidenceCard },
		says: told("doubt.residence_card")},
}

// lookedUp reports whether a number was looked up and OQS gave this answer.
func (f *facts) lookedUp(answer OQSAnswer) bool {
	return f.read.nothing && !f.read.unconfirmed() && f.OQSAnswer == answer
}

func isProof(f *facts, m *Method) bool {
	return m.Code == "C1" && f.proof && !f.brings(ItemCertificate)
}

// doubt adds the reservations that apply to an accepted method.
func (f *facts) doubt(m *Method) {
	for i := range doubts {
		d := &doubts[i]
		if !about(d.about, m.Code) || !d.open(f, m) {
			continue
		}
		if m.Confidence == Certain {
			m.cite(d.source)
		}
		m.Confidence = weaker(m.Confidence, d.sure)
		m.Reservation = append(m.Reservation, d.says...)
		m.Next = inFront(d.says, m.Next)
	}
}

// about reports whether a code stands in a list of codes, each between blanks.
func about(list string, code MethodCode) bool {
	for i := 0; i+len(code)+1 < len(list); i++ {
		if list[i] == ' ' && list[i+1:i+1+len(code)] == string(code) && list[i+1+len(code)] == ' ' {
			return true
		}
	}
	return false
}
