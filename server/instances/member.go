package instances

import (
	"context"
	"log/slog"
	"time"

	"madoguchi/server/hub"
)

// theOnly is the name of an instance that has its database for itself: after a crash it has at once what it
// had claimed.
const theOnly = "server"

// leavingTime is how long saying goodbye may take; whoever is not told sees it by the lease.
const leavingTime = 5 * time.Second

// Member is this process among its installation's instances, with how they hear of each other.
type Member struct {
	*Instance
	Hub     *hub.Hub
	Several bool // there may be others
	leave   func()
}

// Membership is what a Member is made of.
type Membership struct {
	Secret  []byte // that every instance has and nobody else: the hub's key is made of it
	Setting hub.Setting
	Store   Store
	Now     func() time.Time
}

// Join makes this process one of its installation's instances. Where there may be several, the log says
// which one this is.
func Join(ctx context.Context, m Membership) (*Member, error) {
	key, err := hub.Key(m.Secret)
	if err != nil {
		return nil, err
	}
	name := theOnly
	if m.Setting.Several() {
		name = NewName()
		slog.SetDefault(slog.Default().With("instance", name))
	}
	leave, err := m.Store.Attend(ctx, !m.Setting.Several())
	if err != nil {
		return nil, err
	}
	h, err := m.open(ctx, name, key)
	if err != nil {
		leave()
		return nil, err
	}
	member := &Member{
		Instance: &Instance{Name: name, Store: m.Store, Now: m.Now},
		Hub:      h,
		Several:  m.Setting.Several(),
		leave:    leave,
	}
	return member, member.Begin(ctx)
}

// open begins to use the hub.
func (m Membership) open(ctx context.Context, name string, key []byte) (*hub.Hub, error) {
	m.Setting.NATS.Instance = name
	engine, err := hub.Open(ctx, m.Setting, key)
	if err != nil {
		return nil, err
	}
	return hub.New(hub.Config{Engine: engine, Instance: name, Key: key, Now: m.Now})
}

// Stay says that this instance lives until leave is called, once its requests have ended: also while they
// do.
func (m *Member) Stay(ctx context.Context) (leave func()) {
	ctx = context.WithoutCancel(ctx)
	staying, stop := context.WithCancel(ctx)
	go m.Keep(staying)
	return func() {
		stop()
		ctx, cancel := context.WithTimeout(ctx, leavingTime)
		defer cancel()
		if err := m.End(ctx); err != nil {
			slog.Warn("saying that this instance ends", "error", err)
		}
		m.leave()
		if err := m.Hub.Close(); err != nil {
			slog.Warn("closing the hub", "error", err)
		}
	}
}
