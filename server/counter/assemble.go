package counter

import (
	"context"
	"time"

	"madoguchi/credential"
	"madoguchi/server/hostapi"
	"madoguchi/server/trust"
)

// Config is what the clinic's half of a server is made of.
type Config struct {
	Store      Store
	Outages    OutageStore
	Notices    NoticeStore
	Offline    OfflineStore
	Facilities Facilities
	Readers    CardReaders
	Listed     func() (*credential.TrustList, error) // the trust list as it was signed
	Calls      *hostapi.Client                       // its Trust becomes what this half believes
	Folder     string                                // keeps what issuers publish
	Judged     func(outcome string)                  // is told of each code that was scanned; may be nil
	Now        func() time.Time
}

// New joins the clinic's half to its store, to its readers and to what it believes of insurers. What refresh
// asks issuers for has to be asked for every hour.
func New(c Config) (of *Service, refresh func(context.Context)) {
	believed := &trust.Cache{
		Folder:    c.Folder,
		Listed:    c.Listed,
		Calls:     c.Calls,
		ClockSkew: c.Calls.ClockSkew,
		Now:       c.Now,
	}
	c.Calls.Trust = believed.TrustList
	of = &Service{
		Store:       c.Store,
		Believed:    believed.View,
		RefreshKeys: believed.RefreshKeys,
		AskTime:     c.Calls.AskTime,
		Readers:     c.Readers,
		Judged:      c.Judged,
		Facilities:  c.Facilities,
		Insurers:    func(url string) InsurerCalls { return c.Calls.For(url) },
		Receipts: &Receipts{
			Store:      c.Store,
			Facilities: c.Facilities,
			Insurers:   func(url string) ReceiptCalls { return c.Calls.For(url) },
			Key:        c.Calls.Key,
			Held:       HeldByTheClock(),
			Now:        c.Now,
		},
		Outages:   Outages{c.Outages, c.Now},
		Disasters: Disasters{c.Notices, c.Now},
		Now:       c.Now,
	}
	of.Offline = NewOfflineDay(of, c.Offline)
	return of, believed.Refresh
}
