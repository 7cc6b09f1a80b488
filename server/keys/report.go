package keys

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"madoguchi/eligibility"
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

// Text is the report for people.
func (of Report) Text() string {
	var b strings.Builder
	words := map[State]string{
		Current: "使用中 current",
		Next:    "次 next",
		Retired: "使用終了 retired",
		Dropped: "取り下げ dropped",
	}
	for _, e := range of.Keys {
		fmt.Fprintf(
			&b,
			"%s  %s  %s  kid %s  公開 %s",
			of.Insurer,
			words[e.State],
			e.File,
			e.JWK.ID,
			Japan(e.Published),
		)
		switch {
		case e.State == Dropped:
			fmt.Fprintf(&b, "  終了 %s  JWKS にはありません not published", Japan(e.Retired))
		case !e.Until.IsZero():
			fmt.Fprintf(&b, "  終了 %s  JWKS %s まで", Japan(e.Retired), Japan(e.Until))
		}
		if !e.Private && (e.State == Current || e.State == Next) {
			fmt.Fprint(&b, "  ★秘密鍵なし lost")
		}
		if e.Note != "" {
			fmt.Fprintf(&b, "  (%s)", e.Note)
		}
		fmt.Fprintln(&b)
	}
	certificates := map[string]string{
		"none":      "なし none",
		"requested": "申請中 requested",
		"valid":     "有効 valid",
		"unusable":  "使えない unusable",
	}
	fmt.Fprintf(&b, "%s  PDF 証明書 %s", of.Insurer, certificates[of.PDF])
	if !of.Until.IsZero() {
		fmt.Fprintf(&b, "  %s まで", Japan(of.Until))
	}
	fmt.Fprintln(&b)
	return b.String()
}
