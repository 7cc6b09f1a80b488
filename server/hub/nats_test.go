package hub_test

import (
	"testing"

	"madoguchi/internal/hubtest"
	"madoguchi/internal/natstest"
	"madoguchi/server/hub"
)

func TestNATS(t *testing.T) {
	server := natstest.New(t)
	url := server.URL()
	hubtest.Run(t, hubtest.Engines{
		New: func(t *testing.T) hub.Engine {
			e, err := hub.OpenNATS(hub.NATS{URL: url, Instance: t.Name()}, "test")
			if err != nil {
				t.Fatal(err)
			}
			return e
		},
		Stop:  func(t *testing.T) { server.Stop(t) },
		Start: func(t *testing.T) { server.Start(t) },
	})
}
