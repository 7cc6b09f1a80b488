package card

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/sha256"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// FaceEvidence is what the visual application brings back besides its pictures, of which it holds the digests
// alone. The server verifies all of it: the issuer's one signature covers three digests (of the holder's
// data, of name and address, of the photo), so it never needs to see a picture.
type FaceEvidence struct {
	// first 32 bytes of JPKI 0006: which kind of token
	Label []byte `json:"label"`
	// CV certificate of the issuing key, visual 0004
	Certificate []byte `json:"certificate"`
	// DF22 birth date, DF23 sex, DF24 card key, of visual 0002
	Holder []byte `json:"holder"`
	// of FacePictures
	Digests FaceDigests `json:"digests"`
	// DF28, the issuer's
	IssuerSignature []byte `json:"issuerSignature"`
	// the card's over the challenge
	Signature []byte `json:"signature"`
}

// FaceDigests are SHA-256 of FacePictures, as the issuer signs them.
type FaceDigests struct {
	Texts []byte `json:"texts"`
	Photo []byte `json:"photo"`
}

// FacePictures are for the eyes of whoever asked, as the chip has them: whole BER objects, which is what the
// digests are of. The file's expiry date and security code are not signed and are left out.
type FacePictures struct {
	Texts []byte `json:"texts"` // DF25 name and DF26 address, each a PNG in black and white
	Photo []byte `json:"photo"` // DF27, a grey JPEG 2000
}

// Digests are what the issuer signs of the pictures.
func (p FacePictures) Digests() FaceDigests {
	texts, photo := sha256.Sum256(p.Texts), sha256.Sum256(p.Photo)
	return FaceDigests{texts[:], photo[:]}
}

var facePlan = &plan{
	by: ByServer,
	steps: []Check{stepToken,
		stepNumberB, stepIssuer, stepRecord, stepBirthDate, stepPresence},
	confirmed: ending{
		said:      message.New("card.face_confirmed", nil),
		proves:    []Claim{claimPresent, "card.claim.face"},
		notProven: []Claim{"card.claim.bearer_of_photo", claimRight},
	},
	unverified: ending{
		said:      message.New("card.face_unverified", nil),
		proves:    []Claim{claimBirthDate},
		notProven: []Claim{claimGenuine, claimBearer},
	},
}

// FaceQuestion is what CheckFace needs.
type FaceQuestion struct {
	Number NumberB
	// Tries is what FaceTries has said and staff have seen. When the card says otherwise, another card may
	// lie there: then no try is used.
	Tries     int
	Challenge [32]byte
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

// CheckFace reads the photo and the pictures of name and address with 照合番号B, and a signature over the
// challenge. What it returns proves nothing until VerifyFace has verified the evidence and the pictures have
// its digests. A refusal has code Conflict, a fault of card or reader Unavailable; FaceFaultResult turns both
// into a Result. At most one try is used.
func CheckFace(ctx context.Context, s *Session, q FaceQuestion) (FaceEvidence, FacePictures, error) {
	fail := func(err error) (FaceEvidence, FacePictures, error) { return FaceEvidence{}, FacePictures{}, err }
	if q.Number.digits == "" {
		return fail(ErrKeyForm)
	}
	err := s.ready()
	if err != nil {
		return fail(err)
	}
	var e FaceEvidence
	if e.Label, err = s.identify(ctx); err != nil {
		return fail(err)
	}
	if e.Certificate, err = s.readIssuerCertificate(ctx, appVisual); err != nil {
		return fail(err)
	}
	s.shownTries = &q.Tries
	err = s.presentKey(ctx, keyNumberBForVisual, q.Number.digits, ErrNumberB, ErrNumberBBlocked,
		ErrNumberBFewTries)
	if err != nil {
		return fail(err)
	}
	face, err := s.read(ctx, fileFace)
	if err != nil {
		return fail(err)
	}
	pictures, ok := parseFace(face, &e)
	if !ok {
		return fail(errEvidence)
	}
	if e.Signature, err = s.sign(ctx, digestInfo(q.Challenge)); err != nil {
		return fail(err)
	}
	return e, pictures, nil
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

// parseFace takes FF20 of visual 0002 apart: signed are DF22‖DF23‖DF24, DF25‖DF26 and DF27, tags and lengths
// included.
func parseFace(data []byte, e *FaceEvidence) (FacePictures, bool) {
	parts, ok := contentOf(data, tagFace)
	var found [tagFaceSignature - tagFaceBirth + 1]object
	for i := range found {
		var one bool
		found[i], one = findChild(parts, uint32(tagFaceBirth+i))
		ok = ok && one
	}
	if !ok {
		return FacePictures{}, false
	}
	encoded := func(first, last int) []byte {
		var all []byte
		for _, o := range found[first-tagFaceBirth : last-tagFaceBirth+1] {
			all = append(all, o.encoded...)
		}
		return all
	}
	pictures := FacePictures{
		Texts: encoded(tagFaceName, tagFaceAddress),
		Photo: encoded(tagFacePhoto, tagFacePhoto),
	}
	e.Holder = encoded(tagFaceBirth, tagFaceCardKey)
	e.Digests = pictures.Digests()
	e.IssuerSignature = bytes.Clone(found[tagFaceSignature-tagFaceBirth].value)
	return pictures, true
}

// VerifyFace verifies evidence for the screen's date of birth and the challenge that the server computed
// itself. A good end says of the pictures that they are the chip's if they have the evidence's digests.
// Without issuer keys the best answer is Unverified.
func VerifyFace(e FaceEvidence, birth eligibility.Date, challenge [32]byte, keys IssuerKeys) Result {
	t := facePlan.begin()
	if err := tokenRefusal(e.Label); err != nil {
		return FaceFaultResult(err)
	}
	t.pass("token")
	t.pass("numberB") // else the card gives none of this
	issuing, refusal := t.checkIssuer(e.Certificate, keys)
	if refusal != nil {
		return *refusal
	}
	parts, ok := readChildren(e.Holder)
	date, ok1 := findChild(parts, tagFaceBirth)
	sex, ok2 := findChild(parts, tagFaceSex)
	cardKey, ok3 := findChild(parts, tagFaceCardKey)
	if !ok || !ok1 || !ok2 || !ok3 || len(parts) != 3 || len(sex.value) != 1 ||
		len(e.Digests.Texts) != sha256.Size || len(e.Digests.Photo) != sha256.Size {
		return t.refuse(errEvidence, "record")
	}
	holder := sha256.Sum256(e.Holder)
	digests := append(append(holder[:], e.Digests.Texts...), e.Digests.Photo...)
	if !issuing.key.verifyDigests(digests, e.IssuerSignature) {
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

// FaceFaultResult turns an error of CheckFace into a Result, as FaultResult does.
func FaceFaultResult(err error) Result { return facePlan.faultResult(err) }

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
