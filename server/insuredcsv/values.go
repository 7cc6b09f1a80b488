package insuredcsv

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// Note is a reason why a row was refused, or a warning about an accepted one.
type Note struct {
	Code   string // stable; the word behind row. in the key
	Column string
	message.Message
}

// MarshalJSON adds the sentences.
func (n Note) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code   string `json:"code"`
		Ja     string `json:"ja"`
		En     string `json:"en"`
		Column string `json:"column"`
		message.Message
	}{n.Code, n.Text("ja"), n.Text("en"), n.Column, n.Message})
}

// newNote makes a Note of a key row.CODE or row.CODE.CASE; its place {column} is filled.
func newNote(column Column, key string, args message.Args) Note {
	if column != "" {
		args = maps.Clone(args)
		if args == nil {
			args = message.Args{}
		}
		args["column"] = message.Text(string(column))
	}
	code, _, _ := strings.Cut(strings.TrimPrefix(key, "row."), ".")
	return Note{code, string(column), message.New(key, args)}
}

// reader fills a person from cells and collects notes.
type reader struct {
	insurer  eligibility.InsurerNumber // of the file; found in the first row when empty
	today    eligibility.Date
	person   eligibility.Person
	reasons  []Note
	warnings []Note
}

func (r *reader) refuse(column Column, key string, args message.Args) {
	n := newNote(column, key, args)
	already := func(other Note) bool { return other.Column == n.Column }
	if n.Code == "missing" && slices.ContainsFunc(r.reasons, already) {
		return // it is said already why nothing could be read
	}
	r.reasons = append(r.reasons, n)
}

func (r *reader) warn(column Column, key string, args message.Args) {
	r.warnings = append(r.warnings, newNote(column, key, args))
}

// plainCell undoes what spreadsheets do to texts: ="0123", a leading apostrophe, blanks around and what
// nobody sees.
func plainCell(cell string) string {
	if plainEnds(cell) {
		return cell
	}
	s := strings.TrimFunc(cell, isInvisible)
	if rest, ok := strings.CutPrefix(s, `="`); ok && strings.HasSuffix(rest, `"`) {
		s = strings.TrimSuffix(rest, `"`)
	}
	if rest, ok := strings.CutPrefix(s, "'"); ok {
		s = strings.TrimLeftFunc(rest, isInvisible)
	}
	return s
}

// plainEnds is a quick look at both ends of a cell: most begin and end with a letter or a digit of ASCII, a
// kana or a kanji, and plainCell has nothing to do there.
func plainEnds(cell string) bool {
	n := len(cell)
	return n > 0 && (asciiWord(cell[0]) || japaneseStart(cell)) &&
		(asciiWord(cell[n-1]) || japaneseStart(cell[max(0, n-3):]) && cell[n-1] >= 0x80)
}

func asciiWord(b byte) bool { return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' }

// japaneseStart reports whether a text begins with a kana or a kanji: in UTF-8 the bytes E3 81 to E3 83, or
// E4 to E9, and more (Unicode Standard, table 3-7).
func japaneseStart(s string) bool {
	return len(s) >= 3 && (s[0] >= 0xe4 && s[0] <= 0xe9 || s[0] == 0xe3 && s[1] >= 0x81 && s[1] <= 0x83)
}

// shortQuote quotes a cell in a sentence without letting it run on.
func shortQuote(s string) string {
	if runes := []rune(s); len(runes) > 20 {
		s = string(runes[:20]) + "…"
	}
	return s
}

// text cleans a text cell: unreadable characters and gaiji become 〓 with a warning, control characters refuse
// the row.
func (r *reader) text(column Column, cell string) string {
	if cell = plainCell(cell); len(cell) <= longestText && !strings.ContainsFunc(cell, rareInText) {
		return cell
	}
	gaiji, control := false, false
	out := strings.Map(func(c rune) rune {
		switch {
		case !rareInText(c):
		case c == unicode.ReplacementChar || c == '〓' || c >= 0xE000 && c <= 0xF8FF || c >= 0xF0000:
			gaiji = true
			return '〓'
		case c == '\n' || c == '\t':
			return ' '
		case unicode.IsControl(c) || c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069:
			control = true
		case unicode.Is(unicode.Cf, c):
			// zero-width blanks and their like, which copying from pages brings along: nobody sees or means
			// them
			return -1
		}
		return c
	}, cell)
	if isSelectorOnly(out) {
		control = true
	}
	if gaiji {
		r.warn(column, "row.gaiji.text", nil)
	}
	if control {
		r.refuse(column, "row.control", nil)
	}
	if len([]rune(out)) > longestText {
		r.refuse(column, "row.too_long", nil)
	}
	return out
}

// longestText is how many characters a text cell may have.
const longestText = 300

// rareInText reports whether a character is none of those of which nearly every text is made.
func rareInText(c rune) bool {
	return (c < ' ' || c > '~') && (c < 'ぁ' || c > 'ー') && (c < '一' || c > '鿿')
}

func isSelectorOnly(s string) bool { return s != "" && strings.Trim(s, "\ufe0e\ufe0f") == "" }

// identifier reads 記号 or 番号 as printed.
func (r *reader) identifier(column Column, cell string) string {
	s := r.text(column, cell)
	if strings.Contains(s, ":") {
		r.refuse(column, "row.colon", nil)
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
	r.warn(column, "row.leading_zero.post_code", message.Args{"value": message.Text(code)})
	return code
}

func (r *reader) branch(cell string) string {
	s := eligibility.NFKC(r.text(colBranch, cell))
	if s == "" {
		return ""
	}
	if strings.Trim(s, "0123456789") != "" || len(s) > 2 {
		r.refuse(colBranch, "row.branch", message.Args{"value": message.Text(shortQuote(s))})
		return ""
	}
	if len(s) == 1 {
		s = "0" + s
	}
	return s
}

func (r *reader) insurerNumber(cell string) {
	s := strings.ReplaceAll(eligibility.NFKC(plainCell(cell)), " ", "")
	if s == "" {
		r.person.Insurer = r.insurer
		if r.insurer == "" {
			r.refuse(colInsurer, "row.missing.insurer", nil)
		}
		return
	}
	n, err := eligibility.ParseInsurerNumber(s)
	if err != nil && (len(s) == 7 || len(s) == 5) {
		if padded, again := eligibility.ParseInsurerNumber("0" + s); again == nil {
			n, err = padded, nil
			r.warn(
				colInsurer,
				"row.leading_zero.insurer",
				message.Args{"value": message.Text(padded.Paper())},
			)
		}
	}
	switch {
	case err == nil && n.Kind() == "":
		r.refuse(colInsurer, "row.insurer.no_system", message.Args{"value": message.Text(n.Paper())})
	case err != nil:
		r.refuse(colInsurer, "row.insurer.wrong", message.Args{"value": message.Text(shortQuote(s))})
	case r.insurer != "" && n != r.insurer:
		r.refuse(colInsurer, "row.other_insurer", message.Args{
			"value": message.Text(n.Paper()),
			"own":   message.Text(r.insurer.Paper()),
		})
	}
	r.person.Insurer = n
}

// oneOf reads a cell by a table after NFKC; empty is the zero value.
func oneOf[T ~string](r *reader, column Column, cell string, table map[string]T, allowed string) T {
	s := strings.ToUpper(strings.ReplaceAll(eligibility.NFKC(plainCell(cell)), " ", ""))
	if s == "" {
		return ""
	}
	v, ok := table[s]
	if !ok {
		r.refuse(column, "row.value", message.Args{
			"value":   message.Text(shortQuote(s)),
			"allowed": message.Text(allowed),
		})
	}
	return v
}

var sexes = map[string]eligibility.Sex{
	"男":      eligibility.Male,
	"女":      eligibility.Female,
	"1":      eligibility.Male,
	"2":      eligibility.Female,
	"3":      "",
	"男性":     eligibility.Male,
	"女性":     eligibility.Female,
	"M":      eligibility.Male,
	"F":      eligibility.Female,
	"不明":     "",
	"未設定":    "",
	"MALE":   eligibility.Male,
	"FEMALE": eligibility.Female,
}

var relations = map[string]eligibility.Relation{
	"本人":   eligibility.Subscriber,
	"家族":   eligibility.Dependent,
	"被扶養者": eligibility.Dependent,
	"被保険者": eligibility.Subscriber,
	"1":    eligibility.Subscriber,
	"2":    eligibility.Dependent,
	"世帯主":  eligibility.Subscriber,
}

var answers = map[string]eligibility.Answer{
	"有":     "yes",
	"無":     "no",
	"○":     "yes",
	"◯":     "yes",
	"〇":     "yes",
	"×":     "no",
	"✕":     "no",
	"X":     "no",
	"1":     "yes",
	"0":     "no",
	"はい":    "yes",
	"いいえ":   "no",
	"あり":    "yes",
	"なし":    "no",
	"済":     "yes",
	"未":     "no",
	"Y":     "yes",
	"N":     "no",
	"YES":   "yes",
	"NO":    "no",
	"TRUE":  "yes",
	"FALSE": "no",
	"該当":    "yes",
	"非該当":   "no",
	"不明":    "",
}

func (r *reader) answer(column Column, cell string) eligibility.Answer {
	return oneOf(r, column, cell, answers, "有・無・○・×・1・0・はい・いいえ（空欄は不明）")
}

// limits are the classes by name after NFKC (Ⅲ is III there) and by OQS flag.
var limits = func() map[string]eligibility.LimitClass {
	table := map[string]eligibility.LimitClass{
		"ア":       "A01",
		"イ":       "A02",
		"ウ":       "A03",
		"エ":       "A04",
		"オ":       "A05",
		"オ境":      "A06",
		"現役並みIII": "B01",
		"現役並みII":  "B02",
		"現役並みI":   "B03",
		"現役並み3":   "B01",
		"現役並み2":   "B02",
		"現役並み1":   "B03",
		"現役III":   "B01",
		"現役II":    "B02",
		"現役I":     "B03",
		"一般":      "B04",
		"低所得II":   "B05",
		"低所得I":    "B06",
		"低II":     "B05",
		"低I":      "B06",
		"区分II":    "B05",
		"区分I":     "B06",
		"低所得者II":  "B05",
		"低所得者I":   "B06",
		"低所得2":    "B05",
		"低所得1":    "B06",
		"老福":      "B07",
		"境界層":     "B08",
		"一般II":    "B09",
		"一般I":     "B10",
		"一般2":     "B09",
		"一般1":     "B10",
	}
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
	s := shareText.Replace(eligibility.NFKC(plainCell(cell)))
	if s == "" {
		return 0
	}
	percent, known := shares[s]
	if !known {
		r.refuse(colShare, "row.share", message.Args{"value": message.Text(shortQuote(s))})
	}
	return percent
}

var shareText = strings.NewReplacer(" ", "", "一", "1", "二", "2", "三", "3")

// shares are all writings of 1割 to 3割; 10割 is none of them.
var shares = func() map[string]int {
	table := map[string]int{}
	for _, n := range []string{"1", "2", "3"} {
		percent := int(n[0]-'0') * 10
		for _, form := range []string{n, n + "割", n + "0", "0" + n + "0", n + "0%", "0" + n + "0%", "0." + n,
			"0." + n + "0", "." + n} {
			table[form] = percent
		}
	}
	return table
}()
