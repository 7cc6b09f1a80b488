package eligibility

import (
	"bytes"
	"os"
	"testing"
)

func TestRulesPageIsFresh(t *testing.T) {
	var want bytes.Buffer
	if err := WriteRules(&want); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../docs/rules.md")
	if err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Errorf("docs/rules.md is not what the table says (%v): go run ./server rules > docs/rules.md", err)
	}
	want.Reset()
	if err := WriteManual(&want); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile("../docs/methods.md"); err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Errorf(
			"docs/methods.md is not what the manual says (%v): "+
				"go run ./server rules --json > docs/methods.md", err)
	}
	for _, r := range ruleTable {
		if r.Source.Title == "" || len(r.Periods) == 0 || len(r.Needs) == 0 {
			t.Errorf("%s lacks a source, a period or a need", r.Code)
		}
	}
}
