package store

import (
	"bytes"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/postgrestest"
	"madoguchi/server/hub"
	"madoguchi/server/instances"
)

// Two servers on one database that do not hear of each other, because somebody forgot the hub at one or at
// both: each would take the other's runs for its own, under one name, again and again, and know nothing of
// its readers. The second is not started.
func TestServersOfOneDatabaseKnowOfEachOther(t *testing.T) {
	before := slog.Default()
	t.Cleanup(func() { slog.SetDefault(before) })
	database := postgrestest.Database(t)
	join := func(t *testing.T, setting hub.Setting) (leave func(), err error) {
		t.Helper()
		s, err := openAt(database, options())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		m, err := instances.Join(t.Context(), instances.Membership{
			Secret:  bytes.Repeat([]byte{7}, 32),
			Setting: setting,
			Store:   Instances(s.Store),
			Now:     func() time.Time { return noon },
		})
		if err != nil {
			return nil, err
		}
		return m.Stay(t.Context()), nil
	}
	alone, joined := hub.Setting{}, hub.Setting{Hub: "postgres", Database: database}
	for _, c := range []struct {
		name          string
		first, second hub.Setting
		ok            bool
	}{
		{"neither has a hub", alone, alone, false},
		{"the second has none", joined, alone, false},
		{"the first has none", alone, joined, false},
		{"both have one", joined, joined, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			leave, err := join(t, c.first)
			if err != nil {
				t.Fatal(err) // also where one before has not left
			}
			other, err := join(t, c.second)
			var said *eligibility.Error
			switch {
			case c.ok && err == nil:
				other()
			case c.ok:
				t.Error(err)
			case err == nil:
				t.Error("it is started")
				other()
			case !errors.As(err, &said) || said.Key != "store.served" || said.Field != "MADOGUCHI_HUB":
				t.Error(err)
			}
			leave()
			if other, err = join(t, c.second); err != nil {
				t.Fatalf("once the first has left: %v", err)
			}
			other()
		})
	}
}

// The clock is the server's, not this program's: an instance sees by it that its own is wrong.
func TestTheDatabasesClockIsItsServers(t *testing.T) {
	s, err := openAt(postgrestest.Database(t), options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	got, err := Instances(s.Store).Clock(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var want time.Time
	if err := s.read.QueryRowContext(ctx, `SELECT now()`).Scan(&want); err != nil {
		t.Fatal(err)
	}
	if apart := want.Sub(got); apart < -time.Millisecond || apart > time.Minute {
		t.Errorf("%s, and a moment later %s", got, want)
	}
	file, err := openAt(filepath.Join(t.TempDir(), "madoguchi.db"), options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	if got, err := Instances(file.Store).Clock(ctx); err != nil || !got.IsZero() {
		t.Errorf("of a file: %s %v", got, err)
	}
}
