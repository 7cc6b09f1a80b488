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
	err := j.people.EachOfFile(ctx, clerk.Insurer, file, func(p eligibility.Person, printed Printed) {
		if due, _ := paperDue(p, NoticeRun, out.Day); due && !printed.Notice {
			out.Notices++
		}
		if due, _ := paperDue(p, CertificateRun, out.Day); due && !printed.Certificate {
			out.Certificates++
		}
	})
	return out, err
}
