package clerk

import (
	"madoguchi/message"
	"madoguchi/server/insurer"
)

// The words of a run's choices, by keys of the catalogue.
var (
	filterWords = map[insurer.RunFilter]string{
		insurer.OnlyNew:     "staff.runs.neverPrinted",
		insurer.OnlyChanged: "staff.runs.changedSincePrinting",
		insurer.OnlyAll:     "staff.runs.everybodyDue",
	}
	orderWords = map[insurer.RunOrder]string{
		insurer.ByPostCode:  "staff.runs.byPostCode",
		insurer.ByNumber:    "staff.runs.by",
		insurer.ByHousehold: "staff.runs.byHousehold",
	}
	layoutWords = map[insurer.RunLayout]string{
		insurer.LayoutCards: "staff.runs.cardsTenOnA4",
		insurer.LayoutCard:  "staff.runs.singleCards",
		insurer.LayoutA4:    "staff.person.a4",
	}
)

// choicesOf repeats every choice of a run as it will be made. What was left open is left out.
func choicesOf(run insurer.PrintRun) (all []RunChoice) {
	add := func(label string, value message.Message) {
		all = append(all, RunChoice{sentence(label), value})
	}
	o := run.Options
	document, _ := insurer.FindRun(run.Kind)
	add("staff.runs.paper", sentence(document.Run.Name))
	add("staff.runs.whom", sentence(filterWords[o.Only]))
	add("staff.runs.order", sentence(orderWords[o.Order]))
	if o.Layout != "" {
		add("staff.runs.sizeOfCertificates", sentence(layoutWords[o.Layout]))
	}
	if !o.ShareOn.IsZero() {
		day := message.Args{"day": o.ShareOn.Value()}
		add("staff.runs.onlyPeopleWhoseShareChanges", message.New("staff.runs.onDay", day))
	}
	if o.Dropped {
		add("staff.runs.onlyPeopleWhoseRegistrationEnded", sentence("staff.runs.yes"))
	}
	if o.CountSheets {
		add("staff.runs.countSheetsPerEmployerIn", sentence("staff.runs.yes"))
	}
	if o.Listed > 0 {
		lines := message.Args{"n": message.Number(o.Listed)}
		add("staff.runs.onlyThesePeople", message.New("staff.runs.lines", lines))
	}
	perFile := message.Args{"n": message.Number(o.PerFile)}
	add("staff.runs.peopleAFile", message.New("staff.runs.perFile", perFile))
	return all
}
