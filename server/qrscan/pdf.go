package qrscan

import (
	"bytes"
	"cmp"
	"errors"
	"slices"

	"madoguchi/message"
	"madoguchi/pdf/object"
)

// isPDF looks for the header within the first 1,024 bytes, where readers look for it (ISO 32000-1 annex
// H.3.4.1).
func isPDF(data []byte) bool {
	return bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-"))
}

// pdfCodes reads the codes in the pictures of a PDF. All pictures together have as many pixels and tries as
// one picture, and a share of work. Each is first glanced at, in the file's order, so that a code in a late
// one is found before the work on codes that lie badly in an early one; then those without a code are
// searched, the smallest first.
func pdfCodes(data []byte) (Found, error) {
	f := openPDF(data)
	if f.Locked {
		return Found{}, ErrLocked
	}
	if f.Len() == 0 {
		return Found{}, ErrFormat
	}
	var result Found
	var found []code
	var causes []error
	var unread []*plane
	for _, image := range f.images {
		// the smallest code has 21 modules a side
		if min(f.Number(image.Dict, 0, "Width", "W"), f.Number(image.Dict, 0, "Height", "H")) < 21 {
			continue
		}
		result.Pictures++
		p, err := f.picture(image)
		if errors.Is(err, errWork) {
			continue // a smaller one may still fit
		}
		if err != nil {
			causes = append(causes, err)
			result.Looked++
			continue
		}
		seen, ok := findFlatCodes(p, f.work)
		found = append(found, seen...)
		if ok {
			result.Looked++
		}
		if len(seen) == 0 {
			unread = append(unread, p)
		}
	}
	f.work.left += pdfWork / 4 // of which nothing was spent on glances
	f.work.tries += tries / 4
	slices.SortStableFunc(unread, func(a, b *plane) int { return cmp.Compare(len(a.pix), len(b.pix)) })
	for _, p := range unread {
		found = append(found, findCodes(p, f.work)...)
	}
	result.Texts = orderTexts(found)
	if len(result.Texts) > 0 {
		return result, nil
	}
	cause := errors.Join(causes...)
	switch {
	case errors.Is(cause, errPixels), errors.Is(cause, object.ErrInflate):
		return result, ErrLarge.Because(cause)
	case result.Looked < result.Pictures:
		return result, errTooMuch(result)
	}
	return result, ErrNonePDF.Because(cause)
}

// errTooMuch says how far a PDF was looked at.
func errTooMuch(r Found) error {
	return ErrWork.Saying("lens.work_partly", message.Args{
		"pictures": message.Number(r.Pictures),
		"looked":   message.Number(r.Looked),
	}).Because(errWork)
}
