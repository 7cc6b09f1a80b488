package clerk

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
)

// RunForm is a clerk's choices for a run as they stand in addresses and forms, each in its own field; what is
// not chosen yet is empty. No field names anybody: a list of numbers is kept, and named by its id.
type RunForm struct {
	Run     string // what is printed
	Whom    string // one of the whom… words
	ShareOn string // with whomShare: the day, YYYY-MM-DD
	List    string // with whomList: the kept list's id
	File    string // the file by whose new people the choices began, with whomFile
	Day     string // 交付年月日, YYYY-MM-DD
	Order   string
	Sheets  string // in the order of 記号: yes or no
	Layout  string // of a paper that has sizes
	PerFile string // people; usual where it is empty
}

// Whom a run takes.
const (
	whomFile    = "file" // new with the file
	whomNew     = "new"
	whomChanged = "changed"
	whomShare   = "share"
	whomDropped = "dropped"
	whomList    = "list"
	whomAll     = "all"
)

const yes, no = "yes", "no"

// runField is a field of the form with its place in it.
type runField struct {
	Name  string
	Value *string
}

func (f *RunForm) fields() []runField {
	return []runField{
		{"run", &f.Run},
		{"whom", &f.Whom},
		{"shareOn", &f.ShareOn},
		{"list", &f.List},
		{"file", &f.File},
		{"day", &f.Day},
		{"order", &f.Order},
		{"sheets", &f.Sheets},
		{"layout", &f.Layout},
		{"perFile", &f.PerFile},
	}
}

// readRunForm reads the choices; those of a question that is not asked with the others are left out.
func readRunForm(value func(name string) string) RunForm {
	var f RunForm
	for _, field := range f.fields() {
		*field.Value = strings.TrimSpace(value(field.Name))
	}
	for _, q := range runQuestions {
		if !q.asked(f) {
			*f.field(q.name) = ""
		}
	}
	return f
}

func (f *RunForm) field(name string) *string {
	for _, field := range f.fields() {
		if field.Name == name {
			return field.Value
		}
	}
	return new(string)
}

// NewRunPath asks for a run's choices, one after the other, and then shows its plan.
const NewRunPath = "/insurer/runs/new"

// address leads to the next question of the form, or to its plan; with ask to that question again.
func (f RunForm) address(of eligibility.InsurerNumber, ask string) string {
	v := url.Values{"insurer": {string(of)}}
	for _, field := range f.fields() {
		if *field.Value != "" {
			v.Set(field.Name, *field.Value)
		}
	}
	if ask != "" {
		v.Set("ask", ask)
	}
	return NewRunPath + "?" + v.Encode()
}

func always(RunForm) bool { return true }

func isDay(text string) bool {
	day, err := eligibility.ParseDate(text)
	return err == nil && day.Exact()
}

// next names the first question that is open; empty when none is.
func (f RunForm) next() string {
	for _, q := range runQuestions {
		if q.asked(f) && !q.answered(f) {
			return q.name
		}
	}
	return ""
}

// before names the question before one; empty before the first.
func (f RunForm) before(name string) (last string) {
	for _, q := range runQuestions {
		if q.name == name {
			break
		}
		if q.asked(f) {
			last = q.name
		}
	}
	return last
}

// askable reports whether the form has a question of that name.
func (f RunForm) askable(name string) bool {
	return slices.ContainsFunc(runQuestions, func(q runQuestion) bool { return q.name == name && q.asked(f) })
}

func (f RunForm) document() (insurer.Document, bool) {
	return insurer.FindRun(insurer.PaperKind(f.Run))
}

func (f RunForm) layouts() []insurer.RunLayout {
	if d, ok := f.document(); ok {
		return d.Run.Layouts
	}
	return nil
}

// whoms are the people whom a run of this paper may take.
func (f RunForm) whoms() (all []string) {
	if f.File != "" {
		all = append(all, whomFile)
	}
	all = append(all, whomNew, whomChanged, whomShare)
	if f.Run == string(insurer.CertificateRun) { // who drops the registration gets the certificate
		all = append(all, whomDropped)
	}
	return append(all, whomList, whomAll)
}

// perFile is the number of people a file; 0 for what is no number.
func (f RunForm) perFile() int {
	if f.PerFile == "" {
		return insurer.DefaultPerFile
	}
	n, err := strconv.Atoi(f.PerFile)
	if err != nil {
		return 0
	}
	return n
}

// options are the run's, of a form with all its answers; lines are those of its list.
func (f RunForm) request(lines []string) insurer.RunRequest {
	o := insurer.RunOptions{
		Only:        insurer.OnlyAll,
		Order:       insurer.RunOrder(f.Order),
		CountSheets: f.Sheets == yes,
		Layout:      insurer.RunLayout(f.Layout),
		PerFile:     f.perFile(),
		Dropped:     f.Whom == whomDropped,
	}
	o.Day, _ = eligibility.ParseDate(f.Day)
	switch f.Whom {
	case whomFile:
		o.Only, o.File = insurer.OnlyNew, f.File
	case whomNew:
		o.Only = insurer.OnlyNew
	case whomChanged:
		o.Only = insurer.OnlyChanged
	case whomShare:
		o.ShareOn, _ = eligibility.ParseDate(f.ShareOn)
	}
	return insurer.RunRequest{Kind: insurer.PaperKind(f.Run), Options: o, List: lines}
}
