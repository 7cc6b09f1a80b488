package counter

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
	"madoguchi/server/csvfile"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// The records as a file of their own, for the clinic's administrators, with a fresh passkey. Its shape is
// this program's: what reads answers of the online check (オンライン資格確認) must not take it for one.

// ExportView asks what the file is to hold (/counter/records/export).
type ExportView struct {
	kit.Page
	Asked    asked
	Outcomes []OutcomeChoice
	Charset  string
}

func (s records) exportView(c echo.Context, a asked, charset string) ExportView {
	return ExportView{
		Page:     s.NewPage(c, message.New("records.export_title", nil)),
		Asked:    a,
		Outcomes: outcomeChoices(a.Outcome, nil),
		Charset:  charset,
	}
}

// exportPage offers this month, or the period of the search that led here.
func (s records) exportPage(c echo.Context, _ staff.Reception) error {
	a := asked{From: c.QueryParam("from"), To: c.QueryParam("to"), Outcome: c.QueryParam("outcome")}
	if a.From == "" && a.To == "" {
		a.From, a.To = s.Today().AddDays(1-s.Today().Day()).String(), s.Today().String()
	}
	return s.Show(c, http.StatusOK, "recordsexport", s.exportView(c, a, ""))
}

// export answers with the file. One row is one record: a corrected or parked one stands beside what followed.
func (s records) export(c echo.Context, reception staff.Reception) error {
	a := asked{From: c.FormValue("from"), To: c.FormValue("to"), Outcome: c.FormValue("outcome")}
	charset := csvfile.UTF8
	if c.FormValue("charset") == string(csvfile.ShiftJIS) {
		charset = csvfile.ShiftJIS
	}
	data, err := s.file(c, reception, a, charset)
	var refused *eligibility.Error
	if errors.As(err, &refused) && refused.Code == eligibility.Invalid {
		view := s.exportView(c, a, string(charset))
		view.Error = kit.FormError(refused)
		return s.Show(c, http.StatusUnprocessableEntity, "recordsexport", view)
	}
	if err != nil {
		return err
	}
	kit.SetAttachment(c, s.DatedName("uketsuke-kiroku", ".csv"))
	return c.Blob(http.StatusOK, csvfile.ContentType(charset), data)
}

// file is the whole file: nothing is sent of one that fails.
func (s records) file(
	c echo.Context, reception staff.Reception, a asked, charset csvfile.Charset,
) ([]byte, error) {
	search, err := a.search()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	file, err := csvfile.New(&out, charset)
	if err != nil {
		return nil, err
	}
	headings := make([]string, len(fileColumns))
	for i, column := range fileColumns {
		headings[i] = column.heading
	}
	if err := file.Row(headings...); err != nil {
		return nil, err
	}
	err = s.Export(c.Request().Context(), reception, search, func(view counter.CaseView) error {
		for _, row := range fileRows(view) {
			row.staff = s.Named(c, row.Staff)
			cells := make([]string, len(fileColumns))
			for i, column := range fileColumns {
				cells[i] = column.cell(row)
			}
			if err := file.Row(cells...); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = file.Flush()
	}
	return out.Bytes(), err
}

// fileRow is one record of a case in the file.
type fileRow struct {
	counter.Entry
	of    counter.CaseView
	n     int
	last  bool
	back  bool // it was taken back
	staff string
	items map[string]string
}

// fileRows are all records of a case, in the order in which they were made.
func fileRows(view counter.CaseView) []fileRow {
	items := map[string]string{}
	if said := shownOn(view, eligibility.DateOf(view.At)); said != nil {
		items = said.items()
		items["insurerName"] = said.InsurerName
	} else if way := view.Way; way != nil {
		items["name"], items["birthDate"] = way.Name, strings.ReplaceAll(way.BirthDate.String(), "-", "/")
	}
	var rows []fileRow
	for _, w := range view.Withdrawn {
		rows = append(rows, fileRow{Entry: w.Entry, back: true})
	}
	entries := view.Entries()
	for i, e := range entries {
		rows = append(rows, fileRow{Entry: e, last: i == len(entries)-1})
	}
	slices.SortStableFunc(rows, func(a, b fileRow) int { return a.RecordedAt.Compare(b.RecordedAt) })
	for i := range rows {
		rows[i].of, rows[i].items, rows[i].n = view, items, i+1
	}
	return rows
}

// fileColumns are the file's columns in their order. The headings are Japanese in every language: other
// programs read them.
var fileColumns = []fileColumn{
	{"受付日時", func(r fileRow) string { return shortTime(r.of.At) }},
	{"受付の控え番号", func(r fileRow) string { return r.of.ID }},
	{"記録の順", func(r fileRow) string { return strconv.Itoa(r.n) }},
	{"記録の状態", func(r fileRow) string {
		switch {
		case r.back:
			return "取り消し"
		case r.last:
			return "最新"
		}
		return "以前の記録"
	}},
	{"記録日時", func(r fileRow) string { return shortTime(r.RecordedAt) }},
	{"結果", func(r fileRow) string {
		if key := outcomes[r.Outcome]; key != "" {
			return message.New(key, nil).Text("ja")
		}
		return string(r.Outcome)
	}},
	{"訂正", func(r fileRow) string {
		if r.Correction {
			return "訂正"
		}
		return ""
	}},
	{"方法コード", func(r fileRow) string { return string(r.Method) }},
	{"根拠", func(r fileRow) string {
		if key := grounds[r.Ground]; key != "" {
			return message.New(key, nil).Text("ja")
		}
		return ""
	}},
	{"確かめたこと", func(r fileRow) string {
		var all []string
		for _, said := range checkedSentences(r.Checked) {
			all = append(all, said.Text("ja"))
		}
		return strings.Join(all, "・")
	}},
	{"職員", func(r fileRow) string { return r.staff }},
	{"理由", func(r fileRow) string { return r.Reason }},
	{"診察券番号", func(r fileRow) string { return r.PatientNumber }},
	itemColumn("カナ氏名", "kana"),
	itemColumn("氏名", "name"),
	itemColumn("生年月日", "birthDate"),
	itemColumn("性別", "sex"),
	itemColumn("保険者番号", "insurerNumber"),
	itemColumn("記号", "symbol"),
	itemColumn("番号", "number"),
	itemColumn("枝番", "branchNumber"),
	itemColumn("負担割合", "shareText"),
	itemColumn("保険者名", "insurerName"),
}

type fileColumn struct {
	heading string
	cell    func(fileRow) string
}

// itemColumn has one of the person's items.
func itemColumn(heading, item string) fileColumn {
	return fileColumn{heading, func(r fileRow) string { return r.items[item] }}
}
