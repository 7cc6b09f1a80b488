// Package clerk serves an insurer's clerk: import of the insured, one person's file, documents and print
// jobs, revocation, statistics.
package clerk

import (
	"context"

	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// Pages are a clerk's pages.
type Pages struct {
	*kit.Kit
	Insurer    *insurer.Services
	Background context.Context // of what goes on behind requests; ends with the server
}
