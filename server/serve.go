package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"madoguchi/server/datafolder"
	"madoguchi/server/demo"
	"madoguchi/server/doctor"
	"madoguchi/server/listen"
	"madoguchi/server/settings"
)

// serveCmd starts the server.
type serveCmd struct {
	Role string `enum:"all,insurer,counter" default:"all" env:"MADOGUCHI_ROLE" help:"${serve_role}"`
}

const shutdownTime = 20 * time.Second

// Run serves until an interrupt.
func (c *serveCmd) Run(s *settings.Settings) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	warnings, err := doctor.Doctor{Settings: s, Role: c.Role, Now: clock}.Start(ctx)
	if err != nil {
		return err
	}
	for _, w := range warnings {
		slog.Warn("madoguchi doctor: "+w.Text("en"), "check", w.Check, "key", w.Key)
	}
	certificate, err := s.Certificate(clock)
	if err != nil {
		return err
	}
	listener, err := listen.On(s.Addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	h, err := openApp(ctx, s, c.Role)
	if err != nil {
		return err
	}
	defer h.Store.Close()
	if err := h.Verify(ctx); err != nil {
		return err
	}
	address := s.Host()
	if s.Mode() == settings.Demo {
		address = "http://localhost:" + listen.Port(listener)
		if c.Role != datafolder.RoleCounter {
			if err := demo.Certify(h.Keys, h.Path, demo.Insurers, h.Now()); err != nil {
				return err
			}
		}
	}
	handler, chores, err := c.site(ctx, h, address)
	if err != nil {
		return err
	}
	go h.KeepClean(ctx, chores...)
	if h.counter != nil {
		go h.counter.Receipts.KeepLeaving(ctx)
	}
	if h.runs != nil {
		if err := h.runs.Resume(ctx); err != nil {
			return err
		}
	}
	listen.Announce{
		Live:     s.Mode() == settings.Live,
		Address:  address,
		Patients: c.Role != datafolder.RoleCounter,
		Counter:  c.Role != datafolder.RoleInsurer,
		Word:     h.word.String(),
	}.Print(os.Stdout)
	server := listen.Server(handler, certificate)
	failed := make(chan error, 1)
	go func() {
		if certificate != nil {
			failed <- server.ServeTLS(listener, "", "")
		} else {
			failed <- server.Serve(listener)
		}
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	return h.shutDown(server)
}

// shutDown lets requests and print files end, and sends the agents away to come back spread over a minute.
func (a *app) shutDown(server *http.Server) error {
	ending, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	if a.readers != nil {
		a.readers.Restart(ending)
	}
	if a.runs != nil {
		a.runs.Wait() // each lets its half file go
	}
	if err := server.Shutdown(ending); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("shutting down: %w", err)
	}
	return nil
}
