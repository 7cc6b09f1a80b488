package pdf_test

import (
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/pdf"
)

func TestInsertBearsWhatACounterTypes(t *testing.T) {
	for i, name := range []string{"髙橋 德一",
		strings.TrimSpace(strings.Repeat("WOLFESCHLEGELSTEINHAUSENBERGER ", 3))} {
		p := notice(t).Person
		p.Name, p.ValidUntil = name, eligibility.MustDate("2027-07-31")
		data, report, err := pdf.InsertSheet(pdf.Insert{
			Person:      p,
			Share:       20,
			InsurerName: "架空市",
			Issuer:      "架空市長",
			MadeOn:      eligibility.DateOf(noticeDay),
		}, noticeDay)
		if err != nil || len(report.Check) > 0 {
			t.Fatal(report, err)
		}
		path := saved(t, []string{"insert", "insert-long"}[i], data)
		run(t, "qpdf", "--check", path)
		if n := pageCount(t, path); n != 1 {
			t.Errorf("%d pages", n)
		}
		text := strings.ReplaceAll(run(t, "pdftotext", "-raw", path, "-"), "\n", " ")
		for _, want := range []string{name, "138990", "国13・0001234（02）", "負担割合 2割", "有効期限 令和9年7月31日",
			"この紙だけでは受診できません"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in:\n%s", want, text)
			}
		}
	}
}
