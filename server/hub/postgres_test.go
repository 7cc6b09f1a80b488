package hub_test

import (
	"testing"

	"madoguchi/internal/hubtest"
	"madoguchi/internal/postgrestest"
	"madoguchi/server/hub"
)

func TestPostgreSQL(t *testing.T) {
	server := postgrestest.New(t)
	address := server.Database(t)
	hubtest.Run(t, hubtest.Engines{
		New: func(t *testing.T) hub.Engine {
			e, err := hub.OpenPostgres(t.Context(), address, "test")
			if err != nil {
				t.Fatal(err)
			}
			return e
		},
		Stop:  func(t *testing.T) { server.Stop(t) },
		Start: func(t *testing.T) { server.Start(t) },
	})
}
