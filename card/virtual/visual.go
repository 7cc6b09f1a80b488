package virtual

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"image/png"
)

// visualFiles are the contents of 券面事項確認 (docs/facts/my-number-card.md#visual-files).
type visualFiles struct {
	birth, face, info, certificate, number []byte
}

func newVisualFiles(d Description, i issuingCA, number string, chip *rsa.PrivateKey) visualFiles {
	f := visualFiles{certificate: fileContent(i.certificate(visualID), 600),
		number: fileContent(longObject(0xFF50, pngPicture(number)), 600)}
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
	name, address, photo := longObject(
		0xDF25,
		pngPicture(d.Name),
	), longObject(
		0xDF26,
		pngPicture(d.Address),
	), longObject(
		0xDF27,
		fakePhoto(),
	)
	all := longObject(0xDF28, digestsSigned(i.key, [][]byte{longObject(0xDF22, day(0)), sex, faceKey},
		[][]byte{name, address}, [][]byte{photo}))
	expiry := longObject(0xDF29,
		fmt.Appendf(nil, "%04d%02d%02d", d.ExpiryYear, d.BirthDate.Month(), d.BirthDate.Day()))
	f.face = fileContent(
		withOffsets(0xFF20, longObject(0xDF22, day(changed)), sex, faceKey, name, address, photo, all,
			expiry,
			longObject(0xDF2A, pngPicture(d.SecurityCode))),
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

// pngPicture is a small black and white PNG whose dots follow the text; nobody reads it.
func pngPicture(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	img := image.NewPaletted(image.Rect(0, 0, 16, 16), color.Palette{color.White, color.Black})
	for i := range img.Pix {
		img.Pix[i] = sum[i/8] >> (i % 8) & 1
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic("virtual: " + err.Error()) // writing to memory does not fail
	}
	return b.Bytes()
}

// fakePhoto stands for a photo: a JPEG 2000 signature box (ISO/IEC 15444-1 I.5.1) and as many bytes as a
// photo has.
func fakePhoto() []byte {
	return append([]byte("\x00\x00\x00\x0CjP  \r\n\x87\n"), make([]byte, 4000)...)
}
