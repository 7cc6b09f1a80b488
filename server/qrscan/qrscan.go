// Package qrscan reads the QR codes of a file: a screenshot, a photo, a scan or a PDF.
//
// It finds the finder patterns of codes in the picture, lays a grid over each three of them, moves the grid
// until the modules that every code has in common fit best, and takes each module's brightness at its middle.
// Unmasking and error correction are gozxing's; its own way of finding codes loses dense ones that are small,
// blurred or turned.
//
// Of a PDF only the pictures are looked at, with a budget for all that is inflated, decoded and searched; its
// objects are read by pdf/object. A full library (pdfcpu 0.15) was made to take 2 GB by a file of 20 MB whose
// streams overlap.
package qrscan

import (
	"cmp"
	"errors"
	"slices"

	"madoguchi/eligibility"
)

// MaxBytes is the largest file that Codes looks at.
const MaxBytes = 32 << 20

// The sentences for people. Callers compare with errors.Is.
var (
	ErrFormat = &eligibility.Error{Code: eligibility.Invalid, Key: "lens.format"}
	ErrLarge  = &eligibility.Error{Code: eligibility.Invalid, Key: "lens.large"}
	ErrLocked = &eligibility.Error{Code: eligibility.Invalid, Key: "lens.locked"}
	// ErrWork is the kind of the error that says how many pictures of a PDF were looked at.
	ErrWork    = &eligibility.Error{Code: eligibility.Invalid, Key: "lens.work"}
	ErrNone    = &eligibility.Error{Code: eligibility.NotFound, Key: "lens.none"}
	ErrNonePDF = &eligibility.Error{Code: eligibility.NotFound, Key: "lens.none_pdf"}
)

// Found is what Scan found.
type Found struct {
	Texts    []string
	Pictures int // those large enough for a code
	Looked   int // those that were looked at; fewer when the work that a PDF may cost was used up before
}

// Codes returns what Scan finds.
func Codes(data []byte) ([]string, error) {
	found, err := Scan(data)
	return found.Texts, err
}

// Scan returns the texts of the QR codes in data, a PNG, JPEG or GIF picture or a PDF, the largest code first
// (in pixels of its picture) and each text once. Byte segments come byte for byte as they were written,
// whatever their character set.
//
// Pictures may be turned, tilted a little, blurred, inverted or coloured; a module must be at least 2.5
// pixels wide. Of a PDF the pictures in it are read, not what is drawn with lines. Micro QR and the joining
// of one text from several codes are not supported.
//
// The work is bounded by the limits on bytes, pixels and decoded bytes, and for all pictures of a PDF
// together by a share of work; Found and ErrWork tell when that did not suffice to look at each. The errors
// are ErrFormat, ErrLarge, ErrLocked, ErrNone, ErrNonePDF and ErrWork, with their cause.
func Scan(data []byte) (Found, error) {
	if len(data) > MaxBytes {
		return Found{}, ErrLarge
	}
	if isPDF(data) {
		return pdfCodes(data)
	}
	p, err := decodePicture(data, checkSize)
	if errors.Is(err, errPixels) {
		return Found{}, ErrLarge.Because(err)
	}
	if err != nil {
		return Found{}, ErrFormat.Because(err)
	}
	texts := orderTexts(findCodes(p, &work{left: pictureWork, tries: tries}))
	if len(texts) == 0 {
		return Found{}, ErrNone
	}
	return Found{Texts: texts, Pictures: 1, Looked: 1}, nil
}

// orderTexts returns the texts, the largest code's first, each once.
func orderTexts(found []code) []string {
	slices.SortStableFunc(found, func(a, b code) int { return cmp.Compare(b.side, a.side) })
	var texts []string
	for _, c := range found {
		if c.text != "" && !slices.Contains(texts, c.text) {
			texts = append(texts, c.text)
		}
	}
	return texts
}
