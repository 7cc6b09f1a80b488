package insuredcsv

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/japanese"
)

// A Source is a file as it was sent, in parts of PartSize. It is read part by part as often as it is asked for: a clerk's
// file has tens of megabytes, and a server has several clerks.
type Source interface {
	Parts() int
	Part(i int) ([]byte, error)
}

// Text is a Source that is held in memory.
type Text [][]byte

// PartSize is the size of all parts of a Source but the last, in bytes.
const PartSize = 256 << 10

// Parts returns how many there are.
func (t Text) Parts() int { return len(t) }

// Part returns one of them.
func (t Text) Part(i int) ([]byte, error) { return t[i], nil }

// Keep takes a whole file in. It refuses, as an *eligibility.Error, what no row may be taken from: an empty or too large
// file, one that is no CSV, and above all one with a My Number anywhere.
func Keep(file io.Reader) (*Packed, error) {
	p := &Packed{}
	if err := takeIn(file, p.add); err != nil {
		return nil, err
	}
	return p, accept(p)
}

// accept refuses what no row may be taken from.
func accept(source Source) error {
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
		return refused("empty", "ファイルが空です。見出しと1行以上の行が入ったCSVを選んでください。", "The file is empty. Choose a CSV with a heading and rows.")
	}
	if err := f.refuseMyNumber(heading); err != nil {
		return err
	}
	return f.refuseGarbled(heading)
}

// takeIn hands a file on in parts, which its taker copies.
func takeIn(file io.Reader, take func(part []byte) error) error {
	part := make([]byte, PartSize)
	for left := MaxFile + 1; left > 0; {
		n, err := io.ReadFull(file, part[:min(PartSize, left)])
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
			return refused("read", "ファイルを最後まで読めませんでした。何も保存していません。もう一度読み込んでください。", "The file could not be read to its end. Nothing was stored. Import it again.").Because(err)
		}
	}
	return refused("too_large", "ファイルが大きすぎます（64MBまで）。何も保存していません。ファイルを分けて、一つずつ読み込んでください。",
		"The file is larger than 64 MB. Nothing was stored. Split it and import the parts.")
}

// otherKinds are files that clerks choose by mistake, by their first bytes.
var otherKinds = []struct{ start, ja, en string }{
	{"PK\x03\x04", "これはExcelのブック（xlsx）か、圧縮されたファイルです。Excelで開き、「名前を付けて保存」で「CSV（コンマ区切り）」か「CSV UTF-8」を選んで保存し、そのファイルを選んでください。",
		"This is an Excel workbook (xlsx) or a compressed file. Open it in Excel, save it as CSV and choose that file."},
	{"\xD0\xCF\x11\xE0", "これは古い形のExcelのブック（xls）です。Excelで開き、「名前を付けて保存」で「CSV（コンマ区切り）」か「CSV UTF-8」を選んで保存し、そのファイルを選んでください。",
		"This is an old Excel workbook (xls). Open it in Excel, save it as CSV and choose that file."},
	{"%PDF-", "これはPDFです。名簿のCSVファイルを選んでください。", "This is a PDF. Choose the CSV file of the insured."},
}

// refuseOtherKinds refuses what is no text at all, with the way to a CSV.
func (f *file) refuseOtherKinds() error {
	for _, kind := range otherKinds {
		if bytes.HasPrefix(f.first, []byte(kind.start)) {
			return refused("kind", kind.ja+"何も保存していません。", kind.en+" Nothing was stored.")
		}
	}
	if len(f.first) > 0 && f.in != utf16 && bytes.Count(f.first, []byte{0}) > len(f.first)/20 {
		return refused("binary", "これは文字のファイル（CSV）ではありません。何も保存していません。名簿をCSVで保存し直して、そのファイルを選んでください。",
			"This is not a text file. Nothing was stored. Save the list as CSV and choose that file.")
	}
	return nil
}

// refuseGarbled refuses a file whose letters are neither UTF-8 nor Shift_JIS, when its heading shows that.
func (f *file) refuseGarbled(heading record) error {
	garbled := strings.ContainsAny(strings.Join(heading.cells, ""), "\x1b\ufffd")
	if f.in == shiftJIS && !garbled && !anyKnown(heading.cells) {
		end := bytes.IndexAny(f.first, "\r\n")
		euc, err := japanese.EUCJP.NewDecoder().Bytes(f.first[:max(end, 0)])
		garbled = err == nil && anyKnown(strings.Split(string(euc), string(delimiter(string(euc)))))
	}
	if garbled {
		return refused("garbled", "1行目（見出し）の文字が読めません。文字コードが UTF-8 でも Shift_JIS でもないようです。何も保存していません。Excelで開けるなら「CSV UTF-8」で保存し直して、そのファイルを選んでください。",
			"The first line cannot be read: the file seems to be neither UTF-8 nor Shift_JIS. Nothing was stored. Save it as UTF-8 and choose it again.")
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
