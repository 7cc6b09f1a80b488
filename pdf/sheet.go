package pdf

import (
	"bytes"
	"strconv"
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/pdf/form"
)

// CodeMatrix is a QR's modules without quiet zone.
type CodeMatrix = form.Code

// Sheet is what the eligibility sheet (資格情報の写し) shows.
type Sheet struct {
	Person      eligibility.Person
	Share       int    // percent; 0 = not decided by age alone, left to the papers of 70 and over
	InsurerName string // 保険者名
	Issuer      string // 交付者名
	Telephone   string
	Registered  eligibility.Date // the insurer's data are of this day
	IssuedAt    time.Time
	Expires     eligibility.Date // the first day on which the copy no longer counts
	Code        CodeMatrix
	Masked      bool // 保険者番号, 記号・番号 and 枝番 under bars and no code, for those who may not see them
	Demo        bool
	Represented bool // made on a representative's phone (代理の方の端末)
}

// SheetTitle is the title of an EligibilitySheet's file, masked or not.
const SheetTitle = "資格情報（写し）"

// EligibilitySheet makes the file of one A4 page: the eligibility as text, its code, and that it does not
// stand alone. The masked sheet bears neither the code nor, anywhere in the file, the numbers that its bars
// cover.
func EligibilitySheet(s Sheet) ([]byte, Report, error) {
	s.Person = s.Person.WithCleanNames()
	rows := sheetRows(s)
	kind := sheetKind{demo: s.Demo, masked: s.Masked}
	for i, r := range rows {
		if r.value != "" {
			kind.rows |= 1 << i
		}
	}
	composed, err := sheetForm(kind)
	if err != nil {
		return nil, Report{}, err
	}
	var out bytes.Buffer
	w := form.NewWriter(&out, form.Info{Title: SheetTitle, Author: s.InsurerName,
		Made: s.IssuedAt.In(eligibility.Japan)})
	report, err := w.Page(composed, s.values(rows))
	if err == nil {
		err = w.Close()
	}
	return out.Bytes(), withLostNames(report, s.Person), err
}

// sheetForms holds each combination of rows that was needed, by sheetKind; people have few different ones.
var sheetForms sync.Map

func sheetForm(kind sheetKind) (*form.Form, error) {
	if f, ok := sheetForms.Load(kind); ok {
		return f.(*form.Form), nil
	}
	f, err := composeSheet(kind)
	if err == nil {
		sheetForms.Store(kind, f)
	}
	return f, err
}

// values are the texts of the form's slots.
func (s Sheet) values(rows []sheetRow) form.Person {
	name, reading, notes := shownName(s.Person)
	issued := s.IssuedAt.In(eligibility.Japan)
	v := map[string]string{
		"made":      eligibility.DateOf(issued).Japanese() + issued.Format(" 15:04") + " 作成",
		"telephone": "電話 " + s.Telephone,
		"who":       s.InsurerName + " 発行・マイナポータルの画面ではありません",
		"reading":   reading,
		"name":      name,
		"until":     s.Expires.AddDays(-1).Japanese() + "まで",
		"origin":    s.Issuer + "　写し・マイナンバーカードといっしょに",
	}
	if s.Represented {
		v["who"] += "・代理の方の端末で作成"
	}
	for _, r := range rows {
		if !s.Masked || !r.masked {
			v[r.label] = r.value
		}
	}
	if s.Masked {
		v["until"], v["origin"] = "この写しの期限　"+v["until"], s.Issuer+"　番号を隠した写し"
	}
	p := form.Person{Values: v, Reading: s.Person.Kana, Notes: notes}
	if !s.Masked {
		p.Codes = map[string]*CodeMatrix{"Credential": &s.Code}
	}
	return p
}

type sheetRow struct {
	label, value string
	large        bool // figures that staff type
	masked       bool // under a bar on the masked sheet
}

// sheetRows are the items in the order of the patient's screen; unknown ones have no value.
func sheetRows(s Sheet) []sheetRow {
	p := s.Person
	share := ""
	if s.Share > 0 {
		share = strconv.Itoa(s.Share/10) + "割"
	}
	subscriber := p.Relation.Japanese()
	if p.SubscriberName != "" {
		subscriber += "（被保険者 " + p.SubscriberName + "）"
	}
	return []sheetRow{
		{"生年月日", p.BirthDate.Japanese(), false, false},
		{"保険者番号", p.Insurer.Paper(), true, true},
		{"記号", p.Symbol, true, true},
		{"番号", p.Number, true, true},
		{"枝番", p.BranchNumber, true, true},
		{"負担割合", share, true, false},
		{"性別", p.Sex.Japanese(), false, false},
		{"通称名", p.Alias, false, false},
		{"本人・家族の別", subscriber, false, false},
		{"資格取得年月日", p.QualifiedOn.Japanese(), false, false},
		{"発効期日", p.ValidFrom.Japanese(), false, false},
		{"有効期限", p.ValidUntil.Japanese(), false, false},
		{"限度額適用区分", p.Limit.Japanese(), false, false},
		{"保険者名", s.InsurerName, false, false},
		{"資格情報の登録日", s.Registered.Japanese(), false, false},
	}
}
