package staff

import (
	"crypto/rand"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// MemberID names a member: 16 random Base32 letters, which tell nothing. Whatever must name who did something
// (audit, records, print runs) holds it; the name is looked up when it is shown.
type MemberID string

func newMemberID() MemberID { return MemberID(rand.Text()[:16]) } // 80 bits

// State says whether a member may sign in.
type State string

// States of a member.
const (
	Active  State = "active"
	Locked  State = "locked"  // by an administrator, or by mostFailures
	Removed State = "removed" // for good; the row stays, for the names in records and in the audit
)

// Member is a person of an organisation's staff. As a principal it is who is signed in. The demo's staff who
// are picked by name are no stored members: they have a Name and the role Everything, and act on no staff.
type Member struct {
	ID           MemberID
	Organisation Organisation
	Name         string
	Role         Role
	State        State
	Failures     int // wrong passkey answers since the last good one
	CreatedAt    time.Time
}

// Staff is what names the member in records and in the audit: the ID, and the name of the demo's.
func (m Member) Staff() string {
	if m.ID == "" {
		return m.Name
	}
	return string(m.ID)
}

// Actor is the member as the audit chain names one.
func (m Member) Actor() audit.Actor {
	switch m.Organisation.Kind {
	case KindFacility:
		return Reception{Staff: m.Staff()}.Actor()
	case KindOperator:
		return audit.OperatorActor(m.Staff())
	}
	return Clerk{Staff: m.Staff()}.Actor()
}

// MayHold reports whether the member may have a session of a kind: the guard of each kind's pages asks.
func (m Member) MayHold(kind auth.Kind) bool {
	switch {
	case m.State != Active:
		return false
	case m.Organisation.Kind == KindInsurer:
		return kind == auth.Clerk
	case m.Organisation.Kind == KindFacility:
		return kind == auth.Counter || kind == auth.Admin && m.Role.Administers()
	case m.Organisation.Kind == KindOperator:
		return kind == auth.Operator
	}
	return false
}

func (m Member) within() Scope { return Scope{of: m.Organisation} }

func (m Member) who() (id MemberID, command bool) { return m.ID, false }

// Clerk is the member as the principal of an insurer's services. Of a member of anything else it is the zero
// value, which finds nothing.
func (m Member) Clerk() Clerk {
	if m.Organisation.Kind != KindInsurer {
		return Clerk{}
	}
	return Clerk{
		Staff:   m.Staff(),
		Insurer: eligibility.InsurerNumber(m.Organisation.Number),
		Role:    m.Role,
	}
}

// Reception is the member as the principal of a facility's services. Of a member of anything else it is the
// zero value, which finds nothing.
func (m Member) Reception() Reception {
	if m.Organisation.Kind != KindFacility {
		return Reception{}
	}
	return Reception{Staff: m.Staff(), Facility: m.Organisation.Number, Role: m.Role}
}

// Refusals of what is done with members.
var (
	// ErrNoMember is also what another organisation's member is answered with.
	ErrNoMember = &eligibility.Error{Code: eligibility.NotFound, Key: "staff.no_member"}
	// ErrNoOrganisation is also what another organisation is answered with.
	ErrNoOrganisation = &eligibility.Error{Code: eligibility.NotFound, Key: "staff.no_organisation"}

	ErrRefused   = &eligibility.Error{Code: eligibility.Denied, Key: "staff.denied"}
	ErrLastAdmin = &eligibility.Error{Code: eligibility.Conflict, Key: "staff.last_admin"}
	// ErrHasAdmin is the answer to the operator where an organisation's own administrator can do it.
	ErrHasAdmin = &eligibility.Error{Code: eligibility.Conflict, Key: "staff.has_admin"}
	ErrLocked   = &eligibility.Error{Code: eligibility.Denied, Key: "staff.locked"}
	ErrRemoved  = &eligibility.Error{Code: eligibility.Conflict, Key: "staff.removed"}
	ErrRole     = &eligibility.Error{Code: eligibility.Invalid, Key: "staff.role", Field: "role"}
	ErrName     = &eligibility.Error{Code: eligibility.Invalid, Key: "staff.name", Field: "name"}
)

const mostName = 40 // characters

// cleanName is a name as it is stored: 1 to mostName characters, without blanks around it without any
// that are not printed, and without a My Number.
func cleanName(name string) (string, error) {
	name = strings.TrimSpace(name)
	unprinted := func(r rune) bool { return !unicode.IsPrint(r) && r != '　' }
	if n := utf8.RuneCountInString(name); n == 0 || n > mostName || !utf8.ValidString(name) ||
		strings.ContainsFunc(name, unprinted) {
		return "", ErrName
	}
	if eligibility.HoldsMyNumber(name) {
		return "", eligibility.ErrMyNumberTyped.In(ErrName.Field)
	}
	return name, nil
}

// roster are the members of one organisation as they are stored, or of one and of the operator.
type roster []Member

func (r roster) find(id MemberID) (Member, bool) {
	i := slices.IndexFunc(r, func(m Member) bool { return m.ID == id })
	if id == "" || i < 0 {
		return Member{}, false
	}
	return r[i], true
}

// of are the members of one organisation among them.
func (r roster) of(o Organisation) roster {
	var own roster
	for _, m := range r {
		if m.Organisation == o {
			own = append(own, m)
		}
	}
	return own
}

// hasAdminBesides reports whether somebody else than this member administers the organisation now.
func (r roster) hasAdminBesides(id MemberID) bool {
	return slices.ContainsFunc(r, func(m Member) bool {
		return m.ID != id && m.State == Active && m.Role.Administers()
	})
}

// present returns nil when who asks may act as a member of this organisation: a command, or a member who is
// neither locked nor removed.
func (r roster) present(by Principal) error {
	id, command := by.who()
	if command {
		return nil
	}
	m, ok := r.find(id)
	if !ok || m.State != Active {
		return ErrRefused
	}
	return nil
}

// administers returns nil when who asks may administer this organisation's staff.
func (r roster) administers(by Principal) error {
	if err := r.present(by); err != nil {
		return err
	}
	id, command := by.who()
	if m, _ := r.find(id); !command && !m.Role.Administers() {
		return ErrRefused
	}
	return nil
}

// leavesAdmin returns ErrLastAdmin when a member's change takes away the last one who administers the
// organisation. A command may: it also brings the next one.
func (r roster) leavesAdmin(by Principal, changed Member) error {
	administers := func(m Member) bool { return m.State == Active && m.Role.Administers() }
	before, _ := r.find(changed.ID)
	if _, command := by.who(); command || !administers(before) || administers(changed) {
		return nil
	}
	if r.hasAdminBesides(changed.ID) {
		return nil
	}
	return ErrLastAdmin
}
