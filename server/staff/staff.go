// Package staff says which member of staff asks: principals, made once a request by the guard of a room of
// server/web (or by a command of package main) and passed to the services as values. A service finds nothing
// of another insurer or facility than the principal's, and the audit's actor is made from the principal.
//
// The principals of the others who ask stand in the room that answers them: insurer.Viewer for patients,
// hostapi.Host for other servers.
package staff

import (
	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// Role says what a member of staff may do.
type Role string

// Everything is the role of the demo's staff: whatever their kind of staff may do.
const Everything Role = "everything"

// Member is who is signed in as staff, before it is known for which insurer or facility the request is.
type Member struct {
	Staff string // the name
	Role  Role
}

// Clerk is a member of an insurer's staff who works, in this request, for that insurer. The zero value finds
// nothing.
type Clerk struct {
	Staff   string
	Insurer eligibility.InsurerNumber
	Role    Role
}

// Actor is the clerk as the audit chain names one.
func (c Clerk) Actor() audit.Actor { return audit.ClerkActor(c.Staff) }

// InsurerNumber is the insurer whose records the clerk may see and change.
func (c Clerk) InsurerNumber() eligibility.InsurerNumber { return c.Insurer }

func (Clerk) forInsurer() {}

// Operator is whoever runs this program's commands, for the insurer that the command names; the insurer is
// empty in commands that concern none.
type Operator struct {
	Staff   string // empty: commands have no sign-in
	Insurer eligibility.InsurerNumber
}

// Actor is the operator as the audit chain names one: without the name.
func (Operator) Actor() audit.Actor { return audit.ActorOperator }

// InsurerNumber is the insurer whose records the command may see and change.
func (o Operator) InsurerNumber() eligibility.InsurerNumber { return o.Insurer }

func (Operator) forInsurer() {}

// ForInsurer is who acts for one insurer: a Clerk, or an Operator by a command. Nothing else can be one.
type ForInsurer interface {
	Actor() audit.Actor
	InsurerNumber() eligibility.InsurerNumber
	forInsurer()
}

// Reception is a member of a facility's staff. The zero value finds nothing.
type Reception struct {
	Staff    string
	Facility string // 医療機関コード, 10 digits
	Role     Role
}

// Actor is the member of staff as the audit chain names one: without the facility.
func (r Reception) Actor() audit.Actor { return audit.ReceptionActor(r.Staff) }
