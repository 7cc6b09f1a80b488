package credential

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
)

// The codes that the tests of this package made, good and bad, with what a verifier has to find
// (testdata/verdicts.json), so that other verifiers can be held against them: the console's, which works
// without its server, is (pwa/build). They were written by
//
//	go test ./credential -verdicts testdata/verdicts.json
//
// while each was held against its own test's expectation.

var vectorsFile = flag.String("verdicts", "", "write the codes that the tests make to this `file`")

const vectorsAt = "testdata/verdicts.json"

// vectors are all codes, and the beliefs by which they are verified, which many share.
type vectors struct {
	Beliefs []vectorBeliefs `json:"beliefs"`
	Codes   []vector        `json:"codes"`
}

type vectorBeliefs struct {
	ExpiresAt int64                   `json:"expiresAt"` // of the trust list, seconds; 0: never
	Issuers   []TrustedIssuer         `json:"issuers"`
	Statuses  map[string]vectorStatus `json:"statuses"`
	Skew      int64                   `json:"skew"` // milliseconds
}

type vectorStatus struct {
	Bits      string `json:"bits"` // base64url of zlib, as in status_list.lst
	IssuedAt  int64  `json:"issuedAt"`
	ExpiresAt int64  `json:"expiresAt"`
}

type vector struct {
	Name    string        `json:"name"`
	Beliefs int           `json:"beliefs"`
	At      int64         `json:"at"` // milliseconds
	JWS     string        `json:"jws"`
	Proof   *string       `json:"proof,omitempty"`
	Nonce   string        `json:"nonce,omitempty"`
	Want    vectorVerdict `json:"want"`
}

type vectorVerdict struct {
	Valid    bool          `json:"valid"`
	Awaits   bool          `json:"awaits"`
	Headline string        `json:"headline"`
	Checks   []vectorCheck `json:"checks"`
}

type vectorCheck struct {
	Name   string `json:"name"`
	Result Result `json:"result"`
	Key    string `json:"key"`
}

func vectorVerdictOf(v Verdict) vectorVerdict {
	out := vectorVerdict{Valid: v.Valid, Awaits: v.AwaitsProof(), Headline: v.headline()}
	for _, c := range v.Checks {
		out.Checks = append(out.Checks, vectorCheck{c.Name, c.Result, c.Key})
	}
	return out
}

var made vectors

const maxVectorText = 4000 // what no code holds is not worth keeping

// note keeps a code for other verifiers: with a trust list and measured clocks, as consoles have them.
func note(t testing.TB, b Verifier, jws string, proof *string, nonce string) {
	t.Helper()
	usual := b.Trust != nil && b.Keys == nil && len(b.ClockSkew.Issuers) == 0
	if *vectorsFile == "" || !usual || len(jws) > maxVectorText || !slices.Contains(noted, noteTop(t)) {
		return
	}
	beliefs := vectorBeliefs{
		ExpiresAt: b.Trust.ExpiresAt,
		Issuers:   b.Trust.Issuers,
		Statuses:  map[string]vectorStatus{},
		Skew:      b.ClockSkew.General.Milliseconds(),
	}
	for _, i := range b.Trust.Issuers {
		if b.Status == nil || b.Status(i.ISS) == nil {
			continue
		}
		list := b.Status(i.ISS)
		packed, err := list.Packed()
		if err != nil {
			t.Fatal(err)
		}
		beliefs.Statuses[i.ISS] = vectorStatus{b64.EncodeToString(packed), list.IssuedAt.Unix(),
			list.ExpiresAt.Unix()}
	}
	place := slices.IndexFunc(made.Beliefs, func(other vectorBeliefs) bool {
		x, err1 := json.Marshal(other)
		y, err2 := json.Marshal(beliefs)
		return err1 == nil && err2 == nil && bytes.Equal(x, y)
	})
	if place < 0 {
		place = len(made.Beliefs)
		made.Beliefs = append(made.Beliefs, beliefs)
	}
	v := b.Verify(jws)
	if proof != nil {
		v = v.Prove(*proof, jws, b, nonce)
	}
	made.Codes = append(made.Codes, vector{
		Name:    t.Name(),
		Beliefs: place,
		At:      b.Now.UnixMilli(),
		JWS:     jws,
		Proof:   proof,
		Nonce:   nonce,
		Want:    vectorVerdictOf(v),
	})
}

// noted are the tests whose codes are kept.
var noted = []string{
	"TestForgedHeadersAndSignaturesAreRefused", "TestTimesThatNoCardMayHaveAreRefused",
	"TestPayloadsThatTwoReadersWouldReadInTwoWaysAreRefused", "TestIssuersThatAreNotOnTheListAreRefused",
	"TestTwoIssuersWithOneKeySpeakForTheirOwnNumbers", "TestBytesBehindTheCompressedPayloadAreRefused",
	"TestTextsThatShowAsSomethingElseAreNeitherSignedNorAccepted", "TestOrderAndBlanksDoNotMatter",
	"TestProofsOfAnotherPhoneCardTimeOrCaseAreRefused", "TestScreenCountsOnlyWithItsPhonesProof",
	"TestProofMendsNothingElse", "TestALiveScreenCountsOnlyByBothClocks",
	"TestASecondCodeCountsOnlyByBothClocks", "TestDaysAreJudgedByTheCorrectedClock",
	"TestRevokedCopyIsRefusedAndAnOldListSaysSo", "TestEveryTierIsVerifiedAndReadBack",
	"TestTiersCannotBeMixed", "TestForgeriesAreRefusedEachWithItsOwnCheck",
	"TestACopyThatOutlivesItsFourthMonthIsRefused", "TestAnIssuerSpeaksForNoNeighboursNumber",
	"TestAMemberThatStandsTwiceFarApartIsRefused",
	"TestLiveScreenEndsNinetySecondsAfterIssue",
}

func noteTop(t testing.TB) string {
	top, _, _ := strings.Cut(t.Name(), "/")
	return top
}

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if *vectorsFile != "" && code == 0 {
		data, err := json.Marshal(made)
		if err == nil {
			err = os.WriteFile(*vectorsFile, bytes.ReplaceAll(data, []byte("},{"), []byte("},\n{")), 0o644)
		}
		if err != nil {
			fmt.Println(err)
			code = 1
		}
	}
	os.Exit(code)
}

// What the file says of its codes is what this package finds.
func TestTheVectorsSayWhatThisVerifierFinds(t *testing.T) {
	data, err := os.ReadFile(vectorsAt)
	if err != nil {
		t.Fatal(err)
	}
	var all vectors
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Codes) < 250 {
		t.Errorf("only %d codes", len(all.Codes))
	}
	for i, c := range all.Codes {
		t.Run(fmt.Sprintf("%d %s", i, c.Name), func(t *testing.T) {
			b := all.Beliefs[c.Beliefs].verifier(t)
			b.Now = time.UnixMilli(c.At)
			v := b.Verify(c.JWS)
			if c.Proof != nil {
				v = v.Prove(*c.Proof, c.JWS, b, c.Nonce)
			}
			got, err1 := json.Marshal(vectorVerdictOf(v))
			want, err2 := json.Marshal(c.Want)
			if err1 != nil || err2 != nil || !bytes.Equal(got, want) {
				t.Errorf("found %s, want %s", got, want)
			}
		})
	}
}

func (b vectorBeliefs) verifier(t *testing.T) Verifier {
	t.Helper()
	lists := map[string]*StatusList{}
	for iss, s := range b.Statuses {
		packed, err := fromBase64(s.Bits)
		if err != nil {
			t.Fatal(err)
		}
		set, err := unpackBits(packed)
		if err != nil {
			t.Fatal(err)
		}
		lists[iss] = &StatusList{ISS: iss, IssuedAt: time.Unix(s.IssuedAt, 0).In(eligibility.Japan),
			ExpiresAt: time.Unix(s.ExpiresAt, 0), set: set}
	}
	return Verifier{
		Trust:     &TrustList{Version: 1, ExpiresAt: b.ExpiresAt, Issuers: b.Issuers},
		ClockSkew: ClockSkew{General: time.Duration(b.Skew) * time.Millisecond},
		Status:    func(iss string) *StatusList { return lists[iss] },
	}
}
