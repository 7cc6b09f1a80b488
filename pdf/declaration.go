package pdf

import (
	"bytes"
	"strings"
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/pdf/form"
)

// Declaration is what is known of a 被保険者資格申立書 before the patient fills it in by hand; every field may be
// empty.
type Declaration struct {
	Facility    string // 医療機関等の名称, to which it is handed in
	Name, Kana  string
	BirthDate   eligibility.Date
	Sex         eligibility.Sex
	Address     string
	Telephone   string
	InsurerName string
	Employer    string
	// Shares are those, in percent, with which the facility may bill until the insurer is known: one, or
	// several of which the patient declares one.
	Shares []int
}

// DeclarationSheet makes the form for a patient who is insured but can show nothing that proves it
// beside the card: the fields of the ministry's notice (保発0710第1号;
// docs/facts/eligibility-methods.md#written-declaration) in its order, date and signature. The layout
// is ours.
func DeclarationSheet(d Declaration, made time.Time) ([]byte, Report, error) {
	d.Name, d.Kana = eligibility.CleanName(d.Name), eligibility.CleanName(d.Kana)
	composed, err := declarationForm()
	if err != nil {
		return nil, Report{}, err
	}
	var out bytes.Buffer
	w := form.NewWriter(&out, form.Info{Title: "被保険者資格申立書", Author: d.Facility,
		Made: made.In(eligibility.Japan)})
	to := ""
	if d.Facility != "" {
		to = d.Facility + " 御中"
	}
	report, err := w.Page(composed, form.Person{Reading: d.Kana, Values: map[string]string{
		"to":      to,
		"氏名":      d.Name,
		"フリガナ":    d.Kana,
		"生年月日":    d.BirthDate.Japanese(),
		"性別":      d.Sex.Japanese(),
		"住所":      d.Address,
		telephone: d.Telephone,
		"保険者の名称":  d.InsurerName,
		"事業所名":    d.Employer,
		"shares":  provisionalShares(d.Shares),
	}})
	if err == nil {
		err = w.Close()
	}
	return out.Bytes(), report, err
}

// telephone is the label of the row, and its slot.
const telephone = "連絡先（電話番号）"

// provisionalShares says with which share the facility bills for now.
func provisionalShares(shares []int) string {
	if len(shares) == 0 {
		return ""
	}
	all := eligibility.SharesValue(shares).In("ja")
	if len(shares) == 1 {
		return "医療機関で使います：保険者がわかるまで、仮に" + all + "で計算します。"
	}
	return "医療機関で使います：保険者がわかるまで、" + all + "のうち、お申し出の割合で計算します。"
}

var declarationForm = sync.OnceValues(composeDeclaration)

func composeDeclaration() (*form.Form, error) {
	a := beginA4Page()
	a.centredLabel(pageWidth/2, 22, 22, ink, "被保険者資格申立書")
	a.slot(left, 40, 13, right-left, ink, "to", form.Slot{Least: 9})
	for i, text := range []string{
		"マイナンバーカードで資格を確認できず、ほかに資格を示すものもないため、",
		"加入している医療保険について、わかる範囲で次のとおり記入します。",
	} {
		a.label(left, 52+6.2*float64(i), 11.5, ink, text)
	}
	const top, column = 70.0, 66.0
	rows := []struct {
		label, choices string // choices on two lines are parted by a line feed
		high           float64
	}{
		{"フリガナ", "", 10},
		{"氏名", "", 14},
		{"生年月日", "", 12},
		{"性別", "", 12},
		{"住所", "", 18},
		{telephone, "", 12},
		{"保険の種別", "□ 会社などの健康保険　□ 国民健康保険　□ 後期高齢者医療\n□ 共済組合　□ わからない", 18},
		{"保険者の名称", "", 14},
		{"事業所名", "", 14},
		{"一部負担金の割合", "□ 1割　　□ 2割　　□ 3割　　□ わからない", 12},
	}
	y := top
	for _, r := range rows {
		a.line(left, y, right, y, 0.2, hairline)
		a.label(left+3, y+r.high/2-2, 11.5, ink, r.label)
		if r.choices != "" {
			lines := strings.Count(r.choices, "\n")
			for i, line := range strings.Split(r.choices, "\n") {
				a.label(column+4, y+r.high/2-2-3.1*float64(lines)+6.2*float64(i), 11.5, ink, line)
			}
		} else {
			a.slot(column+4, y+r.high/2-2.4, 14, right-column-6, ink, r.label, form.Slot{
				Least:   9,
				Lines:   3,
				Height:  r.high - 2,
				Leading: 1.1,
			})
		}
		y += r.high
	}
	a.line(left, y, right, y, 0.2, hairline)
	for _, x := range []float64{left, column, right} {
		a.line(x, top, x, y, 0.2, hairline)
	}
	a.label(left, y+9, 13, ink, "上記のとおり申し立てます。")
	for i, unit := range []string{"令和", "年", "月", "日"} {
		a.label(left+[]float64{0, 22, 37, 52}[i], y+22, 12, ink, unit)
	}
	a.label(left+70, y+22, 12, ink, "署名")
	a.line(left+83, y+27.5, right, y+27.5, 0.2, ink)
	a.label(left, y+35, 11, grey, "本人が書けないときは、代わりに書いた方の氏名と続柄：")
	a.line(left+97, y+40, right, y+40, 0.2, hairline)
	a.slot(left, y+46, 11, right-left, ink, "shares", form.Slot{Least: 9})
	a.slot(left, 272, 9.5, right-left, ink, form.NotesSlot, form.Slot{Least: 8, Lines: 3, Down: true})
	return a.finish()
}
