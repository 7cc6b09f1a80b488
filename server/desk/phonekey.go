package desk

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"

	"madoguchi/auth"
	"madoguchi/eligibility"
)

var errPhoneKey = &eligibility.Error{Code: eligibility.Invalid, Key: "phone.key", Field: "key",
	Ja: "この端末を登録できませんでした。ページを開き直してください。",
	En: "This phone could not be registered. Reload the page."}

// PutPhone stores the key under which counters seal receipts for this phone. x and y are base64url. A key that is new to the
// login needs a fresh one: a stolen session must not learn where its owner goes.
func (o *Office) PutPhone(ctx context.Context, login auth.Identity, id, x, y string) error {
	bx, err1 := base64.RawURLEncoding.DecodeString(x)
	by, err2 := base64.RawURLEncoding.DecodeString(y)
	if err1 != nil || err2 != nil || len(bx) != 32 || len(by) != 32 || !phoneID(id) {
		return errPhoneKey
	}
	point := append(append([]byte{4}, bx...), by...)
	if _, err := ecdh.P256().NewPublicKey(point); err != nil {
		return errPhoneKey.Because(err)
	}
	known, err := o.Store.HasPhoneKey(ctx, login.Subject, id)
	if err != nil || known {
		return err
	}
	if !fresh(login, o.Now()) {
		return errLoginAgain
	}
	grants, err := o.Store.Grants(ctx, GrantQuery{Subject: login.Subject, Phone: id})
	if err != nil {
		return err
	}
	keys, err := o.Store.CountPhoneKeys(ctx, login.Subject)
	switch {
	case err != nil:
		return err
	case len(grants) == 0 && keys >= MaxPhones: // a phone that shows somebody has its place among MaxPhones already
		return errManyPhones
	}
	return o.Store.PutPhoneKey(ctx, login.Subject, id, point, Entry{At: o.Now(), Actor: ActorPatient, Action: "phone.add"})
}
