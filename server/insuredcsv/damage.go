package insuredcsv

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// A spreadsheet changes what it takes for a date or a figure, and shows faults in place of values. What the
// paper said cannot be known again from most of it, so the row goes back by name, each kind with its own way
// to mend it.

// undamaged returns a cell as it stood, or nothing where the spreadsheet left no value; what cannot be left
// out is refused.
//
// A serial date in place of a 記号 (46359 for 12-3) passes: five digits are a usual 記号. So does 12/3.
func (r *reader) undamaged(column Column, cell string) string {
	s := plainCell(cell)
	if s == "" || len(s) > 64 {
		return cell
	}
	switch {
	case !mayBeDamaged(s):
	case errorValue(s):
		r.refuse(column, "row.spreadsheet_error", message.Args{"value": message.Text(shortQuote(s))})
		return ""
	case strings.Trim(s, "#＃") == "":
		r.refuse(column, "row.spreadsheet_hashes", message.Args{"value": message.Text(shortQuote(s))})
		return ""
	case isPlaceholder(s):
		return r.leftOut(column, s)
	}
	if !slices.Contains([]Column{colInsurer, colSymbol, colNumber, colBranch}, column) {
		return cell
	}
	if key := changedIdentifier(s); key != "" {
		r.refuse(column, key, message.Args{"value": message.Text(shortQuote(s))})
		return ""
	}
	return cell
}

// leftOut refuses a word that stands for no value where one is compulsory; elsewhere the cell is empty.
func (r *reader) leftOut(column Column, s string) string {
	dash := strings.TrimFunc(s, eligibility.IsHyphen) == ""
	switch {
	case slices.Contains(compulsory, column) || column == colInsurer && !dash:
		r.refuse(column, "row.placeholder.refused", message.Args{"value": message.Text(shortQuote(s))})
	case !dash: // a dash is how papers say that there is none
		r.warn(column, "row.placeholder.left_empty", message.Args{"value": message.Text(shortQuote(s))})
	}
	return ""
}

// mayBeDamaged is a quick look at how a cell begins: most hold no such thing.
func mayBeDamaged(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	switch first {
	case '#', 'e', 'E', 'n', 'N', 'u', 'U', 'v', 'V', 'b', 'B', '(', '<', '\\', '-', '[',
		'＃', 'Ｅ', 'ｅ', 'Ｎ', 'ｎ', 'Ｕ', 'ｕ', 'Ｂ', 'ｂ', '（', '＜', '［', '＼', '￥', '¥', '〔', '【', '空':
		return true
	}
	return first >= 0x80 && eligibility.IsHyphen(first)
}

// errorValue reports whether a cell is the fault of a formula, as Excel, LibreOffice and Google's Sheets
// write it.
func errorValue(s string) bool {
	return errorValues.MatchString(strings.ToUpper(eligibility.NFKC(s)))
}

var errorValues = regexp.MustCompile(`^(#(VALUE!|REF!|N/A|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!` +
	`|BLOCKED!|UNKNOWN!|CONNECT!|BUSY!|ERROR!|PYTHON!|GETTING_DATA)|ERR:\d{3})$`)

// placeholders are words by which databases, scripts and pivot tables write that there is no value.
var placeholders = strings.Fields(`null (null) <null> [null] \n none <none> nan n/a <na> na
	nil undefined empty (empty) (blank) blank
	空白 (空白) [空白] 【空白】 〔空白〕 空欄 (空欄) 【空欄】 nat`)

func isPlaceholder(s string) bool {
	word := strings.ToLower(strings.ReplaceAll(eligibility.NFKC(s), "¥", `\`))
	return strings.TrimFunc(s, eligibility.IsHyphen) == "" || slices.Contains(placeholders, word)
}

// changedForms are the forms of what was a 記号, 番号, 枝番 or 保険者番号, after NFKC in small letters. Such identifiers
// hold digits, letters, kana, kanji, hyphens and dots (JP Core Coverage).
var changedForms = []struct {
	key  string
	form *regexp.Regexp
}{
	{"row.spreadsheet_date_number", regexp.MustCompile(`^(` +
		`(\d{2,4}年)?(0?[1-9]|1[0-2])月((0?[1-9]|[12]\d|3[01])日)?` +
		`|(令和|平成|昭和|大正|明治)(\d{1,2}|元)年\d{1,2}月(\d{1,2}日)?` +
		`|\d{1,2}[- ](` + months + `)([- ]\d{2,4})?|(` + months + `)[- ]\d{1,4}` +
		`|(` + months + `) \d{1,2}, \d{4}` +
		`|(19|20)\d\d/(0?[1-9]|1[0-2])(/(0?[1-9]|[12]\d|3[01]))?` +
		`|(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])` +
		`|\d{1,2}/\d{1,2}/(19|20)\d\d)([ t]0{1,2}:00(:00)?(z|\+09:00)?)?$`)},
	{"row.spreadsheet_number", regexp.MustCompile(`^\d([.,]\d+)?e\+?\d+$`)},
	{"row.spreadsheet_decimal", regexp.MustCompile(`^\d+\.0+$`)},
	{"row.spreadsheet_grouped",
		regexp.MustCompile(`^[¥\\$]?\d{1,3}(,\d{3})+(\.\d+)?$`)},
}

const months = `jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?` +
	`|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?`

// changedIdentifier says what a spreadsheet made of an identifier; an empty key: nothing.
func changedIdentifier(s string) (key string) {
	if !hasUnusual(s) {
		return ""
	}
	text := strings.ToLower(eligibility.NFKC(s))
	hyphens := strings.Map(func(r rune) rune {
		if eligibility.IsHyphen(r) {
			return '-'
		}
		return r
	}, text)
	for _, c := range changedForms {
		if c.form.MatchString(hyphens) {
			return c.key
		}
	}
	return ""
}

// hasUnusual is a quick look: digits, kana, kanji and a hyphen are what most identifiers are made of.
func hasUnusual(s string) bool {
	hyphens := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9' || r >= '０' && r <= '９':
		case r == '-' || r == '－':
			if hyphens++; hyphens > 1 {
				return true
			}
		case r < 0x3041 || r == '月' || r == '年' || r >= 0xff01:
			return true
		}
	}
	return false
}
