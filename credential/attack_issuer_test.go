package credential

import (
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
)

func TestIssuersThatAreNotOnTheListAreRefused(t *testing.T) {
	key, second := newKey(t), newKey(t)
	body := goodPayload(t)
	list := trusting(key)
	list.Issuers = append(list.Issuers, TrustedIssuer{
		ISS:            "https://localhost:8080/i/06139992",
		Name:           "架空健康保険組合",
		InsurerNumbers: []eligibility.InsurerNumber{"06139992"},
		JWKS:           KeySet{second.Public()},
	})
	b := Verifier{Trust: list, Now: issuedAt.Add(time.Second)}
	as := func(iss string) string { return strings.Replace(body, testISS, iss, 1) }
	for _, c := range []struct {
		name      string
		key       Key
		iss, want string
	}{
		{"another listed issuer's name", key, "https://localhost:8080/i/06139992", "issuer"},
		{"another listed issuer's kid", second, testISS, "issuer"},
		{"another listed insurer's number", second, "https://localhost:8080/i/06139992", "insurer"},
		{"a slash at the end", key, testISS + "/", "content"},
		{"another host", key, "https://localhost.example:8080/i/00138990", "issuer"},
		{"another port", key, "https://localhost:8081/i/00138990", "issuer"},
		{"no port", key, "https://localhost/i/00138990", "issuer"},
		{"a user before the host", key, "https://localhost:8080@attacker.example/i/00138990", "content"},
		{"http", key, "http://localhost:8080/i/00138990", "content"},
		{"HTTPS in capitals", key, "HTTPS://localhost:8080/i/00138990", "content"},
		{"the host in capitals", key, "https://LOCALHOST:8080/i/00138990", "content"},
		// U+043E, a Cyrillic о
		{"a host of another script", key, "https://lоcalhost:8080/i/00138990", "content"},
		{"that host in Punycode", key, "https://xn--lcalhost-eig:8080/i/00138990", "issuer"},
		{"full-width letters", key, "https://ｌocalhost:8080/i/00138990", "content"},
		{"a query", key, testISS + "?", "content"},
		{"a fragment", key, testISS + "#", "content"},
		{"a way around", key, "https://localhost:8080/x/../i/00138990", "issuer"},
		{"an escape in the path", key, "https://localhost:8080/i%2f00138990", "issuer"},
		{"a backslash", key, `https://localhost:8080\\i/00138990`, "content"},
		{"a blank behind", key, testISS + " ", "content"},
		{"a line break behind", key, testISS + `\n`, "content"},
		{"a NUL behind", key, testISS + `\u0000`, "content"},
		{"no host", key, "https:///i/00138990", "content"},
		{"nothing", key, "", "content"},
		{"an address of a thousand letters", key, "https://localhost:8080/" + strings.Repeat("i", 1000),
			"content"},
		// the same string in JSON
		{"the right address, escaped letters", key, `https:\/\/localhost:8080\/i\/0013899\u0030`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			jws := signBody(t, c.key, as(c.iss))
			if c.want == "" {
				if v := b.Verify(jws); !v.Valid {
					t.Errorf("refused: %+v", v.Checks)
				}
				return
			}
			mustRefuse(t, b, jws, c.want)
			if c.want == "content" { // nor by the bare keys, where no list says who is meant
				mustRefuse(t, Verifier{Keys: KeySet{c.key.Public()}, Now: issuedAt}, jws, "content")
			}
		})
	}
}

// Two insurers that share a key (one vendor signs for both) still speak for their own numbers only.
func TestTwoIssuersWithOneKeySpeakForTheirOwnNumbers(t *testing.T) {
	key := newKey(t)
	list := trusting(key)
	list.Issuers = append(list.Issuers, TrustedIssuer{
		ISS:            "https://localhost:8080/i/06139992",
		Name:           "架空健康保険組合",
		InsurerNumbers: []eligibility.InsurerNumber{"06139992"},
		JWKS:           KeySet{key.Public()},
	})
	b := Verifier{Trust: list, Now: issuedAt.Add(time.Second)}
	body := goodPayload(t)
	crossed := strings.Replace(body, testISS, "https://localhost:8080/i/06139992", 1)
	mustRefuse(t, b, signBody(t, key, crossed), "insurer")
	both := strings.Replace(crossed, "00138990:", "06139992:", 1)
	if v := b.Verify(signBody(t, key, both)); !v.Valid || v.IssuerName != "架空健康保険組合" {
		t.Errorf("the second issuer: %+v", v)
	}
}
