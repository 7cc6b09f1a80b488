package eligibility

import "madoguchi/message"

// note is an additional instruction to staff that applies whatever method is used: it is appended to the next
// step, and says where it is only likely.
type note struct {
	about  func(*facts, *Method) bool // m is nil where nothing is accepted
	says   message.Steps
	source Source
	sure   Confidence
}

// notes are evaluated for every accepted method, and when none is accepted.
var notes = [...]note{
	{func(f *facts, m *Method) bool { return f.Cause == ThirdParty },
		told("note.third_party"), srcCause, Likely},
	{func(f *facts, m *Method) bool { return f.Cause == Abroad && !f.Day.Before(abroadFrom) },
		told("note.abroad"), srcCause, Likely},
	{func(f *facts, m *Method) bool { return f.Cause == Newborn && m != nil },
		told("note.newborn"), srcCause, Likely},
	{func(f *facts, m *Method) bool { return f.Cause == JobChange && (m == nil || m.Code[0] == 'M') },
		told("note.job_change"), src0710, Certain},
	{func(f *facts, m *Method) bool { return f.Cause == Continued && (m == nil || m.Code[0] == 'M') },
		told("note.continued"), src0710, Certain},
	{func(f *facts, m *Method) bool { return f.brings(ItemPublicExpense) && (m == nil || m.Code != "T1") },
		told("note.public_expense"), srcCause, Likely},
	{func(f *facts, m *Method) bool {
		return m != nil && about(papers, m.Code) && f.Insurer == "" && atLeast(f.BirthDate, 75, f.Day) == Yes
	}, told("note.elderly_paper"), srcElderlyLaw, Certain},
	{func(f *facts, m *Method) bool {
		return m != nil && m.Code == "C1" && f.scheme == elderly && !f.Day.Before(elderlyRuleFrom) &&
			!isProof(f, m)
	}, told("note.elderly_limit"), srcElderly, Likely},
}

// abroadFrom is the first day on which a card could be kept by somebody who moves abroad.
var abroadFrom = Date{2024, 5, 27}

// What is said about 特別療養費 (国民健康保険法 54条の3).
var (
	fullPriceName  = told("rule.name.full_price")
	fullPriceSays  = told("note.full_price")
	mayBeFullPrice = told("note.may_be_full_price")
	noFullPrice    = told("note.no_full_price")
)

// besides appends the notes that apply to an accepted method.
func (f *facts) besides(m *Method) {
	if f.PaperSpecial == MedicalExpense && m.Code != "E0" && m.Code != "T1" {
		f.sayFullPrice(m)
	}
	for i := range notes {
		if n := &notes[i]; n.about(f, m) {
			m.Next = append(m.Next, n.steps()...)
		}
	}
}

func (f *facts) sayFullPrice(m *Method) {
	if m.Confidence == Certain {
		m.cite(srcSpecial)
	}
	switch f.fullPrice {
	case Yes:
		m.Name = inFront(m.Name, fullPriceName)
		m.Reason, m.Next = inFront(fullPriceSays, m.Reason), append(m.Next, fullPriceSays...)
		// 国保法 is certain, for 後期 pages of municipalities say it
		if f.scheme == elderly && m.Confidence == Certain {
			m.Confidence = Likely
			m.Reservation = append(m.Reservation, reservations[Likely]...)
		}
	case Unknown:
		m.Reason = inFront(mayBeFullPrice, m.Reason)
		m.Next = append(inFront(mayBeFullPrice, m.Next), fullPriceSays...)
		m.Confidence = weaker(m.Confidence, Likely)
		m.Reservation = append(m.Reservation, mayBeFullPrice...)
	default:
		m.Next = append(m.Next, noFullPrice...)
	}
}

// steps are the note with how sure it is.
func (n *note) steps() message.Steps { return inFront(n.says, confidenceWords[n.sure]) }

// fullPrice reports whether 特別療養費 requires payment of 10割 (国民健康保険法 54条の3): not of children to the first March
// 31st after their 18th birthday; unknown when the date of birth does not settle that.
func fullPrice(s *Situation) Answer {
	switch {
	case s.PaperSpecial != MedicalExpense:
		return No
	case s.BirthDate.IsZero() || s.Day.After(childUntil(s.BirthDate.Latest())):
		return Yes
	case s.Day.After(childUntil(s.BirthDate.Earliest())):
		return Unknown
	}
	return No
}

// childUntil is the first March 31st on or after the day before the 18th birthday.
func childUntil(birth Date) Date {
	eighteen := birthday(birth, 18).AddDays(-1)
	last := Date{eighteen.year, 3, 31}
	if eighteen.After(last) {
		last.year++
	}
	return last
}
