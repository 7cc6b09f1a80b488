package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/server/durable"
)

var errOpenRights = &eligibility.Error{Code: eligibility.Internal, Key: "keys.rights"}

// ownerOnly refuses a file or folder that others may read. Windows has no such bits: there the folder's
// inherited rights count.
func ownerOnly(info fs.FileInfo) error {
	if info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		return errOpenRights.Because(fmt.Errorf("%s has mode %o", info.Name(), info.Mode().Perm()))
	}
	return nil
}

// disk is the folder as files that appear and change whole.
type disk struct {
	dir  string
	step func(string) // told of each change to the disk; tests only
}

// read returns a file of the folder; fs.ErrNotExist is wrapped when there is none.
func (f *disk) read(name string) ([]byte, error) {
	path := filepath.Join(f.dir, name)
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("looking for %s: %w", name, err)
	}
	if err := ownerOnly(info); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return data, nil
}

const lockFile = "lock"

// locked runs change while no other process changes the folder. Readers need no lock: files appear and change
// whole. What a crash left under a name of its own is removed first, since it may hold half of a private key.
func (f *disk) locked(change func() error) error {
	release, err := durable.Lock(filepath.Join(f.dir, lockFile))
	if err != nil {
		return fmt.Errorf("locking the key folder: %w", err)
	}
	defer release()
	names, err := f.names()
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, durable.DraftPrefix) {
			if err := os.Remove(filepath.Join(f.dir, name)); err != nil {
				return fmt.Errorf("clearing the key folder: %w", err)
			}
		}
	}
	return change()
}

// replace writes a file that may exist.
func (f *disk) replace(name string, data []byte) error {
	return f.put(name, data, durable.Options{})
}

// put writes a file so that a crash or a power cut at any moment leaves what was there before or what comes
// after.
func (f *disk) put(name string, data []byte, o durable.Options) error {
	o.Step = f.reached
	if err := durable.WriteFile(filepath.Join(f.dir, name), data, o); err != nil {
		return fmt.Errorf("storing %s: %w", name, err)
	}
	return nil
}

// remove deletes a file that is no longer needed; none is no error.
func (f *disk) remove(name string) error {
	f.reached("remove " + name)
	err := os.Remove(filepath.Join(f.dir, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing %s: %w", name, err)
	}
	return f.flush()
}

// flush makes names durable.
func (f *disk) flush() error {
	f.reached("flush folder")
	if err := durable.SyncFolder(f.dir); err != nil {
		return fmt.Errorf("flushing the key folder: %w", err)
	}
	return nil
}

// reached tells a test that the next change to the disk comes now; it may end the process there.
func (f *disk) reached(step string) {
	if f.step != nil {
		f.step(step)
	}
}

// names returns the names of the folder's files.
func (f *disk) names() ([]string, error) {
	files, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, fmt.Errorf("reading the key folder: %w", err)
	}
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = file.Name()
	}
	return names, nil
}
