package insurer

import (
	"crypto"
	"crypto/x509"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/keys"
	"madoguchi/server/printing"
)

// Services are the insurer's half: they import the insured, hand out notice codes, enrol, issue and print.
// None of them sees what counters record.
type Services struct {
	Directory   *Directory
	Register    *Register
	Importer    *Importer
	Usage       *Usage
	Exporter    *Exporter
	Enrolment   *Enrolment
	Desk        *Desk
	Devices     *Devices
	Receipts    *Receipts
	Issuer      *Issuer
	OnlineCodes *OnlineCodes
	Documents   *Documents
	PrintJobs   *PrintJobs
	RunLists    *RunLists
	Tasks       *Tasks

	Representatives *Representatives
}

// Config is what the services are made of.
type Config struct {
	Stores       Stores
	Keys         IssuerKeys
	Certificates DocumentKeys
	Notices      NoticeKeys
	Host         string            // the HOST of every iss, https, without trailing slash
	Address      string            // the address that people open, e.g. http://localhost:8080
	Runs         string            // PrintJobs.Folder
	PDFReader    *printing.Poppler // PrintJobs.Reader
	Demo         bool
	Watch        Watch
	Instance     string // RunClaim.Owner
	Now          func() time.Time
}

// Stores are what the services keep, one a service.
type Stores struct {
	Directory   DirectoryStore
	Register    RegisterStore
	Importer    ImporterStore
	Usage       UsageStore
	Enrolment   EnrolmentStore
	Desk        DeskStore
	Devices     DevicesStore
	Receipts    ReceiptsStore
	Issuer      IssuerStore
	OnlineCodes OnlineCodesStore
	Documents   DocumentsStore
	Runs        RunStore
	RunClaims   RunClaimStore
	RunLists    RunListStore
	People      PrintSource
	Tasks       TaskStore

	Representatives RepresentativesStore
}

// New joins the services to each other and to their store.
func New(c Config) *Services {
	c.Watch = c.Watch.complete()
	directory := &Directory{store: c.Stores.Directory, keys: c.Keys, demo: c.Demo, now: c.Now}
	register := &Register{store: c.Stores.Register, now: c.Now}
	usage := &Usage{store: c.Stores.Usage, now: c.Now}
	enrolment := &Enrolment{
		Directory: directory,
		store:     c.Stores.Enrolment,
		notices:   c.Notices,
		address:   c.Address,
		now:       c.Now,
	}
	issuer := &Issuer{
		Enrolment: enrolment,
		Usage:     usage,
		store:     c.Stores.Issuer,
		keys:      c.Keys,
		host:      c.Host,
		watch:     c.Watch,
		now:       c.Now,
	}
	documents := &Documents{
		Directory: directory,
		Enrolment: enrolment,
		Issuer:    issuer,
		store:     c.Stores.Documents,
		keys:      c.Certificates,
		notices:   c.Notices,
		address:   c.Address,
		demo:      c.Demo,
		now:       c.Now,
	}
	states := paperStates{usage: c.Stores.Usage, store: c.Stores.Tasks, now: c.Now}
	papers := &filePapers{paperStates: states}
	return &Services{
		Directory: directory,
		Register:  register,
		Importer: &Importer{
			Directory: directory, store: c.Stores.Importer, papers: papers, watch: c.Watch, now: c.Now,
		},
		Usage:     usage,
		Exporter:  &Exporter{Directory: directory, Register: register, Usage: usage},
		Enrolment: enrolment,
		Desk: &Desk{
			Directory: directory,
			store:     c.Stores.Desk,
			notices:   c.Notices,
			address:   c.Address,
			now:       c.Now,
		},
		Devices: &Devices{
			Register: register,
			store:    c.Stores.Devices,
			notices:  c.Notices,
			address:  c.Address,
			now:      c.Now,
		},
		Receipts: &Receipts{Issuer: issuer, store: c.Stores.Receipts, notices: c.Notices, now: c.Now},
		Issuer:   issuer,
		OnlineCodes: &OnlineCodes{
			Directory: directory,
			Enrolment: enrolment,
			Issuer:    issuer,
			store:     c.Stores.OnlineCodes,
			notices:   c.Notices,
			address:   c.Address,
			now:       c.Now,
		},
		Documents: documents,
		Representatives: &Representatives{
			Directory: directory,
			Register:  register,
			store:     c.Stores.Representatives,
			notices:   c.Notices,
			address:   c.Address,
			now:       c.Now,
		},
		Tasks: &Tasks{
			Register: register,
			store:    c.Stores.Tasks,
			states:   states,
			people:   c.Stores.People,
			runs:     c.Stores.Runs,
			now:      c.Now,
		},
		RunLists: &RunLists{c.Stores.RunLists, c.Now},
		PrintJobs: &PrintJobs{
			Directory: directory,
			Documents: documents,
			store:     c.Stores.Runs,
			people:    c.Stores.People,
			papers:    papers,
			notices:   c.Notices,
			address:   c.Address,
			demo:      c.Demo,
			now:       c.Now,
			claims:    runClaims{c.Stores.RunClaims, c.Instance, c.Now},
			Folder:    c.Runs,
			Reader:    c.PDFReader,
		},
	}
}

// IssuerKeys gives each insurer its own keys: the one that signs at now and all that it publishes.
type IssuerKeys interface {
	Issuer(insurer eligibility.InsurerNumber, now time.Time) (keys.IssuerKeys, error)
}

// DocumentKeys gives each insurer its own key for PDFs.
type DocumentKeys interface {
	// DocumentSigner returns the key that signs an insurer's PDFs with its chain, or an error while there is
	// none.
	DocumentSigner(
		insurer eligibility.InsurerNumber,
		now time.Time,
	) (crypto.Signer, []*x509.Certificate, error)
}
