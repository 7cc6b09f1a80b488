package main

import (
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/server/agents"
	"madoguchi/server/counter"
	"madoguchi/server/datafolder"
	"madoguchi/server/demo"
	"madoguchi/server/doctor"
	"madoguchi/server/hostapi"
	"madoguchi/server/hostclient"
	"madoguchi/server/keys"
	"madoguchi/server/settings"
	"madoguchi/server/trust"
	"madoguchi/server/watching"
	"madoguchi/server/web"
	"madoguchi/server/web/kit"
)

// site assembles the handler of a role, and what has to be done every hour besides.
func (c *serveCmd) site(
	ctx context.Context, h *app, address string,
) (http.Handler, []func(context.Context), error) {
	if err := h.join(ctx); err != nil {
		return nil, nil, err
	}
	s := h.settings
	var err error
	if h.watched, err = watching.New(s, c.Role, h.DataFolder); err != nil {
		return nil, nil, err
	}
	if s.DemoPublish {
		h.word = kit.NewDemoWord(h.Now)
	}
	proxies, err := s.Proxies()
	if err != nil {
		return nil, nil, err
	}
	isDemo := s.Mode() == settings.Demo
	config := web.Config{
		Demo:       isDemo,
		HTTPS:      !isDemo,
		FrontDoor:  kit.FrontDoor{Address: address, Proxies: proxies},
		Background: ctx,
		Published:  s.DemoPublish,
		Word:       h.word,
		NoWorker:   s.NoWorker,
		Now:        h.Now,
		Ready:      h.watched.Ready.Check,
		Watched:    h.watched.Metrics,
		Sessions:   &auth.Sessions{Store: h.Store.Sessions(), HTTPS: !isDemo, Now: h.Now},
		Overseen: web.Overseen{
			States: doctor.Doctor{Settings: s, Role: c.Role, Now: clock}.Local, Host: s.Host(),
		},
	}
	if isDemo {
		config.Staff, config.Facility = demo.Staff, s.FacilityCode
	}
	if config.Members, err = h.staffServices(ctx, address); err != nil {
		return nil, nil, err
	}
	config.Sessions.EndStolen = config.Members.Sessions.EndStolen
	counterKey, err := h.Keys.SigningKey(keys.Counter)
	if err != nil {
		return nil, nil, err
	}
	listed, chores, err := c.trustList(h, credential.TrustedCounter{
		URL:      address,
		Name:     s.FacilityName,
		Facility: s.FacilityCode,
		JWKS:     credential.KeySet{counterKey.Public()},
	})
	if err != nil {
		return nil, nil, err
	}
	if c.Role != datafolder.RoleCounter {
		if err := h.addInsurerHalf(ctx, &config, address, listed); err != nil {
			return nil, nil, err
		}
	}
	started := clock()
	calls := &hostapi.Client{
		Key:     counterKey,
		Client:  hostclient.New(hostclient.Config{Inside: trust.Addresses(listed)}),
		Now:     h.Now,
		Running: func() time.Duration { return clock().Sub(started) },
	}
	if c.Role != datafolder.RoleInsurer {
		refresh, err := h.addCounterHalf(ctx, &config, address, listed, calls)
		if err != nil {
			return nil, nil, err
		}
		chores = append(chores, refresh)
	}
	handler, err := web.New(config)
	if err != nil {
		return nil, nil, err
	}
	if c.Role == datafolder.RoleAll {
		calls.Client.Transport = h.word.WithCookie(hostclient.Loopback(handler, address, s.Host()+"/i/"))
	}
	return handler, chores, nil
}

// addInsurerHalf adds what a server of insurers runs.
func (a *app) addInsurerHalf(
	ctx context.Context, config *web.Config, address string, listed trustSource,
) (err error) {
	if config.Insurer, err = a.insurerServices(ctx, address); err != nil {
		return err
	}
	if err := config.Insurer.Share(a.member.Hub); err != nil {
		return err
	}
	a.runs, a.files = config.Insurer.PrintJobs, config.Insurer.Importer
	config.Listed = listed
	config.CounterCall = hostapi.TrustedCounters(listed, config.Insurer.Receipts.FirstUse, a.Now)
	if !config.Demo {
		key, err := a.Keys.ClientKey(a.settings.OIDCAlgorithm)
		if err == nil {
			config.Login, err = a.settings.PatientLogin(key, a.Now)
		}
		return err
	}
	config.DemoIDP, config.Login, err = demo.SignIn(demo.SignInConfig{
		Keys:       a.Keys.Secrets,
		Address:    address,
		LetIn:      a.word.WithCookie,
		NoAuthTime: a.settings.OIDCNoTime,
		NoACR:      a.settings.OIDCNoACR,
		Now:        a.Now,
	})
	return err
}

// addCounterHalf adds what a counter's server runs, and returns what has to be done every hour for it.
func (a *app) addCounterHalf(
	ctx context.Context, config *web.Config, address string, listed trustSource, calls *hostapi.Client,
) (refresh func(context.Context), err error) {
	issuerKeys, err := a.settings.IssuerKeys()
	if err != nil {
		return nil, err
	}
	facilities := counter.StoredFacilities{
		Store: a.Store.ForStaff().Facilities,
		URL:   func(code string) string { return a.settings.FacilityURL(code, address) },
	}
	config.Facilities = facilities.Count
	a.readers = agents.New(agents.Config{
		Store:      a.Store.ForAgents(),
		IssuerKeys: issuerKeys,
		Virtual:    config.Demo,
		Now:        a.Now,
		Names:      facilities.Name,
	})
	config.Readers = a.readers
	config.Counter, refresh = counter.New(counter.Config{
		Store:      a.Store.ForCounter(),
		Outages:    a.Store.Outages(),
		Notices:    a.Store.Notices(),
		Offline:    a.Store.ForOfflineDay(),
		Facilities: facilities,
		Readers:    a.readers.Cards,
		Listed:     listed,
		Calls:      calls,
		Folder:     a.Path,
		Judged:     a.watched.Metrics.Judged,
		Now:        a.Now,
	})
	if err := a.joinCounters(config.Counter); err != nil {
		return nil, err
	}
	go config.Counter.Receipts.KeepLeaving(ctx)
	return refresh, nil
}

// trustSource returns the trust list that counts now.
type trustSource = func() (*credential.TrustList, error)

// trustList returns where the trust list comes from, and what has to be done every hour for it: the demo
// signs its own; live servers, and a demo's counter server of its own, read the one that they were given. An
// insurer that has none yet lets no counter in.
func (c *serveCmd) trustList(
	h *app, itself credential.TrustedCounter,
) (trustSource, []func(context.Context), error) {
	s := h.settings
	if c.Role != datafolder.RoleCounter {
		if s.Mode() == settings.Demo {
			listed, err := demo.TrustList(h.Keys, h.Path, itself, h.Now)
			return listed, nil, err
		}
		if s.Trust == "" {
			slog.Warn("there is no trust list (MADOGUCHI_TRUST): no counter server is let in")
			return func() (*credential.TrustList, error) { return &credential.TrustList{}, nil }, nil, nil
		}
	}
	file, err := s.TrustFile(filepath.Join(h.Path, datafolder.TrustVersionFile), h.Now)
	if err != nil {
		return nil, nil, err
	}
	_, err = file.TrustList()
	return file.TrustList, []func(context.Context){file.Fetch}, err
}
