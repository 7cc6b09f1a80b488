package main

import (
	"context"

	"madoguchi/server/backup"
	"madoguchi/server/output"
	"madoguchi/server/settings"
)

// backupCmd and restoreCmd copy a server and make it again. Exit codes: 0 done, 2 refused, nothing left.
type (
	backupCmd  struct{ backup.Command }
	restoreCmd struct{ backup.RestoreCommand }
)

// Run writes a backup, also of a server that runs.
func (c *backupCmd) Run(s *settings.Settings) error {
	made, err := backup.Writer{Settings: s, Now: clock}.Write(context.Background(), c.Command)
	return printTold(c.JSON, output.One("backup.done", made), err)
}

// Run makes a data folder of a backup.
func (c *restoreCmd) Run(s *settings.Settings) error {
	done, err := backup.Reader{Settings: s, Now: clock}.Restore(context.Background(), c.RestoreCommand)
	return printTold(c.JSON, output.One("restore.done", done), err)
}
