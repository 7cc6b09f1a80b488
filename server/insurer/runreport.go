package insurer

import (
	"fmt"
	"strings"

	"madoguchi/message"
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

// Fill takes over how a run ended.
func (p *PrintReport) Fill(run PrintRun, files []printing.FileRecord, folder string) {
	p.State, p.Total, p.Folder, p.Files = string(run.State), run.Total, folder, files
	for _, f := range files {
		p.People += f.People
		p.Pages += f.Pages
		p.Skipped += f.Skipped
		p.Check += f.Check
	}
}

// Stopped reports whether somebody paused or cancelled the run.
func (p *PrintReport) Stopped() bool {
	return p.State == string(RunPaused) || p.State == string(RunCancelled)
}

// Partly reports whether somebody of those who were meant has no paper.
func (p *PrintReport) Partly() bool { return p.Skipped > 0 || len(p.Missing) > 0 }

// Words is the report for people.
func (p *PrintReport) Words() string {
	var b strings.Builder
	line := func(key string, args message.Args) { fmt.Fprintln(&b, message.New(key, args).Text("ja")) }
	if p.State == "planned" {
		line("print.planned", message.Args{
			"people": message.Number(p.Total),
			"notDue": message.Number(p.NotDue),
		})
	} else {
		line("print.done", message.Args{
			"people":  message.Number(p.People),
			"total":   message.Number(p.Total),
			"pages":   message.Number(p.Pages),
			"files":   message.Number(len(p.Files)),
			"skipped": message.Number(p.Skipped),
			"check":   message.Number(p.Check),
		})
		line("print.folder", message.Args{"folder": message.Text(p.Folder)})
	}
	if p.State == string(RunPaused) {
		line("print.paused", message.Args{"run": message.Text(p.Run)})
	}
	for _, missing := range p.Missing {
		line("print.missing", message.Args{"line": message.Text(missing)})
	}
	return b.String()
}
