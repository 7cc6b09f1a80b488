package insurer

import (
	"context"
	"slices"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// FreshLogin is how recent a login must be before a phone may add its key: a stolen session must not be able
// to make itself at home (docs/phone.md#the-phones-key).
const FreshLogin = 15 * time.Minute

// HolderKey is the key with which one phone proves, offline, that it holds a screen, and comes back without
// a login. Its private half never leaves the phone.
type HolderKey struct {
	Phone string // the phone's own id: one holder key a phone
	X, Y  string // base64url
	// by the key itself (auth.UseAdd); not needed for a key that the login knows already
	Nonce, Signature string
}

// MaxPhones is how many phones may show the people of one login by their keys.
const MaxPhones = 10

var (
	errManyPhones = &eligibility.Error{Code: eligibility.Conflict, Key: "phone.too_many"}
	errLoginAgain = &eligibility.Error{Code: eligibility.Denied, Key: "phone.login_again"}
	errNoHolder   = &eligibility.Error{Code: eligibility.Conflict, Key: "phone.no_holder"}
)

// AddHolder lets a phone show, by its key, all people of the viewer's login for GrantLife after that login. A
// key that is new to the login, or new to one of its people, needs a fresh login and the key's own signature.
// A known key needs neither: the login only moves the end of its grants.
func (o *Devices) AddHolder(ctx context.Context, viewer Viewer, key HolderKey) error {
	if viewer.Login == nil {
		return errLoginAgain
	}
	login := *viewer.Login
	public, err := credential.ReadHolderKey(key.X, key.Y)
	if err != nil || !phoneID(key.Phone) {
		return errPhoneKey.Because(err)
	}
	point, err := public.Key.Bytes()
	if err != nil {
		return errPhoneKey.Because(err)
	}
	people, err := o.store.Enrolled(ctx, login.Subject)
	if err != nil {
		return err
	}
	known, err := o.store.Grants(ctx, GrantQuery{Subject: login.Subject, Phone: key.Phone})
	if err != nil {
		return err
	}
	now := o.now()
	wanted := Grant{
		Subject: login.Subject,
		Phone:   key.Phone,
		KeyID:   credential.HolderKeyID(public),
		Public:  point,
		LoginAt: login.At,
		At:      now,
	}
	isNew, later := len(people) == 0, false
	for _, r := range people {
		i := slices.IndexFunc(
			known,
			func(g Grant) bool { return g.Person == r.ID && slices.Equal(g.Public, point) },
		)
		isNew = isNew || i < 0
		later = later || i >= 0 && known[i].LoginAt.Before(login.At)
	}
	if !isNew && !later {
		return nil
	}
	if isNew {
		if !fresh(&login, now) {
			return errLoginAgain
		}
		if err := o.roomForPhone(ctx, login.Subject, len(known) > 0); err != nil {
			return err
		}
		if err := o.prove(ctx, auth.UseAddDevice, DeviceProof{Phone: key.Phone, Nonce: key.Nonce, Signature: key.Signature}, point); err != nil {
			return err
		}
	}
	return o.store.PutGrants(ctx, wanted, audit.Entry{
		At:     now,
		Actor:  viewer.Actor(),
		Action: "phone.holder",
		Detail: wanted.KeyID + "; " + login.Assurance(),
	})
}

// roomForPhone refuses an eleventh phone of a login. Phones whose 90 days are over do not count: they show
// nobody.
func (o *Devices) roomForPhone(ctx context.Context, subject string, known bool) error {
	if known {
		return nil
	}
	grants, err := o.store.Grants(ctx, GrantQuery{Subject: subject})
	if err != nil {
		return err
	}
	now, phones := o.now(), map[string]bool{}
	for _, g := range grants {
		if now.Before(g.Until()) {
			phones[g.Phone] = true
		}
	}
	if len(phones) >= MaxPhones {
		return errManyPhones
	}
	return nil
}

// fresh reports whether a login is recent enough at now to add a key or to destroy: its callback by our
// clock, and the time at which the person proved themselves. Where the provider gives no auth_time the
// callback stands for that too; the audit entry of what was done says so (auth.Identity.Assurance). No login
// is never recent.
func fresh(login *auth.Identity, now time.Time) bool {
	if login == nil {
		return false
	}
	proved, _ := login.AuthenticatedAt()
	return recent(login.At, now) && recent(proved, now)
}

// recent reports whether a login at a time is fresh at now. A provider's clock may run half a minute ahead
// of ours.
func recent(at, now time.Time) bool {
	age := now.Sub(at)
	return age < FreshLogin && age > -30*time.Second
}
