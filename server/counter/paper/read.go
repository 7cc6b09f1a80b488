package paper

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// Typed is a form as staff typed it, in any width; the names of its fields are the API's.
type Typed struct {
	Kind          eligibility.MethodCode `json:"kind"`
	InsurerNumber string                 `json:"insurerNumber"`
	Symbol        string                 `json:"symbol"`
	Number        string                 `json:"number"`
	Branch        string                 `json:"branch"`
	BirthDate     string                 `json:"birthDate"`
	Name          string                 `json:"name"`  // may be left out, as all below
	Kana          string                 `json:"kana"`  //
	Until         string                 `json:"until"` // 有効期限 as printed, the last day
	Share         int                    `json:"share"` // 負担割合 as printed, percent
	// 特別療養 stands on it, which only an お知らせ and a 資格確認書 of 国民健康保険 or 後期高齢者医療 bear
	MedicalExpense bool `json:"medicalExpense,omitempty"`
	// what is not typed, or wrong, is left out: the paper is parked or refused
	Unfinished bool `json:"unfinished,omitempty"`
}

// Errors of a form. Each is returned with the field that it is about.
var (
	ErrKind      = &eligibility.Error{Code: eligibility.Invalid, Key: "paper.kind", Field: "kind"}
	ErrMyNumber  = &eligibility.Error{Code: eligibility.Invalid, Key: "paper.my_number"}
	ErrSymbol    = &eligibility.Error{Code: eligibility.Invalid, Key: "paper.symbol", Field: "symbol"}
	ErrNumber    = &eligibility.Error{Code: eligibility.Invalid, Key: "paper.number", Field: "number"}
	ErrElderly   = &eligibility.Error{Code: eligibility.Invalid, Key: "paper.elderly_number", Field: "number"}
	ErrElderlyNo = &eligibility.Error{Code: eligibility.Invalid, Key: "paper.elderly_fields"}
	ErrBranch    = &eligibility.Error{Code: eligibility.Invalid, Key: "paper.branch", Field: "branch"}
	ErrBirthDate = &eligibility.Error{Code: eligibility.Invalid, Key: "paper.birth_date", Field: "birthDate"}
	ErrName      = &eligibility.Error{Code: eligibility.Invalid, Key: "paper.name"}
	ErrUntil     = &eligibility.Error{Code: eligibility.Invalid, Key: "paper.until", Field: "until"}
	ErrShare     = &eligibility.Error{Code: eligibility.Invalid, Key: "paper.share", Field: "share"}
	ErrSpecial   = &eligibility.Error{Code: eligibility.Invalid, Key: "paper.medical_expense",
		Field: "medicalExpense"}
)

// Bounds of fields, in characters. Receipts take 38 bytes of 記号 and of 番号
// (docs/facts/insurer-numbers.md#symbol-number-branch); two bytes a character of full width.
const (
	maxIdentifier = 38
	maxName       = 100
	oldest        = 130 // years
)

// elderlyDigits is the length of a 被保険者番号 of 後期高齢者医療.
const elderlyDigits = 8

// Read reads a form on a day. The first field that is wrong comes back as an Error that names it; of an
// unfinished form only a kind that there is not, and a My Number.
func Read(t Typed, day eligibility.Date) (Paper, error) {
	p, wrong := readAll(t, day)
	for _, f := range Fields {
		err := wrong[f]
		if err == nil {
			continue
		}
		if !t.Unfinished || f == "kind" || err.Key == ErrMyNumber.Key {
			return Paper{}, err
		}
		p.Unfinished = true
	}
	return p, nil
}

// Fields are the names of Typed's, in the order in which papers print them.
var Fields = [...]string{"kind", "insurerNumber", "symbol", "number", "branch", "birthDate", "name", "kana",
	"until", "share", "medicalExpense"}

// SoFar is a form that is being typed. What cannot be read yet is left out of its paper.
type SoFar struct {
	Paper
	Wrong map[string]*eligibility.Error // by field; what was not typed yet is not wrong
	open  bool
}

// Whole reports whether everything that must be typed is, and nothing is wrong.
func (s SoFar) Whole() bool { return !s.open && len(s.Wrong) == 0 }

// ReadSoFar reads a form that is being typed.
func ReadSoFar(t Typed, day eligibility.Date) SoFar {
	s := SoFar{}
	s.Paper, s.Wrong = readAll(t, day)
	typed := map[string]string{"insurerNumber": t.InsurerNumber, "number": t.Number, "birthDate": t.BirthDate}
	for field, text := range typed {
		if squeezed(text) == "" {
			delete(s.Wrong, field)
			s.open = true
		}
	}
	return s
}

// readAll reads every field for itself.
func readAll(t Typed, day eligibility.Date) (Paper, map[string]*eligibility.Error) {
	wrong := map[string]*eligibility.Error{}
	note := func(field string, err error) {
		var e *eligibility.Error
		if errors.As(err, &e) {
			wrong[field] = e.In(field)
		}
	}
	if !slices.Contains(Kinds[:], t.Kind) {
		note("kind", ErrKind)
	}
	e := credential.Eligibility{Share: t.Share}
	var err error
	e.Insurer, err = readInsurer(t.InsurerNumber)
	note("insurerNumber", err)
	e.Symbol, err = readSymbol(t.Symbol, e.Insurer)
	note("symbol", err)
	e.Number, err = readNumber(t.Number, e.Insurer)
	note("number", err)
	e.BranchNumber, err = readBranch(t.Branch, e.Insurer)
	note("branch", err)
	e.BirthDate, err = readBirthDate(t.BirthDate, day)
	note("birthDate", err)
	e.Name, err = readName(t.Name)
	note("name", err)
	e.Kana, err = readName(t.Kana)
	note("kana", err)
	e.ValidUntil, err = readUntil(t.Until)
	note("until", err)
	if !slices.Contains([]int{0, 10, 20, 30}, t.Share) {
		note("share", ErrShare)
	}
	if t.MedicalExpense && !mayBeMedicalExpense(t.Kind, e.Insurer, day) {
		note("medicalExpense", ErrSpecial)
	}
	for field, text := range map[string]string{"insurerNumber": t.InsurerNumber, "symbol": t.Symbol,
		"number": t.Number, "branch": t.Branch, "birthDate": t.BirthDate, "name": t.Name, "kana": t.Kana,
		"until": t.Until} {
		if eligibility.HoldsMyNumber(text) {
			note(field, ErrMyNumber)
		}
	}
	return Paper{Kind: t.Kind, Shows: e, MedicalExpense: t.MedicalExpense}, wrong
}

// mayBeMedicalExpense reports whether a paper of an insurer (empty: not known) may be headed 特別療養.
func mayBeMedicalExpense(
	kind eligibility.MethodCode, insurer eligibility.InsurerNumber, day eligibility.Date,
) bool {
	if kind != Notice && kind != Certificate {
		return false
	}
	of := eligibility.Situation{Day: day, Insurer: insurer, PaperSpecial: eligibility.MedicalExpense}
	return !errors.Is(of.Check(), eligibility.ErrSpecialInsurer)
}

// squeezed is a text in half width and without blanks, each hyphen as "-".
func squeezed(text string) string {
	return eligibility.NormaliseSymbol(strings.Join(strings.Fields(text), ""))
}

// onlyDigits reports whether s is some digits and nothing else.
func onlyDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func readInsurer(text string) (eligibility.InsurerNumber, error) {
	n, err := eligibility.ParseInsurerNumber(squeezed(text))
	switch {
	case err != nil:
		return "", err
	case n.Kind() == "":
		return "", eligibility.ErrNoSystem
	}
	return n, nil
}

func isElderly(n eligibility.InsurerNumber) bool { return n.System() == "39" }

// readSymbol reads 記号: digits, letters, kana, kanji, hyphens, dots. Some insurers have none; 後期高齢者医療 never.
func readSymbol(text string, insurer eligibility.InsurerNumber) (string, error) {
	s := squeezed(text)
	switch {
	case s != "" && isElderly(insurer):
		return "", ErrElderlyNo
	case !isIdentifier(s):
		return "", ErrSymbol
	}
	return s, nil
}

// readNumber reads 番号, or the eight digits of 後期高齢者医療. Leading zeros stay, as papers print them.
func readNumber(text string, insurer eligibility.InsurerNumber) (string, error) {
	s := squeezed(text)
	switch {
	case isElderly(insurer) && (!onlyDigits(s) || len(s) != elderlyDigits):
		return "", ErrElderly
	case s == "" || !isIdentifier(s):
		return "", ErrNumber
	}
	return s, nil
}

func isIdentifier(s string) bool {
	for _, r := range s {
		if !unicode.In(r, unicode.L, unicode.N) && !strings.ContainsRune("-.ー/", r) {
			return false
		}
	}
	return utf8.RuneCountInString(s) <= maxIdentifier
}

// readBranch reads 枝番: two digits, of which a leading zero may be left out. Not everybody has one.
func readBranch(text string, insurer eligibility.InsurerNumber) (string, error) {
	s := squeezed(text)
	switch {
	case s == "":
		return "", nil
	case isElderly(insurer):
		return "", ErrElderlyNo
	case !onlyDigits(s) || len(s) > 2:
		return "", ErrBranch
	}
	return eligibility.NormaliseBranch(s), nil
}

// eraNumber is a date as receipt computers take it from a numeric pad: the era as a digit (1 明治, 2 大正, 3
// 昭和, 4 平成, 5 令和), then year, month and day.
var eraNumber = regexp.MustCompile(`^([1-5])(\d\d)(\d\d)(\d\d)$`)

// readDate is eligibility.ReadDate, and dates of receipt computers.
func readDate(text string) (eligibility.Date, error) {
	s := norm.NFKC.String(strings.Join(strings.Fields(text), ""))
	m := eraNumber.FindStringSubmatch(s)
	if m == nil {
		return eligibility.ReadDate(s)
	}
	var part [3]int
	for i := range part {
		part[i], _ = strconv.Atoi(m[i+2]) // digits by the pattern
	}
	return eligibility.FromEra("MTSHR"[m[1][0]-'1'], part[0], part[1], part[2])
}

func readBirthDate(text string, day eligibility.Date) (eligibility.Date, error) {
	d, err := readDate(text)
	switch {
	case err != nil:
		return eligibility.Date{}, ErrBirthDate.Because(err)
	case d.IsZero() || day.Before(d.Earliest()) || eligibility.Age(d, day) > oldest:
		return eligibility.Date{}, ErrBirthDate
	}
	return d, nil
}

func readUntil(text string) (eligibility.Date, error) {
	d, err := readDate(text)
	if err != nil || !d.IsZero() && !d.Exact() {
		return eligibility.Date{}, ErrUntil
	}
	return d, nil
}

// readName reads a name, which nobody has to type.
func readName(text string) (string, error) {
	s := strings.Join(strings.Fields(text), " ")
	for _, r := range s {
		if !unicode.IsPrint(r) && r != '　' {
			return "", ErrName
		}
	}
	if utf8.RuneCountInString(s) > maxName {
		return "", ErrName
	}
	return s, nil
}
