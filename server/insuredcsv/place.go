package insuredcsv

import (
	"fmt"
)

// place says where a row stands: as a spreadsheet counts it, since clerks mend the file there, and as
// physical line of the file where that is another, since breaks of lines in a cell add no row.
func place(line, row int) string {
	if row == line || row == 0 {
		return fmt.Sprintf("%d行目", line)
	}
	return fmt.Sprintf("表計算の%d行目（ファイルの%d行目）", row, line)
}

func placeEn(line, row int) string {
	if row == line || row == 0 {
		return fmt.Sprintf("Line %d", line)
	}
	return fmt.Sprintf("Row %d of the spreadsheet (line %d of the file)", row, line)
}

// Place says where the row stands, for people.
func (r Row) Place() string { return place(r.Line, r.Sheet) }
