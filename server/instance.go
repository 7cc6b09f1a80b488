package main

import (
	"context"

	"madoguchi/server/agents"
	"madoguchi/server/counter"
	"madoguchi/server/instances"
	"madoguchi/server/keys"
	"madoguchi/server/store"
)

// join makes this process one of its installation's instances.
func (a *app) join(ctx context.Context) error {
	index, err := a.Keys.Secret(keys.Index)
	if err != nil {
		return err
	}
	a.member, err = instances.Join(ctx, instances.Membership{
		Secret:  index,
		Setting: a.settings.HubSetting(),
		Store:   store.Instances(a.Store),
		Now:     a.Now,
	})
	if err != nil || !a.member.Several {
		return err
	}
	return a.changes.Join(a.member.Hub, a.Store.Changed)
}

// joinCounters has the agents of all instances asked from here, and this one's from everywhere; what was
// recorded at one is taken back at any.
func (a *app) joinCounters(c *counter.Service) error {
	m := a.member
	c.Receipts.Alone = func(ctx context.Context, do func()) { m.Chore(ctx, "receipts", 0, do) }
	if !m.Several {
		return nil
	}
	if err := c.Receipts.Held.Share(m.Hub, m.Others); err != nil {
		return err
	}
	return a.readers.Join(agents.Elsewhere{Places: store.AgentPlaces(a.Store), Hub: m.Hub, Others: m.Others})
}
