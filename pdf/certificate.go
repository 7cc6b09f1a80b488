package pdf

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pdf/form"
)

// Certificate is what one 資格確認書 says: the paper with which an insured person who has no マイナ保険証 is
// treated. It stands alone. Fields: 健康保険法施行規則47条 (docs/facts/official-forms.md#certificate); the layout
// is ours.
type Certificate struct {
	Person   eligibility.Person
	Share    int              // 一部負担金の割合, percent; 0 is left out (required from 70 on)
	From     eligibility.Date // 発効期日 of the share
	Until    eligibility.Date // 有効期限, always printed
	IssuedOn eligibility.Date // 交付年月日
	Optional CertificateOptions
}

// CertificateOptions are the items that a person may ask for (任意記載); empty ones are left out.
type CertificateOptions struct {
	Limit        string           // 限度額適用区分, e.g. 「ウ」
	LimitFrom    eligibility.Date // its 発効期日
	DiseaseClass string           // 特定疾病区分
	DiseaseFrom  eligibility.Date // its 発効期日
	LongStay     eligibility.Date // 長期入院該当年月日
}

// CertificateLayout is a size on which certificates are printed.
type CertificateLayout uint8

const (
	// ten cards on A4: a page of fronts, then their backs for printing on both sides
	CardSheet CertificateLayout = iota
	// one card of 85.6 × 54 mm on a page with crop marks and bleed, front then back
	CardSingle
	// one person on A4 in big letters, front then back
	CertificateA4
)

// cardsOnSheet is how many cards of ID-1's size A4 holds.
const cardsOnSheet = 10

// Certificates streams a file of certificates with bounded memory. Fronts and backs alternate, so that a
// printer that turns the sheet over its long edge puts each back behind its front.
type Certificates struct {
	w      *form.Writer
	look   Branding
	layout CertificateLayout
	demo   bool
	forms  map[certificateKind]*form.Form
	held   []Certificate // of the sheet that is not full yet
}

// certificateKind is what makes one form of a file differ from another's.
type certificateKind struct {
	scheme string // the words of the title
	back   bool
	cards  int    // how many cards the sheet bears
	cells  string // of A4: which of the further items there are, by their number
}

// NewCertificates begins a file on w for the insurer whose look it is. Close must follow.
func NewCertificates(w io.Writer, look Branding, made time.Time, layout CertificateLayout,
	demo bool) *Certificates {
	info := form.Info{Title: "資格確認書", Author: look.Name, Made: made.In(eligibility.Japan)}
	return &Certificates{
		w:      form.NewWriter(w, info),
		look:   look,
		layout: layout,
		demo:   demo,
		forms:  map[certificateKind]*form.Form{},
	}
}

// PeopleAPage returns how many people share the two pages of a sheet.
func (l CertificateLayout) PeopleAPage() int {
	if l == CardSheet {
		return cardsOnSheet
	}
	return 1
}

// Add takes one person's certificate and reports what should be looked at by hand. A sheet of cards is
// written when it is full or the file ends; a certificate of another scheme (後期高齢者医療 …) begins a new sheet,
// since its form differs.
func (f *Certificates) Add(c Certificate) (Report, error) {
	if c.Until.IsZero() {
		return Report{}, errCertificateUntil
	}
	c.Person = c.Person.WithCleanNames()
	scheme := certificateTitle(c.Person)
	if len(f.held) > 0 && certificateTitle(f.held[0].Person) != scheme {
		if err := f.flush(); err != nil {
			return Report{}, err
		}
	}
	front, err := f.form(f.kind(c, false, 1))
	if err != nil {
		return Report{}, err
	}
	back, err := f.form(f.kind(c, true, 1))
	if err != nil {
		return Report{}, err
	}
	report := c.report(f.look, front, back)
	f.held = append(f.held, c)
	if len(f.held) == f.layout.PeopleAPage() {
		err = f.flush()
	}
	return report, err
}

var errCertificateUntil = &eligibility.Error{
	Code:  eligibility.Invalid,
	Key:   "certificate.until",
	Field: "validUntil",
}

// flush stamps the people who are held onto a front and a back.
func (f *Certificates) flush() error {
	if len(f.held) == 0 {
		return nil
	}
	first, cards := f.held[0], len(f.held)
	values := map[string]string{}
	for i, c := range f.held {
		c.values(f.look, values, cardSuffix(i))
	}
	f.held = f.held[:0]
	for _, back := range []bool{false, true} {
		page, err := f.form(f.kind(first, back, cards))
		if err != nil {
			return err
		}
		_, err = f.w.Page(
			page,
			form.Person{Values: values, Codes: map[string]*CodeMatrix{logoName: f.look.Logo}},
		)
		if err != nil {
			return err
		}
	}
	return nil
}

// kind is the form that a sheet with this certificate first on it has.
func (f *Certificates) kind(c Certificate, back bool, cards int) certificateKind {
	kind := certificateKind{scheme: certificateTitle(c.Person), back: back, cards: cards}
	if f.layout == CertificateA4 && !back {
		values := map[string]string{}
		c.values(f.look, values, "")
		for cell := 1; cell <= 2*certificateLines; cell++ {
			if n := strconv.Itoa(cell); values["label"+n] != "" {
				kind.cells += n
			}
		}
	}
	return kind
}

// cardSuffix tells the slots of a sheet's cards apart.
func cardSuffix(i int) string { return "#" + strconv.Itoa(i+1) }

// form composes a form when it is first needed; a file needs two, or four with a last sheet that is not full.
func (f *Certificates) form(kind certificateKind) (*form.Form, error) {
	if made, ok := f.forms[kind]; ok {
		return made, nil
	}
	made, err := composeCertificate(f.layout, kind, f.look, f.demo)
	if err != nil {
		return nil, fmt.Errorf("composing the certificate: %w", err)
	}
	f.forms[kind] = made
	return made, nil
}

// Close writes what is held and ends the file.
func (f *Certificates) Close() error {
	if err := f.flush(); err != nil {
		return err
	}
	return f.w.Close()
}

// CertificatePage makes the file of a single certificate: its front and its back.
func CertificatePage(c Certificate, look Branding, made time.Time, layout CertificateLayout,
	demo bool) ([]byte, Report, error) {
	var out bytes.Buffer
	f := NewCertificates(&out, look, made, layout, demo)
	report, err := f.Add(c)
	if err == nil {
		err = f.Close()
	}
	return out.Bytes(), report, err
}

// report tells what should be looked at: as the card's forms take the values, and what the record lacks.
func (c Certificate) report(look Branding, front, back *form.Form) Report {
	values := map[string]string{}
	c.values(look, values, cardSuffix(0))
	person := form.Person{Values: values, Reading: c.Person.Kana}
	report := front.Check(person)
	behind := back.Check(person)
	report.Notes = append(report.Notes, behind.Notes...)
	report.Check = append(report.Check, behind.Check...)
	report = withLostNames(report, c.Person)
	if c.Person.Sex == eligibility.SexUnknown {
		report.Check = append(report.Check, message.New("paper.check.sex", nil).Text("ja"))
	}
	return report
}

// certificateTitle names the scheme as its certificates do.
func certificateTitle(p eligibility.Person) string {
	switch p.Insurer.System() {
	case "00", "67":
		return "国民健康保険資格確認書"
	case "39":
		return "後期高齢者医療資格確認書"
	case "31", "32", "33", "34", "72", "73", "74", "75":
		return "共済組合資格確認書"
	case "02":
		return "船員保険資格確認書"
	}
	return "健康保険資格確認書"
}

// field is an item with its name.
type field struct{ label, value string }

// values fills the slots of one card; suffix tells the cards of a sheet apart.
func (c Certificate) values(look Branding, v map[string]string, suffix string) {
	p := c.Person
	name, reading, _ := shownName(p)
	set := func(slot, value string) { v[slot+suffix] = value }
	set("reading", reading)
	set("name", name)
	set("numberlabel", numberLabel(p))
	set("number", numberText(p))
	set("until", c.Until.Japanese())
	set("birth", orElse(p.BirthDate.Japanese(), "不詳"))
	set("sex", orElse(p.Sex.Japanese(), "―"))
	set("since", orElse(p.QualifiedOn.Japanese(), "―"))
	set("issued", c.IssuedOn.Japanese())
	set("insurernumber", p.Insurer.Paper())
	set("insurer", look.Name)
	set("issuer", look.Issuer+look.contact())
	var remarks []string
	if p.Alias != "" {
		remarks = append(remarks, "通称名 "+p.Alias)
	}
	for i, line := range c.lines() {
		if i >= certificateLines {
			remarks = append(remarks, strings.TrimSpace(line[0].text()+"　"+line[1].text()))
			continue
		}
		for j, f := range line {
			cell := strconv.Itoa(2*i + j + 1)
			set("label"+cell, f.label)
			set("value"+cell, f.value)
		}
	}
	set("remarks", strings.Join(remarks, "\n"))
}

func (f field) text() string { return strings.TrimSpace(f.label + " " + f.value) }

// numberLabel names what numberText returns.
func numberLabel(p eligibility.Person) string {
	switch {
	case p.Symbol != "":
		return "記号・番号（枝番）"
	case p.BranchNumber != "":
		return "番号（枝番）"
	}
	return "被保険者番号"
}

// certificateLines is how many lines of two items a card's front has besides those that everyone's has; what
// a person asks for beyond goes to the remarks on the back.
const certificateLines = 3

// lines are the items that only some certificates have, two to a line, the required ones first.
func (c Certificate) lines() [][2]field {
	p, o := c.Person, c.Optional
	var list [][2]field
	if c.Share > 0 {
		list = append(list, [2]field{
			{"一部負担金の割合", strconv.Itoa(c.Share/10) + "割"},
			{"発効期日", orElse(c.From.Japanese(), "―")},
		})
	}
	if p.SubscriberName != "" && p.Relation == eligibility.Dependent {
		list = append(list, [2]field{{"被保険者氏名", p.SubscriberName}})
	}
	if o.Limit != "" {
		list = append(list, [2]field{{"限度額適用区分", o.Limit}, {"発効期日", orElse(o.LimitFrom.Japanese(), "―")}})
	}
	if o.DiseaseClass != "" {
		list = append(list, [2]field{
			{"特定疾病区分", o.DiseaseClass},
			{"発効期日", orElse(o.DiseaseFrom.Japanese(), "―")},
		})
	}
	if !o.LongStay.IsZero() {
		list = append(list, [2]field{{"長期入院該当", o.LongStay.Japanese()}})
	}
	return list
}
