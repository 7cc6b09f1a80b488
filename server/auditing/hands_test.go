package auditing

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"madoguchi/credential"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
)

// renumbered closes the gaps in the rows' numbers.
func renumbered(db *sql.DB) error {
	_, err := db.Exec(`UPDATE audit SET seq = seq - 1 WHERE seq = 31`)
	for seq := 32; err == nil && seq <= 60; seq++ {
		_, err = db.Exec(`UPDATE audit SET seq = $1 - 1 WHERE seq = $1`, seq)
	}
	return err
}

// inserted puts row 1000 behind one.
func inserted(behind int) func(db *sql.DB) error {
	return func(db *sql.DB) error {
		for seq := 60; seq > behind; seq-- {
			if _, err := db.Exec(`UPDATE audit SET seq = $1 + 1 WHERE seq = $1`, seq); err != nil {
				return err
			}
		}
		_, err := db.Exec(`UPDATE audit SET seq = $1 + 1 WHERE seq = 1000`, behind)
		return err
	}
}

// mendedAlone recomputes one row's hash.
func mendedAlone(seq int64) func(db *sql.DB) error {
	return func(db *sql.DB) error {
		var r audit.Row
		if err := db.QueryRow(`SELECT seq, at, actor, action, person, detail, previous FROM audit
			WHERE seq = $1`, seq).Scan(&r.Sequence, &r.At, &r.Actor, &r.Action, &r.Person, &r.Detail,
			&r.Previous); err != nil {
			return err
		}
		sum := r.Sum()
		_, err := db.Exec(`UPDATE audit SET hash = $2 WHERE seq = $1`, seq, sum[:])
		return err
	}
}

// keptWithOlder is kept, with a copy of the database as it was at row 40.
func keptWithOlder(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.in(func(f *datafolder.DataFolder) {
		for range 2 {
			w.noted(f, 20)
			w.signed(f)
		}
	})
	copied(t, w.database(), w.database()+".older")
	w.in(func(f *datafolder.DataFolder) {
		w.noted(f, 15)
		w.signed(f)
		w.noted(f, 5)
	})
	return w
}

// rolledBack puts the older copy in the database's place.
func rolledBack(w *world) { copied(w.t, w.database()+".older", w.database()) }

// forged adds a checkpoint that another key signed, under its own name or under that of the right one.
func forged(w *world, itsName bool) {
	w.t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	key, err := credential.NewKey(private)
	if err != nil {
		w.t.Fatal(err)
	}
	w.lines(func(lines [][]byte) [][]byte {
		var last struct {
			JWS string `json:"jws"`
		}
		if err := json.Unmarshal(lines[len(lines)-1], &last); err != nil {
			w.t.Fatal(err)
		}
		if !itsName {
			head, _, _ := strings.Cut(last.JWS, ".")
			key.ID = kidOf(w.t, head)
		}
		text, err := credential.SignJWT(key, "madoguchi-audit+jwt", audit.Checkpoint{
			Sequence: 60,
			Hash:     audit.Hash{}.Text(),
			At:       w.at.Unix(),
		})
		if err != nil {
			w.t.Fatal(err)
		}
		line, err := json.Marshal(map[string]any{"seq": 60, "at": "2026-11-22T13:00:00Z", "jws": text})
		if err != nil {
			w.t.Fatal(err)
		}
		return append(lines, bytes.Join([][]byte{line, nil}, []byte("\n")))
	})
}

func kidOf(t *testing.T, head string) string {
	t.Helper()
	var h struct {
		KID string `json:"kid"`
	}
	raw, err := base64.RawURLEncoding.DecodeString(head)
	if err == nil {
		err = json.Unmarshal(raw, &h)
	}
	if err != nil {
		t.Fatal(err)
	}
	return h.KID
}
