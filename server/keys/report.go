package keys

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// Report is what `keys list` tells of an insurer. PDF is "none", "requested", "valid" or "unusable".
type Report struct {
	Insurer eligibility.InsurerNumber `json:"insurer"`
	Keys    []Listed                  `json:"keys"`
	PDF     string                    `json:"pdf"`
	Until   time.Time                 `json:"pdfUntil,omitzero"`
	Problem string                    `json:"problem,omitempty"` // why keys or certificate cannot be used
}

// Report gathers what there is to tell of an insurer; it also returns why the insurer cannot sign.
func (f *Folder) Report(insurer eligibility.InsurerNumber, now time.Time) (Report, error) {
	of := Report{Insurer: insurer, PDF: "valid"}
	listed, err := f.Rings.List(insurer, now)
	if err == nil {
		_, err = f.Rings.Issuer(insurer, now)
	}
	of.Keys = listed
	_, chain, certificate := f.Certificates.DocumentSigner(insurer, now)
	switch {
	case certificate == nil:
		of.Until = chain[0].NotAfter.In(eligibility.Japan)
	case errors.Is(certificate, ErrNoRequest):
		of.PDF = "none"
	case errors.Is(certificate, ErrNoCertificate):
		of.PDF = "requested"
	default:
		of.PDF = "unusable"
		err = errors.Join(err, certificate)
	}
	if err != nil {
		of.Problem = err.Error()
	}
	return of, err
}

// stateKeys and certificateKeys are the keys of the words for a key's state and for Report.PDF.
var stateKeys = map[State]string{
	Current: "keys.state.current",
	Next:    "keys.state.next",
	Retired: "keys.state.retired",
	Dropped: "keys.state.dropped",
}

var certificateKeys = map[string]string{
	"none":      "keys.certificate.none",
	"requested": "keys.certificate.requested",
	"valid":     "keys.certificate.valid",
	"unusable":  "keys.certificate.unusable",
}

// Text is the report for people: Japanese lines, states in both languages.
func (of Report) Text() string {
	var b strings.Builder
	for _, e := range of.Keys {
		b.WriteString(of.line(e))
		if !e.Private && (e.State == Current || e.State == Next) {
			b.WriteString("  " + message.New("keys.report.lost", nil).Bilingual())
		}
		if e.Note != "" {
			fmt.Fprintf(&b, "  (%s)", e.Note)
		}
		fmt.Fprintln(&b)
	}
	b.WriteString(message.New("keys.report.certificate", message.Args{
		"insurer": message.Text(string(of.Insurer)),
		"state":   message.Text(message.New(certificateKeys[of.PDF], nil).Bilingual()),
	}).Text("ja"))
	if !of.Until.IsZero() {
		until := message.Args{"until": message.Text(Japan(of.Until))}
		b.WriteString("  " + message.New("keys.report.until", until).Text("ja"))
	}
	fmt.Fprintln(&b)
	return b.String()
}

// line is a key with its state and dates.
func (of Report) line(e Listed) string {
	line := message.New("keys.report.key", message.Args{
		"insurer":   message.Text(string(of.Insurer)),
		"state":     message.Text(message.New(stateKeys[e.State], nil).Bilingual()),
		"file":      message.Text(e.File),
		"kid":       message.Text(e.JWK.ID),
		"published": message.Text(Japan(e.Published)),
	}).Text("ja")
	ended := message.Args{"retired": message.Text(Japan(e.Retired)), "until": message.Text(Japan(e.Until))}
	switch {
	case e.State == Dropped:
		line += "  " + message.New("keys.report.dropped", ended).Bilingual()
	case !e.Until.IsZero():
		line += "  " + message.New("keys.report.retired", ended).Text("ja")
	}
	return line
}
