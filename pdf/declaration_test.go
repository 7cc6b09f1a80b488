package pdf_test

import (
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/pdf"
)

// The fields of 保発0710第1号 of 2023-07-10 (docs/facts/eligibility-methods.md#written-declaration).
func TestDeclarationAsksWhatTheNoticeAsks(t *testing.T) {
	for _, c := range []struct {
		name string
		d    pdf.Declaration
	}{
		{"declaration-empty", pdf.Declaration{}},
		{"declaration", pdf.Declaration{
			Facility:  "架空医院",
			Name:      "𠮷田 葛󠄀子",
			Kana:      "ヨシダ カツコ",
			BirthDate: eligibility.MustDate("1988-11-30"),
			Sex:       eligibility.Female,
			Address:   "東京都架空市架空町1-2-3",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, report, err := pdf.DeclarationSheet(c.d, noticeDay)
			if err != nil || len(report.Check) > 0 {
				t.Fatal(report, err)
			}
			path := saved(t, c.name, data)
			run(t, "qpdf", "--check", path)
			if n := pageCount(t, path); n != 1 {
				t.Errorf("%d pages", n)
			}
			text := run(t, "pdftotext", "-layout", path, "-")
			for _, want := range []string{"被保険者資格申立書", "氏名", "生年月日", "性別", "住所", "連絡先", "保険の種別", "保険者の名称",
				"事業所名", "一部負担金の割合", "上記のとおり申し立てます", c.d.Name} {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in:\n%s", want, text)
				}
			}
		})
	}
}
