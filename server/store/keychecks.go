package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"madoguchi/server/audit"
)

// What the database remembers of the key files beside it (keys.Guard). It is read before any key is loaded,
// so these functions take the path of a database that nobody has opened yet.

// KeyChecks is what a database knows of its keys before they are loaded.
type KeyChecks struct {
	Known map[string][]byte // check values by file name
	// Sealed are the kinds of keys without which something stored does not open or is not found: the kinds of
	// Options.Masters, "index" and "notice".
	Sealed map[string]bool
}

// ReadKeyChecks returns what a database knows of its keys: nothing where there is none.
func ReadKeyChecks(ctx context.Context, database string) (KeyChecks, error) {
	c := KeyChecks{Known: map[string][]byte{}, Sealed: map[string]bool{}}
	e := engineOf(database)
	db, err := e.inspect(ctx)
	if err != nil || db == nil {
		return c, storageError(err)
	}
	return c, errors.Join(c.read(ctx, e, db), db.Close())
}

func (c *KeyChecks) read(ctx context.Context, e engine, db *sql.DB) error {
	for _, sealed := range []struct{ table, kind, query string }{
		{"data_keys", "people", `SELECT EXISTS (SELECT 1 FROM data_keys WHERE scope LIKE 'people/%')`},
		{"data_keys", "cases", `SELECT EXISTS (SELECT 1 FROM data_keys WHERE scope LIKE 'cases/%')`},
		{"data_keys", "session", `SELECT EXISTS (SELECT 1 FROM data_keys WHERE scope LIKE 'session/%')`},
		{"data_keys", "index", `SELECT EXISTS (SELECT 1 FROM data_keys)`},
		{"notices", "notice", `SELECT EXISTS (SELECT 1 FROM notices)`},
	} {
		there, err := e.hasTable(ctx, db, sealed.table)
		if err == nil && there {
			err = db.QueryRowContext(ctx, sealed.query).Scan(&there)
		}
		if err != nil {
			return fmt.Errorf("looking at what is sealed: %w", err)
		}
		c.Sealed[sealed.kind] = there
	}
	if there, err := e.hasTable(ctx, db, "key_checks"); err != nil || !there {
		return err
	}
	rows, err := db.QueryContext(ctx, `SELECT file, value FROM key_checks`)
	if err != nil {
		return fmt.Errorf("reading the keys' check values: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var file string
		var value []byte
		if err := rows.Scan(&file, &value); err != nil {
			return fmt.Errorf("reading the keys' check values: %w", err)
		}
		c.Known[file] = value
	}
	return rows.Err()
}

// PutKeyCheck remembers a key's check value, new or changed.
func (s *Store) PutKeyCheck(ctx context.Context, file string, value []byte, at time.Time) error {
	_, err := s.write.ExecContext(ctx, `INSERT INTO key_checks (file, value, at) VALUES ($1, $2, $3)
		ON CONFLICT (file) DO UPDATE SET value = $2, at = $3`,
		file, value, toMillis(at))
	return storageError(err)
}

// AcceptKey forgets the check value of a key, so that the next start takes whatever key is there, or makes
// one. The audit chain tells it. It is NotFound when no such key is known.
func AcceptKey(ctx context.Context, database, file string, e audit.Entry) error {
	s := core{engine: engineOf(database)}
	read, write, err := s.engine.open(ctx, Options{}, nil)
	if err != nil {
		return err
	}
	s.read, s.write = read, newWriter(write, s.engine)
	err = s.change(ctx, func(tx *sql.Tx) error {
		if err := requireChange(tx.ExecContext(ctx, `DELETE FROM key_checks WHERE file = $1`,
			file)); err != nil {
			return err
		}
		return appendAudit(ctx, tx, e, nil)
	})
	return errors.Join(err, read.Close(), write.Close())
}

// OtherKeyError says that a master key or the index key is not the one that the database was written with.
type OtherKeyError struct{ Kind string } // of Options.Masters, or "index"

func (e *OtherKeyError) Error() string { return "store: the key of kind " + e.Kind + " is another one" }

// keyProver proves the keys that a database is opened with.
type keyProver struct{ *core }

// proveKeys opens what each key must open: every data key, and one row that is found by a keyed hash.
func (s keyProver) proveKeys(ctx context.Context) error {
	scopes := map[int64]string{}
	if err := s.each(ctx, func(scan func(...any) error) error {
		var id int64
		var scope string
		err := scan(&id, &scope)
		scopes[id] = scope
		return err
	}, `SELECT id, scope FROM data_keys`); err != nil {
		return err
	}
	for id, scope := range scopes {
		kind, _, _ := strings.Cut(scope, "/")
		if _, held := s.sealer.masters[kind]; !held {
			continue
		}
		if _, err := s.sealer.unwrap(ctx, s.read, id); err != nil {
			return errors.Join(err, &OtherKeyError{kind})
		}
	}
	return s.proveIndex(ctx)
}

func (s keyProver) proveIndex(ctx context.Context) error {
	if _, held := s.sealer.masters["people"]; held {
		found, err := s.people().list(ctx, `SELECT `+personColumns+` FROM people WHERE search = $1 LIMIT 1`,
			searchForm)
		if err != nil {
			return err
		}
		for _, r := range found {
			var number []byte
			if err := s.read.QueryRowContext(ctx, `SELECT number_mac FROM people WHERE ref = $1`,
				r.ID).Scan(&number); err != nil {
				return err
			}
			if want := s.index.searchValues(r.Person.Insurer,
				r.Person)[1].([]byte); string(number) != string(want) {
				return &OtherKeyError{"index"}
			}
		}
	}
	if _, held := s.sealer.masters["session"]; held {
		var hash []byte
		err := s.read.QueryRowContext(ctx, `SELECT hash FROM sessions LIMIT 1`).Scan(&hash)
		if errors.Is(err, sql.ErrNoRows) || err == nil && len(hash) != 32 {
			return nil
		}
		if err != nil {
			return err
		}
		found, err := sessionStore(s).Session(ctx, [32]byte(hash))
		if err != nil {
			return nil // altered: whoever asks for it is told
		}
		var subject []byte
		if err := s.read.QueryRowContext(ctx, `SELECT subject_mac FROM sessions WHERE hash = $1`,
			hash).Scan(&subject); err != nil {
			return err
		}
		if string(subject) != string(s.index.mac("subject", found.Subject)) {
			return &OtherKeyError{"index"}
		}
	}
	return nil
}

// SampleNotice returns one notice's person, serial and MAC, by which the key that makes the codes is proved;
// NotFound for none.
func (s *Store) SampleNotice(ctx context.Context) (person audit.PersonID, serial int64, mac []byte,
	err error) {
	err = s.read.QueryRowContext(ctx, `SELECT people.ref, notices.serial, notices.code_mac FROM notices
		JOIN people ON people.id = notices.person_id
		ORDER BY notices.id DESC LIMIT 1`).Scan(&person, &serial, &mac)
	return person, serial, mac, storageError(err)
}
