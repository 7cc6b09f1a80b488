package e2e

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/issuertest"
	"madoguchi/pdf"
)

const verifyISS = "https://hoken.example.jp/i/00138990"

// bench is a folder with an issuer's key set, a signed trust list made by the program's own commands, and the
// issuer's key.
type bench struct {
	dir, program string
	key          credential.Key
	at           time.Time
}

func (b *bench) write(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (b *bench) run(t *testing.T, args ...string) (string, string, int) {
	t.Helper()
	return run(t, b.dir, b.program, nil, nil, args...)
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{
		dir:     t.TempDir(),
		program: built(t, "./server", "madoguchi"),
		key:     issuertest.NewKey(t),
		at:      time.Now().Truncate(time.Second),
	}
	set, err := json.Marshal(credential.KeySet{b.key.Public()})
	if err != nil {
		t.Fatal(err)
	}
	b.write(t, "jwks.json", set)
	draft, errs, code := b.run(t, "trust", "make", "--issuer", verifyISS+"=架空市=138990=jwks.json", "--counter",
		"https://clinic.example.jp=架空医院=1319999991=jwks.json")
	if code != 0 {
		t.Fatalf("trust make: %d %s", code, errs)
	}
	b.write(t, "draft.json", []byte(draft))
	if out, errs, code := b.run(t, "trust", "sign", "draft.json", "--keys", "root", "--out",
		"trust"); code != 0 || !strings.Contains(out, `"version":1,`) {
		t.Fatalf("trust sign: %d %s %s", code, out, errs)
	}
	return b
}

func (b *bench) issue(t *testing.T, r credential.Request) string {
	t.Helper()
	r.InsurerName, r.Share = "架空市", 20
	r.Person = eligibility.Person{Insurer: "00138990", Symbol: "国13", Number: "0001234", BranchNumber: "02",
		Name: "髙橋 德一", Kana: "タカハシ トクイチ",
		BirthDate: eligibility.MustDate("1955-07-01"), Sex: eligibility.Male,
		CoverageFrom: eligibility.MustDate("2008-04-01"), ValidUntil: eligibility.MustDate("2027-07-31")}
	made, err := credential.Issue(verifyISS, b.key, r, b.at)
	if err != nil {
		t.Fatal(err)
	}
	return made.JWS
}

// drawn is a code as a picture of eight pixels a module with its quiet zone.
func drawn(t *testing.T, jws string) []byte {
	t.Helper()
	qr, err := credential.QRMatrix(jws)
	if err != nil {
		t.Fatal(err)
	}
	const scale, quiet = 8, 4
	side := (qr.Size + 2*quiet) * scale
	img := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			mx, my := x/scale-quiet, y/scale-quiet
			if mx < 0 || my < 0 || mx >= qr.Size || my >= qr.Size || !qr.Black(mx, my) {
				img.SetGray(x, y, color.Gray{255})
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// sheet is the PDF that a patient saves, with this code.
func sheet(t *testing.T, jws string) []byte {
	t.Helper()
	qr, err := credential.QRMatrix(jws)
	if err != nil {
		t.Fatal(err)
	}
	return sheetWith(t, pdf.CodeMatrix{Size: qr.Size, Black: qr.Black})
}

func sheetWith(t *testing.T, code pdf.CodeMatrix) []byte {
	t.Helper()
	data, _, err := pdf.EligibilitySheet(pdf.Sheet{Person: eligibility.Person{
		Insurer:   "00138990",
		Number:    "0001234",
		Name:      "髙橋 德一",
		BirthDate: eligibility.MustDate("1955-07-01"),
	},
		InsurerName: "架空市", Issuer: "架空市長", Telephone: "03-0000-0000", IssuedAt: time.Now(),
		Registered: eligibility.MustDate("2026-11-01"),
		Expires:    eligibility.MustDate("2027-03-01"), Code: code})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// verdict is what verify --json says.
type verdict struct {
	Valid  bool
	Tier   *string
	Issuer *string
	Checks []struct{ Name, Result, Reason, En string }
}

// verify runs verify --json, holds it to its exit code and returns what it says; answered is false where it
// could not answer, and then nothing may stand on standard output.
func (b *bench) verify(t *testing.T, code int, args string) (v verdict, answered bool) {
	t.Helper()
	out, errs, got := b.run(t, append([]string{"verify", "--json"}, strings.Fields(args)...)...)
	if got != code {
		t.Errorf("%s: exit code %d, want %d\n%s%s", args, got, code, out, errs)
		return v, false
	}
	if code == 2 {
		if out != "" || errs == "" {
			t.Errorf("%s: %q %q", args, out, errs)
		}
		return v, false
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("%s: %v %q", args, err, out)
	}
	if v.Valid != (code == 0) {
		t.Errorf("%s: %s", args, out)
	}
	return v, true
}
