package datafolder

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/keys"
	"madoguchi/server/store"
)

// Refusals of what is asked of a data folder's keys.
var (
	ErrNoKeys         = &eligibility.Error{Code: eligibility.NotFound, Key: "keys.no_folder"}
	ErrNotReplaceable = &eligibility.Error{
		Code:  eligibility.Denied,
		Key:   "keys.not_replaceable",
		Field: "file",
	}
	ErrNotRemembered = &eligibility.Error{
		Code:  eligibility.NotFound,
		Key:   "keys.not_remembered",
		Field: "file",
	}
)

// ExistingKeys opens the keys of the data folder at path, and makes no folder: a mistyped place must not look
// like an empty one. It returns ErrNoKeys where there is none. host is as in Options.
func ExistingKeys(path, host string) (*keys.Folder, error) {
	folder := filepath.Join(path, KeysDir)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil, ErrNoKeys.Because(fmt.Errorf("looked at %s", folder))
	}
	ring, err := keys.Open(folder)
	if err != nil {
		return nil, err
	}
	ring.Rotation.Host = host
	return ring, nil
}

// FirstKeys opens the keys of the data folder at path, making the folder where this is its first use.
func FirstKeys(ctx context.Context, path, database string) (*keys.Folder, error) {
	ring, err := keys.Open(filepath.Join(path, KeysDir))
	if err != nil {
		return nil, err
	}
	return ring, Guard(ctx, ring, database)
}

// AcceptKey is the way on where a signing key was lost for good: the database forgets the key of a
// file, and the next start takes another. It returns ErrNotReplaceable for a key that
// opens what is stored, and ErrNotRemembered for one that the database does not know.
func AcceptKey(ctx context.Context, database, file string, e audit.Entry) error {
	if !keys.Replaceable(file) {
		return ErrNotReplaceable
	}
	e.Action, e.Detail = "key.accept", file
	err := store.AcceptKey(ctx, database, file, e)
	var refused *eligibility.Error
	if errors.As(err, &refused) && refused.Code == eligibility.NotFound {
		return ErrNotRemembered
	}
	return err
}
