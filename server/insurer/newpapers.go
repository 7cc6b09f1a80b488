package insurer

import (
	"context"

	"madoguchi/eligibility"
	"madoguchi/server/staff"
)

// NewPapers counts the people who came with a file, by the paper that the rules give them and that no run
// has printed for them yet.
type NewPapers struct {
	Day                   eligibility.Date
	Notices, Certificates int
}

// NewPapers counts whom runs of OnlyNew with this file would take today.
func (j *PrintJobs) NewPapers(ctx context.Context, clerk staff.Clerk, file string) (NewPapers, error) {
	out := NewPapers{Day: eligibility.DateOf(j.now())}
	for kind, n := range map[PaperKind]*int{NoticeRun: &out.Notices, CertificateRun: &out.Certificates} {
		q := PrintQuery{Insurer: clerk.Insurer, Kind: kind, File: file}
		err := j.people.EachPrint(ctx, q, func(r PersonRecord, last LastPrint) error {
			if due, _ := paperDue(r.Person, kind, out.Day); due && last.At.IsZero() {
				*n++
			}
			return nil
		})
		if err != nil {
			return out, err
		}
	}
	return out, nil
}
