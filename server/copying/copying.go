// Package copying is the command that takes a database over to another engine: from a SQLite file to
// PostgreSQL, or back.
package copying

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"madoguchi/message"
	"madoguchi/server/settings"
	"madoguchi/server/store"
)

// Command are the flags of `madoguchi copy`. The keys stay where they are: what is sealed is copied sealed.
type Command struct {
	From string `required:"" placeholder:"DATABASE" help:"${copy_from}"`
	To   string `required:"" placeholder:"DATABASE" help:"${copy_to}"`
}

// Run copies. Exit codes: 0 copied and compared, 1 not.
func (c *Command) Run(*settings.Settings) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return c.copy(ctx, os.Stdout, os.Stderr)
}

// tellEvery is after how many rows of a table the command says how far it is.
const tellEvery = 50_000

// copy says on told how far it is, and on out what was copied.
func (c *Command) copy(ctx context.Context, out, told io.Writer) error {
	done, err := store.Copy(ctx, c.From, c.To, func(t store.CopyTold) {
		if t.Rows != t.Total && t.Rows%tellEvery != 0 {
			return
		}
		key := "copy.table"
		if t.Compared {
			key = "copy.compared"
		}
		fmt.Fprintln(told, message.New(key, message.Args{
			"table": message.Text(t.Table),
			"rows":  message.Number(int(t.Rows)),
			"total": message.Number(int(t.Total)),
		}).Text("ja"))
	})
	if err != nil {
		return err
	}
	said := message.New("copy.done", message.Args{
		"tables":  message.Number(done.Tables),
		"rows":    message.Number(int(done.Rows)),
		"entries": message.Number(done.Entries),
	})
	_, err = fmt.Fprintln(out, said.Bilingual())
	return err
}
