package e2e

import (
	"bytes"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/internal/certtest"
	"madoguchi/pdf"
	"madoguchi/pdf/sign"
)

// signatory signs an insurer's PDFs.
type signatory struct{ certtest.Signer }

func (s signatory) sign(t *testing.T, document []byte, at time.Time, jws string) []byte {
	t.Helper()
	data, err := sign.Sign(document, s.Key, s.Chain, at, sign.Options{Credential: jws})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// codeless is a sheet on which no code is to be seen.
func codeless(t *testing.T) []byte {
	t.Helper()
	return sheetWith(t, pdf.CodeMatrix{Size: 21, Black: func(int, int) bool { return false }})
}

func described(t *testing.T, document []byte, at time.Time, jws string) []byte {
	t.Helper()
	data, err := sign.Describe(document, at, sign.Options{Credential: jws})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestVerifyReadsAPDFsPacketAndSignature(t *testing.T) {
	b := newBench(t)
	request := credential.Request{Tier: credential.TierSaved, RID: 4711, Expires: credential.LatestEnd(b.at)}
	paper := b.issue(t, request)
	request.RID = 4712
	other := b.issue(t, request)
	insurer, stranger := signatory{certtest.NewSigner(t, b.at)}, signatory{certtest.NewSigner(t, b.at)}
	signed := insurer.sign(t, sheet(t, paper), b.at, paper)
	tampered := bytes.Clone(signed)
	tampered[bytes.Index(tampered, []byte("/Title"))+15] ^= 1
	forged := described(t, codeless(t), b.at, altered(t, paper))
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"root.pem", insurer.Root()},
		{"stranger.pem", stranger.Root()},
		{"signed.pdf", signed},
		{"tampered.pdf", tampered},
		{"longer.pdf", append(bytes.Clone(signed), "\n% more\n"...)},
		{"unsigned.pdf", described(t, sheet(t, paper), b.at, paper)},
		{"packet.pdf", described(t, codeless(t), b.at, paper)},
		{"signed-packet.pdf", insurer.sign(t, codeless(t), b.at, paper)},
		{"mismatch.pdf", insurer.sign(t, sheet(t, paper), b.at, other)},
		{"two-packets.pdf", append(described(t, codeless(t), b.at, paper),
			described(t, codeless(t), b.at, other)...)},
		{"two-codes.pdf", append(sheet(t, paper), sheet(t, other)...)},
		{"code-twice.pdf", append(sheet(t, paper), sheet(t, paper)...)},
		{"forged.pdf", forged},
		{"hidden.pdf", bytes.Replace(signed, []byte("/ByteRange"),
			[]byte("/ByteRangf"), 1)},
		{"none.pdf", codeless(t)},
	} {
		b.write(t, c.name, c.data)
	}
	for _, c := range []struct {
		args, document, match string
		code                  int
	}{
		{"signed.pdf --roots root.pem", "passed", "passed", 0},
		{"signed.pdf", "not checked", "passed", 0},
		{"signed.pdf --roots stranger.pem", "failed", "passed", 1},
		{"tampered.pdf --roots root.pem", "failed", "passed", 1},
		{"tampered.pdf", "failed", "passed", 1},
		{"hidden.pdf --roots root.pem", "failed", "passed", 1},
		{"longer.pdf --roots root.pem", "failed", "passed", 1},
		{"unsigned.pdf --roots root.pem", "not checked", "passed", 0},
		{"packet.pdf", "not checked", "passed", 0},
		{"signed-packet.pdf --roots root.pem", "passed", "passed", 0},
		{"mismatch.pdf --roots root.pem", "passed", "failed", 1},
		{"two-packets.pdf", "not checked", "failed", 1},
		{"two-codes.pdf", "not checked", "failed", 1},
		{"code-twice.pdf", "not checked", "", 0},
		{"forged.pdf", "not checked", "passed", 1},
		{"none.pdf", "", "", 2},
		{"signed.pdf --roots signed.pdf", "", "", 2},
		{"signed.pdf --roots nowhere.pem", "", "", 2},
	} {
		t.Run(c.args, func(t *testing.T) {
			v, answered := b.verify(t, c.code, "--trust trust "+c.args)
			if !answered {
				return
			}
			got := map[string]string{}
			for i, check := range v.Checks {
				got[check.Name] = check.Result
				if check.Reason == "" || check.En == "" || i > 0 && v.Checks[i-1].Result == "passed" &&
					check.Result != "passed" {
					t.Errorf("%s: check %d: %+v", c.args, i, v.Checks)
				}
			}
			if got["document"] != c.document || got["match"] != c.match {
				t.Errorf("%s: %+v", c.args, v)
			}
		})
	}
}
