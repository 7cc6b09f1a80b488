package insurer

import (
	"context"

	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// Note appends a line to the audit chain that belongs to no other change, such as a look or a download. The
// detail holds no personal data.
func (r *Register) Note(ctx context.Context, by staff.ForInsurer, action, detail string) error {
	return r.store.Note(ctx, audit.Entry{At: r.now(), Actor: by.Actor(), Action: action, Detail: detail})
}
