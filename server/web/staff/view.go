package staff

import (
	"net/url"

	"madoguchi/auth"
	"madoguchi/message"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// SignInView is the sign-in by passkey (/staff).
type SignInView struct {
	kit.Page
	Back string // where the member wants to go on; empty: to the own pages
	Said string // made: a passkey, just now; out: signed out
	// TryInsurer: the demo has an insurer whose staff it invites to try a passkey.
	TryInsurer bool
}

// InvitationView is what an invitation's link leads to (/staff/invite).
type InvitationView struct {
	kit.Page
	Organisation, Name string
	Role               message.Message
	Recovery           bool
	Until              string
}

// ProveView asks for a fresh passkey (/staff/prove).
type ProveView struct {
	kit.Page
	Name string
	Back string
	Away string // where nothing is done
}

// AccountView is what a member sees of itself (/staff/me).
type AccountView struct {
	kit.Page
	Organisation, Name string
	Role               message.Message
	Home               string // the member's own pages; empty where there are none besides these
	HasPIN             bool   // members of facilities
	Administers        bool
	Facility           bool // the member administers a facility, whose settings can be changed
	Locked             bool // a passkey, whose counter went back
	Sessions           []SessionRow
	Said               string // pin: was set; ended: a session
}

// PINView is where a member of a facility sets the own PIN (/staff/pin).
type PINView struct {
	kit.Page
	Name string
}

// FacilityView is what administrators set of their facility (/staff/facility).
type FacilityView struct {
	kit.Page
	Code, Name, Address, Telephone string
	Blanking                       string // seconds, as typed
	Retention                      string // years, as typed
	ByYear                         bool   // copies have birth dates by the western year
	Saved                          bool
}

// MembersView is an organisation's staff (/staff/members).
type MembersView struct {
	kit.Page
	Organisation string
	Members      []MemberRow
}

// MemberView is one colleague, with what an administrator may do (/staff/members/ID).
type MemberView struct {
	kit.Page
	Member   MemberRow
	Roles    []RoleChoice
	Sessions []SessionRow
	Said     string
}

// InviteView is the form of an invitation.
type InviteView struct {
	kit.Page
	Name  string
	Roles []RoleChoice
}

// MemberRow is a member as lists show it.
type MemberRow struct {
	ID, Name string
	Role     message.Message
	State    message.Message
	Active   bool
	Removed  bool
	Self     bool
}

// RoleChoice is a role that a form offers.
type RoleChoice struct {
	Value  string
	Name   message.Message
	Chosen bool
}

// SessionRow is where a member is signed in.
type SessionRow struct {
	Ref         string
	Kind        message.Message
	Since, Used string
	Here        bool // this session
}

// roleChoices are the roles of a kind of organisation, the one that is held or else the lower one chosen.
func roleChoices(kind staff.Kind, held staff.Role) []RoleChoice {
	var all []RoleChoice
	for _, r := range []staff.Role{
		staff.RoleReception, staff.RoleFacilityAdmin, staff.RoleInsurerClerk, staff.RoleInsurerAdmin,
		staff.RoleOperator,
	} {
		if r.Kind() == kind {
			chosen := r == held || held == "" && len(all) == 0
			all = append(all, RoleChoice{Value: string(r), Name: kit.RoleName(r), Chosen: chosen})
		}
	}
	return all
}

var stateNames = map[staff.State]string{
	staff.Active:  "staff.state.active",
	staff.Locked:  "staff.state.locked",
	staff.Removed: "staff.state.removed",
}

func memberRow(m staff.Member, self staff.MemberID) MemberRow {
	return MemberRow{
		ID:      string(m.ID),
		Name:    m.Name,
		Role:    kit.RoleName(m.Role),
		State:   message.New(stateNames[m.State], nil),
		Active:  m.State == staff.Active,
		Removed: m.State == staff.Removed,
		Self:    m.ID == self,
	}
}

var kindNames = map[auth.Kind]string{
	auth.Clerk:    "staff.session.clerk",
	auth.Counter:  "staff.session.counter",
	auth.Admin:    "staff.session.admin",
	auth.Operator: "staff.session.operator",
}

func sessionRows(all []staff.SignedIn, here string) []SessionRow {
	var rows []SessionRow
	for _, one := range all {
		rows = append(rows, SessionRow{
			Ref:   one.Ref,
			Kind:  message.New(kindNames[one.Kind], nil),
			Since: kit.TimeText(one.CreatedAt),
			Used:  kit.TimeText(one.UsedAt),
			Here:  one.Ref == here,
		})
	}
	return rows
}

// signInFor is the sign-in that leads to an address.
func signInFor(back string) string { return "/staff?" + url.Values{"back": {back}}.Encode() }
