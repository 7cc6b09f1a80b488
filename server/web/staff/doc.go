// Package staff lets the staff of insurers, facilities and the operator in: sign-in by passkey, invitations,
// fresh proofs, and what members see of themselves and administrators of their colleagues.
package staff

import (
	"context"

	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// Office is the pages of the sign-in and of members, and the interface that they call.
type Office struct {
	*kit.Kit
	Staff *staff.Services
	// OrganisationName is what people call an organisation of this server.
	OrganisationName func(context.Context, staff.Organisation) (string, error)
	Address          string // of this server, for the links of invitations
	Counter          bool   // this server runs a counter's half
	TryInsurer       string // whose staff the demo invites to try a passkey; empty: none
}

// The pages by what is done there, each group on the same base.
type (
	ceremonyPages struct{ *Office } // a passkey is made or used
	accountPages  struct{ *Office } // one's own: PIN, sessions
	memberPages   struct{ *Office } // colleagues', for administrators
	facilityPages struct{ *Office } // the own facility's settings, for its administrators
)

// Routes adds the pages and what they call.
func (s *Office) Routes(r *kit.Router) {
	(&ceremonyPages{s}).routes(r)
	(&accountPages{s}).routes(r)
	(&memberPages{s}).routes(r)
	if s.Counter {
		(&facilityPages{s}).routes(r)
	}
}
