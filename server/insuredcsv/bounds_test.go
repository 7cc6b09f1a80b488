package insuredcsv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

const boundsHead = "番号,氏名,生年月日,メモ\n"

// A file may cost what its size lets expect and no more: 16 MB of commas took 657 MB, one cell of U+FDFA
// (NFKC makes eighteen characters of it) 696 MB and half a minute.
func TestNoFileCostsMoreThanItSays(t *testing.T) {
	const size = 16 << 20
	cases := []struct {
		name, head, part string
		key              string
	}{
		{"commas in one row", boundsHead, ",", "import.long_line"},
		{"commas in the heading", "", "番号,", "import.long_line"},
		{"quotes", boundsHead, `"`, "import.long_line"},
		{"quoted blanks", boundsHead, `"",`, "import.long_line"},
		{"one cell of U+FDFA", boundsHead + "1,試験 太郎,1986-04-12,", "ﷺ", "import.long_line"},
		{"one cell of digits", boundsHead + "1,試験 太郎,1986-04-12,", "1", "import.long_line"},
		{"one cell of combining marks", boundsHead + "1,試験 太郎,1986-04-12,あ", "\u0301", "import.long_line"},
		{"one cell of the heading", "", "あ", "import.long_line"},
		{"blanks", boundsHead, " ", "import.long_line"},
		{"a quoted cell of long lines", boundsHead + "1,試験 太郎,1986-04-12,\"",
			strings.Repeat("x", 200<<10) + "\n", "import.long_line"},
		{"columns of a row", boundsHead, strings.Repeat(",", 1000) + "\n", "import.columns"},
		{"columns of a quoted row", boundsHead, strings.Repeat(`"x",`, 1000) + "\n", "import.columns"},
		{"cells of 40,000 characters", boundsHead, "1,試験 太郎,1986-04-12," + strings.Repeat("あ", 40_000) + "\n",
			"import.long_line"},
	}
	testenv.Refused(t, testenv.Limits, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			data := append([]byte(c.head), bytes.Repeat([]byte(c.part), size/len(c.part))...)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Read(bytes.NewReader(data), Options{Insurer: insurer})
			runtime.ReadMemStats(&after)
			var e *eligibility.Error
			if !errors.As(err, &e) || e.Key != c.key || !strings.Contains(e.Ja(), "行目") ||
				!strings.Contains(e.Ja(), "ください") {
				t.Errorf("%v", err)
			}
			if cost := after.TotalAlloc - before.TotalAlloc; cost > 3*size {
				t.Errorf("%d MB were taken for a file of %d MB", cost>>20, size>>20)
			}
		})
	}
}

// Excel's limits are read: 32,767 characters in a cell, and here 500 columns.
func TestWhatASpreadsheetMayHoldIsRead(t *testing.T) {
	columns := strings.TrimSuffix(boundsHead, "\n") + strings.Repeat(",", maxColumns-4) + "\n"
	for _, c := range []struct{ name, text, want string }{
		{"a cell of 32,767 characters", boundsHead + "1,試験 太郎,1986-04-12," + strings.Repeat("あ", 32_767) +
			"\n", "2 試験 太郎"},
		{"nine such cells", strings.TrimSuffix(boundsHead, "\n") + ",a,b,c,d,e,f,g,h\n1,試験 太郎,1986-04-12" +
			strings.Repeat(","+strings.Repeat("あ", 32_767), 9) + "\n", "2 試験 太郎"},
		{"500 columns", columns + "1,試験 太郎,1986-04-12" + strings.Repeat(",", maxColumns-3) + "\n", "2 試験 太郎"},
		{"a cell of 20 lines", boundsHead + "1,試験 太郎,1986-04-12,\"" + strings.Repeat("あ\n", 19) + "\"\n",
			"2 試験 太郎"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := named(read(t, c.text).Rows); got != c.want {
				t.Errorf("%.80s", got)
			}
		})
	}
}

// inMemory is a Source that is held in memory.
type inMemory [][]byte

func (m inMemory) Parts() int                 { return len(m) }
func (m inMemory) Part(i int) ([]byte, error) { return m[i], nil }

// halfASource can be read to its middle only.
type halfASource struct {
	inMemory
	from int
}

var errHalf = errors.New("the rest is gone")

func (h halfASource) Part(i int) ([]byte, error) {
	if i >= h.from {
		return nil, errHalf
	}
	return h.inMemory.Part(i)
}

// Half a file is never taken for the whole: whoever stores its rows is told.
func TestAFileThatCannotBeReadToItsEndSaysSo(t *testing.T) {
	text := inMemory{[]byte(boundsHead + "1,試験 太郎,1986-04-12,\n2,試験 花"), []byte("子,1988-11-30,\n")}
	r, err := Open(halfASource{text, 1}, Options{Insurer: insurer})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for range r.Rows() {
		n++
	}
	if n > 1 || !errors.Is(r.Err(), errHalf) {
		t.Errorf("%d rows, %v", n, r.Err())
	}
	var b bytes.Buffer
	if err := r.WriteErrors(&b); !errors.Is(err, errHalf) {
		t.Errorf("the error file: %v", err)
	}
	if err := r.WriteJSON(&b); !errors.Is(err, errHalf) {
		t.Errorf("the report: %v", err)
	}
	if _, _, err := ReadHeadings(halfASource{text, 0}, Options{Insurer: insurer}); !errors.Is(err, errHalf) {
		t.Errorf("the headings: %v", err)
	}
	if r, err := Open(text, Options{Insurer: insurer}); err != nil || len(r.Headings) != 4 {
		t.Errorf("the whole: %v", err)
	}
}

func TestAPackedFileComesBackAsItWas(t *testing.T) {
	var b strings.Builder
	b.WriteString(boundsHead)
	for i := range 20_000 {
		fmt.Fprintf(&b, "%d,試験 第%d,1986-04-12,\n", i+1, i)
	}
	p, err := PackFile(strings.NewReader(b.String()))
	if err != nil || p.Size() != b.Len() || p.Parts() < 2 {
		t.Fatalf("%+v %v", p, err)
	}
	var back bytes.Buffer
	if _, err := io.Copy(&back, &partsReader{source: p}); err != nil || back.String() != b.String() {
		t.Errorf("%d bytes of %d: %v", back.Len(), b.Len(), err)
	}
	held := 0
	for _, part := range p.parts {
		held += len(part)
	}
	if held*3 > b.Len() {
		t.Errorf("%d bytes are held for %d", held, b.Len())
	}
}
