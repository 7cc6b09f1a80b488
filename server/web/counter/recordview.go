package counter

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/web/kit"
)

// StaffChoice is a colleague in the form of a search.
type StaffChoice struct {
	Value, Name string
	Chosen      bool
}

// OutcomeChoice is an outcome in a form, with how many there are of it in a search.
type OutcomeChoice struct {
	Value  string
	Name   message.Message
	Chosen bool
	N      int
}

// Counted says how many there are.
func (o OutcomeChoice) Counted() message.Message {
	return message.New("records.found_of", message.Args{
		"outcome": message.Nested(o.Name), "n": message.Number(o.N),
	})
}

// Period is a link to a search of a usual period.
type Period struct {
	Name    message.Message
	Href    string
	Current bool
}

// RecordRow is a case in the list.
type RecordRow struct {
	Href, When        string
	Name, Kana, Birth string
	PatientNumber     string
	Outcome           message.Message
	Code, Staff       string
	Parked, Corrected bool
	Recorded          string // when, where that was on another day
}

// RecordsView is the list of a facility's records (/counter/records).
type RecordsView struct {
	kit.Page
	Asked          asked
	Periods        []Period
	StaffChoices   []StaffChoice
	OutcomeChoices []OutcomeChoice
	Rows           []RecordRow
	Total          message.Message // how many were found
	First, Last    int             // of those, counted from 1, what this page lists
	Earlier, Later string          // addresses of the pages before and after, or empty
	Export         string
}

// periods are the links to a day's and a month's records.
func (s records) periods(a asked) []Period {
	today := s.Today()
	first := today.AddDays(1 - today.Day())
	var all []Period
	shown := false // on the first of a month its search is the day's too: the shortest is the current one
	for _, p := range []struct {
		key      string
		from, to eligibility.Date
	}{
		{"records.today", today, today},
		{"records.yesterday", today.AddDays(-1), today.AddDays(-1)},
		{"records.this_month", first, today},
		{"records.last_month", first.AddMonths(-1), first.AddDays(-1)},
	} {
		of := asked{From: p.from.String(), To: p.to.String()}
		all = append(all, Period{
			Name:    message.New(p.key, nil),
			Href:    of.address(0),
			Current: !shown && a.From == of.From && a.To == of.To,
		})
		shown = shown || all[len(all)-1].Current
	}
	return all
}

// outcomeChoices are the outcomes of a form in their order.
func outcomeChoices(chosen string, counted map[hostapi.Outcome]int) []OutcomeChoice {
	var all []OutcomeChoice
	for _, outcome := range []hostapi.Outcome{hostapi.Accepted, hostapi.Refused, hostapi.Parked} {
		all = append(all, OutcomeChoice{
			Value:  string(outcome),
			Name:   message.New(outcomes[outcome], nil),
			Chosen: string(outcome) == chosen,
			N:      counted[outcome],
		})
	}
	return all
}

func (s records) listView(a asked) RecordsView {
	return RecordsView{
		Asked:          a,
		Periods:        s.periods(a),
		OutcomeChoices: outcomeChoices(a.Outcome, nil),
		Export:         strings.Replace(a.address(0), recordsPath, recordsPath+"/export", 1),
	}
}

// fill puts the page of a search, from 0, into the list.
func (s records) fill(c echo.Context, view *RecordsView, found counter.Found, page int) {
	view.OutcomeChoices = outcomeChoices(view.Asked.Outcome, found.Of)
	view.Total = message.New("records.found", message.Args{"n": message.Number(found.Total)})
	view.First = page*counter.PageSize + 1
	view.Last = page*counter.PageSize + len(found.Cases)
	if page > 0 {
		view.Earlier = view.Asked.address(min(page, found.Pages()) - 1)
	}
	if page+1 < found.Pages() {
		view.Later = view.Asked.address(page + 1)
	}
	for _, one := range found.Cases {
		view.Rows = append(view.Rows, s.row(c, one))
	}
}

// shortTime is a time as a list has it.
func shortTime(at time.Time) string { return at.In(eligibility.Japan).Format("2006/1/2 15:04") }

func (s records) row(c echo.Context, view counter.CaseView) RecordRow {
	last := lastEntry(view)
	row := RecordRow{
		Href:          recordsPath + "/" + view.ID,
		When:          shortTime(view.At),
		PatientNumber: view.PatientNumber,
		Outcome:       message.New(cmp.Or(outcomes[last.Outcome], "records.outcome.open"), nil),
		Code:          string(last.Method),
		Staff:         s.Named(c, last.Staff),
		Parked:        last.Outcome == hostapi.Parked,
		Corrected:     last.Correction,
	}
	if eligibility.DateOf(view.At) != eligibility.DateOf(last.RecordedAt) && !last.RecordedAt.IsZero() {
		row.Recorded = shortTime(last.RecordedAt)
	}
	if e := view.Shown(); e != nil {
		row.Kana = e.Kana
	}
	row.Name, row.Birth = whoOf(view)
	return row
}

// lastEntry is the last record of a case, also while somebody goes on with a parked one.
func lastEntry(view counter.CaseView) counter.Entry {
	all := view.Entries()
	if len(all) == 0 {
		return counter.Entry{Staff: view.Staff}
	}
	return all[len(all)-1]
}

// EntryRow is one record of a case.
type EntryRow struct {
	Title             message.Message // the outcome
	Correction, Last  bool
	When, Staff       string
	Code, Reason      string
	Ground            *message.Message
	Checked           []message.Message
	PatientNumber     string
	TakenBack, BackBy string // when and by whom it was taken back
	at                time.Time
}

// Datum is an item of the person that is copied, in the order of a receipt computer's form.
type Datum struct {
	Field, Value string
	Shown        string // as it is read: a birth date in the Japanese calendar
	Era          string // the birth date by era, as receipt computers take it
	Name         message.Message
}

// CorrectionForm is what was typed into the form of a correction.
type CorrectionForm struct {
	Outcome, Reason, PatientNumber string
	Open                           bool
}

// RecordView is one case with all of its records (/counter/records/ID).
type RecordView struct {
	kit.Page
	ID, Opened    string
	Name, Kana    string
	Data          []Datum
	Usable        bool // the data may be taken over
	InsurerName   string
	PatientNumber string
	Headline      message.Message // what the screen was worth
	Entries       []EntryRow      // the newest first
	Correctable   bool
	StillParked   bool
	Version       int
	Outcomes      []OutcomeChoice
	Typed         CorrectionForm
	Corrected     bool
}

// data are the items in the order of a receipt computer's form (pwa/src/counter/receiptform.ts), with the
// catalogue's key of each.
var data = []struct{ field, key string }{
	{"kana", "records.item.kana"},
	{"name", "records.item.name"},
	{"birthDate", "records.item.birthDate"},
	{"sex", "records.item.sex"},
	{"insurerNumber", "records.item.insurerNumber"},
	{"symbol", "records.item.symbol"},
	{"number", "records.item.number"},
	{"branchNumber", "records.item.branchNumber"},
	{"shareText", "records.item.shareText"},
}

// checkedNames are what was checked when a case was accepted, by the catalogue's keys.
var checkedNames = map[string]string{
	"screen":      "records.checked.screen",
	"seen":        "records.checked.seen",
	"declaration": "records.checked.declaration",
	"records":     "records.checked.records",
	"list":        "records.checked.list",
	"notice":      "records.checked.notice",
	"card":        "records.checked.card",
	"text":        "records.checked.text",
	"photo":       "records.checked.photo",
	"name":        "records.checked.name",
	"birthDate":   "records.checked.birthDate",
	"login":       "records.checked.login",
	"until":       "records.checked.until",
}

// checkedSentences say what was checked.
func checkedSentences(checked []string) (all []message.Message) {
	for _, check := range checked {
		all = append(all, message.New(cmp.Or(checkedNames[check], check), nil))
	}
	return all
}

// headlineOfCase is what a screen was worth; of a paper that it was seen, of a way its name.
func headlineOfCase(view counter.CaseView) message.Message {
	switch {
	case view.Way != nil:
		return nameOfWay(view.Way.Code)
	case view.Paper != nil:
		return paperHeadline(view.Judged)
	}
	return view.Verdict.Headline()
}

func (s records) recordView(c echo.Context, view counter.CaseView) RecordView {
	last := lastEntry(view)
	page := RecordView{
		Page:          s.NewPage(c, message.New("records.one_title", nil)),
		ID:            view.ID,
		Opened:        kit.TimeText(view.At),
		PatientNumber: view.PatientNumber,
		Headline:      headlineOfCase(view),
		Usable:        view.Usable(),
		Correctable:   last.Outcome == hostapi.Accepted || last.Outcome == hostapi.Refused,
		StillParked:   last.Outcome == hostapi.Parked,
		Version:       view.Version(),
		Outcomes:      outcomeChoices(string(last.Outcome), nil),
		Typed:         CorrectionForm{Outcome: string(last.Outcome), PatientNumber: view.PatientNumber},
	}
	page.Name, _ = whoOf(view)
	if e := view.Shown(); e != nil {
		page.Kana, page.InsurerName = e.Kana, e.InsurerName
		said := shownOn(view, eligibility.DateOf(view.At))
		values := said.items()
		for _, d := range data {
			value := values[d.field]
			datum := Datum{Field: d.field, Value: value, Shown: value, Name: message.New(d.key, nil)}
			if d.field == "birthDate" {
				datum.Shown, datum.Era = said.BirthDateJa, said.BirthDateEra
			}
			page.Data = append(page.Data, datum)
		}
	}
	for _, w := range view.Withdrawn {
		row := s.entryRow(c, w.Entry)
		row.TakenBack, row.BackBy = kit.TimeText(w.BackAt), s.Named(c, w.BackBy)
		page.Entries = append(page.Entries, row)
	}
	for i, e := range view.Entries() {
		row := s.entryRow(c, e)
		row.Last = i == len(view.Entries())-1
		page.Entries = append(page.Entries, row)
	}
	slices.SortStableFunc(page.Entries, func(a, b EntryRow) int { return b.at.Compare(a.at) })
	return page
}

func (s records) entryRow(c echo.Context, e counter.Entry) EntryRow {
	row := EntryRow{
		Title:         message.New(cmp.Or(outcomes[e.Outcome], "records.outcome.open"), nil),
		Correction:    e.Correction,
		When:          kit.TimeText(e.RecordedAt),
		Staff:         s.Named(c, e.Staff),
		Code:          string(e.Method),
		Reason:        e.Reason,
		PatientNumber: e.PatientNumber,
		at:            e.RecordedAt,
	}
	if key := grounds[e.Ground]; key != "" {
		said := message.New(key, nil)
		row.Ground = &said
	}
	row.Checked = checkedSentences(e.Checked)
	return row
}
