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
	database := postgrestest.Database(t)
	alone, joined := hub.Setting{}, hub.Setting{Hub: "postgres", Database: database}
	const refused = "store.served of MADOGUCHI_HUB"
	for _, c := range []struct {
		name string
		two  twoServers
	}{
		{"neither has a hub", twoServers{database, alone, alone, refused}},
		{"the second has none", twoServers{database, joined, alone, refused}},
		{"the first has none", twoServers{database, alone, joined, refused}},
		{"both have one", twoServers{database, joined, joined, ""}},
	} {
		t.Run(c.name, c.two.start)
	}
}

// A data folder is served once: there is no hub for it.
func TestAFolderIsServedOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "madoguchi.db")
	twoServers{file, hub.Setting{}, hub.Setting{}, "store.served_file of MADOGUCHI_DATA"}.start(t)
}

// twoServers start one after the other on a database; refused is the error of the second and its field, none
// where both run.
type twoServers struct {
	database      string
	first, second hub.Setting
	refused       string
}

// start starts them, and the second once more when the first has left.
func (two twoServers) start(t *testing.T) {
	before := slog.Default()
	t.Cleanup(func() { slog.SetDefault(before) })
	leave, err := two.join(t, two.first)
	if err != nil {
		t.Fatal(err) // also where one before has not left
	}
	other, err := two.join(t, two.second)
	var said *eligibility.Error
	switch {
	case two.refused == "" && err == nil:
		other()
	case two.refused == "":
		t.Error(err)
	case err == nil:
		t.Error("it is started")
		other()
	case !errors.As(err, &said) || said.Key+" of "+said.Field != two.refused:
		t.Error(err)
	}
	leave()
	if other, err = two.join(t, two.second); err != nil {
		t.Fatalf("once the first has left: %v", err)
	}
	other()
}

func (two twoServers) join(t *testing.T, setting hub.Setting) (leave func(), err error) {
	t.Helper()
	s, err := openAt(two.database, options())
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
