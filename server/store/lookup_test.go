package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// A program that remembers nothing reads each time: who has gone before is not answered, who is there is.
func TestALookUpDoesNotBeginForWhoHasGone(t *testing.T) {
	storetest.Engines(t, func(t *testing.T) {
		s, err := openAt(storetest.Database(t), options())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		w := rememberedWorld{opened: s}
		session := auth.Session{Hash: [32]byte{1}, Kind: auth.Patient, CreatedAt: noon, UsedAt: noon}
		if err := w.Store.Sessions().PutSession(ctx, session, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		ask := map[string]func(context.Context) error{
			"session": func(ctx context.Context) error {
				_, err := w.Store.Sessions().Session(ctx, session.Hash)
				return err
			},
			"insurers' phones": func(ctx context.Context) error {
				_, err := w.Devices.DeviceGrants(ctx, insurer.DeviceGrantQuery{DeviceID: "phone"})
				return err
			},
			"people": func(ctx context.Context) error {
				_, err := w.Enrolment.Enrolled(ctx, "op|hanako", noon)
				return err
			},
		}
		for name, ask := range ask {
			gone, leave := context.WithCancel(ctx)
			if err := ask(gone); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			leave()
			if err := ask(gone); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: somebody who has gone is answered: %v", name, err)
			}
		}
	})
}

// A file answers sooner than it could be stopped; a server may be away, and nobody waits for it who has gone.
func TestOnlyALookUpInAFileEndsWhoeverGoes(t *testing.T) {
	gone, leave := context.WithCancel(ctx)
	file, err := untilDone(gone, sqlite{})
	if err != nil || file.Done() != nil {
		t.Errorf("somebody watches for who asks a file: %v", err)
	}
	server, err := untilDone(gone, postgres{})
	leave()
	if err != nil || !errors.Is(server.Err(), context.Canceled) {
		t.Errorf("a server is asked for who has gone: %v", err)
	}
	if _, err := untilDone(gone, sqlite{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a file is asked for who has gone: %v", err)
	}
}
