package insurer

import (
	"fmt"
	"strings"

	"madoguchi/server/printing"
)

// PrintReport is what `print` says at its end: the written contract of its --json, to which fields may be
// added.
type PrintReport struct {
	Run     string                `json:"run,omitempty"`
	State   string                `json:"state"`
	Total   int                   `json:"total"`
	NotDue  int                   `json:"notDue"` // people of the filters who get another paper by the rules
	Missing []string              `json:"missing,omitempty"`
	People  int                   `json:"people"`
	Pages   int                   `json:"pages"`
	Skipped int                   `json:"skipped"`
	Check   int                   `json:"check"`
	Folder  string                `json:"folder,omitempty"`
	Files   []printing.FileRecord `json:"files,omitempty"`
}

// SetResult takes over how a run ended.
func (p *PrintReport) SetResult(run PrintRun, files []printing.FileRecord, folder string) {
	p.State, p.Total, p.Folder, p.Files = string(run.State), run.Total, folder, files
	for _, f := range files {
		p.People += f.People
		p.Pages += f.Pages
		p.Skipped += f.Skipped
		p.Check += f.Check
	}
}

// WasStopped reports whether somebody paused or cancelled the run.
func (p *PrintReport) WasStopped() bool {
	return p.State == string(RunPaused) || p.State == string(RunCancelled)
}

// IsIncomplete reports whether somebody of those who were meant has no paper.
func (p *PrintReport) IsIncomplete() bool { return p.Skipped > 0 || len(p.Missing) > 0 }

// Summary is the report for people.
func (p *PrintReport) Summary() string {
	var b strings.Builder
	if p.State == "planned" {
		fmt.Fprintf(&b, "印刷する人 %d 人。条件にあてはまるが、規則ではこの紙の対象でない人 %d 人。何も保存していません。\n", p.Total, p.NotDue)
	} else {
		fmt.Fprintf(&b, "印刷した人 %d / %d 人、%d ページ、%d ファイル。"+
			"とばした人 %d 人、手で確かめる人 %d 人。\n保存先 %s\n",
			p.People, p.Total, p.Pages, len(p.Files), p.Skipped, p.Check, p.Folder)
	}
	if p.State == string(RunPaused) {
		fmt.Fprintf(&b, "一時停止しました。続きは「print --resume %s」で印刷します。\n", p.Run)
	}
	for _, line := range p.Missing {
		fmt.Fprintf(&b, "一覧の「%s」にあたる人はいません。\n", line)
	}
	return b.String()
}
