package clerk

import (
	"strconv"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/insurer"
)

// The words of a run's choices, by keys of the catalogue.
var (
	whomWords = map[string]string{
		whomFile:    "staff.runs.newInFile",
		whomNew:     "staff.runs.neverPrinted",
		whomChanged: "staff.runs.changedSincePrinting",
		whomShare:   "staff.runs.shareChanges",
		whomDropped: "staff.runs.registrationEnded",
		whomList:    "staff.runs.ofAList",
		whomAll:     "staff.runs.everybodyDue",
	}
	orderWords = map[insurer.RunOrder]string{
		insurer.ByPostCode:  "staff.runs.byPostCode",
		insurer.ByNumber:    "staff.runs.by",
		insurer.ByHousehold: "staff.runs.byHousehold",
	}
	orderHelp = map[insurer.RunOrder]string{
		insurer.ByPostCode:  "staff.newRun.order_postcode",
		insurer.ByNumber:    "staff.newRun.order_number",
		insurer.ByHousehold: "staff.newRun.order_household",
	}
	paperHelp = map[insurer.PaperKind]string{
		insurer.NoticeRun:      "staff.newRun.paper_notices",
		insurer.CertificateRun: "staff.newRun.paper_certificates",
	}
	layoutWords = map[insurer.RunLayout]string{
		insurer.LayoutCards: "staff.runs.cardsTenOnA4",
		insurer.LayoutCard:  "staff.runs.singleCards",
		insurer.LayoutA4:    "staff.person.a4",
	}
	sheetWords = map[string]string{yes: "staff.runs.yes", no: "staff.runs.no"}
)

// RunChoice is a clerk's choice for a run in words, with the address of its question.
type RunChoice struct {
	Label, Value message.Message
	Change       string
}

// choicesFor are the answers to pick from; none where the answer is typed.
func (f RunForm) choicesFor(name, value string) (all []QuestionChoice) {
	add := func(v, text string) {
		all = append(all, QuestionChoice{Value: v, Text: sentence(text), Checked: v == value})
	}
	switch name {
	case "run":
		for _, d := range insurer.AllDocuments() {
			if d.Run != nil {
				add(string(d.Run.Kind), d.Run.Name)
				all[len(all)-1].Help = sentence(paperHelp[d.Run.Kind])
			}
		}
	case "whom":
		for _, whom := range f.whoms() {
			add(whom, whomWords[whom])
		}
	case "order":
		for _, order := range []insurer.RunOrder{insurer.ByPostCode, insurer.ByNumber, insurer.ByHousehold} {
			add(string(order), orderWords[order])
			all[len(all)-1].Help = sentence(orderHelp[order])
		}
	case "sheets":
		add(yes, sheetWords[yes])
		add(no, sheetWords[no])
	case "layout":
		for _, layout := range f.layouts() {
			add(string(layout), layoutWords[layout])
		}
	}
	return all
}

// choices repeats every choice; listed is how many lines the list has.
func (f RunForm) choices(of eligibility.InsurerNumber, listed int) (all []RunChoice) {
	document, _ := f.document()
	for _, q := range runQuestions {
		if !q.asked(f) {
			continue
		}
		value := *f.field(q.name)
		var told message.Message
		switch q.name {
		case "run":
			told = sentence(document.Run.Name)
		case "whom":
			told = sentence(whomWords[value])
		case "order":
			told = sentence(orderWords[insurer.RunOrder(value)])
		case "sheets":
			told = sentence(sheetWords[value])
		case "layout":
			told = sentence(layoutWords[insurer.RunLayout(value)])
		case "list":
			told = message.New("staff.runs.lines", message.Args{"n": message.Number(listed)})
		case "perFile":
			told = message.New("staff.runs.perFile", message.Args{"n": message.Number(f.perFile())})
		default:
			day, _ := eligibility.ParseDate(value)
			told = message.New("staff.runs.onDay", message.Args{"day": day.Value()})
		}
		all = append(all, RunChoice{sentence(q.label), told, f.address(of, q.name)})
	}
	return all
}

func perFileText(n int) string { return strconv.Itoa(n) }
