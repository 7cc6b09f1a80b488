package e2e

import (
	"strings"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// The written contract of verify: fields, exit codes, nothing on standard output when it could not answer.
func TestVerifyKeepsItsContract(t *testing.T) {
	b := newBench(t)
	live, paper := b.issue(t, credential.Request{Tier: credential.Live}), b.issue(t, credential.Request{Tier: credential.PDF, RID: 4711, Expires: credential.LatestEnd(b.at)})
	holder := signingKey(t)
	screen := b.issue(t, credential.Request{Tier: credential.Screen, HolderKeyID: credential.HolderKeyID(holder.Public())})
	proof, err := credential.SignProof(screen, holder, b.at, "")
	if err != nil {
		t.Fatal(err)
	}
	status := func(name string, rids ...uint32) {
		list, err := credential.SignStatusList(verifyISS, b.key, rids, credential.Checkpoint{Sequence: 1}, b.at)
		if err != nil {
			t.Fatal(err)
		}
		b.write(t, name, []byte(list))
	}
	status("clean.jwt", 1, 2)
	status("revoked.jwt", 4711)
	crl, err := credential.RevocationFile(b.key.Public().ID, 1, []string{credential.EncodeRID(4711)})
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := credential.SignStatusList("https://other.example/i/06139992", b.key, nil, credential.Checkpoint{}, b.at)
	if err != nil {
		t.Fatal(err)
	}
	b.write(t, "revoked.json", crl)
	b.write(t, "foreign.jwt", []byte(foreign))
	for name, data := range map[string][]byte{"live.jws": []byte(live + "\n"), "live.txt": []byte(credential.Numeric(live)), "live.png": drawn(t, live), "paper.smart-health-card": credential.File(paper),
		"paper.png": drawn(t, paper), "paper.pdf": sheet(t, paper), "screen.jws": []byte(screen), "proof.txt": []byte(proof), "empty": nil, "words.txt": []byte("資格情報"), "cut.txt": []byte(credential.Numeric(live)[:1001]),
		"forged.jws": []byte(live[:300] + "A" + live[301:]), "broken.png": drawn(t, live)[:500]} {
		b.write(t, name, data)
	}
	later := func(d time.Duration) string { return b.at.Add(d).Format(time.RFC3339) }
	for _, c := range []struct {
		args  string
		code  int
		tier  string
		check string // name and result of the first check
	}{
		{"live.jws --trust trust", 0, "live", "revocation not checked"},
		{"live.txt --trust trust/trust.jwt", 0, "live", "revocation not checked"},
		{"live.png --trust trust", 0, "live", "revocation not checked"},
		{"live.txt --jwks jwks.json", 0, "live", "revocation not checked"},
		{"live.txt", 1, "", "issuer not checked"},
		{"live.txt --trust trust --at " + later(100*time.Second), 0, "live", "revocation not checked"},
		{"live.txt --trust trust --at " + later(106*time.Second), 1, "live", "time failed"},
		{"live.txt --trust trust --at " + later(-46*time.Second), 1, "live", "time failed"},
		{"live.txt --trust trust --at " + later(40*24*time.Hour), 1, "live", "time failed"},
		{"paper.png --trust trust", 0, "pdf", "revocation not checked"},
		{"paper.pdf --trust trust", 0, "pdf", "revocation not checked"},
		{"paper.smart-health-card --trust trust --status clean.jwt", 0, "pdf", ""},
		{"paper.smart-health-card --trust trust --status revoked.jwt", 1, "pdf", "revocation failed"},
		{"paper.smart-health-card --jwks jwks.json --status revoked.jwt", 1, "pdf", "revocation failed"},
		{"paper.smart-health-card --trust trust --status revoked.json", 1, "pdf", "revocation failed"},
		{"paper.smart-health-card --trust trust --status foreign.jwt", 2, "", ""},
		{"screen.jws --trust trust", 1, "screen", "holder not checked"},
		{"screen.jws --trust trust --proof proof.txt", 0, "screen", "revocation not checked"},
		{"screen.jws --trust trust --proof proof.txt --at " + later(50*time.Second), 1, "screen", "holder failed"},
		{"forged.jws --trust trust", 1, "", "signature failed"},
		{"empty --trust trust", 2, "", ""}, {"words.txt", 2, "", ""}, {"cut.txt", 2, "", ""}, {"broken.png", 2, "", ""}, {"nothing.txt", 2, "", ""},
		{"proof.txt", 2, "", ""}, // the second code alone is no screen
		{"live.txt --at yesterday", 2, "", ""}, {"live.txt --jwks draft.json", 2, "", ""}, {"live.txt --trust jwks.json", 2, "", ""}, {"live.txt --nonsense", 2, "", ""}, {"", 2, "", ""},
	} {
		v, answered := b.verify(t, c.code, c.args)
		if !answered {
			continue
		}
		if v.Issuer == nil || *v.Issuer != verifyISS || c.tier != "" && (v.Tier == nil || *v.Tier != c.tier) {
			t.Errorf("%s: %+v", c.args, v)
		}
		if c.check != "" && c.check != v.Checks[0].Name+" "+v.Checks[0].Result {
			t.Errorf("%s: first %+v, want %s", c.args, v.Checks[0], c.check)
		}
	}
	out, _, _ := b.run(t, "verify", "--json", "live.jws", "--trust", "trust")
	want := `"eligibility":{"insurerNumber":"00138990","insurerName":"架空市","symbol":"国13","number":"0001234","branchNumber":"02","name":"髙橋 德一","kana":"タカハシ トクイチ","birthDate":"1955-07-01","sex":"male","share":20,"validFrom":"2008-04-01","validUntil":"2027-07-31"}`
	if !strings.Contains(out, want) {
		t.Errorf("%s\nlacks %s", out, want)
	}
	stdin, _, code := run(t, b.dir, b.program, []byte(live), nil, "verify", "-", "--trust", "trust")
	if code != 0 || !strings.HasPrefix(stdin, "この画面は本物です") {
		t.Errorf("for people: %d %q", code, stdin)
	}
	if _, _, code := b.run(t, "verify", credential.Numeric(live), "--trust", "trust"); code != 0 {
		t.Errorf("the text itself: %d", code)
	}
}

// The sample card of the SMART Health Cards specification (example-00, signed by spec.smarthealth.cards) is no eligibility.
func TestAForeignHealthCardIsShownButNotValid(t *testing.T) {
	b := newBench(t)
	stranger := signingKey(t)
	made, err := credential.Issue("https://spec.smarthealth.cards/examples/issuer", stranger, credential.Request{Tier: credential.Live, InsurerName: "x",
		Person: eligibility.Person{Insurer: "00138990", Number: "1", Name: "A", BirthDate: eligibility.MustDate("1955-07-01")}}, b.at)
	if err != nil {
		t.Fatal(err)
	}
	b.write(t, "foreign.jws", []byte(made.JWS))
	out, _, code := b.run(t, "verify", "--json", "foreign.jws", "--trust", "trust")
	if code != 1 || !strings.HasPrefix(out, `{"valid":false,"tier":null,"issuer":"https://spec.smarthealth.cards/examples/issuer"`) || !strings.Contains(out, `"eligibility":null`) {
		t.Errorf("%d %s", code, out)
	}
}
