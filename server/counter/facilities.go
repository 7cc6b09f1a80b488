package counter

import (
	"context"
	"errors"
	"log/slog"

	"madoguchi/eligibility"
	"madoguchi/server/staff"
)

// Facility is one of the facilities whose counters this server runs.
type Facility struct {
	Code string // 医療機関コード, 10 digits
	Name string // as the console shows it; patients see the trust list's
	URL  string // by which the trust list names it: whose calls and receipts those of its counters are
}

// Facilities knows the facilities of this server. It returns NotFound for any other.
type Facilities interface {
	Facility(ctx context.Context, code string) (Facility, error)
}

// FacilityStore keeps what StoredFacilities knows; what there is not is NotFound.
type FacilityStore interface {
	Facility(ctx context.Context, code string) (staff.Facility, error)
	Facilities(ctx context.Context) ([]staff.Facility, error)
}

// StoredFacilities are those that the store keeps: a live server's, and the demo's.
type StoredFacilities struct {
	Store FacilityStore
	URL   func(code string) string // Facility.URL
}

// Facility returns the facility as it is stored now, or NotFound.
func (s StoredFacilities) Facility(ctx context.Context, code string) (Facility, error) {
	stored, err := s.Store.Facility(ctx, code)
	if err != nil {
		return Facility{}, err
	}
	return Facility{Code: stored.Code, Name: stored.Name, URL: s.URL(stored.Code)}, nil
}

// Count returns how many facilities there are.
func (s StoredFacilities) Count(ctx context.Context) (int, error) {
	all, err := s.Store.Facilities(ctx)
	return len(all), err
}

// Name returns a facility's name for the window of an agent; none when the store cannot say.
func (s StoredFacilities) Name(code string) string {
	stored, err := s.Store.Facility(context.Background(), code)
	if err != nil {
		slog.Warn("the facility's name was not found", "facility", code, "error", err)
	}
	return stored.Name
}

var errNoFacility = &eligibility.Error{Code: eligibility.NotFound, Key: "counter.facility"}

// FacilityOf returns the reception's facility. Staff of one that this server does not have are refused: what
// they would record here were nobody's.
func (c *Service) FacilityOf(ctx context.Context, reception staff.Reception) (Facility, error) {
	return facilityOf(ctx, c.Facilities, reception)
}

func facilityOf(ctx context.Context, known Facilities, reception staff.Reception) (Facility, error) {
	if reception.Facility == "" {
		return Facility{}, errNoFacility
	}
	facility, err := known.Facility(ctx, reception.Facility)
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		return Facility{}, errNoFacility
	}
	return facility, err
}
