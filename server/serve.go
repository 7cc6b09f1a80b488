package main

import (
	"context"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
	"madoguchi/server/demo"
	"madoguchi/server/doctor"
	"madoguchi/server/listen"
	"madoguchi/server/observe"
	"madoguchi/server/settings"
	"madoguchi/server/watching"
)

// serveCmd starts the server.
type serveCmd struct {
	Role string `enum:"all,insurer,counter" default:"all" env:"MADOGUCHI_ROLE" help:"${serve_role}"`
}

// Run serves until an interrupt.
func (c *serveCmd) Run(s *settings.Settings) error {
	slog.SetDefault(observe.NewLog(os.Stderr, s.Log))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return serve(ctx, s, c.Role)
}

// serve serves in a role until ctx ends.
func serve(ctx context.Context, s *settings.Settings, role string) error {
	c := serveCmd{Role: role}
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
	listener, err := listen.On(s.Addr, "MADOGUCHI_ADDR")
	if err != nil {
		return err
	}
	defer listener.Close()
	return c.serve(ctx, s, served{listener, certificate, func(a listen.Announce) { a.Print(os.Stdout) }})
}

// served is where a server answers, and who is told once it does.
type served struct {
	listener    net.Listener
	certificate *listen.Certificate
	announce    func(listen.Announce)
}

// serve opens the data folder and answers until ctx ends.
func (c *serveCmd) serve(ctx context.Context, s *settings.Settings, on served) error {
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
		address = "http://localhost:" + listen.Port(on.listener)
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
	defer h.watched.Close()
	serving := h.watched.UntilDrained(ctx)
	if err := h.watched.Answer(serving, h.runsHere(witness)); err != nil {
		return err
	}
	if err := listen.Debug(serving, s.Debug); err != nil {
		return err
	}
	defer h.member.Stay(serving)()
	go h.KeepClean(ctx, h.member.Chore, chores...)
	if h.runs != nil {
		if err := h.runs.Resume(ctx); err != nil {
			return err
		}
		go h.runs.KeepResuming(ctx)
	}
	on.announce(listen.Announce{
		Live:     s.Mode() == settings.Live,
		Address:  address,
		Patients: c.Role != datafolder.RoleCounter,
		Counter:  c.Role != datafolder.RoleInsurer,
		Word:     h.word.String(),
	})
	return listen.Until(serving, listen.Server(handler, on.certificate), on.listener, h.letGo)
}

// letGo lets print files end, and sends the agents away to come back spread over a minute.
func (a *app) letGo(ctx context.Context) {
	if a.readers != nil {
		a.readers.Restart(ctx)
	}
	if a.runs != nil {
		a.runs.Wait() // each lets its half file go
		a.files.Wait()
	}
}

// runsHere is what this server runs, for its metrics.
func (a *app) runsHere(witness *audit.Witness) watching.Runs {
	runs := watching.Runs{Witness: witness.State}
	if a.readers != nil {
		runs.Agents = a.readers.Connected
	}
	if a.runs != nil {
		runs.Prints = a.runs.InPrint
	}
	return runs
}

// ownServer runs a demo in a folder of its own until ctx ends (load.OwnServer).
func (p *program) ownServer(ctx context.Context, folder string, ready func(address string)) error {
	s := settings.Settings{
		Addr:         "127.0.0.1:0",
		Data:         folder,
		FacilityCode: p.FacilityCode,
		FacilityName: p.FacilityName,
	}
	if err := s.Check(); err != nil {
		return err
	}
	listener, err := listen.On(s.Addr, "MADOGUCHI_ADDR")
	if err != nil {
		return err
	}
	defer listener.Close()
	c := serveCmd{Role: datafolder.RoleAll}
	return c.serve(ctx, &s, served{listener, nil, func(a listen.Announce) { ready(a.Address) }})
}
