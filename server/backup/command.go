package backup

import (
	"context"

	"madoguchi/server/output"
	"madoguchi/server/settings"
)

// Command are the flags of `madoguchi backup`. Exit codes: 0 written, 2 refused, and nothing is left.
type Command struct {
	To          string `arg:"" type:"path" placeholder:"FILE|DIR" help:"${backup_to}"`
	Keys        string `type:"path" placeholder:"FILE|DIR" help:"${backup_keys}"`
	WithoutRuns bool   `help:"${backup_without_runs}"`
	JSON        bool   `name:"json" help:"answer as JSON"`
}

// Run writes a backup, also of a server that runs.
func (c *Command) Run(s *settings.Settings, now settings.Clock) error {
	made, err := Writer{Settings: s, Now: now}.Write(context.Background(), *c)
	return output.Tell(c.JSON, output.One("backup.done", made), err)
}

// RestoreCommand are the flags of `madoguchi restore`. Exit codes: 0 done, 2 refused, and nothing is left.
type RestoreCommand struct {
	From string `arg:"" type:"path" placeholder:"FILE" help:"${restore_from}"`
	Keys string `type:"path" placeholder:"FILE" help:"${restore_keys}"`
	JSON bool   `name:"json" help:"answer as JSON"`
}

// Run makes a data folder of a backup.
func (c *RestoreCommand) Run(s *settings.Settings, now settings.Clock) error {
	done, err := Reader{Settings: s, Now: now}.Restore(context.Background(), *c)
	return output.Tell(c.JSON, output.One("restore.done", done), err)
}
