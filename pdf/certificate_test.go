package pdf_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/persontest"
	"madoguchi/pdf"
)

func certificate() pdf.Certificate {
	return pdf.Certificate{
		Person: persontest.Tokuichi(func(p *eligibility.Person) {
			p.QualifiedOn = eligibility.MustDate("2008-04-01")
		}),
		Share:    20,
		From:     eligibility.MustDate("2026-08-01"),
		Until:    eligibility.MustDate("2027-07-31"),
		IssuedOn: eligibility.MustDate("2026-11-22"),
	}
}

var certificateBranding = pdf.Branding{Name: "架空市", Issuer: "架空市長", Unit: "保険年金課", Telephone: "03-0000-0000"}

// certificateFile writes a file and returns its path and reports.
func certificateFile(t *testing.T, name string, layout pdf.CertificateLayout,
	list ...pdf.Certificate) (string, []pdf.Report) {
	t.Helper()
	var out bytes.Buffer
	f := pdf.NewCertificates(&out, certificateBranding, noticeDay, layout, false)
	reports := filled(t, f, list)
	return saved(t, name, out.Bytes()), reports
}

var layouts = map[string]pdf.CertificateLayout{
	"certificate-sheet": pdf.CardSheet,
	"certificate-card":  pdf.CardSingle,
	"certificate-a4":    pdf.CertificateA4,
}

// 健康保険法施行規則47条: the items of the paper, front and back (docs/facts/official-forms.md#certificate).
func TestCertificateSaysWhatTheRegulationAsks(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(layouts)) {
		t.Run(name, func(t *testing.T) {
			layout := layouts[name]
			path, reports := certificateFile(t, name, layout, certificate())
			if len(reports[0].Check) > 0 {
				t.Errorf("%v", reports[0])
			}
			run(t, "qpdf", "--check", path)
			text := run(t, "pdftotext", "-layout", path, "-")
			for _, want := range []string{"国民健康保険資格確認書", "有効期限", "令和9年7月31日", "国13・0001234（02）", "髙橋 德一",
				"タカハシ トクイチ", "昭和30年7月1日", "男", "資格取得年月日", "平成20年4月1日",
				"交付年月日", "令和8年11月22日", "一部負担金の割合", "2割", "発効期日", "令和8年8月1日", "保険者番号", "138990", "架空市", "架空市長",
				"03-0000-0000", "住所", "備考", "臓器提供"} {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in:\n%s", want, text)
				}
			}
		})
	}
}

// A family member's certificate names the subscriber; what more is asked for than the front holds
// stands on the back (docs/facts/official-forms.md#certificate).
func TestCertificateBearsWhatIsAskedFor(t *testing.T) {
	c := certificate()
	c.Person.Relation, c.Person.SubscriberName, c.Person.Alias = eligibility.Dependent, "髙橋 花子", "高橋 とく"
	c.Optional = pdf.CertificateOptions{
		Limit:        "区分Ⅰ",
		LimitFrom:    eligibility.MustDate("2026-09-01"),
		DiseaseClass: "第1号",
		DiseaseFrom:  eligibility.MustDate("2026-10-01"),
		LongStay:     eligibility.MustDate("2026-11-01"),
	}
	for _, name := range slices.Sorted(maps.Keys(layouts)) {
		layout := layouts[name]
		path, _ := certificateFile(t, name+"-full", layout, c)
		for _, c := range []struct {
			page  int
			wants []string
		}{
			{1, []string{"被保険者氏名", "髙橋 花子", "限度額適用区分", "区分Ⅰ", "令和8年9月1日"}},
			{2, []string{"通称名 高橋 とく", "特定疾病区分", "第1号", "令和8年10月1日", "長期入院該当", "令和8年11月1日"}},
		} {
			t.Run(fmt.Sprint(c.page), func(t *testing.T) {
				n := strconv.Itoa(c.page)
				text := run(t, "pdftotext", "-layout", "-f", n, "-l", n, path, "-")
				for _, want := range c.wants {
					if !strings.Contains(text, want) {
						t.Errorf("%s: %q is not on page %d:\n%s", name, want, c.page, text)
					}
				}
			})
		}
	}
}

// Ten to a sheet; the last sheet bears no empty card, which somebody could fill in.
func TestCardSheetsBearTenPeopleAndNoEmptyCard(t *testing.T) {
	var list []pdf.Certificate
	for i := range 23 {
		c := certificate()
		c.Person.Number = strconv.Itoa(7770000 + i)
		list = append(list, c)
	}
	path, _ := certificateFile(t, "certificate-many", pdf.CardSheet, list...)
	pages := strings.Fields(run(t, "pdfinfo", path))
	if !strings.Contains(strings.Join(pages, " "), "Pages: 6 ") {
		t.Error(pages)
	}
	for sheet, people := range []int{10, 10, 3} {
		page := strconv.Itoa(2*sheet + 1)
		text := run(t, "pdftotext", "-f", page, "-l", page, path, "-")
		if n := strings.Count(text, "国民健康保険資格確認書"); n != people {
			t.Errorf("sheet %d has %d fronts, not %d", sheet, n, people)
		}
		for i := range people {
			if number := strconv.Itoa(7770000 + 10*sheet + i); !strings.Contains(text, number) {
				t.Errorf("sheet %d lacks %s", sheet, number)
			}
		}
		page = strconv.Itoa(2*sheet + 2)
		n := strings.Count(run(t, "pdftotext", "-f", page, "-l", page, path, "-"), "臓器提供の意思")
		if n != people {
			t.Errorf("sheet %d has %d backs, not %d", sheet, n, people)
		}
	}
}

// Other schemes are called otherwise; 後期高齢者医療 has a 被保険者番号 and neither 記号 nor 枝番
// (docs/facts/insurer-numbers.md#number-of-the-elderly).
func TestCertificateIsNamedAfterItsScheme(t *testing.T) {
	elderly := certificate()
	elderly.Person.Insurer, elderly.Person.Number = "39139993", "09999996"
	elderly.Person.Symbol, elderly.Person.BranchNumber = "", ""
	health := certificate()
	health.Person.Insurer = "06139992"
	path, _ := certificateFile(t, "certificate-schemes", pdf.CardSheet, elderly, health)
	text := run(t, "pdftotext", "-layout", path, "-")
	for _, want := range []string{"後期高齢者医療資格確認書", "被保険者番号", "09999996", "健康保険資格確認書", "記号・番号（枝番）"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in:\n%s", want, text)
		}
	}
}

func TestCertificateNeedsAnExpiry(t *testing.T) {
	c := certificate()
	c.Until = eligibility.Date{}
	_, _, err := pdf.CertificatePage(c, certificateBranding, noticeDay, pdf.CardSingle, false)
	if err == nil || !strings.Contains(err.Error(), "expiry") {
		t.Error(err)
	}
}

// A card is ID-1 (ISO/IEC 7810): 85.6 × 54 mm; a single one stands on a page with 10 mm around it.
func TestSingleCardStandsOnAPageOfItsSize(t *testing.T) {
	path, _ := certificateFile(t, "certificate-card", pdf.CardSingle, certificate())
	info := strings.Join(strings.Fields(run(t, "pdfinfo", path)), " ")
	if !strings.Contains(info, "Page size: 299.34") || !strings.Contains(info, "x 209.76") {
		t.Error(info) // 105.6 × 74 mm in points of 1/72 inch
	}
}
