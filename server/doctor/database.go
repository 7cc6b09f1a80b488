package doctor

import (
	"context"

	"madoguchi/message"
	"madoguchi/server/datafolder"
	"madoguchi/server/store"
)

// checkDatabase finds whether the database is this mode's, this role's and no newer program's. It changes
// nothing. The audit chain is verified by serve, and by nobody twice.
func (v *visit) checkDatabase(ctx context.Context) []Finding {
	s := v.Settings
	found, err := store.Inspect(ctx, v.databaseName(), s.Mode(), s.DataRole(v.Role))
	v.database = found
	switch {
	case err != nil:
		return []Finding{refuse(err)}
	case !found.Exists:
		return v.withServer([]Finding{good(message.New("doctor.database_new", nil))})
	case found.Schema < found.Newest:
		return v.withServer([]Finding{good(message.New("doctor.database_older", message.Args{
			"schema": message.Number(int(found.Schema)),
			"newest": message.Number(int(found.Newest)),
		}))})
	}
	return v.withServer([]Finding{good(message.New("doctor.database", text("stamp", found.Stamp)))})
}

// databaseName is the settings' database for server/store.
func (v *visit) databaseName() string {
	return datafolder.Database(v.Settings.Folder(), v.Settings.Database)
}

// withServer adds what is found of the database's server, where there is one.
func (v *visit) withServer(all []Finding) []Finding {
	switch {
	case v.database.Server == "":
		return all
	case v.database.InClear:
		return append(all, warn(message.New("doctor.database_clear", text("server", v.database.Server)), nil))
	}
	return append(all, good(message.New("doctor.database_server", text("server", v.database.Server))))
}
