// Package keys makes and loads the secrets of this program from one folder: files that only their owner may
// read. Everyone else takes a crypto.Signer or the bytes of one secret, so that an HSM can stand here later.
//
// The folder has four parts, and callers ask for the one that they need: Secrets are the program's own; Rings
// are what the insurers sign with and publish, Rotation is how that changes; Certificates are for signing
// PDFs. Below them, files makes each key once, checks compares it with what the database knows, and disk
// changes the folder so that a crash leaves no half of a key.
//
// An insurer signs with the current key of its ring. What it publishes is the whole ring: the next key at
// least a day before it may sign, the current one, and retired ones until the last copy (PDF) that they
// signed has ended. The ring is a file to read at 3 a.m., issuer-NNNNNNNN.json; beside it lie the private
// halves of the current and the next key. docs/keys.md is the operator's page.
//
// Losing a signing key is survivable: its public half stays published from the ring, a new one signs, screens
// renew themselves within seconds. Losing people.key or cases.key loses the sealed records: back the folder
// up.
package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"madoguchi/eligibility"
)

// Folder is an open folder of keys, by what they are for. Its parts may be used by several goroutines, and
// several processes may use one folder.
type Folder struct {
	*Secrets                   // of the program itself
	Rings        *Rings        // what the insurers sign screens with, and publish
	Rotation     *Rotation     // how that changes
	Certificates *Certificates // what the insurers sign PDFs with

	files *files
}

// Open opens a folder of keys, making it if need be. It refuses a folder that other users can enter.
func Open(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the key folder: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("looking at the key folder: %w", err)
	}
	if err := ownerOnly(info); err != nil {
		return nil, err
	}
	shared := &files{disk: disk{dir: dir}}
	rings := &Rings{files: shared, held: map[eligibility.InsurerNumber]held{}}
	return &Folder{
		Secrets:      &Secrets{shared},
		Rings:        rings,
		Rotation:     &Rotation{rings: rings},
		Certificates: &Certificates{shared},
		files:        shared,
	}, nil
}

// Guard tells the folder what a database knows of its keys: from now on a key that it knows is neither made
// anew nor taken for another.
func (f *Folder) Guard(g Guard) { f.files.checks.set(g) }

// Remember stores the check values of the keys that were loaded so far, and of those that will be, by keep.
func (f *Folder) Remember(keep func(file string, value []byte) error) error {
	return f.files.checks.keepBy(keep)
}

// Verify compares every key that the database knows, also those that nobody has asked for yet.
func (f *Folder) Verify() error {
	for _, file := range f.files.checks.files() {
		if err := f.verify(file); err != nil {
			return err
		}
	}
	return nil
}

// CheckRights refuses a folder in which others may read a file that holds a key, also one that nobody asks
// for.
func (f *Folder) CheckRights() error {
	entries, err := os.ReadDir(f.files.dir)
	if err != nil {
		return fmt.Errorf("reading the key folder: %w", err)
	}
	for _, entry := range entries {
		switch filepath.Ext(entry.Name()) {
		case ".pem", ".key", ".json":
		default:
			continue // certificates and the lock
		}
		info, err := entry.Info()
		if err == nil {
			err = ownerOnly(info)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (f *Folder) verify(file string) error {
	switch {
	case strings.HasSuffix(file, ".json"):
		return f.Rings.verify(file)
	case strings.HasSuffix(file, ".pem"):
		_, err := f.files.known(file)
		return err
	}
	data, err := f.files.read(file)
	if errors.Is(err, fs.ErrNotExist) {
		return aboutFile(ErrGone, file)
	}
	if err == nil {
		_, err = f.files.secretOf(file, data)
	}
	return err
}
