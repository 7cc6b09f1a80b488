package press

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"madoguchi/server/roster"
)

// The index says where each person's paper stands, with what a clerk needs to find it and no more.
var indexHead = []string{"順", "ファイル", "ページ", "位置", "記号", "番号", "枝番", "管理番号", "状態", "確かめること"}

const (
	statePrinted = "印刷"
	stateSkipped = "とばした"
)

// mark is UTF-8's byte order mark: spreadsheet programs take a file without one for Shift_JIS.
const mark = "\uFEFF"

// index is the list of one file.
type index struct {
	file   string
	rows   [][]string
	checks int
}

func newIndex(file string) *index { return &index{file: file} }

func (x *index) printed(at int, s Sheet, p Printed) {
	if len(p.Check) > 0 {
		x.checks++
	}
	x.rows = append(x.rows, []string{strconv.Itoa(at + 1), x.file, strconv.Itoa(p.Page), strconv.Itoa(p.Place), s.Symbol, s.Number, s.BranchNumber, s.Ref, statePrinted, strings.Join(p.Check, "／")})
}

func (x *index) skipped(at int, s Sheet) {
	x.rows = append(x.rows, []string{strconv.Itoa(at + 1), "", "", "", s.Symbol, s.Number, s.BranchNumber, s.Ref, stateSkipped, s.Skip})
}

func (x *index) bytes() []byte { return table(x.rows) }

// table writes rows as CSV, without a cell that a spreadsheet program would take for a formula.
func table(rows [][]string) []byte {
	var out bytes.Buffer
	out.WriteString(mark)
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	_ = w.Write(indexHead) // a buffer takes everything
	for _, row := range rows {
		_ = w.Write(roster.Cells(row))
	}
	w.Flush()
	return out.Bytes()
}

// List is one of the lists that stand beside a run's files when it is done.
type List string

const (
	Index   List = "index.csv"   // where each person's paper stands
	Check   List = "check.csv"   // who should be looked at by hand
	Skipped List = "skipped.csv" // who was not printed, and why
	Summary List = "summary.txt"
)

// Of returns the list's name beside the files of a run, so that several runs share a folder.
func (l List) Of(base string) string { return base + "-" + string(l) }

// summary joins the files' lists and writes what a run came to.
func (r *Run) summary(files []FileRecord) error {
	lists := map[List]*bytes.Buffer{Index: {}, Check: {}, Skipped: {}}
	for _, list := range lists {
		list.Write(table(nil))
	}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(r.Folder, r.name(f.Number)+".csv"))
		if err != nil {
			return ErrFileGone.In(r.name(f.Number) + ".csv").Because(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte(mark)))).ReadAll()
		if err != nil || len(rows) == 0 {
			return ErrFileGone.In(r.name(f.Number) + ".csv").Because(err)
		}
		bare := func(rows [][]string) []byte {
			text := table(rows)
			return text[bytes.IndexByte(text, '\n')+1:]
		}
		lists[Index].Write(bare(rows[1:]))
		for _, row := range rows[1:] {
			switch {
			case row[8] == stateSkipped:
				lists[Skipped].Write(bare([][]string{row}))
			case row[9] != "":
				lists[Check].Write(bare([][]string{row}))
			}
		}
	}
	for name, list := range lists {
		if err := keep(filepath.Join(r.Folder, name.Of(r.Base)), list.Bytes()); err != nil {
			return err
		}
	}
	return keep(filepath.Join(r.Folder, Summary.Of(r.Base)), []byte(mark+r.words(files)))
}

// words is the summary as people read it.
func (r *Run) words(files []FileRecord) string {
	sum := Sum(files)
	var b strings.Builder
	fmt.Fprintf(&b, "印刷の結果　%s\r\n\r\n", r.Base)
	fmt.Fprintf(&b, "印刷した人　　　　　　%d 人（%d ページ、%d ファイル）\r\n", sum.People, sum.Pages, len(files))
	fmt.Fprintf(&b, "とばした人　　　　　　%d 人（%s）\r\n", sum.Skipped, Skipped)
	fmt.Fprintf(&b, "手で確かめる人　　　　%d 人（%s）\r\n", sum.Check, Check)
	if sum.Codes > 0 {
		fmt.Fprintf(&b, "読み返したコード　　　%d 個　すべて本人のものと一致\r\n", sum.Codes)
	}
	if sum.Texts > 0 {
		fmt.Fprintf(&b, "読み返した氏名と番号　%d 人分　すべて本人のものと一致\r\n", sum.Texts)
		fmt.Fprintf(&b, "抜き取ったページ　　　%d ページ　画像にしてコードを読み、すべて一致\r\n", sum.Sampled)
	} else if sum.People > 0 {
		b.WriteString("氏名と番号、画像の検査　していません（pdftoppm と pdftotext がこのサーバーにないため）\r\n")
	}
	b.WriteString("\r\nファイル（SHA-256）\r\n")
	for _, f := range files {
		if f.Name != "" {
			fmt.Fprintf(&b, "%s　%d 人　%d ページ　%s\r\n", f.Name, f.People, f.Pages, f.SHA256)
		}
	}
	return b.String()
}
