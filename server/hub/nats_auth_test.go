package hub_test

import (
	"net/url"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"madoguchi/internal/natstest"
	"madoguchi/server/hub"
)

// A NATS server that comes back with the wrong users, or before it knows its accounts, refuses everybody for
// a while. That must not end the hub for as long as the instance runs: it is tried on until it is let in.
func TestARefusalByNATSIsNotForEver(t *testing.T) {
	const user, password = "madoguchi", "right"
	nats := natstest.NewWith(t, server.Options{Username: user, Password: password})
	way := newSlowWay(t, nats.URL())
	address := url.URL{
		Scheme: "nats",
		User:   url.UserPassword(user, password),
		Host:   way.listener.Addr().String(),
	}
	e, err := hub.OpenNATS(hub.NATS{URL: address.String(), Instance: t.Name()}, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	gaps, heard := make(chan struct{}, 10), make(chan string, 10)
	e.OnGap(func() { gaps <- struct{}{} })
	if _, err := e.Subscribe("topic", func(data []byte) { heard <- string(data) }); err != nil {
		t.Fatal(err)
	}
	within(t, "the first connection", way.conns)
	nats.Stop(t)
	nats.Change(func(o *server.Options) { o.Password = "another" })
	nats.Start(t)
	for range 6 { // of these some meet no server; the last ones are refused
		within(t, "another try", way.conns)
	}
	nats.Stop(t)
	nats.Change(func(o *server.Options) { o.Password = password })
	nats.Start(t)
	within(t, "told of the gap", gaps)
	if err := e.Publish(t.Context(), "topic", []byte("again")); err != nil {
		t.Fatal(err)
	}
	if got := within(t, "what is published then", heard); got != "again" {
		t.Errorf("heard %q", got)
	}
}
