package virtual

import (
	"crypto/rsa"
	"fmt"
	"sync"

	"madoguchi/card"
)

// newSecrets makes the keys that tests look at. Numbers of tries:
// docs/facts/my-number-card.md#secrets-and-tries; the birth-date key's is not known.
func newSecrets(d Description) (keysAndTries, error) {
	birth, err := card.BirthDateKey(d.BirthDate)
	if err != nil {
		return keysAndTries{}, err
	}
	b := fmt.Sprintf("%s%04d%s", birth, d.ExpiryYear, d.SecurityCode)
	tries := func(value string, full int, left *int) *secret {
		s := &secret{value, full, full}
		if left != nil {
			s.left = *left
		}
		return s
	}
	k := keysAndTries{
		birthDate:     tries(birth, 10, d.Tries),
		numberB:       tries(b, 10, d.NumberBTries),
		numberBVisual: tries(b, 10, d.NumberBTries),
		user:          tries(d.UserPIN, 3, d.UserPINTries),
		signature:     tries(d.SignaturePassword, 5, nil),
	}
	if d.Variant == Pinless {
		k.user.left, k.signature.left = 0, 0 // model: how such a card answers is not known
	}
	return k, nil
}

func newApplications(d Description, k keysAndTries, number string) map[string]*application {
	apps := map[string]*application{}
	if d.Variant == OtherCard {
		return apps
	}
	apps[aidJPKI] = newJPKI(d, k)
	if d.Variant == Phone || d.Variant == IPhone || d.Variant == OldCard {
		return apps
	}
	pin := &secret{d.TextPIN, 3, 3}
	numberA := &secret{number, 10, 10} // 照合番号A is the My Number
	issuers := sync.OnceValue(func() issuingCA { return newIssuing(d.Variant == ForgedIssuer) })
	apps[aidText] = newText(d, k, number, pin, numberA, issuers)
	apps[aidVisual] = newVisual(d, k, number, numberA, issuers)
	apps[aidCommon] = newCommon(d)
	return apps
}

func fixedContent(content []byte) func() []byte { return func() []byte { return content } }

func newJPKI(d Description, k keysAndTries) *application {
	userKey, signatureKey := lazyKey(), lazyKey()
	files := lazyJPKI(d, userKey, signatureKey)
	a := &application{files: map[uint16]*file{
		0x0001: {content: func() []byte { return fileContent(files().signature, 2000) },
			needs: []*secret{k.signature}},
		0x0002: {content: func() []byte { return fileContent(files().signatureCA, 2000) }},
		0x0006: {content: fixedContent(tokenLabel(d.Variant))},
		0x0008: {content: fixedContent([]byte{0x8F, 0x8F, 0x00})},
		0x000A: {content: func() []byte { return fileContent(files().user, 2000) }},
		0x000B: {content: func() []byte { return fileContent(files().userCA, 2000) }},
		0x0016: {content: fixedContent(fileContent(caID, 64))},
		0x0017: {signer: userKey, needs: []*secret{k.user}},
		0x0018: {secret: k.user},
		0x001A: {signer: signatureKey, needs: []*secret{k.signature}},
		0x001B: {secret: k.signature},
	}}
	switch d.Variant {
	case Phone, IPhone:
		a.files[0x000A].needs = []*secret{k.user}
	case Pinless:
		delete(a.files, 0x0001)
		delete(a.files, 0x001A)
		a.files[0x0008].content = fixedContent([]byte{0x00, 0x8F, 0x00})
	}
	return a
}

func newText(d Description, k keysAndTries, number string, pin, numberA *secret,
	issuers func() issuingCA) *application {
	chip := lazyKey()
	files := sync.OnceValue(func() textFiles { return newTextFiles(d, issuers(), number, chip()) })
	anyOf := []*secret{pin, numberA, k.numberB}
	return &application{own: answeringKey(d, chip), files: map[uint16]*file{
		0x0001: {content: func() []byte { return files().number }, needs: []*secret{pin, numberA}},
		0x0002: {content: func() []byte { return files().person }, needs: []*secret{pin, k.numberB}},
		0x0003: {content: func() []byte { return files().hashes }, needs: anyOf},
		0x0004: {content: func() []byte { return files().certificate }},
		0x0005: {content: func() []byte { return files().info }},
		0x0006: {content: func() []byte { return files().session }, needs: anyOf},
		0x0007: {content: func() []byte { return files().cardKey }, needs: anyOf},
		0x0011: {secret: pin},
		0x0012: {secret: &secret{"", 0, 0}}, // blocked from the factory
		0x0013: {signer: answeringKey(d, chip)},
		0x0014: {secret: numberA},
		0x0015: {secret: k.numberB},
	}}
}

func newVisual(d Description, k keysAndTries, number string, numberA *secret,
	issuers func() issuingCA) *application {
	chip := lazyKey()
	files := sync.OnceValue(func() visualFiles { return newVisualFiles(d, issuers(), number, chip()) })
	return &application{own: answeringKey(d, chip), files: map[uint16]*file{
		0x0001: {content: func() []byte { return files().birth }, needs: []*secret{k.birthDate}},
		0x0002: {content: func() []byte { return files().face }, needs: []*secret{numberA, k.numberBVisual}},
		0x0003: {content: func() []byte { return files().info }},
		0x0004: {content: func() []byte { return files().certificate }},
		0x0005: {content: func() []byte { return files().number }, needs: []*secret{numberA}},
		0x0011: {secret: k.birthDate},
		0x0012: {secret: k.numberBVisual},
		0x0013: {secret: numberA},
	}}
}

// newCommon is 共通カード: one record with serial number, municipality and expiry
// (docs/facts/my-number-card.md#common).
func newCommon(d Description) *application {
	record := fmt.Appendf(nil, "\x01\x1C%015d%05d%04d%02d%02d", 1, 13000, d.ExpiryYear, d.BirthDate.Month(),
		d.BirthDate.Day())
	return &application{files: map[uint16]*file{
		0x0001: {content: fixedContent(record), record: true},
		0x001C: {secret: &secret{d.TextPIN, 3, 3}},
	}}
}

// answeringKey is the key that answers challenges: the chip's own, or on a copied card another, since the
// chip's cannot be read.
func answeringKey(d Description, chip func() *rsa.PrivateKey) func() *rsa.PrivateKey {
	if d.Variant == Copied {
		return lazyKey()
	}
	return chip
}
