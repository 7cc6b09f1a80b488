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

func newTextFiles(d Description, i issuingCA, number string, chip *rsa.PrivateKey) textFiles {
	f := textFiles{number: numberFile(number), certificate: fileContent(i.certificate(textKeyID), 600)}
	person := func(name string) []byte {
		return withOffsets(0xFF20, longObject(0xDF22, []byte(name)), longObject(0xDF23, []byte(d.Address)),
			longObject(0xDF24, []byte(d.BirthDate.Time().Format("20060102"))), longObject(0xDF25, []byte{
				sexDigit(d.Sex)}))
	}
	record := person(d.Name)
	covered := record[5+5+2*4:] // behind the headers and the table of four offsets
	numberHash, personHash := sha256.Sum256(f.number), sha256.Sum256(covered)
	df31, df32 := shortObject(0xDF31, numberHash[:]), shortObject(0xDF32, personHash[:])
	f.hashes = fileContent(longObject(0xFF30, df31, df32,
		longObject(0xDF33, signData(i.key, df31, df32))), 400)
	if d.Variant == Altered {
		record = person(strings.Replace(d.Name, "\u3000", "\u3000改", 1))
	}
	f.person = fileContent(record, 700)
	// Lengths that are not minimal, as measured: a strict BER reader refuses them.
	f.info = fileContent(
		longObject(0xFF40, longObject(0xDF41, []byte{0x01, 0x03, 0x00, 0x00}), longObject(0xDF42, textKeyID),
			longObject(0xDF43, make([]byte, 2))),
		64,
	)
	f.session = fileContent(publicKey(&chip.PublicKey), 300) // model: its form is not known
	df51 := longObject(0xDF51, publicKey(&chip.PublicKey))
	f.cardKey = fileContent(longObject(0xFF50, df51, longObject(0xDF52, signData(i.key, df51))), 600)
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
