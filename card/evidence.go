package card

import (
	"bytes"
	"crypto/sha256"

	"madoguchi/eligibility"
)

// Evidence is what the birth-date check brings back. The server verifies all of it.
type Evidence struct {
	// first 32 bytes of JPKI 0006: which kind of token
	Label []byte `json:"label"`
	// CV certificate of the issuing key, visual 0004
	Certificate []byte `json:"certificate"`
	// FF10{DF11 birth date, DF12 card key, DF13 signature}, visual 0001
	Record []byte `json:"record"`
	// the card's over the challenge
	Signature []byte `json:"signature"`
}

// Challenge binds one check to everything that it may be used for: the server's nonce, the agent's key,
// the facility, the case and the credential (docs/facts/my-number-card.md#step-2-birth-date).
func Challenge(nonce [32]byte, agentKeyDER []byte, facility, caseID string, jws [32]byte) [32]byte {
	h := sha256.New()
	h.Write([]byte("madoguchi-card-1"))
	h.Write(nonce[:])
	for _, part := range [][]byte{agentKeyDER, []byte(facility), []byte(caseID)} {
		sum := sha256.Sum256(part)
		h.Write(sum[:])
	}
	h.Write(jws[:])
	return [32]byte(h.Sum(nil))
}

// sha256Info is the DER DigestInfo of SHA-256 up to the digest (RFC 8017 section 9.2). Its NULL must stay:
// one public client leaves it out, and strict verifiers refuse that signature.
const sha256Info = "\x30\x31\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"

// digestInfo is what the card signs for a challenge.
func digestInfo(challenge [32]byte) []byte {
	sum := sha256.Sum256(challenge[:])
	return append([]byte(sha256Info), sum[:]...)
}

const (
	tagRecord          = 0xFF10
	tagBirthDate       = 0xDF11
	tagCardKey         = 0xDF12
	tagRecordSignature = 0xDF13
)

// VerifyBirthDate verifies evidence for the screen's date of birth and the challenge that the server computed
// itself. Without issuer keys the best answer is Unverified.
func VerifyBirthDate(e Evidence, birth eligibility.Date, challenge [32]byte, keys IssuerKeys) Result {
	t := birthDatePlan.begin()
	if err := tokenRefusal(e.Label); err != nil {
		return FaultResult(err)
	}
	t.pass("token")
	certificate, refusal := t.checkIssuer(e.Certificate, keys)
	if refusal != nil {
		return *refusal
	}
	parts, ok := contentOf(e.Record, tagRecord)
	date, ok1 := findChild(parts, tagBirthDate)
	cardKey, ok2 := findChild(parts, tagCardKey)
	signature, ok3 := findChild(parts, tagRecordSignature)
	if !ok || !ok1 || !ok2 || !ok3 {
		return t.refuse(errEvidence, "record")
	}
	if !certificate.key.verify(append(bytes.Clone(date.encoded), cardKey.encoded...), signature.value) {
		return t.refuse(errForged, "record")
	}
	t.pass("record")
	if !birth.Exact() || string(date.value) != yyyymmdd(birth) {
		return t.refuse(ErrBirthDate, "birthDate")
	}
	t.pass("birthDate")
	if refusal := t.checkPresence(cardKey.value, challenge, e.Signature); refusal != nil {
		return *refusal
	}
	return t.succeed(len(keys) > 0)
}

// checkIssuer reads the issuing key's certificate and, when keys are configured, who signed it.
func (t *checkTrial) checkIssuer(certificate []byte, keys IssuerKeys) (cvCertificate, *Result) {
	c, err := parseCVCertificate(certificate)
	if err != nil {
		r := t.refuse(errEvidence, "issuer")
		return cvCertificate{}, &r
	}
	if len(keys) > 0 {
		if !c.signedBy(keys) {
			r := t.refuse(errForged, "issuer")
			return cvCertificate{}, &r
		}
		t.pass("issuer")
	}
	return c, nil
}

// checkPresence verifies the card's answer to the challenge with the key that its record vouches for.
func (t *checkTrial) checkPresence(cardKey []byte, challenge [32]byte, signature []byte) *Result {
	key, err := parsePublicKey(cardKey)
	if err != nil {
		r := t.refuse(errEvidence, "presence")
		return &r
	}
	if !key.verify(challenge[:], signature) {
		r := t.refuse(errCopied, "presence")
		return &r
	}
	t.pass("presence")
	return nil
}

// yyyymmdd is how the card writes an exact date.
func yyyymmdd(d eligibility.Date) string { return d.Time().Format("20060102") }
