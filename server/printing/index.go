package printing

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"madoguchi/message"
	"madoguchi/server/csvfile"
	"madoguchi/server/durable"
)

// The index says where each person's page stands, with what a clerk needs to find it and no more. Its
// headings and states belong to the file's form: a resumed job reads them again.
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
	lists := map[List]*durable.Draft{}
	defer func() {
		for _, list := range lists {
			list.Discard()
		}
	}()
	for _, name := range []List{Index, Check, Skipped} {
		path := filepath.Join(j.Folder, name.Of(j.Base))
		list, err := durable.Create(path, durable.Options{Draft: path + draftEnding})
		if err != nil {
			return errFolder.Because(err)
		}
		lists[name] = list
		if _, err := list.Write(listTable(nil)); err != nil {
			return errFolder.Because(err)
		}
	}
	for _, f := range files {
		rows, err := j.listOf(f)
		if err != nil {
			return err
		}
		for name, some := range rows {
			if _, err := lists[name].Write(csvfile.Rows(some)); err != nil {
				return errFolder.Because(err)
			}
		}
	}
	for _, list := range lists {
		if err := list.Commit(); err != nil {
			return errFolder.Because(err)
		}
	}
	path := filepath.Join(j.Folder, Summary.Of(j.Base))
	return writeSmallFile(path, []byte(csvfile.Mark+j.words(files)))
}

// listOf returns the rows of one file, by the lists in which they stand. A list that is not as it was
// written, such as one that was saved by a spreadsheet, counts as gone: people could be missing from it.
func (j *Job) listOf(f FileRecord) (map[List][][]string, error) {
	name := j.name(f.Number) + ".csv"
	data, err := os.ReadFile(filepath.Join(j.Folder, name))
	if err != nil {
		return nil, ErrFileGone.In(name).Because(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte(csvfile.Mark)))).ReadAll()
	if err != nil || len(rows) != 1+f.Last-f.First || !slices.Equal(rows[0], indexHead) ||
		f.ListSHA256 != "" && f.ListSHA256 != hashOf(data) {
		return nil, ErrFileGone.In(name).Because(err)
	}
	out := map[List][][]string{Index: rows[1:]}
	for _, row := range rows[1:] {
		switch {
		case row[8] == stateSkipped:
			out[Skipped] = append(out[Skipped], row)
		case row[9] != "":
			out[Check] = append(out[Check], row)
		}
	}
	return out, nil
}

// words is the summary as people read it, lines ended as Windows' editor wants them.
func (j *Job) words(files []FileRecord) string {
	sum := SumRecords(files)
	var b strings.Builder
	line := func(key string, args message.Args) { b.WriteString(message.New(key, args).Text("ja") + "\r\n") }
	line("print.summary.title", message.Args{"run": message.Text(j.Base)})
	b.WriteString("\r\n")
	line("print.summary.printed", message.Args{
		"people": message.Number(sum.People),
		"pages":  message.Number(sum.Pages),
		"files":  message.Number(len(files)),
	})
	line("print.summary.skipped", message.Args{
		"people": message.Number(sum.Skipped),
		"list":   message.Text(string(Skipped)),
	})
	line("print.summary.check", message.Args{
		"people": message.Number(sum.Check),
		"list":   message.Text(string(Check)),
	})
	if sum.Codes > 0 {
		line("print.summary.codes", message.Args{"codes": message.Number(sum.Codes)})
	}
	if sum.Texts > 0 {
		line("print.summary.texts", message.Args{"people": message.Number(sum.Texts)})
	}
	if sum.Sampled > 0 {
		line("print.summary.sampled", message.Args{"pages": message.Number(sum.Sampled)})
	} else if j.Poppler == nil && sum.People > 0 {
		line("print.summary.no_poppler", nil)
	}
	b.WriteString("\r\n")
	line("print.summary.files", nil)
	for _, f := range files {
		if f.Name != "" {
			line("print.summary.file", message.Args{
				"file":   message.Text(f.Name),
				"people": message.Number(f.People),
				"pages":  message.Number(f.Pages),
				"sha256": message.Text(f.SHA256),
			})
		}
	}
	return b.String()
}
