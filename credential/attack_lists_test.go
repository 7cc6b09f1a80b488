package credential

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
)

// signJSON signs any text as a JWT of a type.
func signJSON(t testing.TB, key Key, typ, body string) string {
	t.Helper()
	jws, err := SignJWT(key, typ, json.RawMessage(body))
	if err != nil {
		t.Fatal(err)
	}
	return jws
}

func TestTrustListsThatAreNotTheOperatorsNewestAreRefused(t *testing.T) {
	root, other, issuer := newKey(t), newKey(t), newKey(t)
	list := *trusting(issuer)
	list.Version, list.IssuedAt, list.ExpiresAt = 7, issuedAt.Unix(), issuedAt.Add(MaxTrustLife).Unix()
	raw, err := encodeJSON(list)
	if err != nil {
		t.Fatal(err)
	}
	body := string(raw)
	replace := func(old, with string) string {
		if !strings.Contains(body, old) {
			t.Fatalf("no %s in %s", old, body)
		}
		return signJSON(t, root, trustType, strings.Replace(body, old, with, 1))
	}
	good := replace("7", "7")
	if _, err := OpenTrustList(good, root.Public(), issuedAt, 7); err != nil {
		t.Fatal(err)
	}
	iat, end := strconv.FormatInt(list.IssuedAt, 10), strconv.FormatInt(list.ExpiresAt, 10)
	d := privateJWK(t, issuer)["d"]
	parts := strings.Split(good, ".")
	for _, c := range []struct {
		name string
		jws  string
		min  int
		at   time.Time
	}{
		{"rolled back", good, 8, issuedAt},
		{"another signer", signJSON(t, other, trustType, body), 0, issuedAt},
		{"another signer under the root's kid",
			signJSON(t, Key{ID: root.ID, signer: other.signer, public: other.public}, trustType, body), 0,
			issuedAt},
		{"one of its own issuers as signer", signJSON(t, issuer, trustType, body), 0, issuedAt},
		{"type of a status list", signJSON(t, root, statusType, body), 0, issuedAt},
		{"type of an assertion", signJSON(t, root, "counter+jwt", body), 0, issuedAt},
		{"no type", signJSON(t, root, "", body), 0, issuedAt},
		{"expired", good, 0, issuedAt.Add(MaxTrustLife + 31*time.Second)},
		{"from the future", good, 0, issuedAt.Add(-31 * time.Second)},
		{"lives a second too long", replace(`"exp":`+end, `"exp":`+strconv.FormatInt(list.ExpiresAt+1, 10)),
			0, issuedAt},
		{"lives 584 years, as int64 wraps",
			replace(`"exp":`+end, `"exp":`+strconv.FormatInt(list.IssuedAt+18446744074, 10)), 0, issuedAt},
		{"no exp", replace(`"exp":`+end+",", ""), 0, issuedAt},
		{"exp negative", replace(`"exp":`+end, `"exp":-1`), 0, issuedAt},
		{"exp a float", replace(`"exp":`+end, `"exp":`+end+".0"), 0, issuedAt},
		{"exp before iat", replace(`"exp":`+end, `"exp":`+strconv.FormatInt(list.IssuedAt-1, 10)), 0,
			issuedAt},
		{"no iat", replace(`"iat":`+iat+",", ""), 0, issuedAt},
		{"version twice", replace(`"version":7`, `"version":7,"version":9`), 0, issuedAt},
		{"VERSION beside version", replace(`"version":7`, `"version":7,"VERSION":9`), 9, issuedAt},
		{"a private key inside", replace(`"kty"`, `"d":"`+d+`","kty"`), 0, issuedAt},
		{"a kid that is not the thumbprint", replace(issuer.ID, other.ID), 0, issuedAt},
		{"a key for encryption", replace(`"use":"sig"`, `"use":"enc"`), 0, issuedAt},
		{"a key of another alg", replace(`"alg":"ES256"`, `"alg":"ES384"`), 0, issuedAt},
		{"compressed", zipped(t, root, body), 0, issuedAt},
		{"bytes behind", signJSON(t, root, trustType, body) + ".x", 0, issuedAt},
		{"a line break in the signature",
			parts[0] + "." + parts[1] + "." + parts[2][:9] + "\n" + parts[2][9:], 0, issuedAt},
		{"a live screen in its place", issue(t, root, Request{Tier: TierLive}).JWS, 0, issuedAt},
		{"nothing", "", 0, issuedAt},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := OpenTrustList(c.jws, root.Public(), c.at, c.min); err == nil {
				t.Error("it was accepted")
			}
		})
	}
	_, err = OpenTrustListInGrace(good, root.Public(), issuedAt.Add(MaxTrustLife+TrustGrace+time.Second), 0)
	if err == nil {
		t.Error("a list was kept longer than its grace")
	}
	kept, err := OpenTrustListInGrace(good, root.Public(), issuedAt.Add(MaxTrustLife+TrustGrace), 0)
	if err != nil || len(kept.Issuers) != 1 {
		t.Errorf("a list within its grace: %v", err)
	}
}

func zipped(t *testing.T, key Key, body string) string {
	t.Helper()
	packed, err := deflate([]byte(body), usualLevel)
	if err != nil {
		t.Fatal(err)
	}
	input := b64.EncodeToString([]byte(`{"typ":"trust+jwt","alg":"ES256","kid":"`+key.ID+`","zip":"DEF"}`)) +
		"." + b64.EncodeToString(packed)
	s, err := key.Sign(input)
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + s
}

func TestKeySetsThatAreNotSetsOfSigningKeysAreRefused(t *testing.T) {
	key := newKey(t)
	raw, err := json.Marshal(KeySet{key.Public()})
	if err != nil {
		t.Fatal(err)
	}
	good := string(raw)
	d := privateJWK(t, key)["d"]
	x, y, err := coordinates(key.public)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		bad  string
	}{
		{"a private key", strings.Replace(good, `"kty"`, `"d":"`+d+`","kty"`, 1)},
		{"a private key as D", strings.Replace(good, `"kty"`, `"D":"`+d+`","kty"`, 1)},
		{"X beside x", strings.Replace(good, `"x"`, `"X":"`+y+`","x"`, 1)},
		{"x twice", strings.Replace(good, `"x"`, `"x":"`+y+`","x"`, 1)},
		{"KEYS beside keys", strings.Replace(good, `"keys"`, `"KEYS":[],"keys"`, 1)},
		{"a point beside a curve", strings.Replace(good, x, y, 1)},
		{"an RSA key", `{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"x"}]}`},
		{"an octet key", `{"keys":[{"kty":"oct","k":"AAAA","kid":"x"}]}`},
		{"no kid", strings.Replace(good, `"kid":"`+key.ID+`",`, "", 1)},
		{"a kid of the attacker's", strings.Replace(good, key.ID, "../../x", 1)},
		{"the point of infinity",
			strings.NewReplacer(x, strings.Repeat("A", 43), y, strings.Repeat("A", 43)).Replace(good)},
		{"a list", "[]"},
		{"bytes behind", good + "x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var set KeySet
			if err := json.Unmarshal([]byte(c.bad), &set); err == nil {
				t.Errorf("accepted as %d keys", len(set))
			}
		})
	}
	// RFC 7517 section 4: members that a reader does not know are ignored (an issuer with a certificate has
	// x5c).
	var set KeySet
	err = json.Unmarshal([]byte(strings.Replace(good, `"kty"`, `"x5c":["MIIB"],"kty"`, 1)), &set)
	if err != nil || len(set) != 1 {
		t.Errorf("a key with a certificate: %v", err)
	}
}

func TestStatusListsThatAreNotTheIssuersAreRefused(t *testing.T) {
	key, other := newKey(t), newKey(t)
	good, err := SignStatusList(testISS, key, []uint32{12345, 7, MaxRID - 1, 0}, Checkpoint{}, issuedAt)
	if err != nil {
		t.Fatal(err)
	}
	list, err := OpenStatusList(good, testISS, KeySet{key.Public()}, issuedAt)
	if err != nil || list.Count() != 4 || !list.Revoked(7) || !list.Revoked(MaxRID-1) || list.Revoked(8) ||
		list.Revoked(1<<31) {
		t.Fatalf("the issuer's own list: %v, %+v", err, list)
	}
	_, raw, _, _, err := splitJWS(good)
	if err != nil {
		t.Fatal(err)
	}
	_, encoded, _ := strings.Cut(raw, ".")
	plainBody, err := b64.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	body := string(plainBody)
	replace := func(old, with string) string {
		if !strings.Contains(body, old) {
			t.Fatalf("no %s in %s", old, body)
		}
		return signJSON(t, key, statusType, strings.Replace(body, old, with, 1))
	}
	start := strings.Index(body, `"lst":"`) + len(`"lst":"`)
	bits := func(packed []byte) string {
		return signJSON(t, key, statusType,
			body[:start]+b64.EncodeToString(packed)+body[start+strings.IndexByte(body[start:], '"'):])
	}
	end := `"exp":` + strconv.FormatInt(issuedAt.Add(StatusLife).Unix(), 10)
	for _, c := range []struct {
		name string
		jws  string
	}{
		{"another signer", signJSON(t, other, statusType, body)},
		{"another type", signJSON(t, key, trustType, body)},
		{"another issuer", replace(`"iss":"`+testISS, `"iss":"https://other.example`)},
		{"another address", replace(`"sub":"`+testISS, `"sub":"https://other.example`)},
		{"lives a second too long",
			replace(end, `"exp":`+strconv.FormatInt(issuedAt.Add(StatusLife).Unix()+1, 10))},
		{"lives 584 years, wrapped",
			replace(end, `"exp":`+strconv.FormatInt(issuedAt.Unix()+18446744074, 10))},
		{"no exp", replace(end+",", "")},
		{"from the future", replace(`"iat":`+strconv.FormatInt(issuedAt.Unix(), 10),
			`"iat":`+strconv.FormatInt(issuedAt.Unix()+61, 10))},
		{"two bits an entry", replace(`"bits":1`, `"bits":2`)},
		{"iss twice", replace(`"iss":`, `"iss":"x","iss":`)},
		{"LST beside lst", replace(`"lst":`, `"LST":"AAAA","lst":`)},
		{"bits that are not zlib", bits([]byte("not zlib at all"))},
		{"no bits", bits(nil)},
		{"bits cut off", bits(zlibOf(t, []byte{1, 2, 3})[:9])},
		{"bits with a wrong sum", bits(append(zlibOf(t, []byte{1, 2, 3})[:11], 0, 0, 0, 0))},
		{"bytes behind the bits", bits(append(zlibOf(t, []byte{1}), 0))},
		{"more bits than indices", bits(zlibOf(t, make([]byte, MaxRID/8+1)))},
		{"a screen in its place", issue(t, key, Request{Tier: TierLive}).JWS},
		{"nothing", ""},
		{"33 MB", strings.Repeat("A", 33<<20)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := OpenStatusList(c.jws, testISS, KeySet{key.Public()}, issuedAt); err == nil {
				t.Error("it was accepted")
			}
		})
	}
}

func zlibOf(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// 134 million revoked copies fit 16 KB of zlib: as a list of indices they would take half a gigabyte.
func TestStatusListOfEveryIndexTakesNoMoreThanItsBits(t *testing.T) {
	packed := zlibOf(t, bytes.Repeat([]byte{0xff}, MaxRID/8))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	set, err := unpackBits(packed)
	runtime.ReadMemStats(&after)
	if err != nil || set.count != MaxRID || !set.has(0) || !set.has(MaxRID-1) || set.has(MaxRID) {
		t.Fatalf("%v, %d", err, set.count)
	}
	// 16 MB of bits and the list that grew up to 16 MB, by doubling and quarters
	if used := after.TotalAlloc - before.TotalAlloc; used > 128<<20 {
		t.Errorf("%d MB were allocated for %d bytes", used>>20, len(packed))
	}
}

func TestRevokedCopyIsRefusedAndAnOldListSaysSo(t *testing.T) {
	key := newKey(t)
	jws := issue(t, key, copyRequest()).JWS
	lists := []struct {
		name    string
		revoked []uint32
	}{
		{"revoked", []uint32{1, 12345}},
		{"not revoked", []uint32{12344, 12346}},
	}
	for _, c := range lists {
		t.Run(c.name, func(t *testing.T) {
			signed, err := SignStatusList(testISS, key, c.revoked, Checkpoint{Sequence: 1}, issuedAt)
			if err != nil {
				t.Fatal(err)
			}
			list, err := OpenStatusList(signed, testISS, KeySet{key.Public()}, issuedAt)
			if err != nil {
				t.Fatal(err)
			}
			b := Verifier{Trust: trusting(key), Now: issuedAt.Add(time.Hour)}
			b.Status = func(iss string) *StatusList {
				if iss == testISS {
					return list
				}
				return nil
			}
			if c.name == "revoked" {
				mustRefuse(t, b, jws, "revocation")
				return
			}
			note(t, b, jws, nil, "")
			if v := b.Verify(jws); !v.Valid || v.Checks[0].Result != Passed {
				t.Errorf("%+v", v.Checks)
			}
			b.Now = issuedAt.Add(StatusLife + time.Hour)
			note(t, b, jws, nil, "")
			v := b.Verify(jws)
			if !v.Valid || v.Checks[0].Name != "revocation" || v.Checks[0].Result != NotChecked ||
				!strings.Contains(v.Checks[0].Text("ja"), "11月22日") {
				t.Errorf("%s, a week later: %+v", c.name, v.Checks)
			}
		})
	}
	v := (Verifier{Trust: trusting(key), Now: issuedAt}).Verify(jws)
	if v.Checks[0].Name != "revocation" || v.Checks[0].Result != NotChecked {
		t.Errorf("without a list: %+v", v.Checks)
	}
	for _, row := range []struct {
		entry string
		want  Result
	}{
		{"12345", Passed},
		{"", Passed},
		{EncodeRID(12345), Failed},
		{EncodeRID(12345) + ".1795309171", Failed},
		{EncodeRID(12345) + ".1795309170", Passed},
		{EncodeRID(12345) + ".x", Failed},
		{EncodeRID(7) + ".1795309171", Passed},
	} {
		t.Run(row.entry, func(t *testing.T) { // nbf is 1795309170
			file, err := RevocationFile(key.ID, 1, []string{row.entry})
			if err != nil {
				t.Fatal(err)
			}
			list, err := ReadRevocationFile(file, issuedAt)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range (Verifier{Trust: trusting(key), Now: issuedAt,
				Status: func(string) *StatusList { return list }}).Verify(
				jws).Checks {
				if c.Name == "revocation" && c.Result != row.want {
					t.Errorf("%+v", c)
				}
			}
		})
	}
	for _, bad := range []string{"", `{"method":"other"}`, `{"method":"rid","rids":[],"RIDS":[]}`,
		`{"method":"rid","rids":["AAAAB"],"rids":[]}`} {
		if _, err := ReadRevocationFile([]byte(bad), issuedAt); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
	if _, err := SignStatusList(testISS, key, []uint32{MaxRID}, Checkpoint{}, issuedAt); err == nil {
		t.Error("an index beyond the last was signed")
	}
}

// What can be said without a trust list (docs/facts/smart-health-card.md#trust): by bare keys nobody
// vouches for the number.
func TestWithoutATrustListNothingCountsByItself(t *testing.T) {
	key := newKey(t)
	jws := issue(t, key, Request{Tier: TierLive}).JWS
	v := Verifier{Now: issuedAt}.Verify(jws)
	if v.Valid || v.Eligibility != nil || v.Issuer != testISS || v.Checks[0].Result != NotChecked {
		t.Errorf("no list, no keys: %+v", v)
	}
	if v := (Verifier{Now: issuedAt, Keys: KeySet{key.Public()}}).Verify(jws); !v.Valid {
		t.Errorf("the issuer's own keys: %+v", v.Checks)
	}
	elsewhere := strings.Replace(goodPayload(t), testISS, "https://other.example/i/06139992", 1)
	v = (Verifier{Now: issuedAt, Keys: KeySet{key.Public()}}).Verify(signBody(t, key, elsewhere))
	if v.Valid || v.Checks[0].Name != "insurer" {
		t.Errorf("an address of another number: %+v", v.Checks)
	}
	empty := &TrustList{Version: 1}
	mustRefuse(t, Verifier{Now: issuedAt, Trust: empty, Keys: KeySet{key.Public()}}, jws, "issuer")
	old := trusting(key)
	old.ExpiresAt = issuedAt.Add(-time.Hour).Unix()
	v = Verifier{Now: issuedAt, Trust: old}.Verify(jws)
	said := false
	for _, c := range v.Checks {
		said = said || c.Name == "issuer" && strings.Contains(c.Text("ja"), "期限が切れている")
	}
	if !v.Valid || !said {
		t.Errorf("a list past its end: %+v", v.Checks)
	}
	for _, c := range []struct {
		n    eligibility.InsurerNumber
		want bool
	}{
		{"00138990", true},
		{"06139992", false},
	} {
		t.Run(fmt.Sprint(c.n), func(t *testing.T) {
			if got := old.Issuers[0].MayIssueFor(c.n); got != c.want {
				t.Errorf("%v", got)
			}
		})
	}
}
