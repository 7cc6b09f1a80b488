package staff

import (
	"madoguchi/eligibility"
)

// Kind says what an organisation is.
type Kind string

// Kinds of organisations that have staff here.
const (
	KindInsurer  Kind = "insurer"  // 保険者
	KindFacility Kind = "facility" // 保険医療機関 or 薬局
	KindOperator Kind = "operator" // whoever runs the server
)

// Organisation is whose staff somebody is. The zero value is none.
type Organisation struct {
	Kind   Kind
	Number string // 保険者番号, or the 10 digits of the 医療機関コード; empty for the operator
}

// TheOperator is the organisation that runs this server.
var TheOperator = Organisation{Kind: KindOperator}

// OfInsurer is an insurer as an organisation.
func OfInsurer(number eligibility.InsurerNumber) Organisation {
	return Organisation{Kind: KindInsurer, Number: string(number)}
}

// OfFacility is a facility as an organisation, by its code.
func OfFacility(code string) Organisation { return Organisation{Kind: KindFacility, Number: code} }

// LooksAfter returns nil when who asks may register an organisation of this server and set what is known of
// it: a member of the operator's staff, as operators are stored, or a command that is for it. Others do not
// find it.
func LooksAfter(by Principal, of Organisation, operators []Member) error {
	_, command := by.who()
	switch {
	case command && by.within().Holds(of):
		return nil
	case command || !by.within().Holds(TheOperator):
		return ErrNoOrganisation
	}
	return roster(operators).administers(by)
}

// Role says what a member of staff may do.
type Role string

// Everything is the role of the demo's staff who are picked by name: whatever their kind of staff may do. No
// stored member has it.
const Everything Role = "everything"

// Roles of stored members.
const (
	RoleReception     Role = "reception"      // at a counter
	RoleFacilityAdmin Role = "facility-admin" // of a facility: staff, readers, settings
	RoleInsurerClerk  Role = "insurer-clerk"  // 保険者の担当
	RoleInsurerAdmin  Role = "insurer-admin"  // of an insurer: staff, keys, settings
	RoleOperator      Role = "operator"       // sees the server's states, and no person
)

// roles are the kinds of organisations that each role belongs to, and whether it administers the
// organisation's staff. The operator's one role does.
var roles = map[Role]struct {
	kind        Kind
	administers bool
}{
	RoleReception:     {KindFacility, false},
	RoleFacilityAdmin: {KindFacility, true},
	RoleInsurerClerk:  {KindInsurer, false},
	RoleInsurerAdmin:  {KindInsurer, true},
	RoleOperator:      {KindOperator, true},
}

// Kind is the kind of organisation that the role belongs to; empty for none of the five.
func (r Role) Kind() Kind { return roles[r].kind }

// Administers reports whether the role invites, locks and removes members of its organisation.
func (r Role) Administers() bool { return roles[r].administers }

// May reports whether the role may do what a route asks needed for: its own, and an administrator also what
// the other role of the organisation may. The demo's Everything may whatever the demo's pages offer.
func (r Role) May(needed Role) bool {
	known, wanted := roles[r], roles[needed]
	return r != "" && r == needed || r == Everything ||
		known.administers && wanted.kind != "" && known.kind == wanted.kind
}

// fits returns an error unless the role is one of a stored member of this organisation.
func (r Role) fits(o Organisation) error {
	if r.Kind() == "" || r.Kind() != o.Kind {
		return ErrRole
	}
	return nil
}
