package oqs

import (
	"slices"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// Statement is what an answer says of itself before any of its items is compared: whether the eligibility is
// valid at all. It travels and is stored by its key; it holds no value of the file.
type Statement struct {
	Key  string
	Told message.Message // with what staff do
}

// Valid is the only statement that is no warning. It always stands alone: an answer that says anything else
// is not called valid.
const Valid = "oqs.valid"

// NotSaid stands for the statements of a program that compares items but does not look at the validity.
const NotSaid = "oqs.not_said"

// statements are the keys of all of them, the gravest first.
var statements = slices.Concat(
	[]string{"oqs.status_error", "oqs.status_unknown"},
	meanings("oqs.validity_", eligibility.Validities[1:]),
	[]string{"oqs.validity_unknown", "oqs.no_result", "oqs.lost"},
	meanings("oqs.loss_", eligibility.LossReasons[:]),
	[]string{
		"oqs.loss_unknown", "oqs.not_begun", "oqs.other_insurer", "oqs.second_insurer", "oqs.insurer_unknown",
		"oqs.second_result", "oqs.other_answer", "oqs.other_day", NotSaid, Valid,
	},
)

func meanings(prefix string, list []eligibility.ValidityMeaning) []string {
	var keys []string
	for _, m := range list {
		keys = append(keys, prefix+m.Code)
	}
	return keys
}

// StatementOf returns the statement of a key. One that is not known here, as of a newer program, is known to
// be a warning.
func StatementOf(key string) (s Statement, known bool) {
	if slices.Contains(statements, key) {
		return Statement{key, message.New(key, nil)}, true
	}
	return Statement{key, message.New("oqs.unknown", nil)}, false
}

// Place names one result of a file, by its answer; Result is -1 where an answer has none.
type Place struct{ Answer, Result int }

// Of returns the results of an insurer; of all insurers when it has none; and at least one place, as the
// file's first answer says something even without a result.
func (f *File) Of(insurer eligibility.InsurerNumber) []Place {
	var own, all []Place
	for a, answer := range f.Answers {
		for r, result := range answer.Results {
			all = append(all, Place{a, r})
			if insurer != "" && result.Insurer == insurer {
				own = append(own, Place{a, r})
			}
		}
	}
	switch {
	case len(own) > 0:
		return own
	case len(all) > 0:
		return all
	}
	return []Place{{0, -1}}
}

// Statements returns the keys of what the file says of the result at the place, and of what else it holds,
// for the screen's insurer and the day: the gravest first, or Valid alone. The day of loss is not covered any
// more (健康保険法 36条, 国民健康保険法 8条).
func (f *File) Statements(at Place, insurer eligibility.InsurerNumber, today eligibility.Date) []string {
	said := map[string]bool{}
	var answer Answer
	if at.Answer < len(f.Answers) {
		answer = f.Answers[at.Answer]
	}
	answer.say(said, at.Result)
	if at.Result >= 0 {
		answer.Results[at.Result].say(said, insurer, today)
	}
	for a, other := range f.Answers {
		if a != at.Answer && !other.fine() {
			said["oqs.other_answer"] = true
		}
		for r, result := range other.Results {
			switch {
			case a == at.Answer && r == at.Result:
			case result.Insurer == "":
				said["oqs.insurer_unknown"] = true
			case result.Insurer != insurer:
				said["oqs.second_insurer"] = true
			default:
				said["oqs.second_result"] = true
			}
		}
	}
	if !f.ConfirmedOn.IsZero() && f.ConfirmedOn != today {
		said["oqs.other_day"] = true
	}
	if len(said) == 0 {
		return []string{Valid}
	}
	var keys []string
	for _, key := range statements {
		if said[key] {
			keys = append(keys, key)
		}
	}
	return keys
}

// say notes what the answer says of itself and of its result, which may have a state of its own.
func (a Answer) say(said map[string]bool, result int) {
	switch a.Status {
	case "1":
	case "2":
		said["oqs.status_error"] = true
	default:
		said["oqs.status_unknown"] = true
	}
	states := []eligibility.Validity{a.Validity}
	if result < 0 {
		said["oqs.no_result"] = true
	} else if own := a.Results[result].ValidityOfSelf; own != "" {
		if a.Validity == "" {
			states = nil
		}
		states = append(states, own)
	}
	for _, v := range states {
		switch _, known := v.MeaningOf(); {
		case v == "1":
		case known:
			said["oqs.validity_"+string(v)] = true
		default:
			said["oqs.validity_unknown"] = true
		}
	}
}

// fine reports whether nothing speaks against any result of the answer.
func (a Answer) fine() bool {
	said := map[string]bool{}
	if len(a.Results) == 0 {
		a.say(said, -1)
	}
	for r := range a.Results {
		a.say(said, r)
	}
	return len(said) == 0
}

func (r Result) say(said map[string]bool, insurer eligibility.InsurerNumber, today eligibility.Date) {
	lost := !r.LostOn.IsZero() && !today.Before(r.LostOn)
	if lost {
		said["oqs.lost"] = true
	}
	if r.LossReason != "" && (lost || r.LostOn.IsZero()) {
		if _, known := eligibility.LossReason(r.LossReason); known {
			said["oqs.loss_"+r.LossReason] = true
		} else {
			said["oqs.loss_unknown"] = true
		}
	}
	if today.Before(r.QualifiedOn) {
		said["oqs.not_begun"] = true
	}
	switch {
	case r.Insurer == "":
		said["oqs.insurer_unknown"] = true
	case r.Insurer != insurer:
		said["oqs.other_insurer"] = true
	}
}
