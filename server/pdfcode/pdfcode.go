// Package pdfcode reads the eligibility code that a PDF carries, as QR and as text in its XMP packet, and
// judges the PDF around a code that was verified. It asks nobody and keeps nothing. What the PDF's text shows
// to people is not read: only what a code says counts.
package pdfcode

import (
	"bytes"
	"encoding/xml"
	"errors"
	"strings"

	"madoguchi/credential"
	"madoguchi/pdf/archive"
	"madoguchi/pdf/sign"
	"madoguchi/server/qrscan"
)

// Reading is what a PDF holds.
type Reading struct {
	Texts    []string     // texts of codes: the largest QR first, those of the packet last
	Document sign.Found   // its packet and its signatures
	Pictures qrscan.Found // how many pictures were looked at
	Title    string       // of a document that Madoguchi made, as its packet says; empty of any other
}

// IsPDF looks for the header within the first 1,024 bytes, where readers look for it (ISO 32000-1 annex
// H.3.4.1).
func IsPDF(data []byte) bool {
	return bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-"))
}

// Read looks for the code as a picture and in the XMP packet; either is enough. What a picture lacks is an
// error only when the packet has no code either: those of qrscan.Scan and sign.Read. Beside
// qrscan.ErrNonePDF the Reading tells what the PDF is.
func Read(data []byte) (Reading, error) {
	pictures, unseen := qrscan.Scan(data)
	found, err := sign.Read(data)
	switch {
	case errors.Is(unseen, qrscan.ErrLocked):
		return Reading{}, unseen // one sentence for one reason
	case err != nil:
		return Reading{}, err
	}
	read := Reading{
		Texts:    append(pictures.Texts, found.Credentials...),
		Document: found,
		Pictures: pictures,
		Title:    ownTitle(data),
	}
	if len(found.Credentials) > 0 {
		unseen = nil
	}
	return read, unseen
}

// Codes are the texts of a file, told apart.
type Codes struct {
	JWS    string   // the screen or copy that people see first
	Proof  string   // the phone's second code
	Others []string // further, different screens
}

// Pick tells the screen from the phone's proof and from further screens.
func Pick(texts []string) (c Codes) {
	for _, text := range texts {
		read, err := credential.Read(text)
		switch {
		case err != nil:
		case credential.LooksLikeProof(read):
			c.Proof = read
		case c.JWS == "":
			c.JWS = read
		case read != c.JWS:
			c.Others = append(c.Others, read)
		}
	}
	return c
}

const maxPacket = 64 << 10 // of ours, which have about 4 KB

// ownTitle returns the title in the last XMP packet if it names our producer. Anybody can write it: it tells
// what to ask for, and proves nothing.
func ownTitle(data []byte) string {
	begin := bytes.LastIndex(data, []byte("<?xpacket begin"))
	if begin < 0 {
		return ""
	}
	packet := data[begin:min(len(data), begin+maxPacket)]
	if !bytes.Contains(packet, []byte("<pdf:Producer>"+archive.Producer+"</pdf:Producer>")) {
		return ""
	}
	d := xml.NewDecoder(bytes.NewReader(packet[bytes.IndexByte(packet, '>')+1:]))
	for inside := false; ; {
		token, err := d.Token()
		if err != nil {
			return ""
		}
		switch t := token.(type) {
		case xml.StartElement:
			inside = inside || t.Name.Local == "title"
		case xml.EndElement:
			inside = inside && t.Name.Local != "title"
		case xml.CharData:
			if inside && len(bytes.TrimSpace(t)) > 0 {
				return strings.TrimSpace(string(t))
			}
		}
	}
}
