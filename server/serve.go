package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"madoguchi/auth"
	"madoguchi/card/virtual"
	"madoguchi/credential"
	"madoguchi/server/agents"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/hostclient"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
	"madoguchi/server/printing"
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
		return fmt.Errorf("listening on %s: %w", s.Addr, err)
	}
	defer listener.Close()
	h, err := openHouse(ctx, s, c.Role)
	if err != nil {
		return err
	}
	defer h.store.Close()
	if err := h.keys.Verify(); err != nil { // also of keys that nobody asks for before a patient does
		return err
	}
	if n, err := h.store.VerifyAudit(ctx); err != nil {
		return fmt.Errorf("verifying the audit chain (%d entries): %w", n, err)
	}
	if c.Role != roleCounter {
		if err := h.certify(demoInsurers); err != nil {
			return err
		}
	}
	address := "http://localhost:" + port(listener)
	handler, chores, err := c.site(ctx, s, h, address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 60 * time.Second, MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn)}
	go every(ctx, time.Hour, func(ctx context.Context) {
		h.sweep(ctx)
		for _, chore := range chores {
			chore(ctx)
		}
	})
	go every(ctx, time.Minute, func(ctx context.Context) { // a file of people is not left lying for an hour
		if _, err := h.store.ExpirePreviews(ctx, h.now()); err != nil {
			slog.Warn("dropping previews", "error", err)
		}
		if err := h.store.ExpireCodes(ctx, h.now()); err != nil { // and neither is who asked for a screen
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

func port(l net.Listener) string {
	_, p, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return "8080"
	}
	return p
}

// announce prints the doors.
func (c *serveCmd) announce(address string, word *kit.DemoWord) {
	fmt.Println("窓口（デモ）を始めました。止めるには Ctrl+C を押してください。")
	if c.Role != roleCounter {
		fmt.Printf("  患者さん   %s/\n", address)
	}
	if c.Role != roleInsurer {
		fmt.Printf("  受付       %s/counter\n", address)
	}
	if c.Role != roleCounter {
		fmt.Printf("  保険者     %s/insurer\n", address)
	}
	if word != nil {
		fmt.Printf("  合言葉     %s（はじめて開くときに入れます。次に始めると変わります）\n", word)
	}
}

// site assembles the handler of a role, and what has to be done every hour besides.
func (c *serveCmd) site(ctx context.Context, s *Settings, h *house, address string) (http.Handler, []func(context.Context), error) {
	if s.DemoPublish {
		h.word = kit.NewDemoWord(h.now)
	}
	config := web.Config{
		Demo:       true,
		Background: ctx,
		Published:  s.DemoPublish,
		Word:       h.word,
		NoWorker:   s.NoWorker,
		Staff:      demoStaff,
		Now:        h.now,
		Ready:      h.store.Ping,
		Sessions:   &auth.Sessions{Store: h.store.Sessions(), Now: h.now},
	}
	counterKey, err := h.signing(keys.Counter)
	if err != nil {
		return nil, nil, err
	}
	itself := credential.TrustedCounter{URL: address, Name: s.FacilityName, Facility: s.FacilityCode, JWKS: credential.KeySet{counterKey.Public()}}
	trust, chores, err := c.trust(s, h, itself)
	if err != nil {
		return nil, nil, err
	}
	if c.Role != roleCounter {
		if config.Insurer, err = h.office(ctx, address); err != nil {
			return nil, nil, err
		}
		h.runs = config.Insurer.PrintJobs
		h.runs.Folder, h.runs.Reader = filepath.Join(h.folder, runsFolder), printing.Poppler()
		config.CounterCall, config.Listed = hostapi.TrustedCounters(trust, config.Insurer.Receipts.FirstUse, h.now), trust
		if err := h.signIn(s, &config, address); err != nil {
			return nil, nil, err
		}
	}
	started := clock()
	calls := &hostapi.Client{
		URL:     address,
		Key:     counterKey,
		Client:  hostclient.New(hostclient.Config{Inside: named(trust)}),
		Now:     h.now,
		Running: func() time.Duration { return clock().Sub(started) },
	}
	if c.Role != roleInsurer {
		config.Readers = agents.New(agents.Config{Store: h.store.ForAgents(), IssuerKeys: virtual.TestIssuerKeys(), Virtual: true, Now: h.now,
			Names: func(string) string { return s.FacilityName }})
		h.readers = config.Readers
		known := &kept{dir: h.folder, listed: trust, calls: calls, now: h.now}
		calls.Trust = known.TrustList
		chores = append(chores, known.refresh)
		config.Counter = &counter.Service{
			Store:       h.store.ForCounter(),
			Trust:       known.TrustList,
			Status:      known.Status,
			RefreshKeys: known.Learn,
			ClockSkew:   calls.ClockSkew,
			AskTime:     calls.AskTime,
			Readers:     config.Readers,
			Insurers:    calls,
			Facility:    counter.Facility{Code: s.FacilityCode, Name: s.FacilityName},
			Signer:      hostapi.ReceiptSigner{URL: address, Key: counterKey},
			Now:         h.now,
		}
	}
	handler := web.New(config)
	if c.Role == roleAll {
		calls.Client.Transport = h.word.LetIn(within{handler, address})
	}
	return handler, chores, nil
}

// trust returns where the trust list comes from: the demo signs its own; a counter server of its own reads the one that
// it was given.
func (c *serveCmd) trust(s *Settings, h *house, counter credential.TrustedCounter) (func() (*credential.TrustList, error), []func(context.Context), error) {
	if c.Role == roleCounter {
		reader, err := newTrustReader(s.Trust, filepath.Join(h.folder, "trust-version"), s.TrustURL, h.now)
		if err != nil {
			return nil, nil, err
		}
		if reader.addresses, err = s.trustAddresses(); err != nil {
			return nil, nil, err
		}
		_, err = reader.TrustList()
		return reader.TrustList, []func(context.Context){reader.fetch}, err
	}
	o, err := h.newOperator(demoInsurers, counter)
	if err != nil {
		return nil, nil, err
	}
	return o.TrustList, nil, nil
}

// named returns what a trust list says of a host's addresses (hostclient.Config).
func named(trust func() (*credential.TrustList, error)) func(host string) []netip.Addr {
	return func(host string) []netip.Addr {
		list, err := trust()
		if err != nil {
			return nil
		}
		return list.AddressesOf(host)
	}
}

// signing returns a signing key of the folder with its id.
func (h *house) signing(name string) (credential.Key, error) {
	private, err := h.keys.Signing(name)
	if err != nil {
		return credential.Key{}, err
	}
	return credential.NewKey(private)
}

// sweep removes what is over.
func (h *house) sweep(ctx context.Context) {
	if _, err := h.store.Sessions().ExpireSessions(ctx, h.now()); err != nil {
		slog.Warn("sweeping sessions", "error", err)
	}
	if _, err := h.store.ExpireReceipts(ctx, h.now().Add(-insurer.ReceiptLife)); err != nil {
		slog.Warn("sweeping receipts", "error", err)
	}
	if err := h.store.ExpireDevices(ctx, h.now(), h.now().Add(-insurer.GrantKept)); err != nil {
		slog.Warn("sweeping phones", "error", err)
	}
}
