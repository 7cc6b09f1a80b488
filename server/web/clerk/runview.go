package clerk

import (
	"madoguchi/message"
	"madoguchi/server/web/kit"
)

// RunForm is a clerk's choices for a run, as typed.
type RunForm struct {
	Kind, Only, Order, Layout, ShareOn, PerFile, List string
	Dropped, CountSheets                              bool
}

// RunPlan is what a run would print.
type RunPlan struct {
	Kind                  string
	Total, NotDue, Checks int
	Choices               []RunChoice // every one, as it was made
}

// RunChoice is a clerk's choice for a run in words.
type RunChoice struct{ Label, Value message.Message }

// RunRow is a run in the list.
type RunRow struct {
	ID, Kind, Clerk, At string
	State               message.Message
	Total, Done         int
}

// RunKind is a document that a run prints.
type RunKind struct {
	Kind string
	Name message.Message
}

// RunsView is the page of runs (/insurer/runs).
type RunsView struct {
	kit.Page
	Staff    string
	Insurers []kit.InsurerView
	Current  string
	Kinds    []RunKind // what can be printed
	Form     RunForm
	Plan     *RunPlan // shown before a yes
	Missing  []string // lines of the list that name nobody
	Runs     []RunRow
}

// RunFileRow is a finished file.
type RunFileRow struct {
	Name          string
	People, Pages int
	Size          string
}

// RunList is a list beside a run's files.
type RunList struct {
	Name  string
	Label message.Message
}

// RunProgress is how far a run is; the page's script gets it as JSON.
type RunProgress struct {
	State string `json:"state"`
	Done  int    `json:"done"`
	Total int    `json:"total"`
	Ja    string `json:"ja"`
	En    string `json:"en"`
	message.Message
}

// RunView is one run (/insurer/runs/{id}).
type RunView struct {
	kit.Page
	Staff                                                 string
	Run                                                   RunRow
	Note                                                  string
	Going, Resumable, Over, Here                          bool
	Folder                                                string
	Progress                                              RunProgress
	Files                                                 []RunFileRow
	Lists                                                 []RunList
	People, Pages, Skipped, Checks, Codes, Texts, Sampled int
}
