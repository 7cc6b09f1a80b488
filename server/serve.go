package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

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
	witness, err := h.Verify(ctx)
	if err != nil {
		return err
	}
	defer h.KeepWitness(ctx, witness)()
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
	defer h.member.Stay(ctx)()
	go h.KeepClean(ctx, h.member.Chore, chores...)
	if h.runs != nil {
		if err := h.runs.Resume(ctx); err != nil {
			return err
		}
		go h.runs.KeepResuming(ctx)
	}
	listen.Announce{
		Live:     s.Mode() == settings.Live,
		Address:  address,
		Patients: c.Role != datafolder.RoleCounter,
		Counter:  c.Role != datafolder.RoleInsurer,
		Word:     h.word.String(),
	}.Print(os.Stdout)
	return listen.Until(ctx, listen.Server(handler, certificate), listener, h.letGo)
}

// letGo lets print files end, and sends the agents away to come back spread over a minute.
func (a *app) letGo(ctx context.Context) {
	if a.readers != nil {
		a.readers.Restart(ctx)
	}
	if a.runs != nil {
		a.runs.Wait() // each lets its half file go
	}
}
