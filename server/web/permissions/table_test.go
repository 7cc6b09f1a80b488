package permissions

import (
	"slices"
	"strings"
	"testing"

	"madoguchi/server/staff"
)

func TestEachRowIsWhole(t *testing.T) {
	seen, fresh := map[string]bool{}, map[string]bool{}
	for _, row := range Table() {
		fresh[row.Route] = row.Marks&Fresh != 0
	}
	for _, row := range Table() {
		t.Run(row.Route, func(t *testing.T) {
			if seen[row.Route] {
				t.Error("it stands here twice")
			}
			seen[row.Route] = true
			methods := []string{"GET", "POST", "PUT", "ANY"}
			if !slices.Contains(methods, row.Method()) || !strings.HasPrefix(row.Path(), "/") {
				t.Errorf("%q %q is no route", row.Method(), row.Path())
			}
			if row.Ja == "" || (row.En != "") != row.ForPrograms() {
				t.Errorf("said %q %q, for programs: %v", row.Ja, row.En, row.ForPrograms())
			}
			if row.Marks&Fresh != 0 && row.Who&^Staff != 0 {
				t.Error("a passkey is what staff have")
			}
			path := row.Path()
			if row.Marks&Fresh != 0 && row.Method() == "GET" && !fresh["POST "+path] &&
				!slices.Contains(graveLooks, path) {
				t.Error("a passkey is asked for changes, and for the page on which one is made")
			}
			if row.Of == OwnOrganisation && row.Who&^(Staff|Agent) != 0 {
				t.Errorf("%s belong to no organisation", row.Who)
			}
			if row.Of == Shown && row.Who&^(Host|OfFacility) != 0 {
				t.Errorf("patients show nothing to %s", row.Who)
			}
		})
	}
	if len(seen) < 120 {
		t.Errorf("only %d routes", len(seen))
	}
}

// graveLooks change nothing. They show where somebody lives whose data are withheld (不開示), and where the
// papers of many are sent, of such people too.
var graveLooks = []string{"/insurer/people/:id/address", "/insurer/runs/:id/files/:name"}

// Who runs the server sees its states and never people.
func TestAnOperatorReachesNobodysPeople(t *testing.T) {
	for _, row := range Table() {
		colleagues := row.Who == Administrators // the operator's own, as other administrators'
		others := row.Of != Nobodys && row.Of != OwnVisit
		if row.Who.LetsIn(staff.RoleOperator) && others && row.Who != Operator && !colleagues {
			t.Errorf("%s lets the operator in", row.Route)
		}
	}
}
