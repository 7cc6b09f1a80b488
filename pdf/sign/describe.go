package sign

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf16"

	"madoguchi/pdf/archive"
	"madoguchi/pdf/object"
)

// Namespace is the XMP namespace of the code, property jws, prefix mdg.
const Namespace = archive.Namespace

// describe writes the XMP packet and the document information with the same content, as PDF/A-1 wants (ISO
// 19005-1 section 6.7.3), the language, and the output intent.
func (u *update) describe(at time.Time, o Options) error {
	old, infoID, _ := u.Dict(u.Trailer.Get("Info"))
	if infoID == 0 {
		infoID = u.reserve() // gopdf writes it into the trailer itself
		u.Trailer = u.Trailer.With("Info", fmt.Sprintf("%d 0 R", infoID))
	}
	if o.Title == "" {
		o.Title = plainText(old.Get("Title"))
	}
	author := plainText(old.Get("Author"))
	made, changed := at, at
	if t, ok := parseDate(plainText(old.Get("CreationDate"))); ok {
		made = t
	}
	info := object.Dict{}.With("Title", pdfText(o.Title)).With("Producer", "("+archive.Producer+")").
		With("CreationDate", "("+pdfDate(made)+")").With("ModDate", "("+pdfDate(changed)+")")
	if author != "" {
		info = info.With("Author", pdfText(author))
	}
	u.write(infoID, info.String())
	_, packetID, _ := u.Dict(u.root.Get("Metadata"))
	if packetID == 0 {
		packetID = u.reserve()
		u.root = u.root.With("Metadata", fmt.Sprintf("%d 0 R", packetID))
	}
	// No filter: PDF/A-1 forbids one here, and a script finds the code without knowing PDF.
	u.stream(
		packetID,
		"/Type/Metadata/Subtype/XML",
		archive.Packet(
			archive.Description{
				Title:      o.Title,
				Author:     author,
				Made:       made,
				Changed:    changed,
				Archive:    o.Archive,
				Credential: o.Credential,
			},
		),
	)
	if u.root.Get("Lang") == nil {
		u.root = u.root.With("Lang", "(ja-JP)")
	}
	if o.Archive && u.root.Get("OutputIntents") == nil {
		profile := u.reserve()
		u.stream(profile, "/N 3", archive.Profile())
		u.root = u.root.With("OutputIntents", archive.Intents(profile))
	}
	return nil
}

// pdfDate is a date as ISO 32000-1 section 7.9.4 writes it.
func pdfDate(t time.Time) string {
	s := t.Format("-0700")
	return "D:" + t.Format("20060102150405") + s[:3] + "'" + s[3:] + "'"
}

func parseDate(s string) (time.Time, bool) {
	s = strings.ReplaceAll(strings.TrimPrefix(s, "D:"), "'", "")
	for _, zone := range []string{"-0700", "Z", "Z0000", ""} {
		if t, err := time.Parse("20060102150405"+zone, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// pdfText is a text string in UTF-16 (ISO 32000-1 section 7.9.2.2).
func pdfText(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String() + ">"
}

// plainText reads a text string.
func plainText(value object.Value) string {
	b, _ := value.Text()
	s := string(b)
	if !strings.HasPrefix(s, "\xFE\xFF") {
		return s
	}
	var units []uint16
	for i := 2; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(units))
}
