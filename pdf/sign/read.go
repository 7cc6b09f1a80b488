package sign

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"time"

	"madoguchi/pdf/object"
)

// Limits of Read. Each byte is looked at a fixed number of times, and hashed once a signature.
const (
	MaxBytes      = 32 << 20
	maxSignatures = 8
	maxContainer  = 1 << 20 // bytes of hexadecimal in a signature
	maxPacket     = 1 << 20
	maxPackets    = 16
)

// Found is what a document carries.
type Found struct {
	Credentials []string // the codes in XMP packets, each text once; honest documents have one at most
	Signatures  []Signature
}

// Signature is one signature of a document, the facts apart from each other.
type Signature struct {
	Whole   bool      // everything but the signature's own hole is covered, to the last byte
	After   int       // bytes behind what it covers
	Digest  bool      // the covered bytes are those that were signed
	Right   bool      // the signature over the digest is the certificate's
	Claimed time.Time // /M: what the signer says, nobody vouches for it; zero if there is none
	Chain   []*x509.Certificate
	Cause   error // why Digest or Right is false; for the log
}

// Intact reports whether the signature itself and what it covers are right. Whose it is and what follows is
// not in it.
func (s Signature) Intact() bool { return s.Digest && s.Right }

// ErrExpired is wrapped by Trusted for a certificate that was valid at the claimed time and is not any more:
// a B-B signature cannot prove when it was made (ETSI EN 319 102-1: indeterminate).
var ErrExpired = errors.New("sign: the certificate has expired since the claimed time")

// Trusted returns nil when the signer's certificate leads to one of the roots at a time.
func (s Signature) Trusted(roots *x509.CertPool, at time.Time) error {
	if len(s.Chain) == 0 {
		return errors.New("sign: no certificate")
	}
	if use := s.Chain[0].KeyUsage; use != 0 &&
		use&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return errors.New("sign: the certificate is not for signing")
	}
	between := x509.NewCertPool()
	for _, c := range s.Chain[1:] {
		between.AddCert(c)
	}
	o := x509.VerifyOptions{
		Roots:         roots,
		Intermediates: between,
		CurrentTime:   at,
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	}
	_, err := s.Chain[0].Verify(o)
	var invalid x509.CertificateInvalidError
	if err == nil || !errors.As(err, &invalid) || invalid.Reason != x509.Expired || s.Claimed.IsZero() ||
		!s.Claimed.Before(at) {
		return err
	}
	o.CurrentTime = s.Claimed
	if _, then := s.Chain[0].Verify(o); then != nil {
		return err
	}
	return fmt.Errorf("%w: %w", ErrExpired, err)
}

// Read finds the code in the XMP packet and the signatures of a document. It trusts nothing: signatures are
// found by their ByteRange wherever it stands, and a range that is not "everything but my own hole, from the
// first byte on" (ISO 32000-1 section 12.8.1) is a wrong signature. Content added behind a signature shows as
// Whole being false.
//
// It returns ErrFormat, ErrLarge or, for encrypted files, ErrLocked. Signatures that cannot be read are
// listed as wrong. Packets are read uncompressed, as PDF/A-1 has them.
func Read(document []byte) (Found, error) {
	var f Found
	if len(document) > MaxBytes {
		return f, ErrLarge
	}
	if !bytes.Contains(document[:min(len(document), 1024)], []byte("%PDF-")) {
		return f, ErrFormat
	}
	if isEncrypted(document) {
		return f, ErrLocked
	}
	f.Credentials = packetCredentials(document)
	for at := 0; len(f.Signatures) < maxSignatures; {
		found := bytes.Index(document[at:], []byte("/ByteRange"))
		if found < 0 {
			break
		}
		at += found + len("/ByteRange")
		near := document[:min(len(document), at+64)] // a comment may be as long as the file
		if begin := object.SkipBlanks(near, at); begin < len(near) && document[begin] == '[' {
			f.Signatures = append(f.Signatures, judgeSignature(document, at))
		}
	}
	if countMarks(document) > len(f.Signatures) {
		f.Signatures = append(f.Signatures, Signature{Cause: errors.New("a signature without a ByteRange")})
	}
	return f, nil
}

// countMarks counts what only signature dictionaries have, so that a signature whose ByteRange was made
// unreadable does not pass for none.
func countMarks(data []byte) (n int) {
	for _, kind := range []string{"/ETSI.CAdES.detached", "/adbe.pkcs7.detached"} {
		n += bytes.Count(data, []byte(kind))
	}
	return min(n, maxSignatures)
}

// isEncrypted looks for /Encrypt in the trailers, and in the dictionaries of cross-reference streams.
func isEncrypted(data []byte) bool {
	for at, n := 0, 0; n < 256; n++ {
		found := bytes.Index(data[at:], []byte("/Encrypt"))
		if found < 0 {
			return false
		}
		at += found + len("/Encrypt")
		if object.WordEnd(data, at) != at {
			continue // a longer name
		}
		near := data[:min(len(data), at+64)]
		begin := object.SkipBlanks(near, at)
		v, _, _ := object.ReadValue(near, begin)
		if _, isReference := v.Reference(); isReference || bytes.HasPrefix(near[begin:], []byte("<<")) {
			return true
		}
	}
	return false
}

// packetCredentials reads the codes of all packets. More than one stays more than one: which of them a reader
// shows is not ours to guess.
func packetCredentials(data []byte) (out []string) {
	for n := 0; n < maxPackets; n++ {
		begin := bytes.Index(data, []byte("<?xpacket begin"))
		if begin < 0 {
			break
		}
		data = data[begin+1:]
		end := bytes.Index(data[:min(len(data), maxPacket)], []byte("<?xpacket end"))
		if end < 0 {
			continue
		}
		for _, one := range packetProperties(data[:end]) {
			known := false
			for _, other := range out {
				known = known || other == one
			}
			if !known {
				out = append(out, one)
			}
		}
		data = data[end:]
	}
	return out
}

// packetProperties returns the values of Namespace's jws in a packet, as elements or in the short form as
// attributes.
func packetProperties(packet []byte) (out []string) {
	d := xml.NewDecoder(bytes.NewReader(packet[bytes.IndexByte(packet, '>')+1:]))
	inside := false
	var b strings.Builder
	for len(out) < maxPackets {
		token, err := d.Token()
		if err != nil {
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			inside = t.Name.Space == Namespace && t.Name.Local == "jws"
			b.Reset()
			for _, a := range t.Attr {
				if a.Name.Space == Namespace && a.Name.Local == "jws" {
					out = append(out, strings.TrimSpace(a.Value))
				}
			}
		case xml.CharData:
			if inside {
				b.Write(t)
			}
		case xml.EndElement:
			if inside {
				out = append(out, strings.TrimSpace(b.String()))
			}
			inside = false
		}
	}
	return out
}

// judgeSignature looks at the signature whose ByteRange's array begins at at.
func judgeSignature(data []byte, at int) Signature {
	var s Signature
	before, after, end, err := coveredRange(data, at)
	if err != nil {
		s.Cause = err
		return s
	}
	container := data[before+1 : after-1]
	s.After = len(data) - end
	s.Whole = s.After == 0
	s.Claimed = claimedTime(data, at)
	der := make([]byte, hex.DecodedLen(len(container)))
	if n, err := hex.Decode(der, container); err != nil || n == 0 {
		s.Cause = fmt.Errorf("the signature is not hexadecimal")
		return s
	}
	s.verify(der, data[:before], data[after:end])
	return s
}

// coveredRange returns where the hole begins and ends and where what is covered ends. The hole must be
// /Contents of the same dictionary and hold nothing but them, and everything else before the end of the range
// must be covered.
func coveredRange(data []byte, at int) (before, after, end int, err error) {
	begin := object.SkipBlanks(data, at)
	array, arrayEnd, ok := object.ReadValue(data[:min(len(data), begin+256)], begin)
	if !ok {
		return 0, 0, 0, errors.New("a ByteRange that does not end")
	}
	figures, _ := array.Array()
	if len(figures) != 4 {
		return 0, 0, 0, errors.New("a ByteRange of other than four figures")
	}
	var n [4]int
	for i, f := range figures {
		var ok bool
		if n[i], ok = f.Int(); !ok {
			return 0, 0, 0, errors.New("a ByteRange without figures")
		}
	}
	before, after = n[1], n[2]
	switch {
	case n[0] != 0,
		before < 1,
		after < before+2,
		after-before > maxContainer,
		after > len(data),
		n[3] < 1,
		n[3] > len(data)-after:
		return 0, 0, 0, errors.New("a ByteRange outside of the file")
	case begin >= before && begin < after, arrayEnd > before && begin < before:
		return 0, 0, 0, errors.New("a ByteRange within its own hole")
	case data[before] != '<' || data[after-1] != '>':
		return 0, 0, 0, errors.New("a ByteRange whose hole is no signature")
	}
	d, ok := dictAround(data, at)
	contents := d.Get("Contents")
	// The same bytes, not only equal ones: the dictionary's entry lies in the file itself.
	if !ok || len(contents) != after-before || &contents[0] != &data[before] {
		return 0, 0, 0, errors.New("a ByteRange whose hole is not its dictionary's")
	}
	return before, after, after + n[3], nil
}

// dictAround returns the dictionary whose entry stands at at: the one behind the nearest "obj" before.
func dictAround(data []byte, at int) (object.Dict, bool) {
	from := max(at-maxContainer-4096, 0)
	word := bytes.LastIndex(data[from:at], []byte("obj"))
	if word < 0 {
		return nil, false
	}
	d, end, ok := object.ReadDict(data, from+word+len("obj"))
	return d, ok && end > at
}

func claimedTime(data []byte, at int) time.Time {
	d, ok := dictAround(data, at)
	if !ok {
		return time.Time{}
	}
	t, _ := parseDate(plainText(d.Get("M")))
	return t
}
