package credential

import (
	"encoding/json"
	"strings"
	"testing"

	"madoguchi/message"
)

// Counters keep Verdicts in sealed records: new ones hold keys and arguments, those of versions before
// the catalogue hold sentences.
func TestARecordedVerdictIsReadWhicheverVersionWroteIt(t *testing.T) {
	const old = `{"valid":false,"checks":[{"name":"time","result":"failed",` +
		`"reason":"この画面は古くなっています。患者さんに画面を開き直してもらってください。","en":"This screen is too old."}]}`
	var v Verdict
	if err := json.Unmarshal([]byte(old), &v); err != nil {
		t.Fatal(err)
	}
	first := v.Checks[0]
	if first.Name != "time" || first.Result != Failed || first.Text("en") != "This screen is too old." ||
		first.Text("ja") != "この画面は古くなっています。患者さんに画面を開き直してもらってください。" {
		t.Errorf("%+v", first)
	}
	again, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var back Verdict
	if err := json.Unmarshal(again, &back); err != nil || back.Checks[0].Text("ja") != first.Text("ja") {
		t.Errorf("%+v, %v", back, err)
	}

	told := message.New("verdict.revocation.passed", message.Args{"day": message.Day(2026, 11, 22)})
	v.Checks = []Check{{"revocation", Passed, message.ToStored(told)}}
	const want = `[{"name":"revocation","result":"passed","key":"verdict.revocation.passed",` +
		`"args":{"day":{"day":"2026-11-22"}}}]`
	if data, err := json.Marshal(v.Checks); err != nil || string(data) != want {
		t.Errorf("%s, %v", data, err)
	}
}

// Every sentence that a check names stands in the catalogue, and the catalogue has no other of these checks.
func TestEachCheckHasItsSentences(t *testing.T) {
	all := []check{
		checkForm,
		checkSignature,
		checkDamaged,
		checkIssuer,
		checkIssuerByKeys,
		checkIssuerStale,
		checkIssuerOverdue,
		checkContent,
		checkInsurer,
		checkFresh,
		checkDay,
		checkSavedCopy,
		checkFuture,
		checkHolder,
		checkEndsItself,
		checkRevocation,
		checkRevocationOld,
		proofForm,
		proofKey,
		proofCard,
		proofOld,
		proofAhead,
		proofNonce,
	}
	names, used := map[string]bool{}, map[string]bool{}
	for _, c := range all {
		names[c.name] = true
		for _, key := range []string{c.passed, c.failed, c.notChecked} {
			used[key] = true
			if _, ok := message.FindEntry(key); key != "" && !ok {
				t.Errorf("the catalogue has no %s", key)
			}
		}
	}
	for _, e := range message.Entries() {
		rest, ok := strings.CutPrefix(e.Key, "verdict.")
		if name, _, _ := strings.Cut(rest, "."); ok && names[name] && !used[e.Key] {
			t.Errorf("no check says %s", e.Key)
		}
	}
}
