package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"madoguchi/auth"
	"madoguchi/card/virtual"
	"madoguchi/credential"
	"madoguchi/message"
	"madoguchi/server/agents"
	"madoguchi/server/counter"
	"madoguchi/server/datafolder"
	"madoguchi/server/demo"
	"madoguchi/server/hostapi"
	"madoguchi/server/hostclient"
	"madoguchi/server/keys"
	"madoguchi/server/printing"
	"madoguchi/server/trust"
	"madoguchi/server/web"
	"madoguchi/server/web/kit"
)

// serveCmd starts the server.
type serveCmd struct {
	Role string `enum:"all,insurer,counter" default:"all" env:"MADOGUCHI_ROLE" help:"what this server is: all (demo), insurer or counter"`
}

const shutdownTime = 20 * time.Second

// Run serves until an interrupt.
func (c *serveCmd) Run(s *Settings) error {
	if err := s.check(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return errListen.With(message.Args{"address": message.Text(s.Addr)}).Because(err)
	}
	defer listener.Close()
	h, err := openApp(ctx, s, c.Role)
	if err != nil {
		return err
	}
	defer h.Store.Close()
	if err := h.Keys.Verify(); err != nil { // also of keys that nobody asks for before a patient does
		return err
	}
	if n, err := h.Store.VerifyAudit(ctx); err != nil {
		return fmt.Errorf("verifying the audit chain (%d entries): %w", n, err)
	}
	if c.Role != datafolder.RoleCounter {
		if err := demo.Certify(h.Keys, h.Path, demo.Insurers, h.Now()); err != nil {
			return err
		}
	}
	address := "http://localhost:" + portOf(listener)
	handler, chores, err := c.site(ctx, s, h, address)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	go runEvery(ctx, time.Hour, func(ctx context.Context) {
		h.Sweep(ctx)
		for _, chore := range chores {
			chore(ctx)
		}
	})
	go runEvery(ctx, time.Minute, func(ctx context.Context) { // a file of people is not left lying for an hour
		if _, err := h.Store.ExpirePreviews(ctx, h.Now()); err != nil {
			slog.Warn("dropping previews", "error", err)
		}
		if err := h.Store.ExpireCodes(ctx, h.Now()); err != nil { // and neither is who asked for a screen
			slog.Warn("sweeping codes", "error", err)
		}
	})
	if h.runs != nil {
		if err := h.runs.Resume(ctx); err != nil {
			return err
		}
	}
	c.announce(address, h.word)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	if h.readers != nil {
		h.readers.Restart(ending) // the agents come back spread over a minute
	}
	if h.runs != nil {
		h.runs.Wait() // each lets its half file go
	}
	if err := server.Shutdown(ending); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("shutting down: %w", err)
	}
	return nil
}

func portOf(l net.Listener) string {
	_, p, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return "8080"
	}
	return p
}

// announce prints the addresses of the pages.
func (c *serveCmd) announce(address string, word *kit.DemoWord) {
	fmt.Println(message.New("serve.started", nil).Text("ja"))
	line := func(key, place, value string) {
		fmt.Println("  " + message.New(key, message.Args{place: message.Text(value)}).Text("ja"))
	}
	if c.Role != datafolder.RoleCounter {
		line("serve.patients", "address", address+"/")
	}
	if c.Role != datafolder.RoleInsurer {
		line("serve.reception", "address", address+"/counter")
	}
	if c.Role != datafolder.RoleCounter {
		line("serve.insurer", "address", address+"/insurer")
	}
	if word != nil {
		line("serve.word", "word", word.String())
	}
}

// site assembles the handler of a role, and what has to be done every hour besides.
func (c *serveCmd) site(
	ctx context.Context, s *Settings, h *app, address string,
) (http.Handler, []func(context.Context), error) {
	if s.DemoPublish {
		h.word = kit.NewDemoWord(h.Now)
	}
	config := web.Config{
		Demo:       true,
		Background: ctx,
		Published:  s.DemoPublish,
		Word:       h.word,
		NoWorker:   s.NoWorker,
		Staff:      demo.Staff,
		Now:        h.Now,
		Ready:      h.Store.Ping,
		Sessions:   &auth.Sessions{Store: h.Store.Sessions(), Now: h.Now},
	}
	counterKey, err := h.Keys.SigningKey(keys.Counter)
	if err != nil {
		return nil, nil, err
	}
	itself := credential.TrustedCounter{
		URL:      address,
		Name:     s.FacilityName,
		Facility: s.FacilityCode,
		JWKS:     credential.KeySet{counterKey.Public()},
	}
	listed, chores, err := c.trustList(s, h, itself)
	if err != nil {
		return nil, nil, err
	}
	if c.Role != datafolder.RoleCounter {
		if config.Insurer, err = h.insurerServices(ctx, address); err != nil {
			return nil, nil, err
		}
		h.runs = config.Insurer.PrintJobs
		h.runs.Folder, h.runs.Reader = filepath.Join(h.Path, datafolder.RunsDir), printing.FindPoppler()
		config.CounterCall, config.Listed = hostapi.TrustedCounters(
			listed,
			config.Insurer.Receipts.FirstUse,
			h.Now,
		), listed
		config.DemoIDP, config.Login, err = demo.SignIn(demo.SignInConfig{
			Keys:       h.Keys.Secrets,
			Address:    address,
			LetIn:      h.word.WithCookie,
			NoAuthTime: s.OIDCNoTime,
			NoACR:      s.OIDCNoACR,
			Now:        h.Now,
		})
		if err != nil {
			return nil, nil, err
		}
	}
	started := clock()
	calls := &hostapi.Client{
		URL:     address,
		Key:     counterKey,
		Client:  hostclient.New(hostclient.Config{Inside: trust.Addresses(listed)}),
		Now:     h.Now,
		Running: func() time.Duration { return clock().Sub(started) },
	}
	if c.Role != datafolder.RoleInsurer {
		config.Readers = agents.New(agents.Config{
			Store:      h.Store.ForAgents(),
			IssuerKeys: virtual.TestIssuerKeys(),
			Virtual:    true,
			Now:        h.Now,
			Names:      func(string) string { return s.FacilityName },
		})
		h.readers = config.Readers
		known := &trust.Cache{
			Folder:    h.Path,
			Listed:    listed,
			Calls:     calls,
			ClockSkew: calls.ClockSkew,
			Now:       h.Now,
		}
		calls.Trust = known.TrustList
		chores = append(chores, known.Refresh)
		config.Counter = &counter.Service{
			Store:       h.Store.ForCounter(),
			Believed:    known.View,
			RefreshKeys: known.RefreshKeys,
			AskTime:     calls.AskTime,
			Readers:     config.Readers,
			Insurers:    calls,
			Facility:    counter.Facility{Code: s.FacilityCode, Name: s.FacilityName},
			Signer:      hostapi.ReceiptSigner{URL: address, Key: counterKey},
			Now:         h.Now,
		}
	}
	handler := web.New(config)
	if c.Role == datafolder.RoleAll {
		calls.Client.Transport = h.word.WithCookie(hostclient.Loopback(handler, address, demo.Host+"/i/"))
	}
	return handler, chores, nil
}

// trustList returns where the trust list comes from: the demo signs its own; a counter server of its own
// reads the one that it was given.
func (c *serveCmd) trustList(
	s *Settings, h *app, counter credential.TrustedCounter,
) (func() (*credential.TrustList, error), []func(context.Context), error) {
	if c.Role != datafolder.RoleCounter {
		signer, err := h.newSigner(counter)
		if err != nil {
			return nil, nil, err
		}
		return signer.TrustList, nil, nil
	}
	addresses, err := s.trustAddresses()
	if err != nil {
		return nil, nil, err
	}
	file, err := trust.OpenFile(trust.FileConfig{
		Folder:    s.Trust,
		Version:   filepath.Join(h.Path, "trust-version"),
		URL:       s.TrustURL,
		Addresses: addresses,
		Now:       h.Now,
	})
	if err != nil {
		return nil, nil, err
	}
	_, err = file.TrustList()
	return file.TrustList, []func(context.Context){file.Fetch}, err
}

// newSigner signs the demo's trust list, with the keys that its insurers publish.
func (a *app) newSigner(counter credential.TrustedCounter) (*trust.Signer, error) {
	root, err := a.Keys.SigningKey(keys.Trust)
	if err != nil {
		return nil, err
	}
	return trust.NewSigner(trust.SignerConfig{
		Folder:  a.Path,
		Root:    root,
		Counter: counter,
		Issuers: func(now time.Time) ([]credential.TrustedIssuer, error) { return demo.Issuers(a.Keys.Rings, now) },
		Now:     a.Now,
	})
}

// runEvery runs work now and then after each span, until the context ends.
func runEvery(ctx context.Context, span time.Duration, work func(context.Context)) {
	tick := time.NewTicker(span)
	defer tick.Stop()
	for {
		work(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
