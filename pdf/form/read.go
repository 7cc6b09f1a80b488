package form

import (
	"fmt"
	"strconv"

	"madoguchi/pdf/object"
)

// readPage returns the content stream of a file's only page, and the page's size.
func readPage(file []byte) (content []byte, width, height float64, err error) {
	f, err := object.Open(file)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("%w: %w", ErrForm, err)
	}
	catalog, _, _ := f.Dict(f.Trailer.Get("Root"))
	pages := f.Pages(catalog, 2)
	if len(pages) != 1 {
		return nil, 0, 0, fmt.Errorf("%w: %d pages", ErrForm, len(pages))
	}
	var box [4]float64
	sides := f.Array(pages[0].MediaBox)
	if len(sides) != len(box) {
		return nil, 0, 0, fmt.Errorf("%w: no MediaBox", ErrForm)
	}
	for i, side := range sides {
		var ok bool
		if box[i], ok = side.Number(); !ok || i < 2 && box[i] != 0 {
			return nil, 0, 0, fmt.Errorf(
				"%w: a MediaBox of %s",
				ErrForm,
				strconv.Quote(string(pages[0].MediaBox)),
			)
		}
	}
	s, ok := f.Stream(pages[0].Dict.Get("Contents"))
	if !ok {
		return nil, 0, 0, fmt.Errorf("%w: no contents", ErrForm)
	}
	if s.Dict.Get("Filter") != nil {
		return nil, 0, 0, fmt.Errorf("%w: the contents are packed", ErrForm)
	}
	return s.Raw, box[2], box[3], nil
}
