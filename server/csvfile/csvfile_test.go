package csvfile

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"madoguchi/internal/testenv"
)

// OWASP, CSV Injection: =, +, -, @, tab and CR (whatever follows them), and their forms of full width.
func TestNoCellStartsAFormula(t *testing.T) {
	cells := []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1", "\n=1", "\tA1", "\rA1", "\nA1",
		" =1+1", "　=1+1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "\u200b=1", "\ufeff=1+1",
		"\u00a0=1", "\x00=1", "﹢1", "﹦1", "﹣1", "﹫SUM(1)", "⁼1", "₌1+1", "⁺1", "−1+cmd|' /C calc'!A0",
		`=HYPERLINK("http://192.0.2.1")`}
	testenv.Refused(t, testenv.Files, len(cells))
	for _, cell := range cells {
		if got := Safe(cell); got != "'"+cell {
			t.Errorf("%q: %q", cell, got)
		}
	}
	for _, cell := range []string{"", " ", "試験 太郎", "1-2", "１２－３", "'=1", "a=1", "ー1", "|cmd", "%0A=1",
		"10未満"} {
		if got := Safe(cell); got != cell {
			t.Errorf("%q: %q", cell, got)
		}
	}
}

// RFC 4180 section 2, read back by another reader.
func TestAFileIsReadAsItWasWritten(t *testing.T) {
	rows := [][]string{{"行", "理由"}, {"2", "「氏名」に、\"がある"}, {"3", "二\n行"}}
	text, ok := strings.CutPrefix(string(Table(rows)), Mark)
	if !ok || !strings.HasPrefix(text, "行,理由\r\n") {
		t.Errorf("%q", text)
	}
	back, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(back) != 3 || back[1][1] != rows[1][1] || back[2][1] != rows[2][1] {
		t.Errorf("%q %v", back, err)
	}
	var sjis bytes.Buffer
	w, err := New(&sjis, ShiftJIS)
	if err != nil || w.Row("髙橋", "𠮷野", "=1") != nil || w.Flush() != nil {
		t.Fatal(err)
	}
	if text, err := japanese.ShiftJIS.NewDecoder().String(sjis.String()); err != nil ||
		!strings.HasPrefix(text, "髙橋,") || !strings.HasSuffix(text, ",'=1\r\n") {
		t.Errorf("%q %v", text, err)
	}
}
