package store

import (
	"errors"
	"strings"

	"madoguchi/eligibility"
)

// Errors of a copy's two places. What a server says of them would name MADOGUCHI_DATABASE, or would have
// nothing but the disk looked at.
var (
	errCopySource = &eligibility.Error{
		Code:  eligibility.Unavailable,
		Key:   "copy.source_away",
		Field: "--from",
	}
	errCopyPlace = &eligibility.Error{
		Code:  eligibility.Unavailable,
		Key:   "copy.target_away",
		Field: "--to",
	}
)

// placeOf returns the engine of a copy's place. An address of another scheme is no file's name, and is not
// quoted: it may hold a password.
func placeOf(database string, away *eligibility.Error) (engine, error) {
	if strings.Contains(database, "://") && !IsAddress(database) {
		return nil, away.Because(errors.New("it is an address of neither PostgreSQL nor a file"))
	}
	return engineOf(database), nil
}

// placed says of which place an error is that has no sentence of its own for a copy.
func placed(err error, away *eligibility.Error) error {
	said := storageError(err)
	switch {
	case errors.Is(said, errStorage):
		return away.Because(err)
	case errors.Is(said, errNoServer), errors.Is(said, errAddress):
		var why *eligibility.Error
		errors.As(said, &why)
		return away.Because(why.Cause)
	}
	return said
}
