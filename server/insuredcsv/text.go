package insuredcsv

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/japanese"
)

// A Source is a file as it was sent, in parts of PartSize. It is read part by part as often as it is asked
// for: a clerk's file has tens of megabytes, and a server has several clerks.
type Source interface {
	Parts() int
	Part(i int) ([]byte, error)
}

// PartSize is the size of all parts of a Source but the last, in bytes.
const PartSize = 256 << 10

// PackFile takes a whole file in. It refuses, as an *eligibility.Error, what no row may be taken from: an
// empty or too large file, one that is no CSV, and above all one with a My Number anywhere.
func PackFile(file io.Reader) (*Packed, error) {
	p := &Packed{}
	if err := takeIn(file, p.add); err != nil {
		return nil, err
	}
	p.packedAll()
	return p, checkSource(p)
}

// takeWhole is PackFile of what cannot be read again where it is.
func takeWhole(file io.Reader) (Source, error) {
	at, ok := rereadable(file)
	if !ok {
		return PackFile(file)
	}
	r := &reread{file: at}
	if err := takeIn(file, r.add); err != nil {
		return nil, err
	}
	return r, checkSource(r)
}

// checkSource refuses what no row may be taken from.
func checkSource(source Source) error {
	f, err := openFile(source)
	if err != nil {
		return err
	}
	if err := f.refuseOtherKinds(); err != nil {
		return err
	}
	heading := f.heading()
	switch {
	case heading.fault != nil:
		return heading.fault
	case heading.line == 0:
		return refuseFile("import.empty", nil)
	}
	if err := f.refuseMyNumber(heading); err != nil {
		return err
	}
	return f.refuseGarbled(heading)
}

// takeIn hands a file on in parts, which its taker copies.
func takeIn(file io.Reader, take func(part []byte) error) error {
	part := make([]byte, PartSize)
	var spared taking
	defer spared.end()
	for left := MaxFile + 1; left > 0; {
		n, err := io.ReadFull(file, part[:min(PartSize, left)])
		spared.next()
		if n > 0 {
			if err := take(part[:n]); err != nil {
				return err
			}
		}
		left -= n
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return refuseFile("import.read", nil).Because(err)
		}
	}
	return refuseFile("import.too_large", nil)
}

// otherKinds are files that clerks choose by mistake, by their first bytes.
var otherKinds = []struct{ start, says string }{
	{"PK\x03\x04", "import.kind_xlsx"},
	{"\xD0\xCF\x11\xE0", "import.kind_xls"},
	{"%PDF-", "import.kind_pdf"},
}

// refuseOtherKinds refuses what is no text at all, with the way to a CSV.
func (f *sourceFile) refuseOtherKinds() error {
	for _, kind := range otherKinds {
		if bytes.HasPrefix(f.first, []byte(kind.start)) {
			return refuseFile("import.kind", nil).Saying(kind.says, nil)
		}
	}
	if len(f.first) > 0 && f.in != inUTF16 && bytes.Count(f.first, []byte{0}) > len(f.first)/20 {
		return refuseFile("import.binary", nil)
	}
	return nil
}

// refuseGarbled refuses a file whose letters are neither UTF-8 nor Shift_JIS, when its heading shows that.
func (f *sourceFile) refuseGarbled(heading record) error {
	garbled := strings.ContainsAny(strings.Join(heading.cells, ""), "\x1b\ufffd")
	if f.in == inShiftJIS && !garbled && !anyKnown(heading.cells) {
		end := bytes.IndexAny(f.first, "\r\n")
		euc, err := japanese.EUCJP.NewDecoder().Bytes(f.first[:max(end, 0)])
		garbled = err == nil && anyKnown(strings.Split(string(euc), string(findDelimiter(string(euc)))))
	}
	if garbled {
		return refuseFile("import.garbled", nil)
	}
	return nil
}

func anyKnown(headings []string) bool {
	for _, h := range headings {
		if _, known := synonyms[normalHeading(strings.Trim(h, `" `))]; known {
			return true
		}
	}
	return false
}
