package insuredcsv

import (
	"bufio"
	"fmt"
	"io"

	"madoguchi/message"
)

// Print writes every row as one JSON object, or in Japanese what is to be said of rows, a line each. It
// returns how many rows there are, and how many of them are refused.
func (out *File) Print(w io.Writer, asJSON bool) (rows, refused int, err error) {
	to := bufio.NewWriter(w)
	if asJSON {
		if err := out.WriteJSON(to); err != nil {
			return 0, 0, err
		}
	}
	note := message.New("import.said.note", nil).Text("ja")
	for row := range out.Rows() {
		rows++
		if !row.Accepted {
			refused++
		}
		if asJSON {
			continue
		}
		for _, n := range row.Reasons {
			fmt.Fprintf(to, "%s %s: %s\n", row.Place(), n.Column, n.Text("ja"))
		}
		for _, n := range row.Warnings {
			fmt.Fprintf(to, "%s %s: %s%s\n", row.Place(), n.Column, note, n.Text("ja"))
		}
	}
	return rows, refused, to.Flush()
}
