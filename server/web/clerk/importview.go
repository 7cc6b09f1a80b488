package clerk

import (
	"errors"
	"strconv"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

func (s *importPages) importView(
	c echo.Context,
	preview insurer.ImportPreview,
	in insurer.Insurer,
	count insurer.ImportCount,
	digest insuredcsv.Digest,
) ImportView {
	view := ImportView{
		Page:         s.NewPage(c, message.New("staff.title.beforeImporting", nil)),
		ID:           preview.ID,
		Stored:       preview.Stored != nil,
		New:          count.New,
		Changed:      count.Changed,
		Unchanged:    count.Unchanged,
		Refused:      digest.Refused,
		Accepted:     digest.Rows - digest.Refused,
		LeftOut:      preview.Parsed.Unknown,
		Until:        preview.Until.In(eligibility.Japan).Format("15:04"),
		MoreWarnings: digest.MoreWarnings,
	}
	view.Mended = c.QueryParam("said") == "mended"
	if view.Stored {
		view.Page = s.NewPage(c, message.New("staff.title.resultOfTheImport", nil))
	}
	if c.QueryParam("moved") != "" && !view.Stored {
		view.setFailure(insurer.ErrPreviewOutdated)
	}
	view.Insurer = kit.InsurerView(in.Contact())
	view.Warnings = importRows(digest.Warnings)
	for _, row := range digest.Bad {
		view.Rows = append(view.Rows, refusedRow(preview.Parsed, row))
	}
	view.MoreRows = digest.Refused - len(view.Rows)
	for _, row := range digest.Good {
		if !view.Stored {
			view.People = append(view.People, s.previewPerson(row))
		}
	}
	if view.Refused > 0 {
		view.ErrorsURL = importAddress(preview.ID, "/errors.csv")
	}
	return view
}

// setFailure says why the file was not stored.
func (v *ImportView) setFailure(why error) {
	var e *eligibility.Error
	if errors.As(why, &e) {
		v.Error = kit.FormError(e)
	}
}

// known reports whether a page of a preview can say why its file was not stored.
func known(why error) bool {
	return errors.Is(why, insurer.ErrPreviewOutdated) || errors.Is(why, insurer.ErrStoreStopped)
}

func importRows(notes []insuredcsv.LineNote) []ImportRow {
	var rows []ImportRow
	for _, n := range notes {
		rows = append(rows, ImportRow{Line: n.Line, Sheet: n.Sheet, Column: n.Column, Reason: n.Message})
	}
	return rows
}

func (s *importPages) previewPerson(row insuredcsv.Row) PreviewPerson {
	p := PreviewPerson{
		PersonRow: s.personRow(insurer.PersonRecord{Person: row.Person}),
		Line:      row.Line,
		Sheet:     row.Sheet,
		Address:   row.Person.Address,
		Card:      answerText(row.Person.Registered),
	}
	if !row.Person.QualifiedOn.IsZero() {
		p.Qualified = row.Person.QualifiedOn.Japanese()
	}
	return p
}

// refusedRow is a refused row with its name, why, and the cells that can be mended on the spot.
func refusedRow(file *insuredcsv.File, row insuredcsv.Row) RefusedRow {
	out := RefusedRow{Line: row.Line, Sheet: row.Sheet, Name: file.NameIn(row)}
	for _, note := range row.Reasons {
		out.Reasons = append(out.Reasons, RefusedReason{note.Column, note.Message})
	}
	for _, cell := range file.Doubtful(row) {
		out.Cells = append(out.Cells, CellField{
			Field:  mendField(row.Sheet, cell.Index),
			Column: cell.Column,
			Value:  cell.Value,
		})
	}
	return out
}

// mendField names the field of a cell in the form that mends rows.
func mendField(sheet, index int) string {
	return "cell-" + strconv.Itoa(sheet) + "-" + strconv.Itoa(index)
}

// setPicture shows the first people of each kind.
func (v *ImportView) setPicture(p insurer.ImportPicture) {
	v.Missing = p.Missing
	for _, person := range p.New {
		v.NewNames = append(v.NewNames, nameRow(person))
	}
	for _, changed := range p.Changed {
		row := ChangedRow{NameRow: nameRow(changed.After)}
		before := recordFacts(changed.Before.Person)
		for i, now := range recordFacts(changed.After) {
			if now.Value != before[i].Value {
				row.Changes = append(row.Changes, Change{now.Label, before[i].Value, now.Value})
			}
		}
		v.ChangedPeople = append(v.ChangedPeople, row)
	}
	for _, r := range p.MissingPeople {
		v.MissingNames = append(v.MissingNames, nameRow(r.Person))
	}
	v.MoreNew = p.Count.New - len(p.New)
	v.MoreChanged = p.Count.Changed - len(p.Changed)
	v.MoreMissing = p.Missing - len(p.MissingPeople)
}

func nameRow(p eligibility.Person) NameRow {
	return NameRow{Name: p.Name, Symbol: p.Symbol, Number: p.Number, Branch: p.BranchNumber}
}
