package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"madoguchi/server/readiness"
)

func TestADatabaseSaysWhetherItCanBeReadAndWritten(t *testing.T) {
	s, _ := open(t)
	if err := errors.Join(s.Ping(t.Context()), s.CanWrite(t.Context()), s.CanWrite(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := s.write.Exec(`PRAGMA query_only = 1`); err != nil {
		t.Fatal(err)
	}
	if err := s.CanWrite(t.Context()); err == nil || errors.Is(err, readiness.ErrFull) {
		t.Errorf("read only: %v", err)
	}
	if _, err := s.write.Exec(`PRAGMA query_only = 0`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s.Ping(t.Context()) == nil || s.CanWrite(t.Context()) == nil {
		t.Error("a closed database is well")
	}
}

// SQLITE_FULL (13): "the database or disk is full"; max_page_count makes a real one.
func TestADatabaseWithoutRoomSaysThatItIsFull(t *testing.T) {
	s, _ := open(t)
	for _, statement := range []string{
		`DROP TABLE meta`,
		`CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT, needs BLOB DEFAULT (zeroblob(100000)))`,
		`PRAGMA max_page_count = 1`, // the least is what it has
	} {
		if _, err := s.write.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.CanWrite(t.Context()); !errors.Is(err, readiness.ErrFull) {
		t.Errorf("%v", err)
	}
	s.write.full.Store(false)
	large := entry("people.search")
	large.Detail = strings.Repeat("x", 100_000)
	if err := s.Register.Note(t.Context(), large); !errors.Is(err, errFull) {
		t.Errorf("a change: %v", err)
	}
	if !s.write.full.Load() {
		t.Error("the next look does not know that a change found no room")
	}
	if _, err := s.write.Exec(`PRAGMA max_page_count = 1000000`); err != nil {
		t.Fatal(err)
	}
	if err := s.CanWrite(t.Context()); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestASnapshotIsTheDatabaseAtOneMoment(t *testing.T) {
	s, path := open(t)
	e := entry("test")
	if err := (auditNotes{s.core}).Note(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "copy")
	held, err := TakeSnapshot(t.Context(), path, to)
	if err != nil {
		t.Fatal(err)
	}
	head, err := s.AuditHead(t.Context())
	if err != nil || held.Sequence != head.Sequence || held.Sequence == 0 || len(held.Hash) != 32 ||
		held.Stamp != "demo/all" || held.Schema == 0 {
		t.Errorf("%+v, the head is %+v %v", held, head, err)
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if _, err := TakeSnapshot(t.Context(), path, to); err == nil {
		t.Error("it replaced another")
	}
	data, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSnapshot(t.Context(), to); err == nil {
		t.Error("half a database is whole")
	}
	if err := os.WriteFile(to, bytes.Repeat([]byte{7}, 9000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSnapshot(t.Context(), to); err == nil {
		t.Error("no database is one")
	}
}
