package desk

import (
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/keys"
)

// Office is the insurer's half: it imports the insured, hands out notice codes, enrols and issues. It never sees what
// counters record.
type Office struct {
	Store interface {
		InsurerStore
		PreviewStore
		NoticeStore
		PhoneStore
		CodeStore
		PaperStore
	}
	Keys    IssuerKeys
	Notices NoticeKeys
	Host    string // the HOST of every iss, https, without trailing slash
	Address string // the address that people open, e.g. http://localhost:8080
	// StateAddress is what a notice's code ① says; empty means マイナポータル's own address.
	StateAddress string
	Demo         bool
	Now          func() time.Time

	lists struct {
		mu   sync.Mutex
		made map[eligibility.InsurerNumber]madeList
	}
}

// IssuerKeys gives each insurer its own keys: the one that signs at now, and all that it publishes.
type IssuerKeys interface {
	Issuer(insurer eligibility.InsurerNumber, now time.Time) (keys.IssuerKeys, error)
}

// ISS returns the issuer's identifier: HOST/i/NNNNNNNN.
func (o *Office) ISS(insurer eligibility.InsurerNumber) string {
	return o.Host + "/i/" + string(insurer)
}
