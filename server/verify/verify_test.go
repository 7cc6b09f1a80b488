package verify

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/phonetest"
	"madoguchi/server/trust"
)

const cityISS = "https://hoken.example.jp/i/00138990"

// made is when the codes of these tests were made.
var made = time.Date(2026, 11, 22, 10, 0, 0, 0, eligibility.Japan)

// table is a folder with what a code is judged by, and the key that signs it.
type table struct {
	dir string
	key credential.Key
}

// newTable lays out trust (a signed list with 架空市 on it) and jwks.json.
func newTable(t *testing.T) *table {
	t.Helper()
	b := &table{dir: t.TempDir(), key: issuertest.NewKey(t)}
	set := credential.KeySet{b.key.Public()}
	data, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	b.write(t, "jwks.json", data)
	_, err = trust.Publication{
		Draft: credential.TrustList{Issuers: []credential.TrustedIssuer{{
			ISS:            cityISS,
			Name:           "架空市",
			InsurerNumbers: []eligibility.InsurerNumber{"00138990"},
			JWKS:           set,
		}}, Counters: []credential.TrustedCounter{}},
		Root:   issuertest.NewKey(t),
		Folder: b.path("trust"),
		Days:   30,
		Now:    made,
	}.Publish()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *table) path(name string) string { return filepath.Join(b.dir, name) }

func (b *table) write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(b.path(name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// issue makes a code of 髙橋 德一 (docs/facts/test-people.md#people).
func (b *table) issue(t *testing.T, r credential.Request) string {
	t.Helper()
	r.InsurerName, r.Share = "架空市", 20
	r.Person = eligibility.Person{
		Insurer:      "00138990",
		Symbol:       "国13",
		Number:       "0001234",
		BranchNumber: "02",
		Name:         "髙橋 德一",
		BirthDate:    eligibility.MustDate("1955-07-01"),
	}
	issued, err := credential.Issue(cityISS, b.key, r, made)
	if err != nil {
		t.Fatal(err)
	}
	return issued.JWS
}

// saved asks for a copy; it ends on the first day of the fourth month after issue
// (docs/facts/smart-health-card.md#tiers).
func saved(rid uint32) credential.Request {
	return credential.Request{
		Tier:    credential.TierSaved,
		RID:     rid,
		Expires: time.Date(2027, 3, 1, 0, 0, 0, 0, eligibility.Japan),
	}
}

// result finds a check by its name.
func result(v credential.Verdict, name string) credential.Result {
	for _, c := range v.Checks {
		if c.Name == name {
			return c.Result
		}
	}
	return ""
}

// asUTF16 is a text as a Windows program saves it as "Unicode": with its mark, in either order of bytes.
func asUTF16(text string, little bool) []byte {
	var data []byte
	for _, unit := range append([]uint16{0xfeff}, utf16.Encode([]rune(text))...) {
		if little {
			data = append(data, byte(unit), byte(unit>>8))
		} else {
			data = append(data, byte(unit>>8), byte(unit))
		}
	}
	return data
}

// docs/trust.md, "Checking by hand".
func TestACodeIsJudgedWhicheverFormItsFileHas(t *testing.T) {
	b := newTable(t)
	live := b.issue(t, credential.Request{Tier: credential.TierLive})
	copied := b.issue(t, saved(4711))
	for _, c := range []struct {
		name string
		data []byte
		tier credential.Tier
	}{
		{"a JWS", []byte(live), credential.TierLive},
		{"with the end of a line", []byte(live + "\r\n"), credential.TierLive},
		{"shc:/ digits", []byte(credential.NumericQR(live)), credential.TierLive},
		{"a card file", credential.CardFile(copied), credential.TierSaved},
		{"UTF-16, little end first", asUTF16(credential.NumericQR(copied)+"\r\n", true),
			credential.TierSaved},
		{"UTF-16, big end first", asUTF16(credential.NumericQR(copied), false), credential.TierSaved},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.write(t, "code", c.data)
			v, err := Question{File: b.path("code"), Trust: b.path("trust"), Now: made}.Verdict()
			if err != nil || !v.Valid || v.Tier != c.tier || v.Issuer != cityISS || v.IssuerName != "架空市" ||
				v.Eligibility.Number != "0001234" {
				t.Errorf("%+v %v", v, err)
			}
		})
	}
	t.Run("the text itself", func(t *testing.T) {
		v, err := Question{File: credential.NumericQR(live), Trust: b.path("trust"), Now: made}.Verdict()
		if err != nil || !v.Valid {
			t.Errorf("%+v %v", v, err)
		}
	})
}

// docs/trust.md: without --trust and --jwks the data folder's list counts; where there is none, the issuer is
// not checked and the code not valid.
func TestWhoVouchesForTheIssuer(t *testing.T) {
	b := newTable(t)
	code := b.issue(t, saved(4711))
	b.write(t, "code", []byte(code))
	other := newTable(t)
	for _, c := range []struct {
		name   string
		asked  Question
		valid  bool
		issuer credential.Result // "" for any
	}{
		{"the list", Question{Trust: b.path("trust")}, true, credential.Passed},
		{"the list's file", Question{Trust: b.path("trust/trust.jwt")}, true, credential.Passed},
		{"the data folder's list", Question{Own: b.path("trust")}, true, credential.Passed},
		{"a key set", Question{JWKS: b.path("jwks.json")}, true, credential.Passed},
		{"nobody", Question{}, false, credential.NotChecked},
		{"a data folder without a list", Question{Own: b.dir}, false, credential.NotChecked},
		{"another list", Question{Trust: other.path("trust")}, false, ""},
		{"another's key set", Question{JWKS: other.path("jwks.json")}, false, ""},
		{"a key set, and a list of the folder that does not count then",
			Question{JWKS: other.path("jwks.json"), Own: b.path("trust")}, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.asked.File, c.asked.Now = b.path("code"), made
			v, err := c.asked.Verdict()
			if err != nil || v.Valid != c.valid {
				t.Fatalf("valid %v, want %v: %+v %v", v.Valid, c.valid, v.Checks, err)
			}
			if got := result(v, "issuer"); c.issuer != "" && got != c.issuer {
				t.Errorf("the issuer is %q, want %q", got, c.issuer)
			}
		})
	}
}

// docs/facts/smart-health-card.md#tiers: a live screen is good for 90 seconds from its issue and 15 of leeway
// more, and from 30 seconds before it with the same leeway.
func TestACodeIsJudgedAtTheTimeThatIsGiven(t *testing.T) {
	b := newTable(t)
	b.write(t, "code", []byte(b.issue(t, credential.Request{Tier: credential.TierLive})))
	for _, c := range []struct {
		name, at string
		now      time.Time
		valid    bool
	}{
		{"now", "", made, true},
		{"now, too late", "", made.Add(time.Hour), false},
		{"given, whatever the clock says", "2026-11-22T10:00:00+09:00", made.Add(time.Hour), true},
		{"in another zone", "2026-11-22T01:00:00Z", made.Add(time.Hour), true},
		{"the last second", "2026-11-22T10:01:44+09:00", made, true},
		{"at its end (RFC 7519 section 4.1.4)", "2026-11-22T10:01:45+09:00", made, false},
		{"the first second", "2026-11-22T09:59:15+09:00", made, true},
		{"a second before", "2026-11-22T09:59:14+09:00", made, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := Question{File: b.path("code"), Trust: b.path("trust"), At: c.at, Now: c.now}.Verdict()
			if err != nil || v.Valid != c.valid {
				t.Fatalf("valid %v, want %v: %+v %v", v.Valid, c.valid, v.Checks, err)
			}
			if !c.valid && result(v, "time") != credential.Failed {
				t.Errorf("%+v", v.Checks)
			}
		})
	}
}

// docs/trust.md: a screen made without network needs its second code too.
func TestAScreenOfTheDayNeedsItsSecondCode(t *testing.T) {
	b := newTable(t)
	phone, stranger := issuertest.NewKey(t), issuertest.NewKey(t)
	screen := b.issue(t, credential.Request{Tier: credential.TierOffline,
		DeviceKeyID: credential.DeviceKeyID(phone.Public())})
	b.write(t, "screen", []byte(screen))
	proof := func(name string, key credential.Key) {
		text, err := phonetest.Proof(screen, key, made, "")
		if err != nil {
			t.Fatal(err)
		}
		b.write(t, name, []byte(text))
	}
	proof("proof", phone)
	proof("another's", stranger)
	for _, c := range []struct {
		name, proof string
		valid       bool
		holder      credential.Result
	}{
		{"without it", "", false, credential.NotChecked},
		{"with it", "proof", true, credential.Passed},
		{"of another phone", "another's", false, credential.Failed},
		{"the screen once more", "screen", false, credential.Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := Question{File: b.path("screen"), Trust: b.path("trust"), Now: made}
			if c.proof != "" {
				asked.Proof = b.path(c.proof)
			}
			v, err := asked.Verdict()
			if err != nil || v.Valid != c.valid || result(v, "holder") != c.holder {
				t.Errorf("valid %v, want %v: %+v %v", v.Valid, c.valid, v.Checks, err)
			}
		})
	}
}

// docs/trust.md: status.jwt, and the JSON list of SMART Health Cards that says the same.
func TestACopyIsRevokedByEitherList(t *testing.T) {
	b := newTable(t)
	b.write(t, "code", []byte(b.issue(t, saved(4711))))
	b.write(t, "live", []byte(b.issue(t, credential.Request{Tier: credential.TierLive})))
	signed := func(name string, rids ...uint32) {
		list, err := credential.SignStatusList(cityISS, b.key, rids, credential.Checkpoint{Sequence: 1}, made)
		if err != nil {
			t.Fatal(err)
		}
		b.write(t, name, []byte(list))
	}
	signed("clean.jwt", 1, 4710, 4712)
	signed("revoked.jwt", 4711)
	plain := func(name string, rid uint32) {
		list, err := credential.RevocationFile(b.key.Public().ID, 1, []string{credential.EncodeRID(rid)})
		if err != nil {
			t.Fatal(err)
		}
		b.write(t, name, list)
	}
	plain("clean.json", 4712)
	plain("revoked.json", 4711)
	for _, c := range []struct {
		name, file, status string
		keys               bool // the issuer's key set instead of a trust list
		valid              bool
		want               credential.Result
	}{
		{"no list", "code", "", false, true, credential.NotChecked},
		{"not on the list", "code", "clean.jwt", false, true, credential.Passed},
		{"on the list", "code", "revoked.jwt", false, false, credential.Failed},
		{"on the list, by a key set", "code", "revoked.jwt", true, false, credential.Failed},
		{"not on the plain list", "code", "clean.json", false, true, credential.Passed},
		{"on the plain list", "code", "revoked.json", false, false, credential.Failed},
		{"a screen ends by itself", "live", "revoked.jwt", false, true, credential.NotChecked},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := Question{File: b.path(c.file), Trust: b.path("trust"), Now: made}
			if c.keys {
				asked.Trust, asked.JWKS = "", b.path("jwks.json")
			}
			if c.status != "" {
				asked.Status = b.path(c.status)
			}
			v, err := asked.Verdict()
			if err != nil || v.Valid != c.valid || result(v, "revocation") != c.want {
				t.Errorf("valid %v, want %v: %+v %v", v.Valid, c.valid, v.Checks, err)
			}
		})
	}
}

// Exit code 2 of docs/trust.md: what cannot be judged is refused with a sentence of docs/errors.md that names
// the argument.
func TestWhatCannotBeJudgedIsRefusedByTheNameOfItsArgument(t *testing.T) {
	b := newTable(t)
	live := b.issue(t, credential.Request{Tier: credential.TierLive})
	first, second := b.issue(t, saved(4711)), b.issue(t, saved(4712))
	foreign, err := credential.SignStatusList("https://other.example/i/06139992", b.key, nil,
		credential.Checkpoint{}, made)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := phonetest.Proof(live, issuertest.NewKey(t), made, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"live":       live,
		"proof":      proof,
		"empty":      "",
		"words":      "資格情報",
		"cut":        credential.NumericQR(live)[:1001],
		"several":    `{"verifiableCredential":["` + first + `","` + second + `"]}`,
		"copy":       first,
		"foreign":    foreign,
		"no keys":    `{"keys":[]}`,
		"no cert":    "-----BEGIN X-----",
		"odd UTF-16": "\xff\xfea",
	} {
		b.write(t, name, []byte(text))
	}
	for _, c := range []struct {
		name       string
		asked      Question
		key, field string
	}{
		{"no file", Question{File: "none"}, "input.open", "FILE"},
		{"a folder", Question{File: "trust"}, "input.open", "FILE"},
		{"nothing in it", Question{File: "empty"}, "verify.text", "FILE"},
		{"no code in it", Question{File: "words"}, "verify.text", "FILE"},
		{"the second code alone", Question{File: "proof"}, "verify.text", "FILE"},
		{"a part of a code", Question{File: "cut"}, "verify.incomplete", "FILE"},
		{"two codes", Question{File: "several"}, "verify.several", "FILE"},
		{"a time of another form", Question{File: "live", At: "yesterday"}, "verify.at", "--at"},
		{"a time without its zone", Question{File: "live", At: "2026-11-22T10:00:00"}, "verify.at", "--at"},
		{"no second code", Question{File: "live", Proof: "none"}, "input.open", "--proof"},
		{"a second code that is none", Question{File: "live", Proof: "words"}, "verify.proof", "--proof"},
		{"no trust list", Question{File: "live", Trust: "none"}, "trust.list", "--trust"},
		{"no key set", Question{File: "live", JWKS: "none"}, "verify.jwks", "--jwks"},
		{"a key set without keys", Question{File: "live", JWKS: "no keys"}, "verify.jwks", "--jwks"},
		{"no list of revoked copies", Question{File: "copy", Trust: "trust", Status: "none"},
			"verify.status", "--status"},
		{"another issuer's list", Question{File: "copy", Trust: "trust", Status: "foreign"}, "verify.status",
			"--status"},
		{"no certificates", Question{File: "live", Roots: "none"}, "verify.roots", "--roots"},
		{"certificates that are none", Question{File: "live", Roots: "no cert"}, "verify.roots", "--roots"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, name := range []*string{&c.asked.File, &c.asked.Proof, &c.asked.Trust, &c.asked.JWKS,
				&c.asked.Status, &c.asked.Roots} {
				if *name != "" {
					*name = b.path(*name)
				}
			}
			c.asked.Now = made
			v, err := c.asked.Verdict()
			var e *eligibility.Error
			if !errors.As(err, &e) || e.Key != c.key || e.Field != c.field {
				t.Errorf("%v, want %s about %s", err, c.key, c.field)
			}
			if v.Valid || len(v.Checks) > 0 {
				t.Errorf("it judged: %+v", v)
			}
		})
	}
	if _, err := os.Stat(b.path("none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a question made a file")
	}
}

// docs/trust.md, exit code 1: a code that is not good is judged, whatever else was given.
func TestAForgedCodeIsJudgedNotRefused(t *testing.T) {
	b := newTable(t)
	code := b.issue(t, saved(4711))
	list, err := credential.SignStatusList(cityISS, b.key, nil, credential.Checkpoint{Sequence: 1}, made)
	if err != nil {
		t.Fatal(err)
	}
	b.write(t, "status.jwt", []byte(list))
	other := "A"
	if code[300] == 'A' {
		other = "B"
	}
	const none = "eyJhbGciOiJub25lIn0" // {"alg":"none"}
	for _, c := range []struct{ name, code, check string }{
		{"another payload", code[:300] + other + code[301:], "signature"},
		{"without a signature", none + code[strings.Index(code, "."):], "form"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.write(t, "code", []byte(c.code))
			v, err := Question{
				File:   b.path("code"),
				Trust:  b.path("trust"),
				Status: b.path("status.jwt"),
				Now:    made,
			}.Verdict()
			if err != nil || v.Valid || v.Eligibility != nil || result(v, c.check) != credential.Failed {
				t.Errorf("%+v %v", v, err)
			}
		})
	}
}
