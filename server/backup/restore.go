package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/datafolder"
	"madoguchi/server/durable"
	"madoguchi/server/input"
	"madoguchi/server/settings"
	"madoguchi/server/store"
)

// Restored is a data folder that was made of a backup.
type Restored struct {
	Folder   string    `json:"folder"`
	Settings string    `json:"settings,omitempty"` // where the files of the settings lie, to be put in place
	MadeAt   time.Time `json:"madeAt"`
	Entries  int       `json:"entries"` // of the audit chain, all verified
}

// Sentence says what a key says of it.
func (r Restored) Sentence(key string) message.Message {
	return message.New(key, message.Args{
		"folder":  message.Text(r.Folder),
		"entries": message.Number(r.Entries),
		"at":      message.Text(r.MadeAt.UTC().Format(time.RFC3339)),
	})
}

// Reader makes data folders of backups.
type Reader struct {
	Settings *settings.Settings
	Now      func() time.Time
}

// Restore makes the data folder of a backup below --data. It refuses where there is one with something in it,
// and leaves nothing behind where a file is damaged, a key is not the data's, or the audit chain is broken.
func (r Reader) Restore(ctx context.Context, c RestoreCommand) (Restored, error) {
	parent := r.Settings.Data
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return Restored{}, errWrite.Because(err).In("--data")
	}
	draft, err := os.MkdirTemp(parent, durable.DraftPrefix)
	if err != nil {
		return Restored{}, errWrite.Because(err).In("--data")
	}
	defer os.RemoveAll(draft)
	m, err := unpackAll(draft, c)
	if err != nil {
		return Restored{}, err
	}
	mode, role, _ := strings.Cut(m.Stamp, "/")
	folder := filepath.Join(parent, mode)
	if mode != settings.Live && mode != settings.Demo {
		return Restored{}, errDamaged.Because(fmt.Errorf("its stamp is %q", m.Stamp))
	}
	if names, err := os.ReadDir(folder); err == nil && len(names) > 0 {
		return Restored{}, errNotEmpty.With(message.Args{"folder": message.Text(folder)})
	}
	entries, err := r.verify(ctx, filepath.Join(draft, dataDir), m, mode, role)
	if err != nil {
		return Restored{}, err
	}
	done := Restored{Folder: folder, MadeAt: m.MadeAt, Entries: entries}
	if err := os.Remove(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Restored{}, errWrite.Because(err).In("--data")
	}
	if err := durable.Move(filepath.Join(draft, dataDir), folder); err != nil {
		return Restored{}, errWrite.Because(err).In("--data")
	}
	if beside := filepath.Join(draft, settingsDir); exists(beside) {
		done.Settings = filepath.Join(parent, "restored-"+settingsDir)
		if err := durable.Move(beside, done.Settings); err != nil {
			return done, errWrite.Because(err).In("--data")
		}
	}
	return done, durable.SyncFolder(parent)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// unpackAll unpacks both files of a backup, or its one, and returns the manifest.
func unpackAll(to string, c RestoreCommand) (Manifest, error) {
	m, err := unpack(to, c.From, "FILE")
	if err != nil {
		return m, err
	}
	switch {
	case m.Part == Keys:
		return m, errNoKeys.In("FILE")
	case m.Part == Data && c.Keys == "":
		return m, errNoKeys
	case m.Part == Whole && c.Keys != "":
		return m, errOthers
	case m.Part == Whole:
		return m, nil
	}
	k, err := unpack(to, c.Keys, "--keys")
	if err == nil && (k.Part != Keys || k.Set != m.Set) {
		err = errOthers
	}
	return m, err
}

// unpack writes the files of a backup below a folder and compares them with its manifest. Its errors tell a
// backup that is damaged from a file that cannot be opened and from a place that cannot be written: only the
// first is a reason to look for another copy. named is what names the file on the command line.
func unpack(to, file, named string) (m Manifest, err error) {
	from, err := input.OpenArgument(file, named)
	if err != nil {
		return m, err
	}
	defer from.Close()
	m, err = unpackFrom(to, from)
	var wrong *eligibility.Error
	if errors.As(err, &wrong) && wrong.Field == errDamaged.Field { // the file itself
		return m, wrong.In(named)
	}
	return m, err
}

func unpackFrom(to string, from io.Reader) (m Manifest, err error) {
	found := map[string]File{}
	for archive := tar.NewReader(from); ; {
		head, err := archive.Next()
		if err != nil {
			return m, errDamaged.Because(fmt.Errorf("it has no end: %w", err))
		}
		if head.Name == manifestName {
			if m, err = readManifest(archive); err != nil {
				return m, err
			}
			break
		}
		if _, twice := found[head.Name]; twice || head.Typeflag != tar.TypeReg || !isOurs(head.Name) {
			return m, errDamaged.Because(fmt.Errorf("%q must not be in it", head.Name))
		}
		if found[head.Name], err = unpackOne(to, head.Name, archive); err != nil {
			return m, err
		}
	}
	if len(found) != len(m.Files) {
		return m, errDamaged.Because(fmt.Errorf("%d files, %d in the manifest", len(found), len(m.Files)))
	}
	for _, want := range m.Files {
		got := found[want.Name]
		if got.Size != want.Size || !bytes.Equal(got.SHA256, want.SHA256) {
			return m, errDamaged.Because(fmt.Errorf("%q is not what was written", want.Name))
		}
	}
	return m, nil
}

// isOurs reports whether a name may be unpacked: below the two folders, and nowhere else.
func isOurs(name string) bool {
	first, rest, below := strings.Cut(name, "/")
	return below && rest != "" && (first == dataDir || first == settingsDir) &&
		filepath.IsLocal(filepath.FromSlash(name)) && !strings.Contains(name, `\`)
}

func unpackOne(to, name string, from io.Reader) (File, error) {
	path := filepath.Join(to, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return File{}, errWrite.Because(err).In("--data")
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) { // no archive has a name twice: the other one brought it
		return File{}, errOthers.Because(fmt.Errorf("%q is in both", name))
	}
	if err != nil {
		return File{}, errWrite.Because(err).In("--data")
	}
	sum := sha256.New()
	read := &reading{from: from}
	n, err := io.Copy(io.MultiWriter(file, sum), read)
	err = errors.Join(err, file.Sync(), file.Close())
	switch {
	case read.err != nil:
		return File{}, errDamaged.Because(read.err)
	case err != nil:
		return File{}, errWrite.Because(err).In("--data")
	}
	return File{Name: name, Size: n, SHA256: sum.Sum(nil)}, nil
}

// reading notes the error of a reader, which copying does not tell from one of the writer.
type reading struct {
	from io.Reader
	err  error
}

// Read implements io.Reader.
func (r *reading) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// mostManifest bounds the manifest: 100,000 files have 15 MB.
const mostManifest = 64 << 20

func readManifest(from io.Reader) (m Manifest, err error) {
	if err := json.NewDecoder(io.LimitReader(from, mostManifest)).Decode(&m); err != nil {
		return m, errDamaged.Because(err)
	}
	if m.Format > format {
		return m, errNewer
	}
	return m, nil
}

// verify opens what was unpacked as a server does, and walks the audit chain.
func (r Reader) verify(ctx context.Context, folder string, m Manifest, mode, role string) (int, error) {
	held, err := store.ReadSnapshot(ctx, filepath.Join(folder, datafolder.DatabaseFile))
	if err != nil {
		return 0, unverified(err)
	}
	if held.Stamp != m.Stamp || held.Sequence != m.Audit.Sequence || !bytes.Equal(held.Hash, m.Audit.Hash) {
		return 0, errDamaged.Because(errors.New("the database is another one"))
	}
	opened, err := datafolder.Open(ctx, datafolder.Options{
		Path: folder,
		Mode: mode,
		Role: role,
		Host: r.Settings.Host(),
		Now:  r.Now,
	})
	if err != nil {
		return 0, unverified(err)
	}
	n, err := opened.Store.VerifyAudit(ctx)
	if err == nil {
		err = opened.Keys.Verify()
	}
	if err = errors.Join(err, opened.Store.Close()); err != nil {
		return 0, unverified(err)
	}
	return n, nil
}

// unverified is why what was unpacked cannot be opened: it is not whole, or the disk gave no room for it.
func unverified(err error) error {
	var why *eligibility.Error
	if errors.As(err, &why) && why.Code == eligibility.Unavailable {
		return errWrite.Because(err).In("--data")
	}
	return errFails.Because(err)
}
