package sign

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"
)

// Namespace is the XMP namespace of the code, property jws, prefix mdg.
const Namespace = "urn:madoguchi:credential:1"

const producer = "Madoguchi"

// describe writes the XMP packet and the document information with the same content, as PDF/A-1 wants (ISO 19005-1
// section 6.7.3), the language, and the output intent.
func (u *update) describe(at time.Time, o Options) error {
	old, infoID, _ := u.dictionary(u.trailer.get("/Info"))
	if infoID == 0 {
		infoID = u.reserve() // gopdf writes it into the trailer itself
		u.trailer = u.trailer.with("/Info", fmt.Sprintf("%d 0 R", infoID))
	}
	if o.Title == "" {
		o.Title = plain(old.get("/Title"))
	}
	author := plain(old.get("/Author"))
	made, changed := at, at
	if t, ok := parseDate(text(old.get("/CreationDate"))); ok {
		made = t
	}
	info := dictionary{}.with("/Title", pdfText(o.Title)).with("/Producer", "("+producer+")").
		with("/CreationDate", "("+pdfDate(made)+")").with("/ModDate", "("+pdfDate(changed)+")")
	if author != "" {
		info = info.with("/Author", pdfText(author))
	}
	u.write(infoID, info.String())
	_, packetID, _ := u.dictionary(u.root.get("/Metadata"))
	if packetID == 0 {
		packetID = u.reserve()
		u.root = u.root.with("/Metadata", fmt.Sprintf("%d 0 R", packetID))
	}
	// No filter: PDF/A-1 forbids one here, and a script finds the code without knowing PDF.
	u.stream(packetID, "/Type/Metadata/Subtype/XML", packet(o, author, made, changed))
	if u.root.get("/Lang") == nil {
		u.root = u.root.with("/Lang", "(ja-JP)")
	}
	if o.Archive && u.root.get("/OutputIntents") == nil {
		profile := u.reserve()
		u.stream(profile, "/N 3", sRGB())
		u.root = u.root.with("/OutputIntents", fmt.Sprintf("[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)/Info(sRGB IEC61966-2.1)/DestOutputProfile %d 0 R>>]", profile))
	}
	return nil
}

// packet is the XMP packet (ISO 16684-1). The code's own property is declared in an extension schema (ISO 19005-1 section
// 6.7.8), without which PDF/A forbids it.
func packet(o Options, author string, made, changed time.Time) []byte {
	var b strings.Builder
	b.WriteString("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` + "\n" +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">` +
		`<dc:format>application/pdf</dc:format>`)
	fmt.Fprintf(&b, `<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>`, escaped(o.Title))
	if author != "" {
		fmt.Fprintf(&b, `<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>`, escaped(author))
	}
	fmt.Fprintf(&b, `<dc:language><rdf:Bag><rdf:li>ja</rdf:li></rdf:Bag></dc:language><pdf:Producer>%s</pdf:Producer><xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate></rdf:Description>`+"\n",
		producer, made.Format(xmpTime), changed.Format(xmpTime))
	if o.Archive {
		b.WriteString(`<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>` + "\n")
	}
	if o.Credential != "" {
		fmt.Fprintf(&b, `<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">`+
			`<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Madoguchi credential</pdfaSchema:schema><pdfaSchema:namespaceURI>%s</pdfaSchema:namespaceURI><pdfaSchema:prefix>mdg</pdfaSchema:prefix>`+
			`<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>jws</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>`+
			`<pdfaProperty:description>The signed eligibility of the document as compact JWS</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>`+"\n"+
			`<rdf:Description rdf:about="" xmlns:mdg="%[1]s"><mdg:jws>%s</mdg:jws></rdf:Description>`+"\n", Namespace, escaped(o.Credential))
	}
	b.WriteString("</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>")
	return []byte(b.String())
}

const xmpTime = "2006-01-02T15:04:05-07:00"

func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return ""
	}
	return b.String()
}

// pdfDate is a date as ISO 32000-1 section 7.9.4 writes it.
func pdfDate(t time.Time) string {
	s := t.Format("-0700")
	return "D:" + t.Format("20060102150405") + s[:3] + "'" + s[3:] + "'"
}

func parseDate(s string) (time.Time, bool) {
	s = strings.ReplaceAll(strings.TrimPrefix(s, "D:"), "'", "")
	for _, layout := range []string{"20060102150405-0700", "20060102150405Z", "20060102150405Z0000", "20060102150405"} {
		if t, err := time.Parse(layout, s); err == nil {
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

// plain reads a text string.
func plain(value []byte) string {
	s := text(value)
	if !strings.HasPrefix(s, "\xFE\xFF") {
		return s
	}
	var units []uint16
	for i := 2; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(units))
}
