package clerk

import (
	"fmt"

	"madoguchi/message"
	"madoguchi/server/web/kit"
)

// RunPlan is what a run would print.
type RunPlan struct {
	Lead                  message.Message
	Total, NotDue, Checks int
}

// RunRow is a run in the list.
type RunRow struct {
	ID, Kind, Clerk, At string
	State               message.Message
	Total, Done         int
}

// RunsView is the page of runs (/insurer/runs).
type RunsView struct {
	kit.Page
	Staff string
	New   string // address of the first question of a new one
	Runs  []RunRow
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
	CheckedAt, CheckedBy                                  string // when and by whom the names were looked at
	Going, Resumable, Done, Here                          bool
	Folder                                                string
	Progress                                              RunProgress
	Files                                                 []RunFileRow
	Lists                                                 []RunList
	People, Pages, Skipped, Checks, Codes, Texts, Sampled int
}

// sizeText is a file's size for people: 41 KB, 3.2 MB. A file with a page in it is never 0.
func sizeText(bytes int64) string {
	if bytes < 1_000_000 {
		return fmt.Sprintf("%d KB", (bytes+999)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}
