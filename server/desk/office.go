package desk

import (
	"crypto"
	"crypto/x509"
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/keys"
)

// Office is the insurer's half: it imports the insured, hands out notice codes, enrols and issues. It never sees what
// counters record.
type Office struct {
	Store   Store
	Keys    IssuerKeys
	Notices NoticeKeys
	Host    string // the HOST of every iss, https, without trailing slash
	Address string // the address that people open, e.g. http://localhost:8080
	Demo    bool
	Now     func() time.Time

	unsigned  unsignedNotes
	stored    storedDigests
	registers registers
	tally     tally
	lists     struct {
		mu   sync.Mutex
		made map[eligibility.InsurerNumber]madeList
		crls map[revocationKey]madeCRL
	}
}

// IssuerKeys gives each insurer its own keys: the one that signs at now and all that it publishes, and the one for PDFs.
type IssuerKeys interface {
	Issuer(insurer eligibility.InsurerNumber, now time.Time) (keys.IssuerKeys, error)
	// DocumentSigner returns the key that signs an insurer's PDFs with its chain, or an error while there is none.
	DocumentSigner(insurer eligibility.InsurerNumber, now time.Time) (crypto.Signer, []*x509.Certificate, error)
}

// ISS returns the issuer's identifier: HOST/i/NNNNNNNN.
func (o *Office) ISS(insurer eligibility.InsurerNumber) string {
	return o.Host + "/i/" + string(insurer)
}
