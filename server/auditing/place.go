// Package auditing is what the commands of `madoguchi audit` do: verify the audit chain, sign its
// checkpoints, archive months of it, and list what it says of one person (docs/audit.md).
package auditing

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
	"madoguchi/server/keys"
	"madoguchi/server/settings"
	"madoguchi/server/store"
	"madoguchi/server/trust"
)

// Place is which checkpoints a command works with; what is left out is as the server has it.
type Place struct {
	Checkpoint string `type:"path" placeholder:"FILE" help:"${audit_checkpoint}"`
	Key        string `type:"path" placeholder:"FILE" help:"${audit_key_flag}"`
	JSON       bool   `name:"json" help:"answer as one JSON object"`
}

var (
	errNoData = &eligibility.Error{Code: eligibility.NotFound, Key: "audit.no_data", Field: "--data"}
	errNoKey  = &eligibility.Error{Code: eligibility.NotFound, Key: "audit.no_key", Field: "--key"}
	errPerson = &eligibility.Error{Code: eligibility.NotFound, Key: "audit.person", Field: "--person"}
	errPublic = &eligibility.Error{Code: eligibility.Invalid, Key: "audit.key_public", Field: "--key"}
	// somebody who names a file must not hear that all is well when nothing was compared with it
	errNothing  = &eligibility.Error{Code: eligibility.NotFound, Key: "audit.nothing", Field: "--checkpoint"}
	errArchives = &eligibility.Error{Code: eligibility.NotFound, Key: "audit.archives", Field: "--archive"}
)

// files returns the file of the checkpoints and that of their key.
func (p Place) files(s *settings.Settings) (checkpoints, key string) {
	place := datafolder.AuditPlace{File: s.AuditFile, Key: s.AuditKey}
	if p.Checkpoint != "" {
		place.File = p.Checkpoint
	}
	if p.Key != "" {
		place.Key = p.Key
	}
	if place.Key == "" {
		place.Key = filepath.Join(s.Folder(), datafolder.KeysDir, keys.Checkpoint)
	}
	return place.In(s.Folder()), place.Key
}

// elsewhere is a chain whose checkpoints stand in another place than the database was told of: an older copy
// of the server's, or a second signer's own.
type elsewhere struct{ audit.Chain }

// Noted implements audit.Chain.
func (elsewhere) Noted(context.Context) (int64, error) { return 0, nil }

// Note implements audit.Chain.
func (elsewhere) Note(context.Context, int64, time.Time) error { return nil }

// witness returns what compares a chain with its checkpoints.
func (p Place) witness(
	s *settings.Settings, chain audit.Chain, now func() time.Time,
) (*audit.Witness, error) {
	checkpoints, path := p.files(s)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, errNoKey.Because(err)
	}
	key, err := keys.ReadCheckpointKey(path)
	if err != nil {
		return nil, err
	}
	if p.Checkpoint != "" {
		chain = elsewhere{chain}
	}
	return &audit.Witness{
		Chain:  chain,
		File:   audit.File{Path: checkpoints, Key: key.Public},
		Signer: key.Signer,
		Now:    now,
	}, nil
}

// read opens the database's chain for reading alone: no key of the records is needed.
func read(ctx context.Context, s *settings.Settings) (*store.AuditChain, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	chain, err := store.ReadAuditChain(ctx, datafolder.Database(s.Folder(), s.Database))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoData.Because(err)
	}
	return chain, err
}

// unwritten names the flag whose place cannot be written, where an error is of the system alone.
func unwritten(err error, flag string) error {
	var said *eligibility.Error
	var place *fs.PathError
	if errors.As(err, &said) || !errors.As(err, &place) {
		return err
	}
	return trust.ErrWrite.Because(err).In(flag)
}
