package insuredcsv

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
)

func opened(t *testing.T, text string) *File {
	t.Helper()
	sjis, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	file, err := Read(bytes.NewReader(sjis), Options{Insurer: "06139992"})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// places are where the rows of a file stand, as spreadsheets count, the refused ones with a minus.
func places(file *File) (all []int) {
	for row := range file.Rows() {
		place := row.Sheet
		if !row.Accepted {
			place = -place
		}
		all = append(all, place)
	}
	return all
}

func TestAMendedFileKeepsItsRowsWhereTheyWere(t *testing.T) {
	file := opened(t, "番号,氏名,生年月日,住所\r\n"+
		"1,試験 太郎,1986-02-30,\"架空市\n1 \"\"東\"\"\"\r\n\r\n"+
		"2,試験 花子,1988-11-30\r\n3,,1988-11-30,=1\r\n")
	if got := places(file); !slices.Equal(got, []int{-2, 4, -5}) {
		t.Fatal(got)
	}
	var first Row
	for first = range file.Rows() {
		break
	}
	if cells := file.Doubtful(first); len(cells) != 1 || cells[0] != (Cell{2, "生年月日", "1986-02-30"}) ||
		file.NameIn(first) != "試験 太郎" {
		t.Fatalf("%+v", cells)
	}
	var whole bytes.Buffer
	other := Mending{2: {2: "1986-02-28"}, 5: {-1: "x", 1 << 30: "x"}}
	if err := file.WriteMended(&whole, other, false); err != nil {
		t.Fatal(err)
	}
	again, err := Read(&whole, Options{Insurer: "06139992"})
	if err != nil {
		t.Fatal(err)
	}
	if got := places(again); !slices.Equal(got, []int{2, 4, -5}) {
		t.Error(got)
	}
	for row := range again.Rows() {
		if row.Sheet == 2 && !strings.Contains(row.Person.Address, `1 "東"`) {
			t.Errorf("%q", row.Person.Address)
		}
		if row.Sheet == 5 && row.Cells[3] != "=1" {
			t.Errorf("%q", row.Cells)
		}
	}
	var refused bytes.Buffer
	if err := file.WriteMended(&refused, Mending{5: {1: "試験 三郎"}}, true); err != nil {
		t.Fatal(err)
	}
	if again, err = Read(&refused, Options{Insurer: "06139992"}); err != nil {
		t.Fatal(err)
	}
	if got := places(again); !slices.Equal(got, []int{-2, 3}) {
		t.Error(got)
	}
}
