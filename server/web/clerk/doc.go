// Package clerk serves an insurer's clerk: import of the insured, one person's file, documents and print
// jobs, revocation, statistics.
package clerk

import (
	"context"

	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// BackOffice is a clerk's pages.
type BackOffice struct {
	*kit.Kit
	Insurer    *insurer.Services
	Background context.Context // of what goes on behind requests; ends with the server
}

// The pages by what a clerk does, each group on the same base.
type (
	personPages     struct{ *BackOffice } // one insured person: file, documents, logins, erasing, revocation
	deskPages       struct{ *BackOffice } // enrolment at the desk, withheld addresses
	importPages     struct{ *BackOffice } // a file on its way into the register
	printPages      struct{ *BackOffice } // print runs, settings of papers, samples
	statisticsPages struct{ *BackOffice }
)
