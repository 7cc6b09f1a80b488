package qrscan

import (
	"io"

	"madoguchi/pdf/object"
)

// file is a PDF with the pictures in it, and what looking at them may still cost.
type file struct {
	*object.File
	images []object.Stream
	work   *work
	pixels int // that may still be decoded
}

const (
	maxInflate = 512 << 20 // the pixels of the largest picture in 16 bits, and more
	maxUnpack  = 64 << 20  // of object streams, which are kept
	maxImages  = 1000
)

// openPDF finds the objects and pictures of a file.
func openPDF(data []byte) *file {
	f := &file{pixels: maxPixels, work: &work{left: pdfWork / 4 * 3, tries: tries / 4 * 3}}
	budget := object.ScanBudget(data, maxInflate, maxUnpack)
	budget.Meter = func(in io.Reader) io.Reader { return &charged{in, f.work} }
	f.File = object.Scan(data, budget, func(s object.Stream) {
		if s.Dict.Get("Subtype").Is("Image") && len(f.images) < maxImages {
			f.images = append(f.images, s)
		}
	})
	return f
}

// reservePixels checks a picture's sides and takes its pixels from what may still be decoded.
func (f *file) reservePixels(width, height int) error {
	if err := checkSize(width, height); err != nil {
		return err
	}
	if width*height > f.pixels {
		return errWork // it would fit by itself
	}
	if !f.work.spend(width * height) {
		return errWork
	}
	f.pixels -= width * height
	return nil
}

// decoded returns a reader of a stream's bytes behind its filters, as long as there is work left.
func (f *file) decoded(s object.Stream) (io.Reader, error) {
	if f.work.left == 0 {
		return nil, errWork
	}
	return f.Decode(s)
}
