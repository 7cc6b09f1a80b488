// Package facilitytest knows the facilities of a server in tests that need no store for them.
package facilitytest

import (
	"context"

	"madoguchi/server/counter"
	"madoguchi/server/staff"
)

// One is what a server knows that runs the counters of one facility only.
type One counter.Facility

// Facility returns it, or for another code what the store answers of one that there is not.
func (o One) Facility(_ context.Context, code string) (counter.Facility, error) {
	if code != o.Code {
		return counter.Facility{}, staff.ErrNoFacility
	}
	return counter.Facility(o), nil
}
