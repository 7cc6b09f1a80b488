package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pressly/goose/v3"

	"madoguchi/auth"
	"madoguchi/server/store/storetest"
)

// These tests prove by what rule a program opens tables that a newer one made, and that the tables take what
// a program writes that knows nothing of the newest step. The other program is this one with other steps, so
// they do not prove that a release's binary runs: what its code does with the tables beyond the statements
// below is not run here.

// stepped is an engine with other steps than this program's.
type stepped struct {
	engine
	steps fstest.MapFS
}

func (e stepped) migrations() (fs.FS, goose.Dialect, error) {
	_, dialect, err := e.engine.migrations()
	return e.steps, dialect, err
}

// stepsOf are this program's steps.
func stepsOf(t *testing.T, e engine) fstest.MapFS {
	t.Helper()
	folder, _, err := e.migrations()
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(folder, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	steps := fstest.MapFS{}
	for _, name := range names {
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			t.Fatal(err)
		}
		steps[name] = &fstest.MapFile{Data: data}
	}
	return steps
}

func newestOf(t *testing.T, steps fstest.MapFS) (name string, number int64) {
	t.Helper()
	for step := range steps {
		text, _, _ := strings.Cut(path.Base(step), "_")
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if n > number {
			name, number = step, n
		}
	}
	return name, number
}

// with is steps and one more.
func with(steps fstest.MapFS, name, text string) fstest.MapFS {
	more := maps.Clone(steps)
	more[name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
	return more
}

// works has a store write and read.
func works(t *testing.T, s *Store, name string) {
	t.Helper()
	session := auth.Session{
		Hash:      [32]byte{byte(len(name)), name[0]},
		Kind:      auth.Clerk,
		Subject:   name,
		CreatedAt: noon,
		UsedAt:    noon,
	}
	if err := s.Sessions().PutSession(ctx, session, noon.Add(time.Hour)); err != nil {
		t.Errorf("%s does not write: %v", name, err)
	}
	if found, err := s.Sessions().Session(ctx, session.Hash); err != nil || found.Subject != name {
		t.Errorf("%s does not read: %+v %v", name, found, err)
	}
}

// pair is an older and a newer program on one database.
type pair struct {
	older, newer engine
	tolerated    bool // the older one may be started on the newer one's tables
}

func (p pair) start(t *testing.T, e engine, name string) *Store {
	t.Helper()
	s, err := openOn(ctx, e, options())
	if err != nil {
		t.Fatalf("%s is not started: %v", name, err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// olderStarts wants the older program to start on the newer one's tables, or to be refused and change
// nothing.
func (p pair) olderStarts(t *testing.T, name string) {
	t.Helper()
	s, err := openOn(ctx, p.older, options())
	switch {
	case !p.tolerated && !errors.Is(err, errNewer):
		t.Errorf("the older one is started on tables that it does not know: %v", err)
	case p.tolerated && err != nil:
		t.Errorf("the older one is not started again: %v", err)
	}
	if err == nil {
		works(t, s, name)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// both runs the two orders of restart: the older one runs while the newer one is started, and is started
// again after it; the newer one is started first, and the older one after it.
func (p pair) both(t *testing.T) {
	older := p.start(t, p.older, "the older one")
	works(t, older, "older")
	newer := p.start(t, p.newer, "the newer one, beside it")
	works(t, newer, "newer")
	works(t, older, "older beside the newer")
	p.olderStarts(t, "again, beside the newer")
	works(t, newer, "newer beside the older")
	if err := errors.Join(older.Close(), newer.Close()); err != nil {
		t.Fatal(err)
	}
	p.olderStarts(t, "alone") // alone, as after the newer one was taken back
	works(t, p.start(t, p.newer, "the newer one again"), "newest")
}

func TestTheLastTwoSchemasInBothOrdersOfRestart(t *testing.T) {
	storetest.Engines(t, func(t *testing.T) {
		e := engineOf(storetest.New(t))
		steps := stepsOf(t, e)
		before := maps.Clone(steps)
		newest, _ := newestOf(t, steps)
		delete(before, newest)
		_, schema := newestOf(t, before)
		p := pair{older: stepped{e, before}, newer: stepped{e, steps}}
		p.tolerated = schema >= oldestReader(t, steps)
		p.both(t)
	})
}

// oldestReader is what the newest step that sets it has made reads_from.
func oldestReader(t *testing.T, steps fstest.MapFS) (from int64) {
	t.Helper()
	set := regexp.MustCompile(`'reads_from', '(\d+)'|SET value = '(\d+)' WHERE name = 'reads_from'`)
	for _, name := range slices.Sorted(maps.Keys(steps)) {
		for _, m := range set.FindAllStringSubmatch(string(steps[name].Data), -1) {
			n, err := strconv.ParseInt(m[1]+m[2], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			from = n
		}
	}
	return from
}

// This program beside the next one, whose step adds, or takes away.
func TestThisProgramBesideTheNext(t *testing.T) {
	for _, c := range []struct {
		name, step string
		tolerated  bool
	}{
		{"a step that adds", `ALTER TABLE sessions ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';
			CREATE TABLE colours (name TEXT NOT NULL PRIMARY KEY);`, true},
		{"a step that takes away", `DROP TABLE chores;
			UPDATE meta SET value = '9999' WHERE name = 'reads_from';`, false},
		{"a step of a program that says nothing", `DELETE FROM meta WHERE name = 'reads_from';`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Engines(t, func(t *testing.T) {
				e := engineOf(storetest.New(t))
				steps := stepsOf(t, e)
				pair{
					older:     stepped{e, steps},
					newer:     stepped{e, with(steps, "9999_next.sql", c.step)},
					tolerated: c.tolerated,
				}.both(t)
			})
		})
	}
}

// What the program of schema 33 writes to a table that schema 39 has added to, in that program's own words.
func TestTheTablesTakeWhatTheProgramBeforeWrites(t *testing.T) {
	storetest.Engines(t, func(t *testing.T) {
		s := pair{}.start(t, engineOf(storetest.New(t)), "this program")
		if err := s.change(ctx, func(tx *sql.Tx) error {
			for _, step := range []statement{
				{`INSERT INTO runs (ref, insurer, kind, state, clerk, created_at, ended_at, note,
					options, total) VALUES ($1, $2, $3, $4, $5, $6, 0, '', $7, $8)`,
					[]any{"run", "06139992", "notices", "going", "clerk", int64(1), "{}", 1}},
				{`UPDATE runs SET state = $2, note = $3, ended_at = $4 WHERE ref = $1 AND insurer = $5`,
					[]any{"run", "going", "", int64(0), "06139992"}},
				{`INSERT INTO run_files (run_id, number, last, at, body)
					SELECT id, $2, $3, $4, $5 FROM runs WHERE ref = $1 AND insurer = $6`,
					[]any{"run", 1, 1, int64(2), "{}", "06139992"}},
			} {
				if _, err := tx.ExecContext(ctx, step.text, step.args...); err != nil {
					return fmt.Errorf("%s: %w", step.text, err)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		runs, err := s.ForInsurer().Runs.Going(ctx, 10)
		if err != nil || len(runs) != 1 || runs[0].Files != 1 || runs[0].Claim.Owner != "" {
			t.Errorf("%+v %v", runs, err)
		}
	})
}

// firstRuled is the first step that is held to the rule.
const firstRuled = 39

// A step only adds, or says from which schema on a program works without what it takes (readsFrom).
func TestAStepAddsOrSaysWhatItTakes(t *testing.T) {
	comment := regexp.MustCompile(`(?m)--.*$`)
	block := regexp.MustCompile(`(?s)-- \+goose StatementBegin\n(.*?);?\n-- \+goose StatementEnd`)
	adds := regexp.MustCompile(`(?is)^(CREATE TABLE \S+ .*|CREATE (UNIQUE )?INDEX .*|` +
		`ALTER TABLE \S+ ADD COLUMN \S+ \S+( NOT NULL)? DEFAULT .*|` +
		`ALTER TABLE \S+ ADD COLUMN \S+ \S+|INSERT INTO .*|` +
		`DROP INDEX \S+|` + // holds nothing: without it, answers come later
		// changes in_slice alone, which no program before reads: it has whom such a program changes found
		`CREATE (TRIGGER|FUNCTION) person_leaves_slice\b.*|` +
		// takes what such a program, which knows no slices, leaves of a file that was given up
		`CREATE (TRIGGER|FUNCTION) import_leaves_slices\b.*|` +
		// numbers of imports, which every program takes as they come, go on behind those that were given
		`UPDATE sqlite_sequence SET seq = max\(seq, .*|SELECT setval\(\S+ 'id'\), greatest\(.*)$`)
	for _, e := range []engine{sqlite{}, postgres{}} {
		steps := stepsOf(t, e)
		for _, name := range slices.Sorted(maps.Keys(steps)) {
			text, _, _ := strings.Cut(name, "_")
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil || n < firstRuled {
				continue
			}
			whole := string(steps[name].Data)
			says := fmt.Sprintf("UPDATE meta SET value = '%d' WHERE name = 'reads_from'", n)
			if strings.Contains(whole, says) {
				continue
			}
			var all []string
			for _, one := range block.FindAllStringSubmatch(whole, -1) {
				all = append(all, one[1])
			}
			whole = comment.ReplaceAllString(block.ReplaceAllString(whole, ""), "")
			for _, one := range append(all, strings.Split(whole, ";")...) {
				if one = strings.TrimSpace(one); one != "" && !adds.MatchString(one) {
					t.Errorf("%s of %T takes something away and does not set reads_from:\n%s", name, e, one)
				}
			}
		}
	}
}
