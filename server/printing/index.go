package printing

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"madoguchi/server/csvfile"
)

// The index says where each person's page stands, with what a clerk needs to find it and no more.
var indexHead = []string{"順", "ファイル", "ページ", "位置", "記号", "番号", "枝番", "管理番号", "状態", "確かめること"}

const (
	statePrinted = "印刷"
	stateSkipped = "とばした"
)

// index is the list of one file.
type index struct {
	file   string
	rows   [][]string
	checks int
}

func newIndex(file string) *index { return &index{file: file} }

func (x *index) printed(at int, s Person, p Printed) {
	if len(p.Check) > 0 {
		x.checks++
	}
	x.rows = append(
		x.rows,
		[]string{
			strconv.Itoa(at + 1),
			x.file,
			strconv.Itoa(p.Page),
			strconv.Itoa(p.Place),
			s.Symbol,
			s.Number,
			s.BranchNumber,
			s.Ref,
			statePrinted,
			strings.Join(p.Check, "／"),
		},
	)
}

func (x *index) skipped(at int, s Person) {
	x.rows = append(
		x.rows,
		[]string{
			strconv.Itoa(at + 1),
			"",
			"",
			"",
			s.Symbol,
			s.Number,
			s.BranchNumber,
			s.Ref,
			stateSkipped,
			s.Skip,
		},
	)
}

func (x *index) bytes() []byte { return listTable(x.rows) }

// listTable is a list under its head.
func listTable(rows [][]string) []byte { return csvfile.Table(append([][]string{indexHead}, rows...)) }

// List is one of the lists that stand beside a job's files when it is done.
type List string

const (
	Index   List = "index.csv"   // where each person's page stands
	Check   List = "check.csv"   // who should be looked at by hand
	Skipped List = "skipped.csv" // who was not printed, and why
	Summary List = "summary.txt"
)

// Of returns the list's name beside the files of a job, so that several jobs share a folder.
func (l List) Of(base string) string { return base + "-" + string(l) }

// summary joins the files' lists and writes what a job came to.
func (j *Job) summary(files []FileRecord) error {
	lists := map[List]*bytes.Buffer{Index: {}, Check: {}, Skipped: {}}
	for _, list := range lists {
		list.Write(listTable(nil))
	}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(j.Folder, j.name(f.Number)+".csv"))
		if err != nil {
			return ErrFileGone.In(j.name(f.Number) + ".csv").Because(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte(csvfile.Mark)))).ReadAll()
		if err != nil || len(rows) == 0 {
			return ErrFileGone.In(j.name(f.Number) + ".csv").Because(err)
		}
		lists[Index].Write(csvfile.Rows(rows[1:]))
		for _, row := range rows[1:] {
			switch {
			case row[8] == stateSkipped:
				lists[Skipped].Write(csvfile.Rows([][]string{row}))
			case row[9] != "":
				lists[Check].Write(csvfile.Rows([][]string{row}))
			}
		}
	}
	for name, list := range lists {
		if err := writeSmallFile(filepath.Join(j.Folder, name.Of(j.Base)), list.Bytes()); err != nil {
			return err
		}
	}
	return writeSmallFile(filepath.Join(j.Folder, Summary.Of(j.Base)), []byte(csvfile.Mark+j.words(files)))
}

// words is the summary as people read it.
func (j *Job) words(files []FileRecord) string {
	sum := SumRecords(files)
	var b strings.Builder
	fmt.Fprintf(&b, "印刷の結果　%s\r\n\r\n", j.Base)
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
