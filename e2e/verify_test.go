package e2e

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"errors"
	"image"
	"image/draw"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/phonetest"
)

// altered is a JWS whose content says something else under the same signature, as a forger writes it: of the
// birth date the day is another.
func altered(t *testing.T, jws string) string {
	t.Helper()
	parts := strings.Split(jws, ".")
	packed, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		t.Fatal(err)
	}
	other := regexp.MustCompile(`("birthDate":"\d{4}-\d\d-)\d\d"`).ReplaceAll(content, []byte(`${1}28"`))
	if bytes.Equal(other, content) {
		t.Fatalf("nothing was altered: %s", content)
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(other); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	parts[1] = base64.RawURLEncoding.EncodeToString(b.Bytes())
	return strings.Join(parts, ".")
}

// The written contract of verify: fields, exit codes, nothing on standard output when it could not answer.
func TestVerifyKeepsItsContract(t *testing.T) {
	b := newBench(t)
	live, paper := b.issue(t, credential.Request{Tier: credential.TierLive}),
		b.issue(t, credential.Request{Tier: credential.TierSaved, RID: 4711,
			Expires: credential.LatestEnd(b.at)})
	holder := issuertest.NewKey(t)
	screen := b.issue(t,
		credential.Request{Tier: credential.TierOffline,
			DeviceKeyID: credential.DeviceKeyID(holder.Public())})
	proof, err := phonetest.Proof(screen, holder, b.at, "")
	if err != nil {
		t.Fatal(err)
	}
	status := func(name string, rids ...uint32) {
		list, err := credential.SignStatusList(verifyISS, b.key, rids, credential.Checkpoint{Sequence: 1},
			b.at)
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
	foreign, err := credential.SignStatusList("https://other.example/i/06139992", b.key, nil,
		credential.Checkpoint{}, b.at)
	if err != nil {
		t.Fatal(err)
	}
	b.write(t, "revoked.json", crl)
	b.write(t, "foreign.jwt", []byte(foreign))
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"live.jws", []byte(live + "\n")},
		{"live.txt", []byte(credential.NumericQR(live))},
		{"live.png", drawn(t, live)},
		{"paper.smart-health-card", credential.CardFile(paper)},
		{"paper.png", drawn(t, paper)},
		{"paper.pdf", sheet(t, paper)},
		{"screen.jws", []byte(screen)},
		{"proof.txt", []byte(proof)},
		{"empty", nil},
		{"words.txt", []byte("資格情報")},
		{"cut.txt", []byte(credential.NumericQR(live)[:1001])},
		{"forged.jws", []byte(altered(t, live))},
		{"broken.png", drawn(t, live)[:500]},
	} {
		b.write(t, c.name, c.data)
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
		{"screen.jws --trust trust --proof proof.txt --at " + later(50*time.Second), 1, "screen",
			"holder failed"},
		{"forged.jws --trust trust", 1, "", "signature failed"},
		{"empty --trust trust", 2, "", ""}, {"words.txt", 2, "", ""}, {"cut.txt", 2, "", ""},
		{"broken.png", 2, "", ""}, {"nothing.txt", 2, "", ""},
		{"proof.txt", 2, "", ""}, // the second code alone is no screen
		{"live.txt --at yesterday", 2, "", ""}, {"live.txt --jwks draft.json", 2, "", ""},
		{"live.txt --trust jwks.json", 2, "", ""}, {"live.txt --nonsense", 2, "", ""}, {"", 2, "", ""},
	} {
		t.Run(c.args, func(t *testing.T) {
			v, answered := b.verify(t, c.code, c.args)
			if !answered {
				return
			}
			if v.Issuer == nil || *v.Issuer != verifyISS || c.tier != "" &&
				(v.Tier == nil || *v.Tier != c.tier) {
				t.Errorf("%s: %+v", c.args, v)
			}
			if c.check != "" && c.check != v.Checks[0].Name+" "+v.Checks[0].Result {
				t.Errorf("%s: first %+v, want %s", c.args, v.Checks[0], c.check)
			}
		})
	}
	out, _, _ := b.run(t, "verify", "--json", "live.jws", "--trust", "trust")
	want := `"eligibility":{"insurerNumber":"00138990","insurerName":"架空市","symbol":"国13",` +
		`"number":"0001234","branchNumber":"02","name":"髙橋 德一","kana":"タカハシ トクイチ","birthDate":"1955-07-01",` +
		`"sex":"male","share":20,"validFrom":"2008-04-01","validUntil":"2027-07-31"}`
	if !strings.Contains(out, want) {
		t.Errorf("%s\nlacks %s", out, want)
	}
	stdin, _, code := run(t, b.dir, b.program, []byte(live), nil, "verify", "-", "--trust", "trust")
	if code != 0 || !strings.HasPrefix(stdin, "この画面は本物です") {
		t.Errorf("for people: %d %q", code, stdin)
	}
	if _, _, code := b.run(t, "verify", credential.NumericQR(live), "--trust", "trust"); code != 0 {
		t.Errorf("the text itself: %d", code)
	}
}

// beside puts pictures next to each other, as a photo of two screens has them.
func beside(t *testing.T, pictures ...[]byte) []byte {
	t.Helper()
	out := image.NewGray(image.Rect(0, 0, 0, 0))
	for _, data := range pictures {
		next, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		at := out.Bounds().Dx()
		wide := image.NewGray(image.Rect(0, 0, at+next.Bounds().Dx(),
			max(out.Bounds().Dy(), next.Bounds().Dy())))
		draw.Draw(wide, wide.Bounds(), image.White, image.Point{}, draw.Src)
		draw.Draw(wide, out.Bounds(), out, image.Point{}, draw.Src)
		draw.Draw(wide, next.Bounds().Add(image.Pt(at, 0)), next, image.Point{}, draw.Src)
		out = wide
	}
	var b bytes.Buffer
	if err := png.Encode(&b, out); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A file that answers two questions answers none; a code that is not good is never "wrong usage"; a sentence
// names the argument that it is about.
func TestVerifyIsNotLedAstray(t *testing.T) {
	b := newBench(t)
	request := credential.Request{Tier: credential.TierSaved, RID: 4711, Expires: credential.LatestEnd(b.at)}
	paper := b.issue(t, request)
	request.RID = 4712
	other := b.issue(t, request)
	holder := issuertest.NewKey(t)
	screen := b.issue(t,
		credential.Request{Tier: credential.TierOffline,
			DeviceKeyID: credential.DeviceKeyID(holder.Public())})
	proof, err := phonetest.Proof(screen, holder, b.at, "")
	if err != nil {
		t.Fatal(err)
	}
	status, err := credential.SignStatusList(verifyISS, b.key, nil, credential.Checkpoint{Sequence: 1}, b.at)
	if err != nil {
		t.Fatal(err)
	}
	set, err := os.ReadFile(filepath.Join(b.dir, "jwks.json"))
	if err != nil {
		t.Fatal(err)
	}
	wide := []byte{0xff, 0xfe} // what PowerShell's > writes: UTF-16 with its mark
	for _, c := range utf16.Encode([]rune(credential.NumericQR(paper) + "\r\n")) {
		wide = append(wide, byte(c), byte(c>>8))
	}
	const none = "eyJhbGciOiJub25lIn0" // {"alg":"none"}
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"paper.jws", []byte(paper)},
		{"screen.jws", []byte(screen)},
		{"forged.jws", []byte(altered(t, paper))},
		{"none.jws", []byte(none + paper[strings.Index(paper, "."):])},
		{"status.jwt", []byte(status)},
		{"proof.txt", []byte(proof)},
		{"proof-digits.txt", []byte(credential.NumericQR(proof))},
		{"empty.txt", nil},
		{"wide.txt", wide},
		{"mark.json", append([]byte("\ufeff"), set...)},
		{"two.png", beside(t, drawn(t, paper), drawn(t, other))},
		{"same.png", beside(t, drawn(t, paper), drawn(t, paper))},
		{"both.png", beside(t, drawn(t, screen), drawn(t, proof))},
		{"two.smart-health-card", []byte(`{"verifiableCredential":["` + paper + `","` + other + `"]}`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.write(t, c.name, c.data)
		})
	}
	huge, err := os.Create(filepath.Join(b.dir, "huge.bin"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(huge.Truncate(1<<36), huge.Close()); err != nil { // 64 GB of nothing
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		says string // the result of a check, or the beginning of the complaint
	}{
		{"forged.jws --jwks jwks.json --status status.jwt", 1, "signature failed"},
		{"forged.jws --trust trust --status status.jwt", 1, "signature failed"},
		{"none.jws --jwks jwks.json --status status.jwt", 1, "form failed"},
		{"forged.jws --jwks jwks.json --status none.jwt", 2, "--status: "},
		{"screen.jws --trust trust --proof proof-digits.txt", 0, "holder passed"},
		{"screen.jws --trust trust --proof both.png", 0, "holder passed"},
		{"both.png --trust trust", 0, "holder passed"},
		{"screen.jws --trust trust --proof screen.jws", 1, "holder failed"},
		{"screen.jws --trust trust --proof empty.txt", 2, "--proof: "},
		{"screen.jws --trust trust --proof nowhere.txt", 2, "--proof: "},
		{"two.png --trust trust", 2, "FILE: "},
		{"two.smart-health-card --trust trust", 2, "FILE: "},
		{"same.png --trust trust", 0, "form passed"},
		{"wide.txt --trust trust", 0, "form passed"},
		{"paper.jws --jwks mark.json", 0, "form passed"},
		{"paper.jws --trust nowhere", 2, "--trust: "},
		{"paper.jws --trust nowhere/trust.jwt --root trust/trust-root.json", 2, "--trust: "},
		{"paper.jws --trust trust --root nowhere.json", 2, "--root: "},
		{"huge.bin --trust trust", 2, "FILE: "},
		{"paper.jws --jwks huge.bin", 2, "--jwks: "},
		{"paper.jws --trust trust --status huge.bin", 2, "--status: "},
		{"trust --trust trust", 2, "FILE: "},
	} {
		t.Run(c.args, func(t *testing.T) {
			out, errs, code := b.run(t, append([]string{"verify", "--json"}, strings.Fields(c.args)...)...)
			var v struct {
				Valid  bool
				Checks []struct{ Name, Result string }
			}
			said := errs
			if code < 2 && json.Unmarshal([]byte(out), &v) == nil {
				said = ""
				for _, check := range v.Checks {
					if said = check.Name + " " + check.Result; said == c.says {
						break
					}
				}
			}
			if code != c.code || !strings.HasPrefix(said, c.says) || code == 2 && out != "" {
				t.Errorf("%s: exit code %d, want %d, %q\n%s%s", c.args, code, c.code, c.says, out, errs)
			}
		})
	}
}

// The sample card of the SMART Health Cards specification (example-00, signed by spec.smarthealth.cards) is
// no eligibility.
func TestAForeignHealthCardIsShownButNotValid(t *testing.T) {
	b := newBench(t)
	stranger := issuertest.NewKey(t)
	made, err := credential.Issue("https://spec.smarthealth.cards/examples/issuer", stranger,
		credential.Request{Tier: credential.TierLive, InsurerName: "x",
			Person: eligibility.Person{
				Insurer:   "00138990",
				Number:    "1",
				Name:      "A",
				BirthDate: eligibility.MustDate("1955-07-01"),
			}}, b.at)
	if err != nil {
		t.Fatal(err)
	}
	b.write(t, "foreign.jws", []byte(made.JWS))
	out, _, code := b.run(t, "verify", "--json", "foreign.jws", "--trust", "trust")
	if code != 1 ||
		!strings.HasPrefix(out,
			`{"valid":false,"tier":null,"issuer":"https://spec.smarthealth.cards/examples/issuer"`) ||
		!strings.Contains(out, `"eligibility":null`) {
		t.Errorf("%d %s", code, out)
	}
}
