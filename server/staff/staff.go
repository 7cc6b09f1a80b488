// Package staff holds who works where and who of them asks: the members of insurers', facilities' and the
// operator's staff with their roles, how they are invited, sign in by passkey and PIN, and are locked or
// removed; and the facilities of this server.
//
// Principals say who asks: made once a request by the guard of a room of server/web (or by a command of
// package main) and passed to the services as values. A service finds nothing of another organisation than
// the principal's, and the audit's actor is made from the principal. The principals of the others who ask
// stand in the room that answers them: insurer.Viewer for patients, hostapi.Host for other servers.
//
// What a member may do is judged by the stored row, inside the transaction that does it: a Member that a
// request has carried since before its role changed, or it was locked, may nothing more than the row.
package staff

import (
	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// Clerk is a member of an insurer's staff who works, in this request, for that insurer. The zero value finds
// nothing.
type Clerk struct {
	Staff   string // Member.Staff
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

// within is the insurer that the command names; a command that names none works for all organisations.
func (o Operator) within() Scope {
	if o.Insurer != "" {
		return Scope{of: OfInsurer(o.Insurer)}
	}
	return Scope{all: true}
}

func (Operator) who() (id MemberID, command bool) { return "", true }

// ForInsurer is who acts for one insurer: a Clerk, or an Operator by a command. Nothing else can be one.
type ForInsurer interface {
	Actor() audit.Actor
	InsurerNumber() eligibility.InsurerNumber
	forInsurer()
}

// Reception is a member of a facility's staff. The zero value finds nothing.
type Reception struct {
	Staff    string // Member.Staff
	Facility string // 医療機関コード, 10 digits
	Role     Role
}

// Actor is the member of staff as the audit chain names one: without the facility.
func (r Reception) Actor() audit.Actor { return audit.ReceptionActor(r.Staff) }

// Principal is who acts on the staff or the facilities: a Member who is signed in, or an Operator by a
// command. Nothing else can be one.
type Principal interface {
	Actor() audit.Actor
	within() Scope
	who() (id MemberID, command bool)
}

// Scope is what a principal may find: the members of one organisation, or with a command those of all. The
// zero value finds nothing.
type Scope struct {
	all bool
	of  Organisation
}

// Holds reports whether an organisation lies inside the scope.
func (s Scope) Holds(o Organisation) bool { return s.all || o != Organisation{} && s.of == o }
