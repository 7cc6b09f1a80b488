package credential

import (
	"bytes"
	"compress/flate"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
)

// What a trusted issuer's key signs is believed. These are the payloads that are refused all the same: by an
// issuer whose signer was talked into something, and those that two verifiers would read in two ways.

// goodPayload is the JSON of a live card of tokuichi, issued at issuedAt.
func goodPayload(t testing.TB) string {
	t.Helper()
	body, err := encodeJSON(
		newPayload(testISS, Request{Person: tokuichi, Tier: TierLive, InsurerName: "架空市", Share: 20},
			issuedAt.Add(-backdate), issuedAt.Add(90*time.Second), true),
	)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// signBody signs any payload as a card.
func signBody(t testing.TB, key Key, body string) string {
	t.Helper()
	packed, err := deflate([]byte(body), usualLevel)
	if err != nil {
		t.Fatal(err)
	}
	return signPacked(t, key, packed)
}

func signPacked(t testing.TB, key Key, packed []byte) string {
	t.Helper()
	input := signingInput(key.ID, packed)
	signature, err := key.Sign(input)
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + signature
}

const (
	nbf  = 1795309170 // issuedAt − 30 s, 2026-11-22 10:00 JST
	exp  = 1795309290 // issuedAt + 90 s
	year = 365 * 86400
)

func TestTimesThatNoCardMayHaveAreRefused(t *testing.T) {
	key := newKey(t)
	if issuedAt.Unix()-30 != nbf {
		t.Fatal("the constants are of another time")
	}
	body := goodPayload(t)
	b := Verifier{Trust: trusting(key), Now: issuedAt.Add(time.Second)}
	oldNBF, oldEXP := `"nbf":`+strconv.Itoa(nbf), `"exp":`+strconv.Itoa(exp)
	if v := b.Verify(signBody(t, key, body)); !v.Valid || strings.Count(body, oldEXP) != 1 {
		t.Fatalf("the unchanged payload: %+v", v.Checks)
	}
	for _, c := range []struct {
		name            string
		nbf, exp, check string
	}{
		{"exp missing", "", "none", "content"},
		{"exp null", "", "null", "content"},
		{"exp a string", "", `"1795309290"`, "content"},
		{"exp a float", "", "1795309290.5", "content"},
		{"exp in exponent form", "", "1.79530929e9", "content"},
		{"exp NaN", "", "NaN", "content"},
		{"exp Infinity", "", "Infinity", "content"},
		{"exp with a leading zero", "", "01795309290", "content"},
		{"exp hexadecimal", "", "0x6B028B6A", "content"},
		{"exp zero", "", "0", "content"},
		{"exp negative", "", "-1", "content"},
		{"exp the smallest int64", "", "-9223372036854775808", "content"},
		{"exp the largest int64", "", "9223372036854775807", "content"},
		{"exp beyond int64", "", "9223372036854775808", "content"},
		{"exp huge", "", "1e400", "content"},
		{"exp true", "", "true", "content"},
		{"exp a list", "", "[1795309290]", "content"},
		{"exp one second longer", "", strconv.Itoa(exp + 1), "content"},
		{"exp one second shorter", "", strconv.Itoa(exp - 1), "content"},
		{"exp a year ahead", "", strconv.Itoa(exp + year), "content"},
		{"exp in milliseconds", "", strconv.Itoa(exp * 1000), "content"},
		{"exp before nbf", "", strconv.Itoa(nbf - 1), "content"},
		// nbf + 120 − 2^55: 10^9 (exp − nbf) is 120·10^9 modulo 2^64
		{"exp that wraps to 120 s", "", "-36028795223654678", "content"},
		{"both in the past", strconv.Itoa(nbf - year), strconv.Itoa(exp - year), "time"},
		{"both in the past, just", strconv.Itoa(nbf - 107), strconv.Itoa(exp - 107), "time"},
		{"both ahead", strconv.Itoa(nbf + year), strconv.Itoa(exp + year), "time"},
		{"both ahead, just", strconv.Itoa(nbf + 47), strconv.Itoa(exp + 47), "time"},
		{"nbf missing", "none", "", "content"},
		{"nbf a string", `"1795309170"`, "", "content"},
		{"nbf zero", "0", "120", "content"},
		{"nbf negative", "-120", "0", "content"},
		{"nbf the smallest, exp 120", "-9223372036854775808", "-9223372036854775688", "content"},
		{"nbf the largest, exp wrapping", "9223372036854775807", "-9223372036854775689", "content"},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := body
			for _, c := range []struct {
				old   string
				value string
			}{
				{oldNBF, c.nbf},
				{oldEXP, c.exp},
			} {
				t.Run(c.old, func(t *testing.T) {
					switch c.value {
					case "":
					case "none":
						changed = strings.Replace(changed, c.old+",", "", 1)
					default:
						changed = strings.Replace(changed, c.old, c.old[:6]+c.value, 1)
					}
				})
			}
			if changed == body {
				t.Fatal("nothing was changed")
			}
			mustRefuse(t, b, signBody(t, key, changed), c.check)
		})
	}
}

func TestPayloadsThatTwoReadersWouldReadInTwoWaysAreRefused(t *testing.T) {
	key := newKey(t)
	body := goodPayload(t)
	b := Verifier{Trust: trusting(key), Now: issuedAt.Add(time.Second)}
	replace := func(old, with string) string {
		if strings.Count(body, old) < 1 {
			t.Fatalf("no %s in %s", old, body)
		}
		return strings.Replace(body, old, with, 1)
	}
	for _, c := range []struct {
		name    string
		changed string
	}{
		{"iss twice", replace(`{"iss":`, `{"iss":"https://other.example/i/00138990","iss":`)},
		{"iss twice, once escaped",
			replace(`{"iss":`, `{"is\u0073":"https://other.example/i/00138990","iss":`)},
		{"exp twice", replace(`"exp":`, `"exp":9999999999,"exp":`)},
		{"birthDate twice", replace(`"birthDate":`, `"birthDate":"1990-01-01","birthDate":`)},
		{"share twice", replace(`"value":20`, `"value":10,"value":20`)},
		{"ISS beside iss", replace(`,"nbf":`, `,"ISS":"https://other.example/i/00138990","nbf":`)},
		{"ISS instead of iss", replace(`{"iss":`, `{"ISS":`)},
		{"iſs (long s) beside iss", replace(`,"nbf":`, `,"iſs":"https://other.example/i/00138990","nbf":`)},
		{"Exp beside exp", replace(`,"exp":`, `,"Exp":9999999999,"exp":`)},
		{"Nbf instead of nbf", replace(`"nbf":`, `"Nbf":`)},
		{"BirthDate beside birthDate", replace(`"birthDate":`, `"BirthDate":"1990-01-01","birthDate":`)},
		{"hcnf in capitals", replace(`,"vc":`, `,"HCNF":{"kid":"vFm9fTx1wPugptQy"},"vc":`)},
		{"RID inside vc", replace(`"vc":{`, `"vc":{"RID":"AAAAB",`)},
		{"an unknown claim", replace(`,"vc":`, `,"aud":"x","vc":`)},
		{"a modifier extension", replace(`"status":"active"`,
			`"status":"active","modifierExtension":[{"url":"urn:x","valueBoolean":true}]`)},
		{"a comparator at the share", replace(`"valueQuantity":{`, `"valueQuantity":{"comparator":"<",`)},
		{"a cancelled coverage", replace(`"status":"active"`, `"status":"cancelled"`)},
		{"a share in yen", replace(`"unit":"%"`, `"unit":"JPY"`)},
		{"a share above all", replace(`"value":20`, `"value":120`)},
		{"a negative share", replace(`"value":20`, `"value":-20`)},
		{"two shares",
			replace(`[{"valueQuantity"`, `[{"valueQuantity":{"value":10,"unit":"%"}},{"valueQuantity"`)},
		{"two payors", replace(`"payor":[`, `"payor":[{"display":"別の保険者"},`)},
		{"another's coverage",
			replace(`"beneficiary":{"reference":"resource:0"}`, `"beneficiary":{"reference":"resource:1"}`)},
		{"another's subscriber",
			replace(`"subscriber":{"reference":"resource:0"}`, `"subscriber":{"reference":"resource:9"}`)},
		{"the kana first",
			replace(`"name":[{`, `"name":[{"extension":[{"url":"`+nameExtension+`","valueCode":"SYL"}],`)},
		{"another name tag", replace(`"SYL"`, `"ABC"`)},
		{"a third name", replace(`"name":[`, `"name":[{"text":"別人"},`)},
		{"a second identifier",
			replace(`"identifier":[`,
				`"identifier":[{"system":"`+memberSystem+`","value":"00138990:1:2:01"},`)},
		{"five parts in the identifier", replace(`:0001234:02`, `:0001234:02:03`)},
		{"no number", replace(`:0001234:02`, `::02`)},
		{"an insurer number in full width", replace(`00138990:`, `００１３８９９０:`)},
		{"a wrong check digit", replace(`00138990:`, `00138991:`)},
		{"a third entry",
			replace(`"entry":[`, `"entry":[{"fullUrl":"resource:2","resource":{"resourceType":"Patient"}},`)},
		{"entries changed over", replace(`"fullUrl":"resource:0"`, `"fullUrl":"resource:1"`)},
		{"another resource", replace(`"resourceType":"Patient"`, `"resourceType":"Person"`)},
		{"another sex", replace(`"gender":"male"`, `"gender":"Male"`)},
		{"a second type", replace(`"type":[`, `"type":["https://smarthealth.cards#immunization",`)},
		{"a day that no calendar has", replace(`"birthDate":"1955-07-01"`, `"birthDate":"1955-02-30"`)},
		{"an end that no calendar has", replace(`"end":"2027-07-31"`, `"end":"2027-06-31"`)},
		{"bytes behind the JSON", body + "x"},
		{"a second JSON behind", body + body},
		{"a NUL behind the JSON", body + "\x00"},
		{"a byte order mark", "\ufeff" + body},
		{"a list", "[" + body + "]"},
		{"a comment", replace(`{"iss"`, `/**/{"iss"`)},
		{"a comma too many", replace(`"unit":"%"`, `"unit":"%",`)},
		{"cut off", body[:len(body)-1]},
		{"empty", ""},
		{"null", "null"},
		{"bytes that are not UTF-8", replace("髙橋", "髙\xe6橋")},
		{"an overlong slash", replace("髙橋", "髙\xc0\xaf橋")},
		{"a surrogate as UTF-8", replace("髙橋", "髙\xed\xa0\x80橋")},
		{"half of a surrogate pair, high", replace("髙橋", `髙\ud842橋`)},
		{"half of a surrogate pair, low", replace("髙橋", `髙\udfb7橋`)},
		{"a pair changed over", replace("髙橋", `\udfb7\ud842橋`)},
		{"a name of 10,000 characters", replace("髙橋", strings.Repeat("髙", 11000))},
		{"a name of 300 characters", replace("髙橋", strings.Repeat("髙", 300))},
		{"a payload of 32 KiB and 1",
			replace(`"family":"髙橋"`, `"family":"`+strings.Repeat("a", 32<<10+1-len(body)+len("髙橋"))+`"`)},
		{"nested 100 deep",
			replace(`"vc":{`, `"vc":{"x":`+strings.Repeat("[", 100)+strings.Repeat("]", 100)+`,`)},
		{"nested 10,000 deep", strings.Repeat("[", 10001)},
		{"3,000 members", replace(`"vc":{`, `"vc":{`+manyMembers(3000))},
	} {
		t.Run(c.name, func(t *testing.T) { mustRefuse(t, b, signBody(t, key, c.changed), "content") })
	}
}

func manyMembers(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`"m` + strconv.Itoa(i) + `":1,`)
	}
	return b.String()
}

// What staff read must be what was signed: U+202E turns the rest of a line around, U+200B hides, a line break
// adds a line.
func TestTextsThatShowAsSomethingElseAreNeitherSignedNorAccepted(t *testing.T) {
	key := newKey(t)
	body := goodPayload(t)
	b := Verifier{Trust: trusting(key), Now: issuedAt.Add(time.Second)}
	for _, c := range []struct {
		name   string
		letter string
	}{
		{"right-to-left override", "\u202e"},
		{"left-to-right mark", "\u200e"},
		{"isolate", "\u2066"},
		{"zero width space", "\u200b"},
		{"zero width joiner", "\u200d"},
		{"byte order mark inside", "\ufeff"},
		{"line separator", "\u2028"},
		{"line break", "\n"},
		{"escape", "\x1b"},
		{"NUL", "\x00"},
		{"C1 control", "\u0085"},
		{"soft hyphen", "\u00ad"},
		{"tag letter", "\U000E0041"},
		{"replacement", "\ufffd"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := tokuichi
			p.Name = "髙橋" + c.letter + " 德一"
			_, err := Issue(testISS, key, Request{Person: p, InsurerName: "架空市", Tier: TierLive}, issuedAt)
			if err != ErrUnverifiable {
				t.Errorf("signing: %v", err)
			}
			escaped := map[string]string{"\n": `\n`, "\x1b": `\u001b`, "\x00": `\u0000`}[c.letter]
			if escaped == "" {
				escaped = c.letter
			}
			for _, place := range []string{"髙橋", "タカハシ", "国13", "0001234", "架空市"} {
				mustRefuse(t, b, signBody(t, key, strings.Replace(body, place, place+escaped, 1)), "content")
			}
		})
	}
	for _, row := range []struct {
		name string
		c    eligibility.Person
	}{
		{"a colon in the number", eligibility.Person{Number: "1:2"}},
		{"a colon in the 記号", eligibility.Person{Number: "1", Symbol: "国:13"}},
		{"no number", eligibility.Person{}},
		{"a line break in the subscriber", eligibility.Person{Number: "1", SubscriberName: "佐藤\n太郎",
			Relation: eligibility.Dependent}},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.c.Insurer, row.c.Name, row.c.BirthDate = "00138990", "佐藤 太郎", tokuichi.BirthDate
			_, err := Issue(
				testISS,
				key,
				Request{Person: row.c, InsurerName: "架空市", Tier: TierLive},
				issuedAt,
			)
			if err != ErrUnverifiable {
				t.Errorf("%v", err)
			}
		})
	}
}

// The order of members and blanks between them mean nothing in JSON.
func TestOrderAndBlanksDoNotMatter(t *testing.T) {
	key := newKey(t)
	body := goodPayload(t)
	moved := "{" + `"exp":` + strconv.Itoa(exp) + ",\n " +
		strings.Replace(body[1:], `"exp":`+strconv.Itoa(exp)+",", "", 1)
	b := Verifier{Trust: trusting(key), Now: issuedAt}
	jws := signBody(t, key, moved)
	note(t, b, jws, nil, "")
	if v := b.Verify(jws); !v.Valid {
		t.Errorf("%+v", v.Checks)
	}
}

// The QR's mode holds 64 KiB of text at most, so a packed payload is below 48 KiB: at DEFLATE's best 1:1032
// some 50 MB.
func TestBombsAreStoppedAtTheCap(t *testing.T) {
	key := newKey(t)
	var bomb bytes.Buffer
	w, err := flate.NewWriter(&bomb, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for bomb.Len() < 40<<10 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	jws := signPacked(t, key, bomb.Bytes())
	unknown := newKey(t)
	for _, c := range []struct {
		name string
		b    Verifier
	}{
		{"by a trusted issuer", Verifier{Trust: trusting(key), Now: issuedAt}},
		{"by a stranger", Verifier{Trust: trusting(unknown), Now: issuedAt}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			v := c.b.Verify(jws)
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; v.Valid || used > 1<<20 {
				t.Errorf("valid %v, %d bytes were allocated", v.Valid, used)
			}
		})
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	mustRefuse(t, Verifier{Trust: trusting(key)},
		signingInput(key.ID, make([]byte, 10<<20))+"."+strings.Repeat("A", 86), "form") // 10 GB of zeros
}

func TestBytesBehindTheCompressedPayloadAreRefused(t *testing.T) {
	key := newKey(t)
	packed, err := deflate([]byte(goodPayload(t)), usualLevel)
	if err != nil {
		t.Fatal(err)
	}
	b := Verifier{Trust: trusting(key), Now: issuedAt}
	// RFC 1950's header, which SMART Health Cards do not have
	var zlib = append([]byte{0x78, 0x9c}, packed...)
	for _, c := range []struct {
		name string
		bad  []byte
	}{
		{"a byte behind", append(bytes.Clone(packed), 0)},
		{"a second stream behind", append(bytes.Clone(packed), packed...)},
		{"cut off", packed[:len(packed)-1]},
		{"a zlib header", zlib},
		{"not compressed", []byte(goodPayload(t))},
		{"nothing", []byte{}},
	} {
		t.Run(c.name, func(t *testing.T) { mustRefuse(t, b, signPacked(t, key, c.bad), "content") })
	}
}
