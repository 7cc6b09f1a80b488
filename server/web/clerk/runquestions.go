package clerk

import (
	"slices"

	"madoguchi/server/insurer"
)

// runQuestion is one page of the form of a run. The number of people a file is asked for only to change it.
type runQuestion struct {
	name             string // of its field
	ask, help, label string // keys of the catalogue: the question, what helps, how the plan repeats it
	asked, answered  func(RunForm) bool
}

// runQuestions are the questions in their order.
var runQuestions = []runQuestion{
	{
		name:     "run",
		ask:      "staff.newRun.ask_run",
		help:     "staff.newRun.help_run",
		label:    "staff.newRun.label_run",
		asked:    always,
		answered: func(f RunForm) bool { _, ok := f.document(); return ok },
	},
	{
		name:     "whom",
		ask:      "staff.newRun.ask_whom",
		help:     "staff.newRun.help_whom",
		label:    "staff.newRun.label_whom",
		asked:    always,
		answered: func(f RunForm) bool { return slices.Contains(f.whoms(), f.Whom) },
	},
	{
		name:     "shareOn",
		ask:      "staff.newRun.ask_shareOn",
		help:     "staff.newRun.help_shareOn",
		label:    "staff.newRun.label_shareOn",
		asked:    func(f RunForm) bool { return f.Whom == whomShare },
		answered: func(f RunForm) bool { return isDay(f.ShareOn) },
	},
	{
		name:     "list",
		ask:      "staff.newRun.ask_list",
		help:     "staff.newRun.help_list",
		label:    "staff.newRun.label_list",
		asked:    func(f RunForm) bool { return f.Whom == whomList },
		answered: func(f RunForm) bool { return f.List != "" },
	},
	{
		name:     "day",
		ask:      "staff.newRun.ask_day",
		help:     "staff.newRun.help_day",
		label:    "staff.newRun.label_day",
		asked:    always,
		answered: func(f RunForm) bool { return isDay(f.Day) },
	},
	{
		name:     "order",
		ask:      "staff.newRun.ask_order",
		help:     "staff.newRun.help_order",
		label:    "staff.newRun.label_order",
		asked:    always,
		answered: func(f RunForm) bool { return orderWords[insurer.RunOrder(f.Order)] != "" },
	},
	{
		name:     "sheets",
		ask:      "staff.newRun.ask_sheets",
		help:     "staff.newRun.help_sheets",
		label:    "staff.newRun.label_sheets",
		asked:    func(f RunForm) bool { return f.Order == string(insurer.ByNumber) },
		answered: func(f RunForm) bool { return sheetWords[f.Sheets] != "" },
	},
	{
		name:     "layout",
		ask:      "staff.newRun.ask_layout",
		help:     "staff.newRun.help_layout",
		label:    "staff.newRun.label_layout",
		asked:    func(f RunForm) bool { return len(f.layouts()) > 0 },
		answered: func(f RunForm) bool { return slices.Contains(f.layouts(), insurer.RunLayout(f.Layout)) },
	},
	{
		name:     "perFile",
		ask:      "staff.newRun.ask_perFile",
		help:     "staff.newRun.help_perFile",
		label:    "staff.newRun.label_perFile",
		asked:    always,
		answered: func(f RunForm) bool { return f.PerFile == "" || f.perFile() > 0 },
	},
}

// findQuestion returns the question of a field that there is.
func findQuestion(name string) runQuestion {
	for _, q := range runQuestions {
		if q.name == name {
			return q
		}
	}
	return runQuestion{}
}
