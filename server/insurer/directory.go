package insurer

import (
	"context"
	"errors"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// Directory knows the insurers of this server (保険者) and how each signs and colours what it prints.
type Directory struct {
	store DirectoryStore
	keys  IssuerKeys
	demo  bool
	now   func() time.Time
}

// DirectoryStore is what Directory keeps. Each method is one transaction: it happens whole, audit entry
// included, or not at all. A missing thing is an *eligibility.Error with code NotFound.
type DirectoryStore interface {
	Insurers(ctx context.Context) ([]Insurer, error)
	Insurer(ctx context.Context, number eligibility.InsurerNumber) (Insurer, error)
	ownerStore
	// Logo returns an insurer's mark (PNG), nil where there is none.
	Logo(ctx context.Context, insurer eligibility.InsurerNumber) ([]byte, error)
	// PutSettings stores an insurer and its mark together: nil keeps the old mark, an empty one is none. The
	// entry's detail is what changed (SettingsChange).
	PutSettings(ctx context.Context, in Insurer, png []byte, e audit.Entry) error
	// AddInsurer stores a new insurer without a mark, or returns ErrKnownInsurer, unless may returns an error
	// for the operator's members as they are. The entry's detail is SettingsChange.
	AddInsurer(
		ctx context.Context, in Insurer, may func(operators []staff.Member) error, e audit.Entry,
	) error
	// SetInsurer changes an insurer as it is stored, unless change returns an error for it and the operator's
	// members as they are. The entry's detail is SettingsChange.
	SetInsurer(
		ctx context.Context, number eligibility.InsurerNumber,
		change func(in Insurer, operators []staff.Member) (Insurer, error), e audit.Entry,
	) error
}

// Insurer returns one insurer of this server.
func (d *Directory) Insurer(ctx context.Context, number eligibility.InsurerNumber) (Insurer, error) {
	in, err := d.store.Insurer(ctx, number)
	return in, notFoundAs(err, errNoInsurer)
}

var (
	errNoInsurer = &eligibility.Error{Code: eligibility.NotFound, Key: "insurer.unknown", Field: "insurer"}
	errNoRun     = &eligibility.Error{Code: eligibility.NotFound, Key: "run.none"}
)

// notFoundAs replaces a store's "not found" by what it means here.
func notFoundAs(err error, as *eligibility.Error) error {
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		return as
	}
	return err
}

// All returns every insurer of this server.
func (d *Directory) All(ctx context.Context) ([]Insurer, error) { return d.store.Insurers(ctx) }

// Logo returns an insurer's mark (PNG), nil where there is none.
func (d *Directory) Logo(ctx context.Context, number eligibility.InsurerNumber) ([]byte, error) {
	return d.store.Logo(ctx, number)
}
