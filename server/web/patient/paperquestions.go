package patient

import (
	"net/url"
	"slices"
)

// The questions that find the paper in one's hand: at most three, each a page of links, so that they need
// no program and the browser's Back works.

// paperAnswers are the answers so far, by the address's parameters.
type paperAnswers struct{ Hold, Says, Third string }

func paperAnswersOf(q url.Values) paperAnswers {
	return paperAnswers{Hold: q.Get("hold"), Says: q.Get("says"), Third: q.Get("third")}
}

// query is the address's query of the answers, with lang where the address had one.
func (a paperAnswers) query(lang string) string {
	q := url.Values{}
	for name, value := range map[string]string{
		"hold": a.Hold, "says": a.Says, "third": a.Third, "lang": lang,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q.Encode()
}

// paperQuestion is a question: key names its sentence (kinds.q.KEY) and those of its choices
// (kinds.a.KEY.CHOICE).
type paperQuestion struct {
	Key     string
	Choices []string
}

var (
	holdQuestion       = paperQuestion{"hold", []string{"card", "paper", "phone"}}
	registeredQuestion = paperQuestion{"registered", []string{"yes", "no", "unknown"}}
	expiryQuestion     = paperQuestion{"expiry", []string{"valid", "over", "unknown"}}
	titleQuestion      = paperQuestion{"title", []string{"notice", "certificate", "oldCard", "unknown"}}
	wordsQuestion      = paperQuestion{"words", []string{"card", "ends", "none"}}
	screenQuestion     = paperQuestion{"screen", []string{"insurer", "portal", "picture"}}
	withQuestion       = paperQuestion{"with", []string{"yes", "no"}}
	untilQuestion      = paperQuestion{"until", []string{"valid", "over"}}
)

// secondQuestions follow what is held; thirdQuestions what it says. Without a third question the paper is
// found.
var (
	secondQuestions = map[string]paperQuestion{
		"card":  registeredQuestion,
		"paper": titleQuestion,
		"phone": screenQuestion,
	}
	thirdQuestions = map[string]paperQuestion{
		"card yes":          expiryQuestion,
		"card unknown":      expiryQuestion,
		"paper notice":      withQuestion,
		"paper certificate": untilQuestion,
		"paper unknown":     wordsQuestion,
		"phone insurer":     withQuestion,
		"phone portal":      withQuestion,
	}
)

// next returns the question that is open, with its number; ok is false once the paper is found. Answers
// that no question has are not answered.
func (a paperAnswers) next() (q paperQuestion, step int, ok bool) {
	if !slices.Contains(holdQuestion.Choices, a.Hold) {
		return holdQuestion, 1, true
	}
	q = secondQuestions[a.Hold]
	if !slices.Contains(q.Choices, a.Says) {
		return q, 2, true
	}
	q, ok = thirdQuestions[a.Hold+" "+a.Says]
	return q, 3, ok && !slices.Contains(q.Choices, a.Third)
}

// upTo are the answers to the questions before number step; later ones are another way's.
func (a paperAnswers) upTo(step int) paperAnswers {
	switch step {
	case 1:
		return paperAnswers{}
	case 2:
		return paperAnswers{Hold: a.Hold}
	}
	return paperAnswers{Hold: a.Hold, Says: a.Says}
}

// before are the answers without the last one.
func (a paperAnswers) before() paperAnswers {
	switch {
	case a.Third != "":
		a.Third = ""
	case a.Says != "":
		a.Says = ""
	default:
		a.Hold = ""
	}
	return a
}

// with answers question number step.
func (a paperAnswers) with(step int, choice string) paperAnswers {
	switch step {
	case 1:
		return paperAnswers{Hold: choice}
	case 2:
		return paperAnswers{Hold: a.Hold, Says: choice}
	}
	a.Third = choice
	return a
}

// foundPaper is the end of the questions: the paper's picture and name, how good it is ("good",
// "attention" or "refusal"), and the key of what to do.
type foundPaper struct{ Picture, Name, Class, Text string }

// found are the ends by their answers.
func (a paperAnswers) found() foundPaper {
	switch a.Hold + " " + a.Says {
	case "card no":
		return foundPaper{"card", "kinds.found.heading.myNumberCard", "attention",
			"kinds.found.unregistered"}
	case "card yes", "card unknown":
		switch {
		case a.Third == "over":
			return foundPaper{"card", "kinds.name.card", "attention", "kinds.found.expired"}
		case a.Says == "yes" && a.Third == "valid":
			return foundPaper{"card", "kinds.name.card", "good", "kinds.found.reader"}
		}
		return foundPaper{"card", "kinds.found.heading.myNumberCard", "attention",
			"kinds.found.unsure"}
	case "paper notice":
		return withOrWithout(a, foundPaper{Picture: "notice", Name: "kinds.name.notice",
			Text: "kinds.found.notice."})
	case "paper certificate":
		if a.Third == "over" {
			return foundPaper{"certificate", "kinds.name.certificate", "refusal",
				"kinds.found.certificate.over"}
		}
		return foundPaper{"certificate", "kinds.name.certificate", "good",
			"kinds.found.certificate.valid"}
	case "paper oldCard":
		return foundPaper{"oldCard", "kinds.name.oldCard", "refusal", "kinds.found.oldCard"}
	case "phone insurer":
		return withOrWithout(a, foundPaper{Picture: "insurerScreen", Name: "kinds.name.insurerScreen",
			Text: "kinds.found.insurerScreen."})
	case "phone portal":
		if a.Third == "no" {
			return foundPaper{"portalScreen", "kinds.name.portalScreen", "attention",
				"kinds.found.portalScreen.no"}
		}
		return foundPaper{"portalScreen", "kinds.name.portalScreen", "good",
			"kinds.found.insurerScreen.yes"}
	case "phone picture":
		return foundPaper{"picture", "kinds.found.heading.picture", "refusal",
			"kinds.found.picture"}
	}
	switch a.Third { // the words on a paper whose name cannot be read
	case "card":
		return foundPaper{"notice", "kinds.name.notice", "refusal", "kinds.found.notice.no"}
	case "ends":
		return foundPaper{"certificate", "kinds.name.certificate", "attention",
			"kinds.found.certificate.perhaps"}
	}
	return foundPaper{"unknown", "kinds.found.heading.unknown", "attention",
		"kinds.found.unknown"}
}

// withOrWithout completes the end for something that is shown with the card.
func withOrWithout(a paperAnswers, f foundPaper) foundPaper {
	f.Class = "good"
	if a.Third == "no" {
		f.Class = "refusal"
	}
	f.Text += a.Third
	return f
}
