package insurer

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/staff"
)

// KeptRunList is a list of numbers that a clerk has typed for a run that is not begun yet. It is the clerk's
// own, and stands in no address.
type KeptRunList struct {
	ID      string // 26 random letters
	Insurer eligibility.InsurerNumber
	Clerk   string
	Until   time.Time
	Lines   []string
}

var (
	errRunList     = &eligibility.Error{Code: eligibility.Invalid, Key: "run.list", Field: "list"}
	errRunListGone = &eligibility.Error{Code: eligibility.Invalid, Key: "run.list_gone", Field: "list"}
)

// RunLists keeps the lists of runs that clerks have not begun yet.
type RunLists struct {
	store RunListStore
	now   func() time.Time
}

// Keep keeps a clerk's list for PreviewLife and returns its id. A list that is empty or no text, or
// that holds a My Number, is refused.
func (l *RunLists) Keep(ctx context.Context, clerk staff.Clerk, text string) (string, error) {
	lines, err := ReadRunList([]byte(text))
	var said *eligibility.Error
	switch {
	case errors.As(err, &said):
		return "", said
	case err != nil:
		return "", errRunList.Because(err)
	}
	now := l.now()
	list := KeptRunList{
		ID:      rand.Text(),
		Insurer: clerk.Insurer,
		Clerk:   clerk.Staff,
		Until:   now.Add(PreviewLife),
		Lines:   lines,
	}
	return list.ID, l.store.PutRunList(ctx, list, now)
}

// Lines returns the lines of a clerk's kept list; it is Invalid to ask for one that has ended.
func (l *RunLists) Lines(ctx context.Context, clerk staff.Clerk, id string) ([]string, error) {
	lines, err := l.store.RunList(ctx, clerk, id, l.now())
	return lines, notFoundAs(err, errRunListGone)
}
