package doctor

import (
	"context"
	"path/filepath"

	"madoguchi/message"
	"madoguchi/server/datafolder"
	"madoguchi/server/store"
)

// checkDatabase finds whether the database is this mode's, this role's and no newer program's. It changes
// nothing. The audit chain is verified by serve, and by nobody twice.
func (v *visit) checkDatabase(ctx context.Context) []Finding {
	s := v.Settings
	file := filepath.Join(s.Folder(), datafolder.DatabaseFile)
	found, err := store.Inspect(ctx, file, s.Mode(), s.DataRole(v.Role))
	v.database = found
	switch {
	case err != nil:
		return []Finding{refuse(err)}
	case !found.Exists:
		return []Finding{good(message.New("doctor.database_new", nil))}
	case found.Schema < found.Newest:
		return []Finding{good(message.New("doctor.database_older", message.Args{
			"schema": message.Number(int(found.Schema)),
			"newest": message.Number(int(found.Newest)),
		}))}
	}
	return []Finding{good(message.New("doctor.database", text("stamp", found.Stamp)))}
}
