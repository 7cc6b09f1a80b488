package eligibility

import "madoguchi/message"

// Whether a person can be with an insurer at all: ordinary insurers to the 75th birthday, 後期高齢者医療 from it, or
// from 65 with a certificate of disability (高齢者医療確保法 50条, 52条). share, methods and the papers ask here.

// elderlyFrom is the age from which 後期高齢者医療 is possible.
const elderlyFrom = 65

// ErrElderlyTooYoung is returned for a number of 後期高齢者医療 and somebody who is certainly younger than 65.
var ErrElderlyTooYoung = &Error{Code: Invalid, Key: "insurer.elderly_too_young", Field: "insurer, birthDate"}

// TooYoungForElderly reports whether the person's insurer is 後期高齢者医療 although they are certainly younger than
// 65.
func (p Person) TooYoungForElderly(day Date) bool {
	return schemeOf(p.Insurer) == elderly && !p.BirthDate.IsZero() &&
		day.Before(birthday(p.BirthDate.Earliest(), elderlyFrom))
}

// MovedToElderly reports whether the person's insurer is another than 後期高齢者医療 although they are 75 on day:
// from that birthday on it is no longer theirs (高齢者医療確保法 50条, 52条).
func (p Person) MovedToElderly(day Date) bool { return p.moved(day) == Yes }

// moved says whether the person has moved from their insurer to 後期高齢者医療 by day; unknown when the date of
// birth is partly known and 75 may be reached.
func (p Person) moved(day Date) Answer {
	s := schemeOf(p.Insurer)
	if s != residents && s != employees {
		return No
	}
	return atLeast(p.BirthDate, 75, day)
}

// atLeast says whether somebody has reached an age on day; No too when the date of birth is wholly unknown.
func atLeast(birth Date, age int, day Date) Answer {
	switch {
	case birth.IsZero() || day.Before(birthday(birth.Earliest(), age)):
		return No
	case day.Before(birthday(birth.Latest(), age)):
		return Unknown
	}
	return Yes
}

// Question is something about a person and their insurer that must be asked before an answer counts as
// certain.
type Question struct {
	Says       message.Message // what is open; its next step is what to ask
	Source     Source
	Confidence Confidence // that an answer keeps while the question is open
}

// Questions returns what is open about a person and their insurer on day; share and methods say the same.
func (p Person) Questions(day Date) []Question {
	var all []Question
	switch s := schemeOf(p.Insurer); {
	case p.MovedToElderly(day):
		all = append(all, questionMoved)
	case p.moved(day) == Unknown:
		all = append(all, questionMayHaveMoved)
	case s == elderly && atLeast(p.BirthDate, elderlyFrom, day) == Unknown:
		all = append(all, questionMayBeYoung)
	}
	return all
}

var (
	questionMoved        = Question{message.New("question.moved", nil), srcElderlyLaw, Certain}
	questionMayHaveMoved = Question{message.New("question.may_have_moved", nil), srcElderlyLaw, Likely}
	questionMayBeYoung   = Question{message.New("question.may_be_young", nil), srcElderlyLaw, Likely}
)
