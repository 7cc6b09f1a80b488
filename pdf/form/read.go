package form

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
)

var (
	mediaBox = regexp.MustCompile(`/MediaBox \[ 0 0 ([0-9.]+) ([0-9.]+) \]`)
	length   = regexp.MustCompile(`/Length ([0-9]+)`)
	contents = regexp.MustCompile(`/Contents\s+([0-9]+) 0 R`)
)

// page walks gopdf's cross-reference table to the page's content stream.
func page(file []byte) (content []byte, width, height float64, err error) {
	objects, err := objects(file)
	if err != nil {
		return nil, 0, 0, err
	}
	box := mediaBox.FindSubmatch(file)
	if box == nil {
		return nil, 0, 0, fmt.Errorf("%w: no MediaBox", ErrForm)
	}
	var pages [][]byte
	for _, o := range objects {
		entries, _, _ := bytes.Cut(o, []byte("endobj"))
		if entries, _, _ = bytes.Cut(entries, []byte("stream\n")); bytes.Contains(entries, []byte("/Type /Page\n")) {
			pages = append(pages, entries)
		}
	}
	if len(pages) != 1 {
		return nil, 0, 0, fmt.Errorf("%w: %d pages", ErrForm, len(pages))
	}
	ref := contents.FindSubmatch(pages[0])
	if ref == nil {
		return nil, 0, 0, fmt.Errorf("%w: no contents", ErrForm)
	}
	id, _ := strconv.Atoi(string(ref[1]))
	o := objects[id]
	start, n := bytes.Index(o, []byte("stream\n")), length.FindSubmatch(o)
	if start < 0 || n == nil || bytes.Contains(o[:start], []byte("/Filter")) {
		return nil, 0, 0, fmt.Errorf("%w: the contents are packed", ErrForm)
	}
	size, _ := strconv.Atoi(string(n[1]))
	start += len("stream\n")
	if start+size > len(o) {
		return nil, 0, 0, fmt.Errorf("%w: the contents end early", ErrForm)
	}
	return o[start : start+size], number(string(box[1])), number(string(box[2])), nil
}

var (
	startXref = regexp.MustCompile(`startxref\n([0-9]+)\n`)
	entry     = regexp.MustCompile(`(?m)^([0-9]{10}) 00000 n`)
)

// objects returns, by its number, where each object begins; the bytes run on to the table, since a stream may hold anything.
func objects(file []byte) (map[int][]byte, error) {
	at := startXref.FindSubmatch(file)
	if at == nil {
		return nil, fmt.Errorf("%w: no startxref", ErrForm)
	}
	table, _ := strconv.Atoi(string(at[1]))
	if table > len(file) {
		return nil, fmt.Errorf("%w: the cross-reference table lies outside", ErrForm)
	}
	out := map[int][]byte{}
	for i, e := range entry.FindAllSubmatch(file[table:], -1) {
		start, _ := strconv.Atoi(string(e[1]))
		if start > table {
			return nil, fmt.Errorf("%w: an object lies outside", ErrForm)
		}
		out[i+1] = file[start:table]
	}
	return out, nil
}
