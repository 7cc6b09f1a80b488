package printing

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"slices"

	"madoguchi/pdf/object"
	"madoguchi/server/qrscan"
)

// Mismatch is a page that does not say what its person's should. Nothing of its file is released.
type Mismatch struct {
	Page  int
	Cause string
}

func (m *Mismatch) Error() string { return fmt.Sprintf("page %d: %s", m.Page, m.Cause) }

// readBack reads the codes and texts of every page from the file's bytes, and compares them with what its
// people's pages should say. It returns how many codes it read, and how many people's texts.
func (f *filePrint[T]) readBack(path string) (codes, people int, err error) {
	wanted := f.wants
	pages, err := eachPage(path, func(page int, shown pageShown) error {
		for len(wanted) > 0 && wanted[0].page < page {
			return &Mismatch{wanted[0].page, "the page is missing"}
		}
		expected := map[string]string{}
		for len(wanted) > 0 && wanted[0].page == page {
			maps.Copy(expected, wanted[0].codes)
			if err := wanted[0].saidBy(shown.text); err != nil {
				return err
			}
			wanted = wanted[1:]
			people++
		}
		if !maps.Equal(shown.codes, expected) {
			return &Mismatch{
				page,
				fmt.Sprintf(
					"the codes %v stand where %v should",
					slices.Sorted(maps.Keys(shown.codes)),
					slices.Sorted(maps.Keys(expected)),
				),
			}
		}
		codes += len(shown.codes)
		return nil
	})
	if err == nil && (pages != f.pages || len(wanted) > 0) {
		err = &Mismatch{
			pages,
			fmt.Sprintf("%d pages and %d people were read back, not %d and %d", pages, people, f.pages,
				len(f.wants)),
		}
	}
	return codes, people, err
}

// bitImage is a one-bit image as the file has it: a bit that is 1 leaves the paper white.
type bitImage struct {
	width, height int
	bits          []byte
}

// maxImage bounds the bytes of an image's dots.
const maxImage = 1 << 20

// pageShown is what a page shows.
type pageShown struct {
	codes map[string]string // by the names of their pictures
	text  []byte            // without blanks, until the next page is read
}

// eachPage walks a file of pages as pdf/form writes it, object by object, and calls see with what each page
// shows. It returns the number of pages.
func eachPage(path string, see func(page int, shown pageShown) error) (pages int, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, errFolder.Because(err)
	}
	defer file.Close()
	fonts, err := openFonts(file)
	if err != nil {
		return 0, err
	}
	images := pageImages{kept: map[int]bitImage{}, texts: map[int]string{}}
	texts := pageTexts{fonts: fonts, contents: map[int][]byte{}}
	isImage := func(d object.Dict) bool { return d.Get("Subtype").Is("Image") }
	keep := func(d object.Dict) bool { return isImage(d) || isContent(d) }
	var refused error
	err = object.Walk(bufio.NewReaderSize(file, 1<<20), keep, func(o object.Object) error {
		refused = func() (err error) {
			switch {
			case isImage(o.Dict):
				return images.add(o)
			case !o.Dict.Get("Type").Is("Page"):
				return texts.add(o)
			}
			pages++
			var shown pageShown
			if shown.codes, err = images.codes(o.Dict); err == nil {
				shown.text, err = texts.of(o.Dict)
			}
			if err != nil {
				return &Mismatch{pages, err.Error()}
			}
			return see(pages, shown)
		}()
		return refused
	})
	if err != nil && refused == nil { // the file itself cannot be read
		err = errFolder.Because(err)
	}
	return pages, err
}

// pageImages reads the codes of a file's pages.
type pageImages struct {
	kept  map[int]bitImage // of the pages to come
	texts map[int]string   // of codes that many pages share
	spare [][]byte         // dots of images that were read, to be used again
}

// add takes a one-bit image and unpacks it.
func (s *pageImages) add(o object.Object) error {
	var p bitImage
	var ok1, ok2 bool
	p.width, ok1 = o.Dict.Get("Width").Int()
	p.height, ok2 = o.Dict.Get("Height").Int()
	if !ok1 || !ok2 {
		return fmt.Errorf("an image without size")
	}
	if p.width > 2000 || p.height > 2000 {
		return fmt.Errorf("an image of %d by %d dots", p.width, p.height)
	}
	var err error
	packed := object.Stream{Dict: o.Dict, Raw: o.Data}
	if p.bits, err = object.AppendDecoded(takeSpare(&s.spare), packed, maxImage); err != nil {
		return fmt.Errorf("unpacking an image: %w", err)
	}
	if len(p.bits) < (p.width+7)/8*p.height {
		return fmt.Errorf("an image that ends early")
	}
	s.kept[o.Number] = p
	return nil
}

// markName is the picture on a page that is no code: the insurer's mark.
const markName = "Logo"

// codes reads the codes that a page shows; an image that only this page shows is let go.
func (s *pageImages) codes(page object.Dict) (map[string]string, error) {
	found := map[string]string{}
	resources, _ := page.Get("Resources").Dict()
	pictures, _ := resources.Get("XObject").Dict()
	for _, entry := range pictures {
		name := entry.Name()
		if name == markName {
			continue
		}
		id, _ := entry.Value.Reference()
		text, known := s.texts[id]
		if !known {
			p, ok := s.kept[id]
			if !ok {
				return nil, fmt.Errorf("the picture %s is missing", name)
			}
			if text, ok = p.text(); !ok {
				return nil, fmt.Errorf("the code %s cannot be read", name)
			}
			if len(s.texts) < 64 { // the few that all pages share come first
				s.texts[id] = text
			}
			delete(s.kept, id)
			s.spare = append(s.spare, p.bits[:0])
		}
		found[name] = text
	}
	return found, nil
}

func (p bitImage) dark(x, y int) bool { return p.bits[y*((p.width+7)/8)+x/8]>>(7-x%8)&1 == 0 }

// text reads the modules: the first dark dot is the corner of the upper left finder, seven modules wide.
func (p bitImage) text() (string, bool) {
	for i := range min(p.width, p.height) {
		if !p.dark(i, i) {
			continue
		}
		end := i
		for end < p.width && p.dark(end, i) {
			end++
		}
		dots := (end - i) / 7
		if dots == 0 || (end-i)%7 != 0 {
			return "", false
		}
		size := (p.width - 2*i) / dots
		return qrscan.Bits(size, func(x, y int) bool { return p.dark(i+x*dots+dots/2, i+y*dots+dots/2) })
	}
	return "", false
}
