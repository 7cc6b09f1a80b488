package main

import (
	"encoding/json"
	"testing"

	"madoguchi/eligibility"
)

// What the server would not store as a reason, the console does not keep either.
func TestTheConsoleKeepsNoMyNumberInAReason(t *testing.T) {
	reasons := []string{"", "顔見知り", "1234 5678 9018", "１２３４５６７８９０１８", "番号は1234-5678-9018です", "123456789012",
		"03-1234-5678", "2026-11-27 10:42", "診察券 000123"}
	program := `import { holdsMyNumber } from "./offlinereason.mjs";
console.log(JSON.stringify(JSON.parse(process.argv[2]).map(holdsMyNumber)));`
	asked, err := json.Marshal(reasons)
	if err != nil {
		t.Fatal(err)
	}
	var found []bool
	out := runNode(t, "counter/offlinereason.ts", "offlinereason.mjs", program, string(asked))
	if err := json.Unmarshal(out, &found); err != nil || len(found) != len(reasons) {
		t.Fatalf("%v: %s", err, out)
	}
	for i, reason := range reasons {
		if want := eligibility.HoldsMyNumber(reason); found[i] != want {
			t.Errorf("%q: the console says %v, the server %v", reason, found[i], want)
		}
	}
}
