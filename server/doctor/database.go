package doctor

import (
	"context"

	"madoguchi/message"
	"madoguchi/server/datafolder"
	"madoguchi/server/settings"
	"madoguchi/server/store"
)

// checkDatabase finds whether the database is this mode's, this role's and no newer program's. It changes
// nothing.
func (v *visit) checkDatabase(ctx context.Context) []Finding {
	s := v.Settings
	found, err := store.Inspect(ctx, databaseName(s), s.Mode(), s.DataRole(v.Role))
	v.database = found
	switch {
	case err != nil:
		return []Finding{refuse(err)}
	case !found.Exists:
		return withServer(found, good(message.New("doctor.database_new", nil)))
	case found.Schema < found.Newest:
		return withServer(found, good(message.New("doctor.database_older", message.Args{
			"schema": message.Ordinal(int(found.Schema)),
			"newest": message.Ordinal(int(found.Newest)),
		})))
	}
	return withServer(found, good(message.New("doctor.database", text("stamp", found.Stamp))))
}

// databaseName is the settings' database for server/store.
func databaseName(s *settings.Settings) string {
	return datafolder.Database(s.Folder(), s.Database)
}

// withServer adds what is found of the database's server, where there is one.
func withServer(c store.Condition, all ...Finding) []Finding {
	switch {
	case c.Server == "":
		return all
	case c.InClear:
		return append(all, warn(message.New("doctor.database_clear", text("server", c.Server)), nil))
	}
	return append(all, good(message.New("doctor.database_server", text("server", c.Server))))
}
