package insuredcsv

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
)

func TestErrorFileCannotRunFormulasAndComesBackMended(t *testing.T) {
	r := read(t, "番号,氏名,生年月日\n=1+1,@試験,\n")
	var b bytes.Buffer
	if err := r.WriteErrors(&b); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(b.String(), "\ufeff")
	if !ok || !strings.Contains(text, "\r\n") {
		t.Error("no BOM or no CRLF")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][0] != "2" || rows[1][4] != "'=1+1" || rows[1][5] != "'@試験" {
		t.Errorf("%q %v", rows, err)
	}
	if again := read(t, text); again.Rows[0].Person.Number != "=1+1" {
		t.Errorf("sent again: %+v", again.Rows[0].Person)
	}
}

// The command's contract: UTF-8 with BOM, whatever the file was written in. The clerk's page gives back what
// it got.
func TestErrorFileOfAShiftJISFile(t *testing.T) {
	sjis, err := japanese.ShiftJIS.NewEncoder().String("番号,氏名,生年月日\r\n1,髙橋 ①郎,1986-02-30\r\n")
	if err != nil {
		t.Fatal(err)
	}
	r := read(t, sjis)
	var utf8, asSent bytes.Buffer
	if err := errors.Join(r.WriteErrors(&utf8), r.WriteErrorsAsSent(&asSent)); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(utf8.String(), "\ufeff行,表計算の行,列,理由,番号,氏名,生年月日\r\n2,2,生年月日,") ||
		!strings.Contains(utf8.String(), "1,髙橋 ①郎,1986-02-30") {
		t.Errorf("%q", utf8.String())
	}
	if text, err := japanese.ShiftJIS.NewDecoder().String(asSent.String()); err != nil ||
		"\ufeff"+text != utf8.String() {
		t.Errorf("%q %v", text, err)
	}
	if again := read(t, utf8.String()); again.Rows[0].Cells[5] != "髙橋 ①郎" {
		t.Errorf("sent again: %+v", again.Rows[0])
	}
}

func TestReportIsOneJSONObjectARow(t *testing.T) {
	r := read(t, "番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n,試験 次郎,1990-05-05\n")
	var b bytes.Buffer
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if lines[0] != `{"line":2,"row":2,"accepted":true,"reasons":[],"warnings":[]}` {
		t.Error(lines[0])
	}
	var second map[string]any
	if err := json.Unmarshal([]byte(lines[1]), &second); err != nil || second["accepted"] != false {
		t.Errorf("%v %v", second, err)
	}
}
