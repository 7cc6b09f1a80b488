package insurer

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

var errDeviceKey = &eligibility.Error{Code: eligibility.Invalid, Key: "phone.key", Field: "key"}

// PutReceiptKey stores the key under which counters seal receipts for this phone. x and y are base64url. A
// key that is new to the login needs a fresh one: a stolen session must not learn where its owner goes.
func (d *Devices) PutReceiptKey(ctx context.Context, viewer Viewer, id, x, y string) error {
	if viewer.Login == nil {
		return errLoginAgain
	}
	login := viewer.Login
	bx, err1 := base64.RawURLEncoding.DecodeString(x)
	by, err2 := base64.RawURLEncoding.DecodeString(y)
	if err1 != nil || err2 != nil || len(bx) != 32 || len(by) != 32 || !isDeviceID(id) {
		return errDeviceKey
	}
	point := append(append([]byte{4}, bx...), by...)
	if _, err := ecdh.P256().NewPublicKey(point); err != nil {
		return errDeviceKey.Because(err)
	}
	known, err := d.store.HasReceiptKey(ctx, login.Subject, id)
	if err != nil || known {
		return err
	}
	if !isFreshLogin(login, d.now()) {
		return errLoginAgain
	}
	grants, err := d.store.DeviceGrants(ctx, DeviceGrantQuery{Subject: login.Subject, DeviceID: id})
	if err != nil {
		return err
	}
	keys, err := d.store.CountReceiptKeys(ctx, login.Subject)
	switch {
	case err != nil:
		return err
	case len(grants) == 0 && keys >= MaxDevices:
		// a phone that shows somebody has its place among MaxDevices already
		return errTooManyDevices
	}
	entry := audit.Entry{At: d.now(), Actor: viewer.Actor(), Action: "phone.add"}
	return d.store.PutReceiptKey(ctx, login.Subject, id, point, entry)
}
