// Package datafolder opens what a server stands on: the folder with its keys and its database, each checked
// by what the other knows, before anything is served (docs/keys.md).
package datafolder

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/keys"
	"madoguchi/server/recall"
	"madoguchi/server/store"
)

// Roles of a server: which pages, API and jobs it runs.
const (
	RoleAll     = "all"
	RoleInsurer = "insurer"
	RoleCounter = "counter"
)

// Names in a data folder.
const (
	KeysDir      = "keys"         // the folder of the keys
	DatabaseFile = "madoguchi.db" // the store's file
	RunsDir      = "runs"         // where the server's own print runs are
	// TrustVersionFile holds the highest version of a trust list that was seen.
	TrustVersionFile = "trust-version"
	// CheckpointFile is where the audit chain's checkpoints stand if no other place is named.
	CheckpointFile = "audit-checkpoints.jsonl"
)

// Database is the name of the database of a data folder, for server/store: the address that is given, or the
// folder's file.
func Database(folder, address string) string {
	if address != "" {
		return address
	}
	return filepath.Join(folder, DatabaseFile)
}

// ErrNoData is what a command says that has nothing to do where nothing is.
var ErrNoData = &eligibility.Error{Code: eligibility.NotFound, Key: "data.none", Field: "--data"}

// DataFolder is an open data folder.
type DataFolder struct {
	Path  string
	Keys  *keys.Folder
	Store *store.Store
	Now   func() time.Time

	audit AuditPlace
}

// Options say what of a data folder is opened.
type Options struct {
	Path string // made on the first start
	Mode string // store.Options.Mode
	Role string // a role loads only the keys that it needs
	Host string // HOST of the insurers' iss (keys.Rotation.Host)
	// Database is the address of the database where it is not a file of the folder.
	Database string
	// Readers and Writers are store.Options'.
	Readers, Writers int
	Changes          recall.Changes // store.Options.Changes
	Now              func() time.Time
	// Audit is where the audit chain's checkpoints and their key stand
	Audit AuditPlace
}

// Open opens the data folder for a role. It refuses a start with keys that are not those of the data, or that
// other users can read.
func Open(ctx context.Context, o Options) (*DataFolder, error) {
	if err := os.MkdirAll(o.Path, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	if err := closeToOthers(o.Path); err != nil {
		return nil, err
	}
	ring, err := keys.Open(filepath.Join(o.Path, KeysDir))
	if err != nil {
		return nil, err
	}
	if err := Guard(ctx, ring, Database(o.Path, o.Database)); err != nil {
		return nil, err
	}
	ring.Rotation.Host = o.Host
	opened, err := openStore(ctx, ring.Secrets, o)
	var other *store.OtherKeyError
	if errors.As(err, &other) {
		return nil, keys.Other(keyFiles[other.Kind]).Because(err)
	}
	if err != nil {
		return nil, err
	}
	f := &DataFolder{Path: o.Path, Keys: ring, Store: opened, Now: o.Now, audit: o.Audit}
	if err := f.remember(ctx, o.Role); err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return f, nil
}

// openStore opens the database with the keys that the role needs.
func openStore(ctx context.Context, secrets *keys.Secrets, o Options) (*store.Store, error) {
	index, err := secrets.Secret(keys.Index)
	if err != nil {
		return nil, err
	}
	masters := map[string][]byte{}
	for _, scope := range []string{"people", "cases", "session"} {
		if scope == "people" && o.Role == RoleCounter || scope == "cases" && o.Role == RoleInsurer {
			continue
		}
		if masters[scope], err = secrets.Secret(keyFiles[scope]); err != nil {
			return nil, err
		}
	}
	return store.Open(ctx, Database(o.Path, o.Database), store.Options{
		Mode:    o.Mode,
		Role:    o.Role,
		Index:   index,
		Masters: masters,
		Readers: o.Readers,
		Writers: o.Writers,
		Recall:  store.RecallLife,
		Changes: o.Changes,
		Now:     o.Now,
	})
}

// Verify refuses a start with keys that are damaged, also those that nobody asks for before a patient does,
// and with an audit chain that is not what its checkpoints say (audit.Witness.Check).
// It returns the chain's witness.
func (f *DataFolder) Verify(ctx context.Context) (*audit.Witness, error) {
	if err := f.Keys.Verify(); err != nil {
		return nil, err
	}
	witness, err := f.Witness()
	if err != nil {
		return nil, err
	}
	if n, err := witness.Check(ctx); err != nil {
		return nil, fmt.Errorf("verifying the audit chain (%d entries): %w", n, err)
	}
	return witness, nil
}
