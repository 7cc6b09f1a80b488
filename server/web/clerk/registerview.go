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

// ImportRow is one refused row, or a warning about an accepted one.
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
	Rows                             []ImportRow     // refused
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
