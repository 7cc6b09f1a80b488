package lens

import (
	"bytes"
	"errors"
)

// isPDF looks for the header within the first 1,024 bytes, where readers look for it (ISO 32000-1 annex H.3.4.1).
func isPDF(data []byte) bool {
	return bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-"))
}

// pdfCodes reads the codes in the pictures of a PDF. All pictures together have as many pixels and tries as one picture;
// further ones are left out.
func pdfCodes(data []byte) ([]string, error) {
	f := open(data)
	if f.locked {
		return nil, ErrLocked
	}
	if len(f.objects) == 0 {
		return nil, ErrFormat
	}
	var found []code
	var causes []error
	left := tries
	for _, image := range f.images {
		// the smallest code has 21 modules a side
		if min(f.number(image.dict, 0, "Width", "W"), f.number(image.dict, 0, "Height", "H")) < 21 {
			continue
		}
		p, err := f.picture(image)
		if err != nil {
			causes = append(causes, err)
			continue
		}
		found = append(found, codes(p, &left)...)
	}
	texts := ordered(found)
	if len(texts) > 0 {
		return texts, nil
	}
	cause := errors.Join(causes...)
	if errors.Is(cause, errPixels) {
		return nil, ErrLarge.Because(cause)
	}
	return nil, ErrNonePDF.Because(cause)
}
