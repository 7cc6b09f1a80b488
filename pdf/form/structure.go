package form

import "strconv"

// structure writes the structure tree of a file's only page (ISO 32000-1 section 14.7) and returns its root's
// number. What is on the page is in contents; a cell may stay empty, a text may not.
func (w *Writer) structure(f *Form, page int, contents []content) int {
	t := tree{w: w, page: page, owners: make([]int, f.marked+len(f.Slots)+len(f.Codes))}
	there := make([]bool, len(t.owners))
	for i := range f.marked {
		there[i] = true
	}
	for _, c := range contents {
		there[c.number] = true
	}
	root, document, parents := w.reserve(), w.reserve(), w.reserve()
	var kids []int
	for i := range f.outline {
		if e := &f.outline[i]; e.isOnPage(there) {
			kids = append(kids, t.element(e, document, there))
		}
	}
	b := append(w.begin(document), "<</S/Document/P "...)
	w.end(append(appendReferences(append(appendReference(b, root), "/K["...), kids), "]>>"...))
	b = append(w.begin(parents), "<</Nums[0["...)
	for _, owner := range t.owners {
		if owner == 0 {
			b = append(b, "null "...)
			continue
		}
		b = append(appendReference(b, owner), ' ')
	}
	w.end(append(b, "]]>>"...))
	b = append(w.begin(root), "<</Type/StructTreeRoot/K "...)
	b = append(appendReference(b, document), "/ParentTree "...)
	w.end(append(appendReference(b, parents), "/ParentTreeNextKey 1>>"...))
	return root
}

// tree is a structure being written.
type tree struct {
	w      *Writer
	page   int
	owners []int // by number of marked content: the element that it belongs to, 0 for what is not on the page
}

func (t *tree) element(e *element, parent int, there []bool) int {
	id := t.w.reserve()
	var kids []int
	for i := range e.kids {
		if kid := &e.kids[i]; kid.role != "TR" || kid.isOnPage(there) {
			kids = append(kids, t.element(kid, id, there))
		}
	}
	b := append(t.w.begin(id), "<</S/"...)
	b = append(append(b, e.role...), "/P "...)
	b = appendReference(b, parent)
	switch e.role {
	case "TH":
		b = append(b, "/A<</O/Table/Scope/Row>>"...)
	case "Figure":
		b = append(append(b, "/Alt "...), utf16Text(e.alt)...)
	}
	b = append(b, "/K["...)
	for i, c := range e.contents {
		if !there[c] {
			continue
		}
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendInt(b, int64(c), 10)
		t.owners[c] = id
	}
	b = append(appendReferences(b, kids), ']')
	if len(e.kids) == 0 {
		b = appendReference(append(b, "/Pg "...), t.page)
	}
	t.w.end(append(b, ">>"...))
	return id
}

// isOnPage reports whether anything of e is on the page.
func (e *element) isOnPage(there []bool) bool {
	for _, c := range e.contents {
		if there[c] {
			return true
		}
	}
	for i := range e.kids {
		if e.kids[i].isOnPage(there) {
			return true
		}
	}
	return false
}

func appendReference(b []byte, id int) []byte {
	return append(strconv.AppendInt(b, int64(id), 10), " 0 R"...)
}

func appendReferences(b []byte, ids []int) []byte {
	for _, id := range ids {
		b = append(appendReference(b, id), ' ')
	}
	return b
}
