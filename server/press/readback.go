package press

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"

	"madoguchi/server/lens"
)

// Mismatch is a page that does not say what its person's should. Nothing of its file is released.
type Mismatch struct {
	Page  int
	Cause string
}

func (m *Mismatch) Error() string { return fmt.Sprintf("page %d: %s", m.Page, m.Cause) }

// readBack decodes every code that the file bears, from the file's bytes, and compares each page's with what its people should
// have. It returns how many codes it read.
func (f *printing) readBack(path string) (int, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, errFolder.Because(err)
	}
	defer file.Close()
	read, codes, wanted := 0, 0, f.wants
	pages, err := eachPage(bufio.NewReaderSize(file, 1<<20), func(page int, found map[string]string) error {
		for len(wanted) > 0 && wanted[0].page < page {
			return &Mismatch{wanted[0].page, "the page is missing"}
		}
		expected := map[string]string{}
		for len(wanted) > 0 && wanted[0].page == page {
			maps.Copy(expected, wanted[0].codes)
			wanted = wanted[1:]
			read++
		}
		if !maps.Equal(found, expected) {
			return &Mismatch{page, fmt.Sprintf("the codes %v stand where %v should", slices.Sorted(maps.Keys(found)), slices.Sorted(maps.Keys(expected)))}
		}
		codes += len(found)
		return nil
	})
	switch {
	case err != nil:
		return codes, err
	case pages != f.pages || len(wanted) > 0:
		return codes, &Mismatch{pages, fmt.Sprintf("%d pages and %d people were read back, not %d and %d", pages, read, f.pages, len(f.wants))}
	}
	return codes, nil
}

// picture is a one-bit image as the file has it: a bit that is 1 leaves the paper white.
type picture struct {
	width, height int
	bits          []byte
}

var (
	objectHead = regexp.MustCompile(`^(\d+) 0 obj`)
	imageEntry = regexp.MustCompile(`/Subtype ?/Image`)
	widthEntry = regexp.MustCompile(`/Width (\d+)`)
	highEntry  = regexp.MustCompile(`/Height (\d+)`)
	lengthText = regexp.MustCompile(`/Length (\d+)`)
	pageEntry  = regexp.MustCompile(`/Type ?/Page[ /<\[>]`)
	objectUse  = regexp.MustCompile(`/XObject ?<<([^>]*)>>`)
	objectRef  = regexp.MustCompile(`/(\w+) (\d+) 0 R`)
)

// maxStream bounds what a damaged length may ask for.
const maxStream = 64 << 20

// eachPage walks a file of pages as pdf/form writes it, object by object, and calls see with the texts of each page's codes. It
// returns the number of pages.
func eachPage(r *bufio.Reader, see func(page int, codes map[string]string) error) (int, error) {
	images := map[int]picture{}
	texts := map[int]string{} // of codes that many pages share
	pages, id := 0, 0
	var object []byte
	for {
		line, err := r.ReadBytes('\n')
		if err == io.EOF {
			return pages, nil
		}
		if err != nil {
			return pages, errFolder.Because(err)
		}
		if head := objectHead.FindSubmatch(line); head != nil && len(object) == 0 {
			id, _ = strconv.Atoi(string(head[1]))
			line = line[len(head[0]):]
		}
		if id == 0 {
			continue // between objects: the header, the table, the trailer
		}
		object = append(object, line...)
		switch trimmed := bytes.TrimRight(line, "\r\n"); {
		case bytes.HasSuffix(trimmed, []byte("stream")) && !bytes.Equal(trimmed, []byte("endstream")):
			data, err := stream(r, object)
			if err != nil {
				return pages, err
			}
			if imageEntry.Match(object) {
				if images[id], err = image(object, data); err != nil {
					return pages, err
				}
			}
			object = append(object[:0], ' ')
		case bytes.Equal(trimmed, []byte("endobj")):
			if pageEntry.Match(object) && !bytes.Contains(object, []byte("/Kids")) {
				pages++
				found, err := pageCodes(object, images, texts)
				if err != nil {
					return pages, &Mismatch{pages, err.Error()}
				}
				if err := see(pages, found); err != nil {
					return pages, err
				}
			}
			object, id = object[:0], 0
		}
	}
}

// stream reads the bytes behind an object's entries.
func stream(r *bufio.Reader, object []byte) ([]byte, error) {
	length := lengthText.FindSubmatch(object)
	n := -1
	if length != nil {
		n, _ = strconv.Atoi(string(length[1]))
	}
	if n < 0 || n > maxStream {
		return nil, errFolder.Because(fmt.Errorf("a stream of %d bytes", n))
	}
	if !imageEntry.Match(object) {
		_, err := r.Discard(n)
		return nil, err
	}
	data := make([]byte, n)
	_, err := io.ReadFull(r, data)
	return data, err
}

// image unpacks a one-bit image.
func image(object, data []byte) (picture, error) {
	w, h := widthEntry.FindSubmatch(object), highEntry.FindSubmatch(object)
	if w == nil || h == nil {
		return picture{}, fmt.Errorf("an image without size")
	}
	p := picture{}
	p.width, _ = strconv.Atoi(string(w[1]))
	p.height, _ = strconv.Atoi(string(h[1]))
	if p.width > 2000 || p.height > 2000 {
		return picture{}, fmt.Errorf("an image of %d by %d dots", p.width, p.height)
	}
	p.bits = data
	if bytes.Contains(object, []byte("/FlateDecode")) {
		unpacked, err := zlib.NewReader(bytes.NewReader(data))
		if err != nil {
			return picture{}, fmt.Errorf("unpacking an image: %w", err)
		}
		if p.bits, err = io.ReadAll(io.LimitReader(unpacked, 1<<20)); err != nil {
			return picture{}, fmt.Errorf("unpacking an image: %w", err)
		}
	}
	if len(p.bits) < (p.width+7)/8*p.height {
		return picture{}, fmt.Errorf("an image that ends early")
	}
	return p, nil
}

// markName is the picture on a page that is no code: the insurer's mark.
const markName = "Logo"

// pageCodes reads the codes that a page shows; an image that only this page shows is let go.
func pageCodes(page []byte, images map[int]picture, texts map[int]string) (map[string]string, error) {
	found := map[string]string{}
	use := objectUse.FindSubmatch(page)
	if use == nil {
		return found, nil
	}
	for _, ref := range objectRef.FindAllSubmatch(use[1], -1) {
		if string(ref[1]) == markName {
			continue
		}
		id, _ := strconv.Atoi(string(ref[2]))
		text, known := texts[id]
		if !known {
			p, ok := images[id]
			if !ok {
				return nil, fmt.Errorf("the picture %s is missing", ref[1])
			}
			if text, ok = p.text(); !ok {
				return nil, fmt.Errorf("the code %s cannot be read", ref[1])
			}
			if len(texts) < 64 { // the few that all pages share come first
				texts[id] = text
			}
			delete(images, id)
		}
		found[string(ref[1])] = text
	}
	return found, nil
}

func (p picture) dark(x, y int) bool { return p.bits[y*((p.width+7)/8)+x/8]>>(7-x%8)&1 == 0 }

// text reads the modules: the first dark dot is the corner of the upper left finder, seven modules wide.
func (p picture) text() (string, bool) {
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
		return lens.Bits(size, func(x, y int) bool { return p.dark(i+x*dots+dots/2, i+y*dots+dots/2) })
	}
	return "", false
}
