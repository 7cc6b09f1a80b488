package insuredcsv

import (
	"hash/maphash"
	"slices"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// ErrMyNumber refuses a whole file for a 12-digit My Number. Its copies name line and column; the value is
// never kept.
var ErrMyNumber = refuseFile("import.my_number", nil)

// refuseMyNumber looks at every cell of the file before anything is taken from it. It returns a record's
// fault, too: nothing is taken from a file that cannot be read to its end.
func (f *sourceFile) refuseMyNumber(heading record) error {
	for i, h := range heading.cells {
		if forbiddenHeading(h) {
			return myNumberAt(heading, i, "", "import.in_heading")
		}
	}
	search := newSplitSearch(heading.cells)
	for rec := range f.records() {
		if rec.fault != nil {
			return rec.fault
		}
		for i, cell := range rec.cells {
			if !eligibility.HoldsMyNumber(cell) {
				continue
			}
			name := ""
			if i < len(heading.cells) && !eligibility.HoldsMyNumber(heading.cells[i]) {
				name = strings.TrimSpace(heading.cells[i])
			}
			return myNumberAt(rec, i, name, "import.in_value")
		}
		if rec.broken && eligibility.HoldsMyNumber(strings.Join(rec.cells, "")) {
			return myNumberAt(rec, 0, "", "import.in_value")
		}
		search.scan(rec)
	}
	return search.refusal()
}

func myNumberAt(rec record, column int, name, what string) error {
	heading := ""
	if name != "" {
		heading = "（" + shortQuote(name) + "）"
	}
	return ErrMyNumber.With(message.Args{
		"place":   message.Nested(placeOf(rec.line, rec.row)),
		"column":  message.Number(column + 1),
		"heading": message.Text(heading),
		"what":    message.Nested(message.New(what, nil)),
	})
}

// splitSearch looks for numbers that are split over neighbouring cells: 4+4+4, 6+6 or any other way, in the
// order of the columns. Blank cells between do not part them.
//
// A register has many neighbours of twelve digits (記号 of 8 and 番号 of 4, a telephone in three cells, a date
// and a share), and one in eleven of them has a right check digit by chance. One row therefore proves
// nothing, but a file does: where cells of these sizes stand in these columns in n rows, and k different ones
// fit, k is about n/11 by chance and n where they are numbers. Four in five is no chance,
//   - with a single row where the groups are equal (4+4+4, 6+6, 3+3+3+3, single digits) and stand in columns
//     that mean no number: nobody's columns, or names and addresses that hold nothing but digits. With those,
//     cells between may be skipped, too.
//   - with at least five that fit everywhere else (chance: 11 to the power of minus 5).
//
// So a number that stands split in few rows of 記号 and 番号 cannot be told from 記号 and 番号, nor one over several
// rows.
type splitSearch struct {
	kinds []columnKind
	seen  map[shape]*shapeTally
}

// columnKind is what a column means for this search.
type columnKind int

const (
	unknownKind columnKind = iota // not recognised
	wordKind                      // names and addresses
	numberKind
)

// shape is a way in which a row's cells have twelve digits: the first and last column, and how many digits in
// each cell.
type shape struct {
	first, last int
	sizes       [12]uint8
}

// shapeTally counts the rows of a shape.
type shapeTally struct {
	telling bool // a single row is enough
	rows    int
	fits    map[uint64]struct{} // hashes of the different numbers that fit
	more    int                 // that fit when there were enough hashes
	line    int                 // where the first of them stands
	row     int
}

// Bounds of what is remembered, and of what proves a split number.
const (
	mostShapes  = 4096
	mostFits    = 20_000
	enoughSplit = 5
)

var splitSeed = maphash.MakeSeed()

// wordColumns hold names and addresses.
var wordColumns = []Column{
	colName,
	colKana,
	colAddress,
	colMail,
	colSubscriber,
	colAlias,
	colAliasKana,
	colEmployer,
}

func newSplitSearch(headings []string) *splitSearch {
	s := &splitSearch{seen: map[shape]*shapeTally{}}
	for _, h := range headings {
		k := unknownKind
		switch column, known, _ := meaningOf(headingText(h), nil); {
		case !known:
		case slices.Contains(wordColumns, column):
			k = wordKind
		default: // with the numbers of lines that an error file brings back
			k = numberKind
		}
		s.kinds = append(s.kinds, k)
	}
	return s
}

// digitCell is a cell of nothing but digits.
type digitCell struct {
	column int
	digits string
	apart  bool // something else stands between it and the cell before
	over   bool // in particular, a number of its own
}

// scan counts a row's shapes.
func (s *splitSearch) scan(rec record) {
	var room [16]digitCell
	cells := room[:0]
	apart := false
	for i, cell := range rec.cells {
		if blankText(cell) {
			continue
		}
		digits, ok := eligibility.DigitsOnly(plainCell(cell))
		if !ok || len(digits) > 11 {
			apart = true
			continue
		}
		cells = append(cells, digitCell{column: i, digits: digits, apart: apart})
		apart = false
	}
	s.windows(rec, cells, false)
	if !slices.ContainsFunc(cells, func(c digitCell) bool { return s.kind(c.column) == wordKind }) {
		return
	}
	others, over := make([]digitCell, 0, len(cells)), false // around a date of birth, say
	for _, c := range cells {
		if s.kind(c.column) == numberKind {
			over = true
			continue
		}
		c.apart, c.over = c.apart || over, over
		others, over = append(others, c), false
	}
	s.windows(rec, others, true)
}

func (s *splitSearch) kind(column int) columnKind {
	if column < len(s.kinds) {
		return s.kinds[column]
	}
	return unknownKind
}

// windows counts neighbours of twelve digits together; over: only those between which a number was left out.
func (s *splitSearch) windows(rec record, cells []digitCell, over bool) {
	for i := range cells {
		sum := len(cells[i].digits)
		for j := i + 1; j < len(cells) && j-i < 12 && sum < 12; j++ {
			if sum += len(cells[j].digits); sum != 12 {
				continue
			}
			if !over || slices.ContainsFunc(cells[i+1:j+1], leavesOut) {
				s.count(rec, cells[i:j+1])
			}
		}
	}
}

func leavesOut(c digitCell) bool { return c.over }

// count counts cells of twelve digits together.
func (s *splitSearch) count(rec record, cells []digitCell) {
	of := shape{first: cells[0].column, last: cells[len(cells)-1].column}
	equal, apart, years := true, false, len(cells) == 3
	var holds [3]bool
	var all [12]byte
	n := 0
	for i, c := range cells {
		of.sizes[i] = uint8(len(c.digits))
		equal = equal && len(c.digits) == len(cells[0].digits)
		apart = apart || i > 0 && c.apart
		years = years && (strings.HasPrefix(c.digits, "19") || strings.HasPrefix(c.digits, "20"))
		holds[s.kind(c.column)] = true
		n += copy(all[n:], c.digits)
	}
	equal = equal && slices.Contains([]int{1, 3, 4, 6}, len(cells[0].digits))
	telling := equal && !years && (holds[wordKind] || !holds[numberKind])
	if apart && !(telling && holds[wordKind]) {
		return
	}
	t := s.seen[of]
	if t == nil {
		if len(s.seen) == mostShapes {
			return
		}
		t = &shapeTally{telling: telling, fits: map[uint64]struct{}{}}
		s.seen[of] = t
	}
	t.rows++
	if !eligibility.MyNumberFits(string(all[:])) {
		return
	}
	if len(t.fits) == mostFits {
		t.more++
		return
	}
	if len(t.fits) == 0 {
		t.line, t.row = rec.line, rec.row
	}
	t.fits[maphash.Bytes(splitSeed, all[:])] = struct{}{}
}

// found reports whether these rows hold numbers and not chance.
func (t *shapeTally) found() bool {
	enough := enoughSplit
	if t.telling {
		enough = 1
	}
	k := len(t.fits) + t.more
	return k >= enough && 5*k >= 4*t.rows
}

// refusal names the first row and column of a number that is split.
func (s *splitSearch) refusal() error {
	first := shapeTally{}
	var at shape
	for of, t := range s.seen {
		before := t.line < first.line || t.line == first.line && of.first < at.first
		if t.found() && (first.line == 0 || before) {
			first, at = *t, of
		}
	}
	if first.line == 0 {
		return nil
	}
	return ErrMyNumber.Saying("import.my_number_split", message.Args{
		"place": message.Nested(placeOf(first.line, first.row)),
		"first": message.Number(at.first + 1),
		"last":  message.Number(at.last + 1),
	})
}
