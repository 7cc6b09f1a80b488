package insurer

import (
	"log/slog"
	"sync"

	"madoguchi/eligibility"
	"madoguchi/pdf/sign"
)

// unsignedNotes remembers the day on which the log last heard that an insurer's copies go out unsigned.
type unsignedNotes struct {
	mu   sync.Mutex
	said map[eligibility.InsurerNumber]eligibility.Date
}

// first reports whether today's note is still to be written.
func (n *unsignedNotes) first(insurer eligibility.InsurerNumber, day eligibility.Date) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.said[insurer] == day {
		return false
	}
	if n.said == nil {
		n.said = map[eligibility.InsurerNumber]eligibility.Date{}
	}
	n.said[insurer] = day
	return true
}

// signed puts the code into a copy's packet and signs the copy with the insurer's certificate. Without one that works today
// the copy goes out unsigned, since its code is proof enough and the patient stands there; the operator reads why in the log.
func (o *Documents) signed(document []byte, c savedCopy) ([]byte, error) {
	at, options := c.at.In(eligibility.Japan), sign.Options{Credential: c.issued.JWS, Archive: true}
	key, chain, err := o.keys.DocumentSigner(c.insurer.Number, c.at)
	if err != nil {
		if o.unsigned.first(c.insurer.Number, eligibility.DateOf(c.at)) {
			slog.Warn("copies (PDF) go out unsigned; see the section on certificates in docs/keys.md", "insurer", string(c.insurer.Number), "error", err)
		}
		return sign.Describe(document, at, options)
	}
	return sign.Sign(document, key, chain, at, options)
}
