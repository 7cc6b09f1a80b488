package clerk

import (
	"net/url"
	"strconv"

	"madoguchi/message"
	"madoguchi/server/web/kit"
)

// PersonRow is an insured person in the register.
type PersonRow struct {
	ID, Name, Kana         string
	Birth                  string // in the Japanese calendar
	Symbol, Number, Branch string // 記号・番号・枝番
	Share                  string // 3割
	Registered             string // day of the last import that touched the person
}

// RegisterView is the clerk's first page: what is to be done today, or whom a search found (/insurer).
type RegisterView struct {
	kit.Page
	Staff      string
	Insurers   []kit.InsurerView
	Current    string // eight digits
	Lead       message.Message
	Tasks      []TaskRow
	Count      int // all insured of the current insurer
	Searched   bool
	ManyPhones message.Message // the heading, where people of many phones are listed
	Asked      bool            // a person was asked about the phones a moment ago
	People     []PersonRow
	Query      string
	Found      int // whom the query means, on all pages
	First      int // of those, counted from 1, the first that this page lists
	Last       int
	Earlier    string // addresses of the pages before and after, or empty
	Later      string
	Said       string // what was just done: dropped (a file, unstored) or erased (a person)
}

// setPage fills in where the page of this number stands among all.
func (v *RegisterView) setPage(number int) {
	address := func(n int) string {
		return "/insurer?" + url.Values{
			"insurer": {v.Current},
			"q":       {v.Query},
			"page":    {strconv.Itoa(n)},
		}.Encode()
	}
	v.First, v.Last = (number-1)*registerRows+1, min(number*registerRows, v.Found)
	if number > 1 {
		v.Earlier = address(min(number-1, max(1, (v.Found+registerRows-1)/registerRows)))
	}
	if v.Last < v.Found && number*registerRows < v.Found {
		v.Later = address(number + 1)
	}
}

// RefusedRow is one refused row of a file.
type RefusedRow struct {
	Line, Sheet int
	Name        string // as it stands in the file; may be empty
	Reasons     []RefusedReason
	Cells       []CellField // that can be mended on the spot
}

// RefusedReason is why a row is refused, and in which column.
type RefusedReason struct {
	Column string
	Why    message.Message
}

// CellField is a cell of a refused row in the form that mends it.
type CellField struct{ Field, Column, Value string }

// NameRow names somebody of a file or of the register.
type NameRow struct{ Name, Symbol, Number, Branch string }

// ChangedRow is somebody whose record a file changes.
type ChangedRow struct {
	NameRow
	Changes []Change
}

// ImportRow is a warning about an accepted row.
type ImportRow struct {
	Line   int // physical line where the record starts
	Sheet  int // its row in a spreadsheet
	Column string
	Reason message.Message
}

// HeadingRow is one column of a file for which a clerk chooses the meaning.
type HeadingRow struct {
	Field    string // of the form
	Name     string
	Examples []string
	Column   string // the choice so far, "" to leave it out
	Known    bool
}

// HeadingsView asks what a file's headings mean (/insurer/imports/{id}/headings).
type HeadingsView struct {
	kit.Page
	ID      string
	Rows    []HeadingRow
	Columns []string // all known columns
	Missing []string // compulsory ones that nothing means yet
}

// PreviewPerson is a good row as it would be stored.
type PreviewPerson struct {
	PersonRow
	Line      int
	Sheet     int // as in ImportRow
	Qualified string
	Address   string
	Card      string // マイナ保険証の登録: 有, 無 or empty
}

// ImportView shows a file before it is stored, and what storing it did (/insurer/imports/{id}).
type ImportView struct {
	kit.Page
	ID                               string
	Stored                           bool
	New, Changed, Unchanged, Refused int
	Accepted                         int
	Until                            string // the time at which the preview is dropped
	LeftOut                          []string
	People                           []PreviewPerson // the first ones
	NewNames                         []NameRow       // the first ones
	ChangedPeople                    []ChangedRow    // the first ones
	Missing                          int             // of the register, whom the file does not name
	MissingNames                     []NameRow       // the first ones
	MoreNew, MoreChanged             int             // that are not shown
	MoreMissing                      int
	Rows                             []RefusedRow // the first ones
	Mended                           bool         // the rows were mended a moment ago
	Next                             []TaskRow    // what waits once it is stored
	Warnings                         []ImportRow
	MoreRows, MoreWarnings           int    // that are not listed
	ErrorsURL                        string // the refused rows as CSV; empty when there are none
}

// SheetView is the printable sheet with a person's notice code (/insurer/people/{id}/notice).
type SheetView struct {
	kit.Page
	Person PersonRow
	Code   string // grouped 4-4-4-4
	URL    string // what the QR says
	Image  string // address of the QR's picture
}
