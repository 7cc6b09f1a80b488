package virtual

import (
	"crypto/rsa"
	"crypto/sha256"
	"strings"

	"madoguchi/eligibility"
)

// textFiles are the contents of 券面事項入力補助 (docs/facts/my-number-card.md#text-files).
type textFiles struct {
	number, person, hashes, certificate, info, session, cardKey []byte
}

func newTextFiles(d Description, i issuing, number string, chip *rsa.PrivateKey) textFiles {
	f := textFiles{number: numberFile(number), certificate: filled(i.certificate(textKeyID), 600)}
	person := func(name string) []byte {
		return withOffsets(0xFF20, object(0xDF22, []byte(name)), object(0xDF23, []byte(d.Address)),
			object(0xDF24, []byte(d.BirthDate.Time().Format("20060102"))), object(0xDF25, []byte{
				sexDigit(d.Sex)}))
	}
	record := person(d.Name)
	covered := record[5+5+2*4:] // behind the headers and the table of four offsets
	numberHash, personHash := sha256.Sum256(f.number), sha256.Sum256(covered)
	df31, df32 := short(0xDF31, numberHash[:]), short(0xDF32, personHash[:])
	f.hashes = filled(object(0xFF30, df31, df32, object(0xDF33, signed(i.key, df31, df32))), 400)
	if d.Variant == Altered {
		record = person(strings.Replace(d.Name, "\u3000", "\u3000改", 1))
	}
	f.person = filled(record, 700)
	// Lengths that are not minimal, as measured: a strict BER reader refuses them.
	f.info = filled(object(0xFF40, object(0xDF41, []byte{0x01, 0x03, 0x00, 0x00}), object(0xDF42, textKeyID),
		object(0xDF43, make([]byte, 2))), 64)
	f.session = filled(publicKey(&chip.PublicKey), 300) // model: its form is not known
	df51 := object(0xDF51, publicKey(&chip.PublicKey))
	f.cardKey = filled(object(0xFF50, df51, object(0xDF52, signed(i.key, df51))), 600)
	return f
}

// sexDigit is 1 male, 2 female, 3 unknown.
func sexDigit(s eligibility.Sex) byte {
	switch s {
	case eligibility.Male:
		return '1'
	case eligibility.Female:
		return '2'
	}
	return '3'
}
