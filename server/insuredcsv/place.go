package insuredcsv

import "madoguchi/message"

// placeOf says where a row stands: as a spreadsheet counts it, since clerks mend the file there, and as
// physical line of the file where that is another, since breaks of lines in a cell add no row.
func placeOf(line, row int) message.Message {
	args := message.Args{"line": message.Ordinal(line)}
	if row == line || row == 0 {
		return message.New("import.place", args)
	}
	args["row"] = message.Ordinal(row)
	return message.New("import.place_sheet", args)
}

// Place says where the row stands, for people.
func (r Row) Place() string { return placeOf(r.Line, r.Sheet).Text("ja") }
