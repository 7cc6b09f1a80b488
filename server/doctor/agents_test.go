package doctor

import (
	"fmt"
	"strings"
	"testing"

	"madoguchi/server/datafolder"
)

// agent puts a paired bridge agent into the database that was once seen with a release.
func (w *world) agent(program string, wire int) {
	w.execute(fmt.Sprintf(`INSERT INTO agents
		(ref, facility, name, public, paired_at, paired_by, version, program)
		VALUES (hex(randomblob(16)), '1319999991', '受付1', x'00', 1, '', %d, '%s')`, wire, program))
}

// A line says which releases the agents were, also of those that never said; what was ended counts no more.
func TestTheDoctorTellsWhichReleasesTheAgentsAre(t *testing.T) {
	w := newWorld(t, datafolder.RoleCounter)
	w.agent("1.2.0", 5)
	w.agent("1.2.0", 5)
	w.agent("", 4)
	w.agent("", 0)
	w.agent("0.1.0", 2)
	w.execute(`UPDATE agents SET ended_at = 1 WHERE program = '0.1.0'`)
	said := map[string]string{}
	for _, f := range w.doctor().Examine(t.Context()) {
		if f.Check == "agents" {
			said[f.Key] = f.Sentence("en")
		}
	}
	if got := said["doctor.agents"]; !strings.HasPrefix(got, "4 agents") {
		t.Error(got)
	}
	if got := said["doctor.agent_versions"]; !strings.HasSuffix(got, ": ?/? × 1, ?/4 × 1, 1.2.0/5 × 2") {
		t.Error(got)
	}
}
