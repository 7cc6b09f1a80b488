package hub_test

import (
	"testing"

	"madoguchi/internal/hubtest"
	"madoguchi/server/hub"
)

func TestMemory(t *testing.T) {
	var bus hub.Bus
	hubtest.Run(t, hubtest.Engines{New: func(*testing.T) hub.Engine { return bus.Engine() }})
}
