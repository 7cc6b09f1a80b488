package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
	"madoguchi/server/insurer"
	"madoguchi/server/settings"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, eligibility.Japan)

func clock() time.Time { return noon }

// filled is a demo's data folder with an insurer in it, closed, and with the files beside it that settings
// name.
func filled(t *testing.T) *settings.Settings {
	t.Helper()
	place := t.TempDir()
	s := &settings.Settings{Data: filepath.Join(place, "data"), Config: filepath.Join(place, "x.conf"),
		TLSCert: filepath.Join(place, "cert.pem"), TLSKey: filepath.Join(place, "key.pem")}
	for _, file := range []string{s.Config, s.TLSCert, s.TLSKey} {
		put(t, file, "of "+filepath.Base(file))
	}
	folder := openFolder(t, s.Folder())
	err := folder.Store.ForInsurer().Directory.PutSettings(t.Context(), insurer.Insurer{
		Number: "00138990", Name: "架空市", Issuer: "架空市長", Telephone: "03-0000-0000",
	}, nil, audit.Entry{At: noon, Actor: "test", Action: "insurer.put"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Keys.Rings.IssuerKey("00138990"); err != nil {
		t.Fatal(err)
	}
	if err := folder.Store.Close(); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(s.Folder(), "runs", "A", "file.pdf"), "a run's")
	put(t, filepath.Join(s.Folder(), "runs", "A", ".x.lock"), "")
	put(t, filepath.Join(s.Folder(), ".new-123"), "half of a file")
	return s
}

func openFolder(t *testing.T, path string) *datafolder.DataFolder {
	t.Helper()
	folder, err := datafolder.Open(t.Context(), datafolder.Options{
		Path: path, Mode: settings.Demo, Role: datafolder.RoleAll, Now: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, s *settings.Settings, c Command) Made {
	t.Helper()
	made, err := Writer{Settings: s, Now: clock}.Write(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func restore(t *testing.T, c RestoreCommand) (string, Restored, error) {
	t.Helper()
	data := filepath.Join(t.TempDir(), "new")
	done, err := Reader{Settings: &settings.Settings{Data: data}, Now: clock}.Restore(t.Context(), c)
	return data, done, err
}

// namesIn are the files of a backup.
func namesIn(t *testing.T, file string) (names []string) {
	t.Helper()
	for name := range contents(t, file) {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func contents(t *testing.T, file string) map[string][]byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for archive := tar.NewReader(bytes.NewReader(data)); ; {
		head, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err == nil {
			all[head.Name], err = io.ReadAll(archive)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestABackupHoldsAllAndNothingHalf(t *testing.T) {
	s := filled(t)
	to := t.TempDir()
	made := write(t, s, Command{To: to})
	if made.File != filepath.Join(to, "madoguchi-20261130T030000Z-whole.tar") {
		t.Errorf("%s", made.File)
	}
	if info, err := os.Stat(made.File); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	names := namesIn(t, made.File)
	for _, want := range []string{"data/madoguchi.db", "data/keys/people.key",
		"data/keys/issuer-00138990.pem", "data/runs/A/file.pdf", "settings/madoguchi.conf",
		"settings/tls/key.pem", "manifest.json"} {
		if !slices.Contains(names, want) {
			t.Errorf("no %s in %v", want, names)
		}
	}
	for _, name := range names {
		if strings.Contains(name, ".new-") || strings.HasSuffix(name, "lock") ||
			strings.Contains(name, ".db-") {
			t.Errorf("%s is in it", name)
		}
	}
	if left, err := filepath.Glob(filepath.Join(to, "*")); err != nil || len(left) != 1 {
		t.Errorf("left: %v %v", left, err)
	}
	without := write(t, s, Command{To: filepath.Join(to, "small.tar"), WithoutRuns: true})
	if slices.Contains(namesIn(t, without.File), "data/runs/A/file.pdf") {
		t.Error("runs are in it")
	}
}

func TestABackupBecomesTheSameFolder(t *testing.T) {
	s := filled(t)
	made := write(t, s, Command{To: filepath.Join(t.TempDir(), "b.tar")})
	data, done, err := restore(t, RestoreCommand{From: made.File})
	if err != nil {
		t.Fatal(err)
	}
	if done.Folder != filepath.Join(data, "demo") || done.Entries != int(made.Entries) || done.Entries == 0 {
		t.Errorf("%+v, made %+v", done, made)
	}
	before := contents(t, made.File)
	for name, text := range before {
		path := filepath.Join(data, strings.Replace(name, "data/", "demo/", 1))
		switch first, rest, _ := strings.Cut(name, "/"); {
		case name == "manifest.json", name == "data/madoguchi.db": // it was opened since
			continue
		case first == "settings":
			path = filepath.Join(done.Settings, rest)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Error(err)
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, text) || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, mode %o", name, err, info.Mode().Perm())
		}
	}
	folder := openFolder(t, done.Folder)
	defer folder.Store.Close()
	all, err := folder.Store.ForInsurer().Directory.Insurers(t.Context())
	if err != nil || len(all) != 1 || all[0].Name != "架空市" {
		t.Errorf("%+v %v", all, err)
	}
}

func TestKeysGoApartAndBothAreNeeded(t *testing.T) {
	s := filled(t)
	to := t.TempDir()
	made := write(t, s, Command{To: filepath.Join(to, "data.tar"), Keys: filepath.Join(to, "keys.tar")})
	for _, name := range namesIn(t, made.File) {
		if strings.HasPrefix(name, "data/keys/") || strings.HasSuffix(name, "key.pem") {
			t.Errorf("%s is with the data", name)
		}
	}
	for _, name := range namesIn(t, made.Keys) {
		if !strings.HasPrefix(name, "data/keys/") && name != "settings/tls/key.pem" &&
			name != "manifest.json" {
			t.Errorf("%s is with the keys", name)
		}
	}
	if _, _, err := restore(t, RestoreCommand{From: made.File, Keys: made.Keys}); err != nil {
		t.Error(err)
	}
	other := write(t, s, Command{To: filepath.Join(to, "d2.tar"), Keys: filepath.Join(to, "k2.tar")})
	whole := write(t, s, Command{To: filepath.Join(to, "whole.tar")})
	cases := []struct {
		name string
		c    RestoreCommand
		key  string
	}{
		{"no keys", RestoreCommand{From: made.File}, "restore.keys_missing"},
		{"the keys for the data", RestoreCommand{From: made.Keys}, "restore.keys_missing"},
		{"another's keys", RestoreCommand{From: made.File, Keys: other.Keys}, "restore.keys_other"},
		{"data for keys", RestoreCommand{From: made.File, Keys: other.File}, "restore.keys_other"},
		{"keys that are not there", RestoreCommand{From: made.File, Keys: to + "/none"}, "input.open"},
		{"keys that are not asked for", RestoreCommand{From: whole.File, Keys: made.Keys},
			"restore.keys_other"},
	}
	testenv.Refused(t, testenv.Stored, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { refused(t, c.c, c.key) })
	}
}

// refused fails unless a restore is refused with a key, and leaves nothing.
func refused(t *testing.T, c RestoreCommand, key string) {
	t.Helper()
	data, _, err := restore(t, c)
	var why *eligibility.Error
	if !errors.As(err, &why) || why.Key != key {
		t.Errorf("%v, want %s", err, key)
	}
	if left, err := os.ReadDir(data); err == nil && len(left) > 0 {
		t.Errorf("it left %v", left)
	}
}

func TestADamagedBackupIsRefusedWhole(t *testing.T) {
	s := filled(t)
	made := write(t, s, Command{To: filepath.Join(t.TempDir(), "b.tar")})
	before, err := os.ReadFile(made.File)
	if err != nil {
		t.Fatal(err)
	}
	all := contents(t, made.File)
	var m Manifest
	if err := json.Unmarshal(all["manifest.json"], &m); err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(before)
	flipped[len(flipped)/2] ^= 1
	changed := func(change func(map[string][]byte, *Manifest)) []byte {
		files, manifest := map[string][]byte{}, m
		for name, text := range all {
			files[name] = bytes.Clone(text)
		}
		manifest.Files = slices.Clone(m.Files)
		change(files, &manifest)
		return archived(t, files, manifest)
	}
	cases := []struct {
		name string
		file []byte
		key  string
	}{
		{"nothing", nil, "restore.damaged"},
		{"no tar", []byte("資格"), "restore.damaged"},
		{"half", before[:len(before)/2], "restore.damaged"},
		{"a bit", flipped, "restore.damaged"},
		{"a file more", changed(func(f map[string][]byte, _ *Manifest) { f["data/more"] = []byte("x") }),
			"restore.damaged"},
		{"a file less", changed(func(f map[string][]byte, _ *Manifest) { delete(f, "data/keys/people.key") }),
			"restore.damaged"},
		{"above the folder", changed(func(f map[string][]byte, _ *Manifest) {
			f["data/../../x"] = []byte("x")
		}), "restore.damaged"},
		{"from the root", changed(func(f map[string][]byte, _ *Manifest) { f["/data/x"] = []byte("x") }),
			"restore.damaged"},
		{"another place", changed(func(f map[string][]byte, _ *Manifest) { f["etc/x"] = []byte("x") }),
			"restore.damaged"},
		{"a newer program's", changed(func(_ map[string][]byte, m *Manifest) { m.Format = 2 }),
			"restore.newer"},
		{"another stamp", changed(func(_ map[string][]byte, m *Manifest) { m.Stamp = "live/insurer" }),
			"restore.damaged"},
		{"a stamp that is a path", changed(func(_ map[string][]byte, m *Manifest) { m.Stamp = "../x/all" }),
			"restore.damaged"},
		{"another head", changed(func(_ map[string][]byte, m *Manifest) { m.Audit.Sequence++ }),
			"restore.damaged"},
		{"another key, its hash made anew", changed(func(f map[string][]byte, m *Manifest) {
			replace(f, m, "data/keys/people.key", bytes.Repeat([]byte("0a"), 32))
		}), "restore.fails"},
	}
	testenv.Refused(t, testenv.Stored, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "b.tar")
			put(t, file, string(c.file))
			refused(t, RestoreCommand{From: file}, c.key)
		})
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	s := filled(t)
	file := filepath.Join(t.TempDir(), "b.tar")
	write(t, s, Command{To: file})
	var why *eligibility.Error
	_, err := Writer{Settings: s, Now: clock}.Write(t.Context(), Command{To: file})
	if !errors.As(err, &why) || why.Key != "backup.exists" {
		t.Errorf("a backup over another: %v", err)
	}
	before, err := os.ReadFile(filepath.Join(s.Folder(), "keys", "people.key"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = Reader{Settings: s, Now: clock}.Restore(t.Context(), RestoreCommand{From: file})
	if !errors.As(err, &why) || why.Key != "restore.not_empty" {
		t.Errorf("a restore over data: %v", err)
	}
	after, err := os.ReadFile(filepath.Join(s.Folder(), "keys", "people.key"))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("it touched them: %v", err)
	}
	none := Writer{Settings: &settings.Settings{Data: t.TempDir()}, Now: clock}
	if _, err := none.Write(context.Background(), Command{To: file}); !errors.As(err, &why) ||
		why.Key != "data.none" {
		t.Errorf("of nothing: %v", err)
	}
}

// archived writes a backup of files, as somebody does who has one.
func archived(t *testing.T, files map[string][]byte, m Manifest) []byte {
	t.Helper()
	var out bytes.Buffer
	a := tar.NewWriter(&out)
	add := func(name string, text []byte) {
		if err := a.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(text)),
			Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		if name != manifestName {
			add(name, text)
		}
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	add(manifestName, text)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// replace puts other bytes into a file and into the manifest.
func replace(files map[string][]byte, m *Manifest, name string, text []byte) {
	sum := sha256.Sum256(text)
	for i := range m.Files {
		if m.Files[i].Name == name {
			m.Files[i].SHA256, m.Files[i].Size = sum[:], int64(len(text))
		}
	}
	files[name] = text
}
