package insurer

import (
	"fmt"
	"io"
	"strings"

	"madoguchi/message"
	"madoguchi/server/insuredcsv"
)

// ImportReport is how the command that imports says what it did, or would do.
type ImportReport struct {
	Rows, Summary io.Writer
	JSON          bool // one object a row, and no count for people
	Trial         bool // nothing was stored
}

// Print says it, and returns how many rows were refused.
func (r ImportReport) Print(read *insuredcsv.File, done Imported) (refused int, err error) {
	rows, refused, err := read.Tell(r.Rows, r.JSON, done.Digest)
	if err != nil {
		return 0, err
	}
	if len(read.Unknown) > 0 {
		columns := message.Args{"columns": message.Text(strings.Join(read.Unknown, "、"))}
		fmt.Fprintln(r.Summary, message.New("import.said.unused", columns).Text("ja"))
	}
	if r.JSON {
		return refused, nil
	}
	said := done.Count.Stored(refused)
	if r.Trial {
		said = Trial(rows, refused)
	}
	fmt.Fprintln(r.Summary, said.Text("ja"))
	return refused, nil
}

// Stored says what storing a file changed, besides its refused rows.
func (n ImportCount) Stored(refused int) message.Message {
	return message.New("import.said.stored", message.Args{
		"new":       message.Number(n.New),
		"changed":   message.Number(n.Changed),
		"unchanged": message.Number(n.Unchanged),
		"refused":   message.Number(refused),
	})
}

// Trial says what storing a file would do.
func Trial(rows, refused int) message.Message {
	return message.New("import.said.trial", message.Args{
		"accepted": message.Number(rows - refused),
		"refused":  message.Number(refused),
	})
}
