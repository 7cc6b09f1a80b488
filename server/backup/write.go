package backup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
	"madoguchi/server/durable"
	"madoguchi/server/settings"
	"madoguchi/server/store"
	"madoguchi/server/trust"
)

// Made is a backup that was written.
type Made struct {
	File    string    `json:"file"`
	Keys    string    `json:"keys,omitempty"` // the file of the keys, where they went apart
	MadeAt  time.Time `json:"madeAt"`
	Entries int64     `json:"entries"` // of the audit chain
	Bytes   int64     `json:"bytes"`
}

// Sentence says what a key says of it.
func (m Made) Sentence(key string) message.Message {
	if m.Keys != "" {
		key = "backup.done_apart"
	}
	return message.New(key, message.Args{
		"file":    message.Text(m.File),
		"keys":    message.Text(m.Keys),
		"entries": message.Number(int(m.Entries)),
	})
}

// Snapshot writes the database into a new file and says what it holds.
type Snapshot func(ctx context.Context, to string) (store.Snapshot, error)

// Writer writes backups of one server.
type Writer struct {
	Settings *settings.Settings
	Snapshot Snapshot // nil: SQLite's, of the data folder
	Now      func() time.Time
}

// Write writes the backup: whole or not at all, for its owner alone.
func (w Writer) Write(ctx context.Context, c Command) (Made, error) {
	folder := w.Settings.Folder()
	database := filepath.Join(folder, datafolder.DatabaseFile)
	if w.Snapshot == nil && w.Settings.Database != "" {
		return Made{}, errElsewhere
	}
	if w.Snapshot == nil {
		if _, err := os.Stat(database); err != nil {
			return Made{}, datafolder.ErrNoData.Because(err)
		}
		w.Snapshot = func(ctx context.Context, to string) (store.Snapshot, error) {
			return store.TakeSnapshot(ctx, database, to)
		}
	}
	now := w.Now().UTC().Truncate(time.Second)
	made := Made{File: named(c.To, Whole, now), MadeAt: now}
	m := Manifest{Format: format, Set: rand.Text(), Part: Whole, MadeAt: now}
	if c.Keys != "" {
		m.Part = Data
		made.File, made.Keys = named(c.To, Data, now), named(c.Keys, Keys, now)
	}
	err := w.write(ctx, c, m, &made)
	switch {
	case errors.Is(err, fs.ErrExist):
		return Made{}, errExists.Because(err)
	case err != nil:
		return Made{}, errWrite.Because(err)
	}
	return made, nil
}

// named is the file's path: where a folder is given, a new name in it.
func named(to string, part Part, at time.Time) string {
	if info, err := os.Stat(to); err != nil || !info.IsDir() {
		return to
	}
	return filepath.Join(to, "madoguchi-"+at.Format("20060102T150405Z")+"-"+string(part)+".tar")
}

func (w Writer) write(ctx context.Context, c Command, m Manifest, made *Made) error {
	copied := made.File + ".db" // beside the file: the same disk has room for both, or for neither
	if _, err := os.Stat(made.File); err == nil {
		return fs.ErrExist
	}
	defer os.Remove(copied)
	held, err := w.Snapshot(ctx, copied)
	if err != nil {
		return err
	}
	m.Stamp, m.Schema, m.Audit = held.Stamp, held.Schema, Head{held.Sequence, held.Hash}
	main, err := create(made.File, m)
	if err != nil {
		return err
	}
	defer main.draft.Discard()
	if err := main.add(path.Join(dataDir, datafolder.DatabaseFile), copied); err != nil {
		return err
	}
	keys := main
	if c.Keys != "" {
		m.Part = Keys
		if keys, err = create(made.Keys, m); err != nil {
			return err
		}
		defer keys.draft.Discard()
	}
	// keys after the database: whatever the copy was sealed with is there
	if err := w.addKeys(keys); err != nil {
		return err
	}
	if err := w.addFolder(main, c.WithoutRuns); err != nil {
		return err
	}
	if err := w.addCheckpoints(main, made.File+".checkpoints", held.Sequence); err != nil {
		return err
	}
	if err := w.addSettings(main, keys); err != nil {
		return err
	}
	if keys != main {
		if err := keys.commit(); err != nil {
			return err
		}
	}
	if err := main.commit(); err != nil {
		return err
	}
	for _, f := range main.manifest.Files {
		made.Bytes += f.Size
	}
	made.Entries = held.Sequence
	return nil
}

// addKeys copies the key folder while nobody changes it.
func (w Writer) addKeys(to *archive) error {
	folder := filepath.Join(w.Settings.Folder(), datafolder.KeysDir)
	release, err := durable.Lock(filepath.Join(folder, keysLock))
	if err != nil {
		return fmt.Errorf("locking the key folder: %w", err)
	}
	defer release()
	return addAll(to, folder, path.Join(dataDir, datafolder.KeysDir), func(string) bool { return true })
}

const keysLock = "lock"

// addFolder copies everything else of the data folder.
func (w Writer) addFolder(to *archive, withoutRuns bool) error {
	return addAll(to, w.Settings.Folder(), dataDir, func(name string) bool {
		first, _, _ := strings.Cut(name, "/")
		return !strings.HasPrefix(name, datafolder.DatabaseFile) && first != datafolder.KeysDir &&
			name != datafolder.CheckpointFile && (first != datafolder.RunsDir || !withoutRuns)
	})
}

// addCheckpoints copies the audit chain's checkpoints up to the newest entry of the copied database: one that
// was signed meanwhile would convict the copy of having lost what came after it. The lines are written to
// draft on the way.
func (w Writer) addCheckpoints(to *archive, draft string, newest int64) error {
	lines, err := os.ReadFile(filepath.Join(w.Settings.Folder(), datafolder.CheckpointFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // they stand elsewhere, or none is signed
	}
	if err != nil {
		return fmt.Errorf("reading the checkpoints: %w", err)
	}
	defer os.Remove(draft)
	if err := durable.WriteFile(draft, audit.LinesUntil(lines, newest), durable.Options{}); err != nil {
		return err
	}
	return to.add(path.Join(dataDir, datafolder.CheckpointFile), draft)
}

// addAll copies the files below a folder that are wanted, by their path below it; not what is only a draft or
// a lock, and not what goes away meanwhile.
func addAll(to *archive, folder, as string, wanted func(name string) bool) error {
	return filepath.WalkDir(folder, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		below, err := filepath.Rel(folder, file)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(below)
		base := path.Base(name)
		if !d.Type().IsRegular() || strings.HasPrefix(base, durable.DraftPrefix) || base == keysLock ||
			strings.HasSuffix(base, ".lock") || !wanted(name) {
			return nil
		}
		if err := to.add(path.Join(as, name), file); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

// addSettings copies the settings file and the files that the settings name; what is secret of them goes with
// the keys.
func (w Writer) addSettings(to, keys *archive) error {
	s := w.Settings
	for _, one := range []struct {
		to         *archive
		name, path string
	}{
		{to, "madoguchi.conf", s.Config},
		{to, "trust/" + trust.ListFile, inFolder(s.Trust, trust.ListFile)},
		{to, "trust/" + trust.RootFile, inFolder(s.Trust, trust.RootFile)},
		{to, "card-keys.json", s.CardKeys},
		{to, "tls/cert.pem", s.TLSCert},
		{keys, "tls/key.pem", s.TLSKey},
	} {
		if one.path == "" {
			continue
		}
		err := one.to.add(path.Join(settingsDir, one.name), one.path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func inFolder(folder, name string) string {
	if folder == "" {
		return ""
	}
	return filepath.Join(folder, name)
}
