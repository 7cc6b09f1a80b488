package printing_test

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"testing"

	"madoguchi/pdf"
	"madoguchi/server/printing"
)

// altered is a Composer whose files reach the disk otherwise than they were written.
type altered struct {
	*notices
	alter func(data []byte) []byte
}

func (a *altered) Open(w io.Writer) (printing.File[pdf.Notice], error) {
	f := &alteredFile{to: w, alter: a.alter}
	f.Notices = pdf.NewNotices(&f.written, "架空市", runDay)
	return f, nil
}

type alteredFile struct {
	file
	written bytes.Buffer
	to      io.Writer
	alter   func(data []byte) []byte
}

func (f *alteredFile) Close() (int, error) {
	pages, err := f.file.Close()
	if err == nil {
		_, err = f.to.Write(f.alter(f.written.Bytes()))
	}
	return pages, err
}

var (
	contents  = regexp.MustCompile(`/Contents\[(\d+ 0 R )(\d+ 0 R )(\d+ 0 R)\]`)
	valueFont = regexp.MustCompile(`/P (\d+) 0 R`)
	picture   = regexp.MustCompile(`/BitsPerComponent 1/Filter/FlateDecode/Length \d+>>stream\n`)
)

// lastOf returns where the last match of a pattern and its groups begin and end.
func lastOf(t *testing.T, pattern *regexp.Regexp, data []byte) []int {
	t.Helper()
	all := pattern.FindAllSubmatchIndex(data, -1)
	if len(all) == 0 {
		t.Fatalf("%v is not in the file", pattern)
	}
	return all[len(all)-1]
}

func TestAnAlteredFileIsNotReleased(t *testing.T) {
	for name, alter := range map[string]func(data []byte) []byte{
		"cut off":               func(data []byte) []byte { return data[:len(data)-500] },
		"cut off within a page": func(data []byte) []byte { return data[:len(data)/2] },
		"empty":                 func([]byte) []byte { return nil },
		"without its table": func(data []byte) []byte {
			return bytes.ReplaceAll(data, []byte("xref\n"), []byte("xrex\n"))
		},
		"without a page": func(data []byte) []byte {
			return bytes.Replace(data, []byte("/Type/Page/"), []byte("/Type/Pagf/"), 1)
		},
		"a picture's bit turned": func(data []byte) []byte {
			data[lastOf(t, picture, data)[1]+40] ^= 0x10
			return data
		},
		"a page with the content of the one before": func(data []byte) []byte {
			all := contents.FindAllSubmatchIndex(data, -1)
			one, other := all[len(all)-2], all[len(all)-1]
			copy(data[other[6]:other[7]], data[one[6]:one[7]])
			return data
		},
		"a page without what all share": func(data []byte) []byte {
			m := lastOf(t, contents, data)
			copy(data[m[4]:m[5]], bytes.Repeat([]byte(" "), m[5]-m[4]))
			return data
		},
		"the font is elsewhere": func(data []byte) []byte {
			m := valueFont.FindSubmatch(data)
			begin := bytes.Index(data, fmt.Appendf(nil, "\n%s 0 obj", m[1])) + 1
			return bytes.ReplaceAll(data, fmt.Appendf(nil, "%010d 00000 n", begin),
				fmt.Appendf(nil, "%010d 00000 n", bytes.LastIndex(data[:begin-1], []byte("endobj\n"))+7))
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := &memory{}
			r := newJob(t, 12, &altered{composer(t), alter}, m)
			files, err := r.print(t.Context())
			if got := names(t, r.Folder); err == nil || len(got) > 0 || len(m.files) > 0 {
				t.Errorf("%+v %v, %v is there", files, err, got)
			}
		})
	}
	r := newJob(t, 12, &altered{composer(t), func(data []byte) []byte { return data }}, &memory{})
	if _, err := r.print(t.Context()); err != nil {
		t.Errorf("not altered: %v", err)
	}
}
