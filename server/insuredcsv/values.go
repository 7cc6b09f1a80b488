package insuredcsv

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"madoguchi/eligibility"
)

// Note is a reason why a row was refused, or a warning about an accepted one.
type Note struct {
	Code   string `json:"code"`
	Ja     string `json:"ja"`
	En     string `json:"en"`
	Column string `json:"column"`
}

// reader fills a person from cells and collects notes.
type reader struct {
	insurer  eligibility.InsurerNumber // of the file; found in the first row when empty
	today    eligibility.Date
	person   eligibility.Person
	reasons  []Note
	warnings []Note
}

func (r *reader) refuse(column Column, code, ja, en string) {
	if code == "missing" && slices.ContainsFunc(r.reasons, func(n Note) bool { return n.Column == string(column) }) {
		return // it is said already why nothing could be read
	}
	r.reasons = append(r.reasons, Note{code, ja, en, string(column)})
}

func (r *reader) warn(column Column, code, ja, en string) {
	r.warnings = append(r.warnings, Note{code, ja, en, string(column)})
}

// plain undoes what spreadsheets do to texts: ="0123", a leading apostrophe, blanks around and what nobody sees.
func plain(cell string) string {
	s := strings.TrimFunc(cell, invisible)
	if rest, ok := strings.CutPrefix(s, `="`); ok && strings.HasSuffix(rest, `"`) {
		s = strings.TrimSuffix(rest, `"`)
	}
	if rest, ok := strings.CutPrefix(s, "'"); ok {
		s = strings.TrimLeftFunc(rest, invisible)
	}
	return s
}

// short quotes a cell in a sentence without letting it run on.
func short(s string) string {
	if runes := []rune(s); len(runes) > 20 {
		s = string(runes[:20]) + "…"
	}
	return s
}

// text cleans a text cell: unreadable characters and gaiji become 〓 with a warning, control characters refuse the row.
func (r *reader) text(column Column, cell string) string {
	gaiji, control := false, false
	out := strings.Map(func(c rune) rune {
		switch {
		case c == unicode.ReplacementChar || c == '〓' || c >= 0xE000 && c <= 0xF8FF || c >= 0xF0000:
			gaiji = true
			return '〓'
		case c == '\n' || c == '\t':
			return ' '
		case unicode.IsControl(c) || c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069:
			control = true
		case unicode.Is(unicode.Cf, c):
			return -1 // zero-width blanks and their like, which copying from pages brings along: nobody sees or means them
		}
		return c
	}, plain(cell))
	if isSelectorOnly(out) {
		control = true
	}
	if gaiji {
		r.warn(column, "gaiji", fmt.Sprintf("「%s」に読めない文字（外字）があり、〓 にしました。正しい文字を台帳で確かめてください。", column),
			"A character could not be read and became 〓. Look it up in the register.")
	}
	if control {
		r.refuse(column, "control", fmt.Sprintf("「%s」に見えない制御文字が入っています。打ち直してください。", column),
			"The cell holds invisible control characters. Type it again.")
	}
	if len([]rune(out)) > 300 {
		r.refuse(column, "too_long", fmt.Sprintf("「%s」が長すぎます（300文字まで）。列がずれていないか確かめてください。", column),
			"The cell is longer than 300 characters. Check whether columns have shifted.")
	}
	return out
}

func isSelectorOnly(s string) bool { return s != "" && strings.Trim(s, "\ufe0e\ufe0f") == "" }

// identifier reads 記号 or 番号 as printed.
func (r *reader) identifier(column Column, cell string) string {
	s := r.text(column, cell)
	if strings.Contains(s, ":") {
		r.refuse(column, "colon", fmt.Sprintf("「%s」にコロン（:）は使えません。紙のとおりに入れ直してください。", column), "A colon is not allowed here. Enter it as printed.")
	}
	return s
}

// postCode reads a 郵便番号 as it stands; one that lost its zero gets it back.
func (r *reader) postCode(column Column, cell string) string {
	s := r.text(column, cell)
	code, restored := eligibility.PostCode(s)
	if !restored {
		return s
	}
	r.warn(column, "leading_zero", fmt.Sprintf("「%s」の先頭の0が消えていたので、%s としました。住所と合うか確かめてください。", column, code),
		"The postcode's leading zero was missing and has been restored. Check it against the address.")
	return code
}

func (r *reader) branch(cell string) string {
	s := norm.NFKC.String(r.text(colBranch, cell))
	if s == "" {
		return ""
	}
	if strings.Trim(s, "0123456789") != "" || len(s) > 2 {
		r.refuse(colBranch, "branch", fmt.Sprintf("枝番「%s」は2桁の数字ではありません。01 のように入れ直してください。", short(s)), "The branch number must be two digits, such as 01.")
		return ""
	}
	if len(s) == 1 {
		s = "0" + s
	}
	return s
}

func (r *reader) insurerNumber(cell string) {
	s := strings.ReplaceAll(norm.NFKC.String(plain(cell)), " ", "")
	if s == "" {
		r.person.Insurer = r.insurer
		if r.insurer == "" {
			r.refuse(colInsurer, "missing", "保険者番号がありません。列を足すか、保険者を指定して読み込んでください。", "The insurer number is missing. Add the column or name the insurer.")
		}
		return
	}
	n, err := eligibility.ParseInsurerNumber(s)
	if err != nil && (len(s) == 7 || len(s) == 5) {
		if padded, again := eligibility.ParseInsurerNumber("0" + s); again == nil {
			n, err = padded, nil
			r.warn(colInsurer, "leading_zero", fmt.Sprintf("保険者番号の先頭の0が消えていたので、%s としました。", padded.Paper()), "The insurer number's leading zero was missing and has been restored.")
		}
	}
	switch {
	case err == nil && n.Kind() == "":
		r.refuse(colInsurer, "insurer", fmt.Sprintf("保険者番号「%s」のような法別番号の医療保険はありません。公費の番号でないか、紙で確かめてください。", n.Paper()),
			"No health insurance has such a number. Check on the paper whether it is a number of a public expense.")
	case err != nil:
		r.refuse(colInsurer, "insurer", fmt.Sprintf("保険者番号「%s」は正しくありません（6桁か8桁、検証番号つき）。紙のとおりに入れ直してください。", short(s)),
			"The insurer number is wrong (6 or 8 digits with a check digit). Enter it as printed.")
	case r.insurer != "" && n != r.insurer:
		r.refuse(colInsurer, "other_insurer", fmt.Sprintf("ほかの保険者（%s）の行です。%s のファイルから除いてください。", n.Paper(), r.insurer.Paper()),
			"This row belongs to another insurer. Take it out of this file.")
	}
	r.person.Insurer = n
}

// oneOf reads a cell by a table after NFKC; empty is the zero value.
func oneOf[T ~string](r *reader, column Column, cell string, table map[string]T, allowed string) T {
	s := strings.ToUpper(strings.ReplaceAll(norm.NFKC.String(plain(cell)), " ", ""))
	if s == "" {
		return ""
	}
	v, ok := table[s]
	if !ok {
		r.refuse(column, "value", fmt.Sprintf("「%s」の「%s」がわかりません。%s のどれかを入れてください。", column, short(s), allowed),
			fmt.Sprintf("The value is not known. Use one of: %s.", allowed))
	}
	return v
}

var sexes = map[string]eligibility.Sex{"男": eligibility.Male, "女": eligibility.Female, "1": eligibility.Male, "2": eligibility.Female, "3": "",
	"男性": eligibility.Male, "女性": eligibility.Female, "M": eligibility.Male, "F": eligibility.Female, "不明": "", "未設定": "", "MALE": eligibility.Male, "FEMALE": eligibility.Female}

var relations = map[string]eligibility.Relation{"本人": eligibility.Subscriber, "家族": eligibility.Dependent, "被扶養者": eligibility.Dependent,
	"被保険者": eligibility.Subscriber, "1": eligibility.Subscriber, "2": eligibility.Dependent, "世帯主": eligibility.Subscriber}

var answers = map[string]eligibility.Answer{"有": "yes", "無": "no", "○": "yes", "◯": "yes", "〇": "yes", "×": "no", "✕": "no", "X": "no", "1": "yes", "0": "no", "はい": "yes", "いいえ": "no",
	"あり": "yes", "なし": "no", "済": "yes", "未": "no", "Y": "yes", "N": "no", "YES": "yes", "NO": "no", "TRUE": "yes", "FALSE": "no", "該当": "yes", "非該当": "no", "不明": ""}

func (r *reader) answer(column Column, cell string) eligibility.Answer {
	return oneOf(r, column, cell, answers, "有・無・○・×・1・0・はい・いいえ（空欄は不明）")
}

// limits are the classes by name after NFKC (Ⅲ is III there) and by OQS flag.
var limits = func() map[string]eligibility.LimitClass {
	table := map[string]eligibility.LimitClass{"ア": "A01", "イ": "A02", "ウ": "A03", "エ": "A04", "オ": "A05", "オ境": "A06",
		"現役並みIII": "B01", "現役並みII": "B02", "現役並みI": "B03", "現役並み3": "B01", "現役並み2": "B02", "現役並み1": "B03", "現役III": "B01", "現役II": "B02", "現役I": "B03",
		"一般": "B04", "低所得II": "B05", "低所得I": "B06", "低II": "B05", "低I": "B06", "区分II": "B05", "区分I": "B06", "低所得者II": "B05", "低所得者I": "B06", "低所得2": "B05", "低所得1": "B06",
		"老福": "B07", "境界層": "B08", "一般II": "B09", "一般I": "B10", "一般2": "B09", "一般1": "B10"}
	for _, kana := range []string{"ア", "イ", "ウ", "エ", "オ"} {
		table["区分"+kana] = table[kana]
	}
	for _, letter := range []string{"A", "B"} {
		for n := 1; n <= 10; n++ {
			if class := eligibility.LimitClass(fmt.Sprintf("%s%02d", letter, n)); class.Valid() {
				table[string(class)] = class
			}
		}
	}
	return table
}()

// share reads 3割, 30, 30%, 030, 0.3; a bare 1, 2 or 3 means 割.
func (r *reader) share(cell string) int {
	s := shareText.Replace(norm.NFKC.String(plain(cell)))
	if s == "" {
		return 0
	}
	percent, known := shares[s]
	if !known {
		r.refuse(colShare, "share", fmt.Sprintf("負担割合「%s」がわかりません。3割・30・30%%・0.3 のように、1割から3割で入れてください。", short(s)),
			"The share is not known. Write 1割 to 3割, or 10, 20, 30.")
	}
	return percent
}

var shareText = strings.NewReplacer(" ", "", "一", "1", "二", "2", "三", "3")

// shares are all writings of 1割 to 3割; 10割 is none of them.
var shares = func() map[string]int {
	table := map[string]int{}
	for _, n := range []string{"1", "2", "3"} {
		percent := int(n[0]-'0') * 10
		for _, form := range []string{n, n + "割", n + "0", "0" + n + "0", n + "0%", "0" + n + "0%", "0." + n, "0." + n + "0", "." + n} {
			table[form] = percent
		}
	}
	return table
}()
