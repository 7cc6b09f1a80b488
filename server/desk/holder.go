package desk

import (
	"context"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
)

// FreshLogin is how recent a login must be before a phone may add its key: a stolen session must not be able to make itself
// at home (DESIGN.md 3.4).
const FreshLogin = 15 * time.Minute

// HolderKey is the key with which one phone proves, offline, that it holds a screen. Its private half never leaves the
// phone.
type HolderKey struct {
	Phone  string // the phone's own id: one holder key a phone
	ID     string // first 16 characters of the thumbprint, as screens carry it
	Public []byte // 65 bytes, uncompressed
	At     time.Time
}

var (
	errLoginAgain = &eligibility.Error{Code: eligibility.Denied, Key: "phone.login_again",
		Ja: "電波がないときにも画面を出せるようにするには、もう一度ログインしてください（ログインから15分のうちに登録します）。",
		En: "To show the screen without network, log in again: a phone is added within 15 minutes of a login."}
	errNoHolder = &eligibility.Error{Code: eligibility.Conflict, Key: "phone.no_holder",
		Ja: "この端末は、電波がないときの画面にまだ登録されていません。もう一度ログインしてください。",
		En: "This phone is not yet added for screens without network. Log in again."}
)

// AddHolder stores a phone's holder key for a login. A new key needs a login whose callback came less than FreshLogin ago by
// our clock; where the provider says when the person proved themselves (auth_time), that must be as recent. The same key
// again changes nothing and needs nothing.
func (o *Office) AddHolder(ctx context.Context, login auth.Identity, phone, x, y string) (HolderKey, error) {
	public, err := credential.ReadHolderKey(x, y)
	if err != nil || phone == "" || len(phone) > 64 {
		return HolderKey{}, errPhoneKey.Because(err)
	}
	point, err := public.Key.Bytes()
	if err != nil {
		return HolderKey{}, errPhoneKey.Because(err)
	}
	key := HolderKey{Phone: phone, ID: credential.HolderKeyID(public), Public: point, At: o.Now()}
	known, err := o.Store.HolderKeys(ctx, login.Subject)
	if err != nil {
		return HolderKey{}, err
	}
	for _, k := range known {
		if k.Phone == phone && k.ID == key.ID {
			return k, nil
		}
	}
	if !recent(login.At, key.At) || !login.AuthTime.IsZero() && !recent(login.AuthTime, key.At) {
		return HolderKey{}, errLoginAgain
	}
	return key, o.Store.PutHolderKey(ctx, login.Subject, key, Entry{At: key.At, Actor: "patient", Action: "phone.holder", Detail: key.ID})
}

// recent reports whether a login at a time is fresh at now. A provider's clock may run half a minute ahead of ours.
func recent(at, now time.Time) bool {
	age := now.Sub(at)
	return age < FreshLogin && age > -30*time.Second
}

// Holders returns the phones of a login that can show screens without network, newest first: the patient is told of each.
func (o *Office) Holders(ctx context.Context, subject string) ([]HolderKey, error) {
	return o.Store.HolderKeys(ctx, subject)
}

// Offline makes a screen that lives for a day and is worth nothing without the proof of this phone's key.
func (o *Office) Offline(ctx context.Context, subject string, id PersonID, phone string) (Screen, error) {
	holders, err := o.Store.HolderKeys(ctx, subject)
	if err != nil {
		return Screen{}, err
	}
	for _, k := range holders {
		if k.Phone == phone {
			return o.show(ctx, subject, id, credential.Request{Tier: credential.Screen, HolderKeyID: k.ID})
		}
	}
	return Screen{}, errNoHolder
}
