package form

import "math"

// item is a text of the form as its outline sees it.
type item struct {
	x, y, size float64
	bold       bool
	left       bool // begins at x
	slot       bool
	content    int // the number of its marked content (MCID)
}

// element is one of the structure that screen readers follow (ISO 32000-1 section 14.8.4): H1, P, Table with
// its rows and cells, or Figure.
type element struct {
	role     string
	alt      string // of a Figure
	contents []int
	kids     []element
}

const (
	cellGap   = 20 // points that a value's column lies right of its label's, at least
	rowReach  = 20 // points up or down within which a value belongs to a label
	sameEdge  = 0.5
	paragraph = 1.75 // line to line within a paragraph, at most, as a multiple of the size
)

// readOutline tells a form's structure from where its texts stand, in the order in which they were drawn: the
// largest label is the heading; labels beneath each other with values right of them are a table; labels close
// beneath each other are one paragraph.
func readOutline(items []item) []element {
	heading := -1
	for i, it := range items {
		if !it.slot && (heading < 0 || it.size > items[heading].size) {
			heading = i
		}
	}
	var out []element
	for i := 0; i < len(items); {
		if i == heading {
			out = append(out, element{role: "H1", contents: []int{items[i].content}})
			i++
			continue
		}
		if table, end := readTable(items, i); end > i {
			out, i = append(out, table), end
			continue
		}
		e := element{role: "P", contents: []int{items[i].content}}
		for i++; i < len(items) && i != heading && continuesParagraph(items[i-1], items[i]); i++ {
			e.contents = append(e.contents, items[i].content)
		}
		out = append(out, e)
	}
	return out
}

// continuesParagraph reports whether b is the next line of a's paragraph.
func continuesParagraph(a, b item) bool {
	down := a.y - b.y
	return !a.slot && !b.slot && a.left && b.left && a.bold == b.bold && a.size == b.size &&
		math.Abs(a.x-b.x) < sameEdge &&
		down > 0 &&
		down < paragraph*a.size
}

// readTable reads the table that begins with item i, if any; end is behind its last row. A label without a
// value between two rows is a row too: its value is covered or drawn.
func readTable(items []item, i int) (t element, end int) {
	t.role, end = "Table", i
	whole, rows := 0, 0 // how many rows the last one with a value makes, and how many have one
	for at := i; at < len(items) && items[at].left && math.Abs(items[at].x-items[i].x) < sameEdge; {
		next := rowEnd(items, at)
		if next > at+1 && math.Abs(items[at+1].x-items[i+1].x) > sameEdge {
			break
		}
		tr := element{
			role: "TR",
			kids: []element{{role: "TH", contents: []int{items[at].content}}, {role: "TD"}},
		}
		for _, cell := range items[at+1 : next] {
			tr.kids[1].contents = append(tr.kids[1].contents, cell.content)
		}
		t.kids = append(t.kids, tr)
		if next > at+1 {
			whole, rows, end = len(t.kids), rows+1, next
		} else if rows == 0 {
			break
		}
		at = next
	}
	if rows < 2 {
		return element{}, i
	}
	t.kids = t.kids[:whole]
	return t, end
}

// rowEnd returns the end of the row that begins with the label items[at]: behind its values, or at+1 when it
// has none.
func rowEnd(items []item, at int) int {
	end := at + 1
	for end < len(items) && items[end].left && items[end].x > items[at].x+cellGap &&
		math.Abs(items[end].x-items[at+1].x) < sameEdge &&
		math.Abs(items[end].y-items[at].y) < rowReach {
		end++
	}
	return end
}
