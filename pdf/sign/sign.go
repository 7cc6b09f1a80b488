package sign

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"madoguchi/pdf/object"
)

// Options say what goes into the document besides its signature.
type Options struct {
	Credential string // a compact JWS for the XMP packet; empty: none
	Title      string // empty: the document's own
	Field      string // the signature field's name; empty: Signature1, Signature2 …
	Box        [4]int // where the field is on the first page, in points; all zero: nowhere to be seen
	// the document is PDF/A-1b but for its packet and output intent: write those and claim it (ISO 19005-1)
	Archive bool
}

// Describe returns the document with its XMP packet, document information, language and, for Options.Archive,
// output intent, unsigned. It returns ErrStructure or ErrLocked for what is no plain PDF. The same input
// gives the same bytes.
func Describe(document []byte, at time.Time, o Options) ([]byte, error) {
	u, err := openUpdate(document)
	if err != nil {
		return nil, err
	}
	if err := u.describe(at, o); err != nil {
		return nil, err
	}
	u.close()
	return u.out.Bytes(), nil
}

// Sign returns the document with a PAdES signature of level B-B (ETSI EN 319 142-1 section 6.3:
// ETSI.CAdES.detached, no signing-time in the CMS, /M in the dictionary) by the key of chain[0], a P-256 or
// RSA key, behind everything that was there; earlier signatures stay right. When Options ask for a packet, or
// there is none, the description is written as by Describe. It returns ErrStructure or ErrLocked for what is
// no plain PDF and ErrKey for a key that does not fit.
//
// The same document, key, chain, time and options give the same bytes: P-256 signs as in RFC 6979.
func Sign(
	document []byte,
	key crypto.Signer,
	chain []*x509.Certificate,
	at time.Time,
	o Options,
) ([]byte, error) {
	c, err := newContainer(key, chain)
	if err != nil {
		return nil, err
	}
	room, err := c.room()
	if err != nil {
		return nil, ErrKey.Because(err)
	}
	u, err := openUpdate(document)
	if err != nil {
		return nil, err
	}
	if o != (Options{Field: o.Field, Box: o.Box}) || u.root.Get("Metadata") == nil {
		if err := u.describe(at, o); err != nil {
			return nil, err
		}
	}
	hole, err := u.field(at, o, room)
	if err != nil {
		return nil, err
	}
	u.close()
	return fillSignature(
		u.out.Bytes(),
		hole,
		room,
		func(digest []byte) ([]byte, error) { return c.sign(key, digest) },
	)
}

// rangeWidth is the place kept for ByteRange, whose figures are known last: four of ten digits.
const rangeWidth = 44

// field writes the signature dictionary, its field with the widget and an appearance (PDF/A wants one even
// where nothing is seen), the page that shows it and the form. It returns where the hole for the signature
// begins.
func (u *update) field(at time.Time, o Options, room int) (int, error) {
	pages := u.Pages(u.root, 1)
	if len(pages) == 0 {
		return 0, ErrStructure.Because(errors.New("no page"))
	}
	page, pageID := pages[0].Dict, pages[0].Number
	form, formID, _ := u.Dict(u.root.Get("AcroForm"))
	fields := u.Array(form.Get("Fields"))
	if o.Field == "" {
		o.Field = u.freeName(fields)
	}
	value, widget, appearance := u.reserve(), u.reserve(), u.reserve()
	u.begin(value)
	fmt.Fprintf(&u.out,
		"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(%s)/ByteRange %s/Contents ",
		pdfDate(at), strings.Repeat(" ", rangeWidth))
	hole := u.out.Len()
	u.out.WriteString("<" + strings.Repeat("0", 2*room) + ">>>\nendobj\n")
	box := fmt.Sprintf("[%d %d %d %d]", o.Box[0], o.Box[1], o.Box[2], o.Box[3])
	u.stream(
		appearance,
		fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 %d %d]", o.Box[2]-o.Box[0], o.Box[3]-o.Box[1]),
		nil,
	)
	// F 132: printed and locked (ISO 32000-1 table 165); PDF/A-1 forbids hidden ones.
	u.write(
		widget,
		fmt.Sprintf(
			"<</Type/Annot/Subtype/Widget/FT/Sig/T %s/F 132/Rect%s/P %d 0 R/V %d 0 R/AP<</N %d 0 R>>>>",
			pdfText(o.Field), box, pageID, value, appearance),
	)
	join := func(old []object.Value) string {
		var b strings.Builder
		b.WriteByte('[')
		for _, one := range old {
			fmt.Fprintf(&b, "%s ", one)
		}
		fmt.Fprintf(&b, "%d 0 R]", widget)
		return b.String()
	}
	u.write(pageID, page.With("Annots", join(u.Array(page.Get("Annots")))).String())
	// signatures exist, append only (table 219)
	form = form.With("Fields", join(fields)).With("SigFlags", "3")
	if formID != 0 {
		u.write(formID, form.String())
	} else {
		u.root = u.root.With("AcroForm", form.String())
	}
	return hole, nil
}

// freeName returns the first of Signature1, Signature2 … that no field has.
func (u *update) freeName(fields []object.Value) string {
	var taken []string
	for _, f := range fields {
		if d, _, ok := u.Dict(f); ok {
			taken = append(taken, plainText(d.Get("T")))
		}
	}
	for i := 1; ; i++ {
		if name := fmt.Sprintf("Signature%d", i); !slices.Contains(taken, name) {
			return name
		}
	}
}

// fillSignature writes ByteRange and puts the signature of everything but the hole into the hole (ISO 32000-1
// section 12.8.1).
func fillSignature(data []byte, hole, room int, sign func(digest []byte) ([]byte, error)) ([]byte, error) {
	end := hole + 2*room + 2
	if int64(len(data)) > 9_999_999_999 {
		return nil, ErrLarge
	}
	covered := fmt.Sprintf("[0 %d %d %d]", hole, end, len(data)-end)
	copy(data[hole-len("/Contents ")-rangeWidth:], covered)
	h := sha256.New()
	h.Write(data[:hole])
	h.Write(data[end:])
	der, err := sign(h.Sum(nil))
	if err != nil {
		return nil, err
	}
	if len(der) > room {
		return nil, ErrKey.Because(fmt.Errorf("the signature takes %d bytes, %d were kept", len(der), room))
	}
	hex.Encode(data[hole+1:], der)
	return data, nil
}
