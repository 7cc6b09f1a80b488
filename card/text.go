package card

import (
	"context"
	"crypto/sha256"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// TextReading is what a card's text application says of its holder, proved by the issuer's signature.
type TextReading struct {
	Name      string           `json:"name"`    // family and given name parted by a full-width blank (U+3000)
	Address   string           `json:"address"` // as the card has it: full-width digits
	BirthDate eligibility.Date `json:"birthDate"`
	Sex       eligibility.Sex  `json:"sex"`
}

var textPlan = &plan{
	by: ByAgent,
	steps: []Check{stepToken,
		stepNumberB, stepIssuer, stepRecord, newStep("person", "person"), stepBirthDate, stepPresence},
	confirmed: ending{
		said:      message.New("card.text_confirmed", nil),
		proves:    []Claim{claimPresent, "card.claim.text"},
		notProven: []Claim{claimSameChip, claimAgent, claimBearer, claimRight},
	},
	unverified: ending{
		said:      message.New("card.text_unverified", nil),
		proves:    []Claim{claimBirthDate},
		notProven: []Claim{claimGenuine, claimSameChip, claimAgent, claimBearer},
	},
}

// textEvidence is what the text application answers. The hashes are not part of it: one of them is of the
// My Number file.
type textEvidence struct {
	certificate []byte // 0004
	person      []byte // 0002
	cardKey     []byte // 0007
	signature   []byte // over the challenge
}

// CheckText reads name, address, birth date and sex with 照合番号B and verifies them here, on the agent's
// PC (docs/facts/my-number-card.md#step-3-text): the issuer's certificate, the signature over the
// hashes, the hash of the record, the card's key and its answer to the challenge. The reading is empty
// unless the Result is Confirmed or Unverified. At most one try is used.
//
// The issuer signs the record and the chip's key apart (0003 and 0007), so a device that presents one card's
// record and lets another genuine card answer is not detected here. CheckBirthDate and CheckFace detect it,
// because their signatures cover the chip's key: a text reading counts only together with one of them.
//
// The signature over the hashes covers a hash of the My Number file. It is read, used for that signature and
// overwritten before the next command is sent; it is in no result, message or error. That file itself is
// never selected.
func CheckText(ctx context.Context, s *Session, b NumberB, challenge [32]byte,
	keys IssuerKeys) (TextReading, Result) {
	t := textPlan.begin()
	e, signed, err := readText(ctx, s, b, challenge)
	if err != nil {
		return TextReading{}, textPlan.faultResult(err)
	}
	t.pass("token")
	t.pass("numberB")
	return t.verifyText(e, signed, b.birth, challenge, keys)
}

// readText asks the card. signed says whether the issuing key signed the hashes and whether they fit the
// record.
func readText(ctx context.Context, s *Session, b NumberB,
	challenge [32]byte) (e textEvidence, signed hashes, err error) {
	fail := func(err error) (textEvidence, hashes, error) { return textEvidence{}, hashes{}, err }
	if b.digits == "" {
		return fail(ErrKeyForm)
	}
	if err = s.ready(); err != nil {
		return fail(err)
	}
	if _, err = s.identify(ctx); err != nil {
		return fail(err)
	}
	if e.certificate, err = s.readIssuerCertificate(ctx, appText); err != nil {
		return fail(err)
	}
	err = s.presentKey(ctx, keyNumberBForText, b.digits, ErrNumberB, ErrNumberBBlocked, ErrNumberBFewTries)
	if err != nil {
		return fail(err)
	}
	if e.person, err = s.read(ctx, filePerson); err != nil {
		return fail(err)
	}
	err = s.readBriefly(ctx, fileHashes, func(file []byte) {
		signed = examineHashes(file, e.certificate, e.person)
	})
	if err != nil {
		return fail(err)
	}
	if e.cardKey, err = s.read(ctx, fileCardKey); err != nil {
		return fail(err)
	}
	if e.signature, err = s.sign(ctx, digestInfo(challenge)); err != nil {
		return fail(err)
	}
	return e, signed, nil
}

// hashes is all that is kept of text 0003.
type hashes struct {
	wellFormed bool
	signed     bool // by the key in the certificate
	fit        bool // the record has the signed hash
}

const (
	tagPerson        = 0xFF20
	tagOffsets       = 0xDF21
	tagName          = 0xDF22
	tagAddress       = 0xDF23
	tagPersonBirth   = 0xDF24
	tagSex           = 0xDF25
	tagHashes        = 0xFF30
	tagNumberHash    = 0xDF31
	tagPersonHash    = 0xDF32
	tagHashSignature = 0xDF33
	tagTextKey       = 0xFF50
	tagTextCardKey   = 0xDF51
	tagTextKeySigned = 0xDF52
)

// examineHashes looks at FF30{DF31, DF32, DF33} while it is there. It keeps nothing of file; what is joined
// here is overwritten here, and longer than a block of SHA-256, so that the hash function keeps no copy
// either.
func examineHashes(file, certificate, person []byte) hashes {
	c, err := parseCVCertificate(certificate)
	parts, ok := contentOf(file, tagHashes)
	number, ok1 := findChild(parts, tagNumberHash)
	record, ok2 := findChild(parts, tagPersonHash)
	signature, ok3 := findChild(parts, tagHashSignature)
	if err != nil || !ok || !ok1 || !ok2 || !ok3 || len(number.value) != sha256.Size ||
		len(record.value) != sha256.Size {
		return hashes{}
	}
	joined := make([]byte, 0, len(number.encoded)+len(record.encoded))
	joined = append(append(joined, number.encoded...), record.encoded...)
	defer clear(joined)
	covered, ok := afterOffsets(person)
	return hashes{wellFormed: true, signed: c.key.verify(joined, signature.value),
		fit: ok && sha256.Sum256(covered) == [32]byte(record.value)}
}

// afterOffsets returns what the record's hash covers: everything in FF20 behind the DF21 object. The table of
// offsets in DF21 is not covered, so nothing is looked up by it.
func afterOffsets(person []byte) ([]byte, bool) {
	outer, ok := readObject(person)
	first, ok1 := readObject(outer.value)
	if !ok || !ok1 || outer.tag != tagPerson || first.tag != tagOffsets {
		return nil, false
	}
	return outer.value[len(first.encoded):], true
}

func (t *checkTrial) verifyText(e textEvidence, signed hashes, birth eligibility.Date, challenge [32]byte,
	keys IssuerKeys) (TextReading, Result) {
	none := func(r Result) (TextReading, Result) { return TextReading{}, r }
	certificate, refusal := t.checkIssuer(e.certificate, keys)
	if refusal != nil {
		return none(*refusal)
	}
	if !signed.wellFormed {
		return none(t.refuse(errEvidence, "record"))
	}
	if !signed.signed {
		return none(t.refuse(errForged, "record"))
	}
	t.pass("record")
	if !signed.fit {
		return none(t.refuse(errForged, "person"))
	}
	reading, ok := parsePerson(e.person)
	if !ok {
		return none(t.refuse(errEvidence, "person"))
	}
	t.pass("person")
	if reading.BirthDate != birth {
		return none(t.refuse(ErrBirthDate, "birthDate"))
	}
	t.pass("birthDate")
	parts, ok := contentOf(e.cardKey, tagTextKey)
	key, ok1 := findChild(parts, tagTextCardKey)
	signature, ok2 := findChild(parts, tagTextKeySigned)
	if !ok || !ok1 || !ok2 {
		return none(t.refuse(errEvidence, "presence"))
	}
	if !certificate.key.verify(key.encoded, signature.value) {
		return none(t.refuse(errForged, "presence"))
	}
	if refusal := t.checkPresence(key.value, challenge, e.signature); refusal != nil {
		return none(*refusal)
	}
	return reading, t.succeed(len(keys) > 0)
}

// parsePerson reads FF20{DF21 offsets, DF22 name, DF23 address, DF24 birth date, DF25 sex}.
func parsePerson(person []byte) (TextReading, bool) {
	parts, ok := contentOf(person, tagPerson)
	name, ok1 := findChild(parts, tagName)
	address, ok2 := findChild(parts, tagAddress)
	birth, ok3 := findChild(parts, tagPersonBirth)
	sex, ok4 := findChild(parts, tagSex)
	date, ok5 := cardDate(birth.value)
	if !ok || !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || len(sex.value) != 1 {
		return TextReading{}, false
	}
	r := TextReading{
		Name:      decodeText(name.value),
		Address:   decodeText(address.value),
		BirthDate: date,
		Sex:       cardSex(sex.value[0]),
	}
	return r, r.Name != ""
}

// decodeText reads UTF-8; invalid bytes become U+FFFD, so that it can be shown.
func decodeText(value []byte) string {
	return strings.TrimRight(strings.ToValidUTF8(string(value), "\uFFFD"), "\x00 ")
}

// cardDate reads YYYYMMDD, Gregorian.
func cardDate(value []byte) (eligibility.Date, bool) {
	if len(value) != 8 {
		return eligibility.Date{}, false
	}
	d, err := eligibility.ParseDate(string(value[:4]) + "-" + string(value[4:6]) + "-" + string(value[6:]))
	return d, err == nil
}

// cardSex reads 1 male, 2 female; 9 is not applicable, 0 and 3 are unknown.
func cardSex(digit byte) eligibility.Sex {
	switch digit {
	case '1':
		return eligibility.Male
	case '2':
		return eligibility.Female
	}
	return eligibility.SexUnknown
}
