package virtual

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
)

// visualFiles are the contents of 券面事項確認 (docs/facts/my-number-card.md#visual-files).
type visualFiles struct {
	birth, face, info, certificate, number []byte
}

func newVisualFiles(d Description, i issuingCA, number string, chip *rsa.PrivateKey) visualFiles {
	f := visualFiles{certificate: fileContent(i.certificate(visualID), 600),
		number: fileContent(longObject(0xFF50, textPicture(number)), 600)}
	day := func(days int) []byte { return []byte(d.BirthDate.AddDays(days).Time().Format("20060102")) }
	changed := 0
	if d.Variant == Altered {
		changed = 1
	}
	birth, key := longObject(0xDF11, day(0)), longObject(0xDF12, publicKey(&chip.PublicKey))
	signature := longObject(0xDF13, signData(i.key, birth, key))
	f.birth = fileContent(longObject(0xFF10, longObject(0xDF11, day(changed)), key, signature), 600)

	sex := longObject(0xDF23, []byte{sexDigit(d.Sex)})
	faceKey := longObject(0xDF24, publicKey(&chip.PublicKey))
	name := longObject(0xDF25, textPicture(d.Name))
	address := longObject(0xDF26, textPicture(d.Address))
	photo := longObject(0xDF27, facePhoto)
	all := longObject(0xDF28, digestsSigned(i.key, [][]byte{longObject(0xDF22, day(0)), sex, faceKey},
		[][]byte{name, address}, [][]byte{photo}))
	expiry := longObject(0xDF29,
		fmt.Appendf(nil, "%04d%02d%02d", d.ExpiryYear, d.BirthDate.Month(), d.BirthDate.Day()))
	f.face = fileContent(
		withOffsets(0xFF20, longObject(0xDF22, day(changed)), sex, faceKey, name, address, photo, all,
			expiry,
			longObject(0xDF2A, textPicture(d.SecurityCode))),
		7000,
	)
	f.info = fileContent(longObject(
		0xFF30,
		longObject(0xDF31, []byte{1}),
		longObject(0xDF32, visualID),
		longObject(
			0xDF33,
			[]byte{1},
		),
		longObject(0xDF34, []byte("13000")),
		longObject(0xDF35, make([]byte, 8)),
	), 100)
	return f
}

// digestsSigned is DF28: one DigestInfo whose octet string is the digests of the groups, one after another.
func digestsSigned(key *rsa.PrivateKey, groups ...[][]byte) []byte {
	var digests []byte
	for _, g := range groups {
		sum := sha256.Sum256(bytes.Join(g, nil))
		digests = append(digests, sum[:]...)
	}
	info := []byte{0x30, 0x71, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
		0x05, 0x00, 0x04, 0x60}
	return signDigest(key, 0, append(info, digests...))
}
