package credential_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"log"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// An insurer issues a live screen as a SMART Health Card, the phone shows it as a QR, and the counter reads
// the QR and verifies it with a trust list.
func Example() {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, eligibility.Japan)

	// The insurer: its key, its address, and one insured person.
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	key, err := credential.NewKey(private)
	if err != nil {
		log.Fatal(err)
	}
	const iss = "https://hoken.example.jp/i/00138990"
	issued, err := credential.Issue(iss, key, credential.Request{
		Person: eligibility.Person{
			Insurer:   "00138990",
			Symbol:    "国13",
			Number:    "0001234",
			Name:      "試験 太郎",
			BirthDate: eligibility.MustDate("1986-04-12"),
		},
		InsurerName: "架空市",
		Share:       30,
		Tier:        credential.TierLive,
	}, now)
	if err != nil {
		log.Fatal(err)
	}

	// The phone: shc:/ and digits, drawn as a QR.
	scanned := credential.NumericQR(issued.JWS)

	// The counter: which issuer may speak for which insurer number comes from the trust list.
	trust := &credential.TrustList{Issuers: []credential.TrustedIssuer{{
		ISS:            iss,
		Name:           "架空市",
		InsurerNumbers: []eligibility.InsurerNumber{"00138990"},
		JWKS:           credential.KeySet{key.Public()},
	}}}
	jws, err := credential.Read(scanned)
	if err != nil {
		log.Fatal(err)
	}
	verdict := credential.Verifier{Now: now.Add(20 * time.Second), Trust: trust}.Verify(jws)
	fmt.Println(verdict.Headline().Text("en"))
	fmt.Println(verdict.Eligibility.Name, verdict.Eligibility.BirthDate, verdict.Eligibility.Share)

	// A live screen ends by itself: the same code three minutes later.
	verdict = credential.Verifier{Now: now.Add(3 * time.Minute), Trust: trust}.Verify(jws)
	fmt.Println(verdict.Headline().Text("en"))

	// Output:
	// This screen is genuine.
	// 試験 太郎 1986-04-12 30
	// This screen is too old.
}

// Read takes what a camera or a keyboard-wedge reader gives. Digits may arrive in full width or grouped; when
// some are missing the error says so, since an incomplete code is no sign of forgery.
func ExampleRead() {
	const jws = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"
	text := credential.NumericQR(jws)
	read, err := credential.Read(text[:20] + " " + text[20:])
	fmt.Println(read, err)
	_, err = credential.Read(text[:len(text)-1])
	fmt.Println(errors.Is(err, credential.ErrIncomplete))

	// Output:
	// eyJhbGciOiJFUzI1NiJ9.e30.c2ln <nil>
	// true
}
