package card

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/sha256"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// FaceReading is what a card's visual application shows of its holder, proved by the issuer's signature: name
// and address are pictures there. The file's expiry date and security code are not signed and are left out.
type FaceReading struct {
	BirthDate eligibility.Date `json:"birthDate"`
	Sex       eligibility.Sex  `json:"sex"`
	Name      []byte           `json:"name"`    // PNG, black and white
	Address   []byte           `json:"address"` // PNG, black and white
	Photo     []byte           `json:"photo"`   // JPEG 2000, grey
}

var facePlan = &plan{
	by: ByAgent,
	steps: []Check{stepToken,
		stepNumberB, stepIssuer, stepRecord, stepBirthDate, stepPresence},
	confirmed: ending{
		said:      message.New("card.face_confirmed", nil),
		proves:    []Claim{claimPresent, "card.claim.face"},
		notProven: []Claim{claimAgent, "card.claim.bearer_of_photo", claimRight},
	},
	unverified: ending{
		said:      message.New("card.face_unverified", nil),
		proves:    []Claim{claimBirthDate},
		notProven: []Claim{claimGenuine, claimAgent, claimBearer},
	},
}

// FaceQuestion is what CheckFace needs.
type FaceQuestion struct {
	Number NumberB
	// Tries is what FaceTries has said and staff have seen. When the card says otherwise, another card may lie
	// there: then no try is used.
	Tries     int
	Challenge [32]byte
	Keys      IssuerKeys // without them the best end is Unverified
}

// FaceTries asks how many tries 照合番号B has left in the visual application, which holds the photo. It uses
// none.
func FaceTries(ctx context.Context, s *Session) (int, error) {
	if err := s.ready(); err != nil {
		return 0, err
	}
	if _, err := s.identify(ctx); err != nil {
		return 0, err
	}
	found, err := s.selectApplication(ctx, appVisual)
	if err != nil {
		return 0, err
	}
	if !found {
		return 0, ErrNotMyNumberCard
	}
	if err := s.selectFile(ctx, keyNumberBForVisual); err != nil {
		return 0, err
	}
	return s.triesLeft(ctx)
}

// CheckFace reads the photo and the pictures of name and address with 照合番号B and verifies them here, on the
// agent's PC: the issuer's certificate, the one signature over three digests, and the card's answer to the
// challenge. The reading is empty unless the Result is Confirmed or Unverified. At most one try is used.
func CheckFace(ctx context.Context, s *Session, q FaceQuestion) (FaceReading, Result) {
	certificate, face, signature, err := readFace(ctx, s, q)
	if err != nil {
		return FaceReading{}, facePlan.faultResult(err)
	}
	t := facePlan.begin()
	t.pass("token")
	t.pass("numberB")
	return t.verifyFace(certificate, face, signature, q)
}

func readFace(ctx context.Context, s *Session, q FaceQuestion) (certificate, face, signature []byte, err error) {
	if q.Number.digits == "" {
		return nil, nil, nil, ErrKeyForm
	}
	if err = s.ready(); err != nil {
		return nil, nil, nil, err
	}
	if _, err = s.identify(ctx); err != nil {
		return nil, nil, nil, err
	}
	if certificate, err = s.readIssuerCertificate(ctx, appVisual); err != nil {
		return nil, nil, nil, err
	}
	s.shownTries = &q.Tries
	err = s.presentKey(ctx, keyNumberBForVisual, q.Number.digits, ErrNumberB, ErrNumberBBlocked,
		ErrNumberBFewTries)
	if err != nil {
		return nil, nil, nil, err
	}
	if face, err = s.read(ctx, fileFace); err != nil {
		return nil, nil, nil, err
	}
	if signature, err = s.sign(ctx, digestInfo(q.Challenge)); err != nil {
		return nil, nil, nil, err
	}
	return certificate, face, signature, nil
}

const (
	tagFace          = 0xFF20
	tagFaceBirth     = 0xDF22
	tagFaceSex       = 0xDF23
	tagFaceCardKey   = 0xDF24
	tagFaceName      = 0xDF25
	tagFaceAddress   = 0xDF26
	tagFacePhoto     = 0xDF27
	tagFaceSignature = 0xDF28
)

// faceRecord is FF20 of visual 0002 with its three digests: DF22‖DF23‖DF24, DF25‖DF26, DF27, tags and lengths
// included.
type faceRecord struct {
	reading            FaceReading
	digests            []byte
	cardKey, signature []byte
}

func parseFace(data []byte) (faceRecord, bool) {
	parts, ok := contentOf(data, tagFace)
	var found [tagFaceSignature - tagFaceBirth + 1]object
	for i := range found {
		var one bool
		found[i], one = findChild(parts, uint32(tagFaceBirth+i))
		ok = ok && one
	}
	birth, sex, key, name := found[0], found[1], found[2], found[3]
	address, photo, signature := found[4], found[5], found[6]
	date, ok2 := cardDate(birth.value)
	if !ok || !ok2 || len(sex.value) != 1 {
		return faceRecord{}, false
	}
	r := faceRecord{cardKey: key.value, signature: signature.value,
		reading: FaceReading{date, cardSex(sex.value[0]), bytes.Clone(name.value), bytes.Clone(address.value),
			bytes.Clone(photo.value)}}
	for _, group := range [][]object{{birth, sex, key}, {name, address}, {photo}} {
		h := sha256.New()
		for _, o := range group {
			h.Write(o.encoded)
		}
		r.digests = h.Sum(r.digests)
	}
	return r, true
}

func (t *checkTrial) verifyFace(certificate, face, signature []byte, q FaceQuestion) (FaceReading, Result) {
	none := func(r Result) (FaceReading, Result) { return FaceReading{}, r }
	issuing, refusal := t.checkIssuer(certificate, q.Keys)
	if refusal != nil {
		return none(*refusal)
	}
	record, ok := parseFace(face)
	if !ok {
		return none(t.refuse(errEvidence, "record"))
	}
	if !issuing.key.verifyDigests(record.digests, record.signature) {
		return none(t.refuse(errForged, "record"))
	}
	t.pass("record")
	if record.reading.BirthDate != q.Number.birth {
		return none(t.refuse(ErrBirthDate, "birthDate"))
	}
	t.pass("birthDate")
	if refusal := t.checkPresence(record.cardKey, q.Challenge, signature); refusal != nil {
		return none(*refusal)
	}
	return record.reading, t.succeed(len(q.Keys) > 0)
}

// verifyDigests verifies a signature over one DigestInfo that holds up to three SHA-256 digests.
func (k rsaKey) verifyDigests(digests, signature []byte) bool {
	if len(digests) == 0 || len(digests)%sha256.Size != 0 || len(digests) > 96 {
		return false
	}
	info := []byte(sha256Info)
	info[1] += byte(len(digests) - sha256.Size)
	info[len(info)-1] = byte(len(digests))
	// 0: the DigestInfo is given whole
	return rsa.VerifyPKCS1v15(k.key, 0, append(info, digests...), signature) == nil
}

// verifyDigests: a DigestInfo belongs to PKCS #1. What an ECDSA card will sign in its place is not published.
func (k p384Key) verifyDigests(_, _ []byte) bool { return false }
