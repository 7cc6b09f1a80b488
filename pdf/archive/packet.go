package archive

import (
	"bytes"
	"encoding/xml"
	"time"
)

// Namespace is the XMP namespace of the code, property jws, prefix mdg.
const Namespace = "urn:madoguchi:credential:1"

// Producer is what made a file, as its information says.
const Producer = "Madoguchi"

// Description is what a file says about itself. The document information dictionary must say the same (ISO
// 19005-1 section 6.7.3).
type Description struct {
	Title         string
	Author        string // may be empty
	Made, Changed time.Time
	Archive       bool   // claims PDF/A-1b
	Credential    string // a compact JWS; may be empty
}

// Packet returns the XMP packet (ISO 16684-1) of a file in Japanese. The code's own property is declared in
// an extension schema (ISO 19005-1 section 6.7.8), without which PDF/A forbids it.
func Packet(d Description) []byte {
	b := bytes.NewBuffer(make([]byte, 0, 3072+len(d.Credential)))
	b.WriteString("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF ` +
		`xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		"\n" +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
		`xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">` +
		`<dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang="x-default">`)
	escape(b, d.Title)
	b.WriteString(`</rdf:li></rdf:Alt></dc:title>`)
	if d.Author != "" {
		b.WriteString(`<dc:creator><rdf:Seq><rdf:li>`)
		escape(b, d.Author)
		b.WriteString(`</rdf:li></rdf:Seq></dc:creator>`)
	}
	b.WriteString(`<dc:language><rdf:Bag><rdf:li>ja</rdf:li></rdf:Bag></dc:language><pdf:Producer>` +
		Producer + `</pdf:Producer><xmp:CreateDate>` +
		d.Made.Format(moment) + `</xmp:CreateDate><xmp:ModifyDate>` + d.Changed.Format(moment) +
		"</xmp:ModifyDate></rdf:Description>\n")
	if d.Archive {
		b.WriteString(`<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">` +
			`<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>` + "\n")
	}
	if d.Credential != "" {
		b.WriteString(schema + `<rdf:Description rdf:about="" xmlns:mdg="` + Namespace + `"><mdg:jws>`)
		escape(b, d.Credential)
		b.WriteString("</mdg:jws></rdf:Description>\n")
	}
	b.WriteString("</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>")
	return b.Bytes()
}

const schema = `<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" ` +
	`xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" ` +
	`xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">` +
	`<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">` +
	`<pdfaSchema:schema>Madoguchi credential</pdfaSchema:schema><pdfaSchema:namespaceURI>` +
	Namespace + `</pdfaSchema:namespaceURI><pdfaSchema:prefix>mdg</pdfaSchema:prefix>` +
	`<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">` +
	`<pdfaProperty:name>jws</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>` +
	`<pdfaProperty:category>external</pdfaProperty:category>` +
	`<pdfaProperty:description>The signed eligibility of the document as compact ` +
	`JWS</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag>` +
	`</pdfaExtension:schemas></rdf:Description>` +
	"\n"

// moment is a date as XMP writes it.
const moment = "2006-01-02T15:04:05-07:00"

// escape writes text; a bytes.Buffer takes everything.
func escape(b *bytes.Buffer, s string) { _ = xml.EscapeText(b, []byte(s)) }
