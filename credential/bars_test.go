//go:build unix

package credential

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	mrand "math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"madoguchi/eligibility"
)

// The bars of docs/benchmarks.md#the-signed-screen. `make bench` runs this once; it fails when a bar is
// missed. What has a peer is a ratio of medians that were measured in turns, in processor time, so that
// a busy machine slows both sides and waiting counts for neither; the garbage collector's work counts.

// spent is the processor time of this process so far.
func spent() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// turn runs each of the works in turns and returns the median time of one call of each.
func turn(rounds, calls int, works ...func()) []time.Duration {
	times := make([][]time.Duration, len(works))
	for range rounds {
		for i, work := range works {
			start := spent()
			for range calls {
				work()
			}
			times[i] = append(times[i], (spent()-start)/time.Duration(calls))
		}
	}
	medians := make([]time.Duration, len(works))
	for i := range times {
		slices.Sort(times[i])
		medians[i] = times[i][rounds/2]
	}
	return medians
}

func BenchmarkBars(b *testing.B) {
	key := newKey(b)
	private := key.signer.(*ecdsa.PrivateKey)
	request := Request{Person: tokuichi, InsurerName: "架空市", Share: 20, Tier: TierLive}
	issued, err := Issue(testISS, key, request, issuedAt)
	if err != nil {
		b.Fatal(err)
	}
	digest := sha256.Sum256([]byte(signedPart(issued.JWS)))
	signature, err := ecdsa.SignASN1(rand.Reader, private, digest[:])
	if err != nil {
		b.Fatal(err)
	}
	basis := Verifier{Trust: trusting(key), Now: issuedAt}
	crowd := Verifier{Trust: crowdedList(b, key), Now: issuedAt}
	numeric := NumericQR(issued.JWS)
	must := func(ok bool) {
		if !ok {
			b.Fatal("a work that is measured failed")
		}
	}
	input := []byte(signedPart(issued.JWS))
	m := turn(101, 20,
		func() {
			digest := sha256.Sum256(input)
			_, err := ecdsa.SignASN1(rand.Reader, private, digest[:])
			must(err == nil)
		},
		func() { _, err := Issue(testISS, key, request, issuedAt); must(err == nil) },
		func() { digest := sha256.Sum256(input); must(ecdsa.VerifyASN1(key.public, digest[:], signature)) },
		func() { must(basis.Verify(issued.JWS).Valid) },
		func() { jws, err := Read(numeric); must(err == nil && basis.Verify(jws).Valid) },
		func() { must(crowd.Verify(issued.JWS).Valid) },
		func() { _, err := QRMatrix(issued.JWS); must(err == nil) },
	)
	bar := func(what string, got, least float64, unit string) {
		word := "met"
		if got < least {
			word = "MISSED"
			b.Errorf("%s: %.3g, the bar is %.3g", what, got, least)
		}
		fmt.Printf("%-52s %9.3g %-3s bar %6.3g  %s\n", what, got, unit, least, word)
	}
	ratio := func(a, b time.Duration) float64 { return float64(a) / float64(b) }
	fmt.Printf("one call, median: sign %v, issue %v, verify bare %v, verify %v, QR %v\n", m[0], m[1], m[2],
		m[3], m[6])
	bar("issue, of a bare ES256 sign", ratio(m[0], m[1]), 0.2, "x")
	bar("verify, of a bare ES256 verify", ratio(m[2], m[3]), 0.4, "x")
	bar("verify from the QR's digits, of a bare ES256 verify", ratio(m[2], m[4]), 0.4, "x")
	bar("verify against 3,400 issuers, of a bare ES256 verify", ratio(m[2], m[5]), 0.4, "x")
	bar("QR matrix, a second and core", float64(time.Second/m[6]), 5000, "")
	listBars(b, key, bar)
}

// crowdedList is a trust list of all of Japan's insurers, some 3,400, the one that signs last.
func crowdedList(b *testing.B, key Key) *TrustList {
	list := trusting(key)
	for i := range 3400 {
		k := newKey(b)
		list.Issuers = append(list.Issuers, TrustedIssuer{ISS: fmt.Sprintf("https://hoken.example.jp/i/%08d",
			i), JWKS: KeySet{k.Public()},
			InsurerNumbers: []eligibility.InsurerNumber{"06139992"}})
	}
	slices.Reverse(list.Issuers)
	list.IssuedAt, list.ExpiresAt = issuedAt.Unix(), issuedAt.Add(MaxTrustLife).Unix()
	root := newKey(b)
	signed, err := SignTrustList(*list, root)
	if err != nil {
		b.Fatal(err)
	}
	opened, err := OpenTrustList(signed, root.Public(), issuedAt, 1)
	if err != nil {
		b.Fatal(err)
	}
	return opened
}

// listBars measures the status list of an insurer of 70 million people of whom 0.1 % have a revoked copy.
func listBars(b *testing.B, key Key, bar func(string, float64, float64, string)) {
	for name, span := range map[string]uint32{
		"70 million indices":       70_000_000,
		"indices drawn below 2^27": MaxRID,
	} {
		random := mrand.New(mrand.NewPCG(4, 70))
		seen := map[uint32]bool{}
		var revoked []uint32
		for len(revoked) < 70_000 {
			if i := random.Uint32N(span); !seen[i] {
				seen[i] = true
				revoked = append(revoked, i)
			}
		}
		packed, err := packBits(revoked)
		if err != nil {
			b.Fatal(err)
		}
		jws, err := SignStatusList(testISS, key, revoked, Checkpoint{}, issuedAt)
		if err != nil {
			b.Fatal(err)
		}
		var sent bytes.Buffer
		w, err := gzip.NewWriterLevel(&sent, gzip.BestCompression)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.Write([]byte(jws)); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
		fmt.Printf("status list, 70,000 of %s: list %d bytes, JWT %d, as gzip sends it %d\n", name,
			len(packed), len(jws), sent.Len())
		if span == 70_000_000 {
			bar("its compressed list: times it fits 0.2 MB", 200_000/float64(len(packed)), 1, "x")
		}
		list, err := OpenStatusList(jws, testISS, KeySet{key.Public()}, issuedAt)
		if err != nil || list.Count() != len(revoked) {
			b.Fatalf("%v", err)
		}
		i := uint32(0)
		look := turn(101, 10000, func() { list.Revoked(i); i = (i + 7919*8) % span })[0]
		bar("look-ups in a microsecond", float64(time.Microsecond)/float64(look), 1, "")
	}
}
