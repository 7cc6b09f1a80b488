// Package permissions is the table of who may ask what of this program: one row a route (table.go). The
// router of server/web/kit adds no route without a row, takes the guard from it, and does not start where a
// row has no handler. docs/permissions.md is printed from it.
package permissions

import (
	"strings"

	"madoguchi/server/staff"
)

//go:generate go run -C ../../.. ./scripts/permissionsdoc

// Who is a set of visitors who may come to a route.
type Who uint16

// Visitors. The last five are members of staff, by the role that a route asks for; an administrator also may
// what the other role of the organisation may (staff.Role.May).
const (
	Public        Who = 1 << iota // anybody, without a session
	Patient                       // the insured (被保険者) who has logged in
	Device                        // a patient's phone that came back by its key
	Host                          // another server, by its assertion
	Agent                         // a bridge agent, by its key
	Reception                     // staff.RoleReception
	FacilityAdmin                 // staff.RoleFacilityAdmin
	InsurerClerk                  // staff.RoleInsurerClerk
	InsurerAdmin                  // staff.RoleInsurerAdmin
	Operator                      // staff.RoleOperator
)

// OfFacility and OfInsurer are the staff of one kind of organisation, Staff all members.
const (
	OfFacility = Reception | FacilityAdmin
	OfInsurer  = InsurerClerk | InsurerAdmin
	Staff      = OfFacility | OfInsurer | Operator
	// Administrators look after their organisation's members.
	Administrators = FacilityAdmin | InsurerAdmin | Operator
)

// visitors names each visitor as docs/permissions.md does, in its order.
var visitors = []struct {
	who  Who
	name string
	role staff.Role // empty for who is no member of staff
}{
	{Public, "public", ""},
	{Patient, "patient", ""},
	{Device, "device", ""},
	{Host, "host", ""},
	{Agent, "agent", ""},
	{Reception, "", staff.RoleReception},
	{FacilityAdmin, "", staff.RoleFacilityAdmin},
	{InsurerClerk, "", staff.RoleInsurerClerk},
	{InsurerAdmin, "", staff.RoleInsurerAdmin},
	{Operator, "", staff.RoleOperator},
}

// Visitors returns the visitors one by one, those without a session first.
func Visitors() []Who {
	all := make([]Who, len(visitors))
	for i, v := range visitors {
		all[i] = v.who
	}
	return all
}

// String names the visitors: "patient, device". A member of staff has the name of the role.
func (w Who) String() string {
	var names []string
	for _, v := range visitors {
		if w&v.who != 0 {
			names = append(names, v.name+string(v.role))
		}
	}
	return strings.Join(names, ", ")
}

// Is reports whether both are the same visitors.
func (w Who) Is(other Who) bool { return w == other }

// Holds reports whether others are some of the visitors, and no one else.
func (w Who) Holds(others Who) bool { return others != 0 && others&^w == 0 }

// LetsIn reports whether a member of staff with this role is among the visitors.
func (w Who) LetsIn(role staff.Role) bool {
	for _, v := range visitors {
		if w&v.who != 0 && v.role != "" && role.May(v.role) {
			return true
		}
	}
	return false
}

// Reach says whose things a route shows or changes. What is another's is found by nobody.
type Reach int

const (
	Nobodys         Reach = iota // says nothing of anybody
	OwnVisit                     // the visitor's own session, login, phone or settings
	OwnPeople                    // the people whom the login or the phone may show
	Shown                        // what a patient has shown to whoever asks
	OwnOrganisation              // records of the own insurer or facility
)

// Part is a set of what must run for a route to exist. The zero value is every server.
type Part int

const (
	InsurerHalf   Part = 1 << iota // an insurer's half
	CounterHalf                    // a counter's half
	Demo                           // the demo, never a live server
	DemoProvider                   // the demo's login provider
	SignIn                         // members of staff sign in by passkey
	PublishedDemo                  // a demo whose port is published, which asks for a word
)

// Mark is a set of what else is to be known of a route.
type Mark int

const (
	// Fresh: a member of staff must have used a passkey within auth.FreshProof.
	Fresh Mark = 1 << iota
	// Program: a page's program asks here. Who is not signed in is refused and not led to the sign-in, as
	// below /api/ and /i/.
	Program
)

// Row is what one route is, and who may come.
type Row struct {
	Route string // method and pattern, "POST /insurer/people/:id/erase"; HEAD goes with its GET
	Who   Who
	Of    Reach
	Marks Mark
	Ja    string // what it is, in Japanese
	En    string // the same in English, where programs ask
	In    Part
}

// Method is the row's HTTP method, ANY for every one.
func (r Row) Method() string {
	method, _, _ := strings.Cut(r.Route, " ")
	return method
}

// Path is the row's pattern.
func (r Row) Path() string {
	_, path, _ := strings.Cut(r.Route, " ")
	return path
}

// ForPrograms reports whether a program asks, so that who is not signed in is refused.
func (r Row) ForPrograms() bool {
	path := r.Path()
	return r.Marks&Program != 0 || strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/i/")
}

// Runs reports whether the route exists where these parts run.
func (r Row) Runs(running Part) bool { return r.In&^running == 0 }

// Table returns every route of the program. Who adds one adds its row in table.go, in the group of what must
// run.
func Table() []Row {
	var all []Row
	for _, group := range groups {
		for _, row := range group.rows {
			row.In = group.in
			if row.Who == 0 {
				row.Who, row.Of = group.who, group.of
			}
			all = append(all, row)
		}
	}
	return all
}
