package insurer

import (
	"log/slog"

	"madoguchi/eligibility"
	"madoguchi/pdf/sign"
)

// signDocument puts the code into a copy's packet and signs the copy with the insurer's certificate. Without
// one that works today the copy goes out unsigned, since its code is proof enough and the patient stands
// there; the operator reads why in the log.
func (d *Documents) signDocument(document []byte, c savedCopy) ([]byte, error) {
	at, options := c.at.In(eligibility.Japan), sign.Options{Credential: c.issued.JWS, Archive: true}
	key, chain, err := d.keys.DocumentSigner(c.insurer.Number, c.at)
	if err != nil {
		d.noteUnsigned(c.insurer.Number, eligibility.DateOf(c.at), err)
		return sign.Describe(document, at, options)
	}
	return sign.Sign(document, key, chain, at, options)
}

// noteUnsigned writes into the log why an insurer's copies go out unsigned, once a day; it reports whether it
// did.
func (d *Documents) noteUnsigned(
	insurer eligibility.InsurerNumber,
	day eligibility.Date,
	why error,
) (noted bool) {
	isNoted := func(noted eligibility.Date) bool { return noted == day }
	_, _ = d.unsigned.get(insurer, isNoted, func() (eligibility.Date, error) {
		slog.Warn("copies (PDF) go out unsigned; see the section on certificates in docs/keys.md",
			"insurer", string(insurer), "error", why)
		noted = true
		return day, nil
	})
	return noted
}
