package main

import (
	"context"
	"log/slog"
	"time"

	"madoguchi/server/agents"
	"madoguchi/server/counter"
	"madoguchi/server/hub"
	"madoguchi/server/instances"
	"madoguchi/server/keys"
)

// theOnly is the name of an instance that has its database for itself: after a crash it has at once what it
// had claimed.
const theOnly = "server"

// join makes this process one of its installation's instances.
func (a *app) join(ctx context.Context) error {
	index, err := a.Keys.Secret(keys.Index)
	if err != nil {
		return err
	}
	key, err := hub.Key(index)
	if err != nil {
		return err
	}
	setting := a.settings.HubSetting()
	name := theOnly
	if setting.Several() {
		name = instances.NewName()
		slog.SetDefault(slog.Default().With("instance", name))
	}
	setting.NATS.Instance = name
	engine, err := hub.Open(ctx, setting, key)
	if err != nil {
		return err
	}
	if a.hub, err = hub.New(hub.Config{Engine: engine, Instance: name, Key: key, Now: a.Now}); err != nil {
		return err
	}
	a.instance = &instances.Instance{Name: name, Store: a.Store.Instances(), Now: a.Now}
	return a.instance.Begin(ctx)
}

// stay says that this instance lives until leave is called, also while requests end.
func (a *app) stay(ctx context.Context) (leave func()) {
	staying, stop := context.WithCancel(context.WithoutCancel(ctx))
	go a.instance.Keep(staying)
	return func() {
		stop()
		a.leave(ctx)
	}
}

// leave takes this process out of its installation's instances, once its requests have ended.
func (a *app) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leavingTime)
	defer cancel()
	if err := a.instance.End(ctx); err != nil {
		slog.Warn("saying that this instance ends", "error", err)
	}
	if err := a.hub.Close(); err != nil {
		slog.Warn("closing the hub", "error", err)
	}
}

// leavingTime is how long saying goodbye may take; whoever is not told sees it by the lease.
const leavingTime = 5 * time.Second

// joinCounters has the agents of all instances asked from here, and this one's from everywhere; what was
// recorded at one is taken back at any.
func (a *app) joinCounters(held *counter.Held) error {
	if !a.settings.HubSetting().Several() {
		return nil
	}
	if err := held.Share(a.hub, a.instance.Others); err != nil {
		return err
	}
	return a.readers.Join(agents.Elsewhere{
		Places: a.Store.AgentPlaces(),
		Hub:    a.hub,
		Others: a.instance.Others,
	})
}
