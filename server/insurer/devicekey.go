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

// DeviceKey is the key with which one phone proves, offline, that it holds a screen, and comes back without
// a login. Its private half never leaves the phone.
type DeviceKey struct {
	DeviceID string // the phone's own id: one device key a phone
	X, Y     string // base64url
	// by the key itself (auth.UseAdd); not needed for a key that the login knows already
	Nonce, Signature string
	Kind             DeviceKind
}

// MaxDevices is how many phones may show the people of one login by their keys.
const MaxDevices = 10

var (
	errTooManyDevices = &eligibility.Error{Code: eligibility.Conflict, Key: "phone.too_many"}
	errLoginAgain     = &eligibility.Error{Code: eligibility.Denied, Key: "phone.login_again"}
	errNoDeviceKey    = &eligibility.Error{Code: eligibility.Conflict, Key: "phone.no_holder"}
)

// AddDeviceKey lets a phone show, by its key, all people of the viewer's login for DeviceGrantLife after that
// login. A key that is new to the login, or new to one of its people, needs a fresh login and the key's own
// signature. A known key needs neither: the login only moves the end of its grants.
func (d *Devices) AddDeviceKey(ctx context.Context, viewer Viewer, key DeviceKey) error {
	if viewer.Login == nil {
		return errLoginAgain
	}
	login := *viewer.Login
	public, err := credential.ReadDeviceKey(key.X, key.Y)
	if err != nil || !isDeviceID(key.DeviceID) {
		return errDeviceKey.Because(err)
	}
	point, err := public.Key.Bytes()
	if err != nil {
		return errDeviceKey.Because(err)
	}
	people, err := d.store.Enrolled(ctx, login.Subject, d.now())
	if err != nil {
		return err
	}
	known, err := d.store.DeviceGrants(ctx, DeviceGrantQuery{Subject: login.Subject, DeviceID: key.DeviceID})
	if err != nil {
		return err
	}
	now := d.now()
	wanted := DeviceGrant{
		Subject:  login.Subject,
		DeviceID: key.DeviceID,
		KeyID:    credential.DeviceKeyID(public),
		Public:   point,
		LoginAt:  login.At,
		At:       now,
		Kind:     key.Kind.Known(),
	}
	isNew, later := len(people) == 0, false
	for _, r := range people {
		i := slices.IndexFunc(
			known,
			func(g DeviceGrant) bool { return g.Person == r.ID && slices.Equal(g.Public, point) },
		)
		isNew = isNew || i < 0
		later = later || i >= 0 && known[i].LoginAt.Before(login.At)
	}
	if !isNew && !later {
		return nil
	}
	if isNew {
		if !isFreshLogin(&login, now) {
			return errLoginAgain
		}
		if err := d.roomForDevice(ctx, login.Subject, len(known) > 0); err != nil {
			return err
		}
		proof := DeviceProof{DeviceID: key.DeviceID, Nonce: key.Nonce, Signature: key.Signature}
		if err := d.verifyProof(ctx, auth.UseAddDevice, proof, point); err != nil {
			return err
		}
	}
	return d.store.PutDeviceGrants(ctx, wanted, audit.Entry{
		At:     now,
		Actor:  viewer.Actor(),
		Action: "phone.holder",
		Detail: wanted.KeyID + "; " + login.Assurance(),
	})
}

// roomForDevice refuses an eleventh phone of a login. Phones whose 90 days are over do not count: they show
// nobody.
func (d *Devices) roomForDevice(ctx context.Context, subject string, known bool) error {
	if known {
		return nil
	}
	grants, err := d.store.DeviceGrants(ctx, DeviceGrantQuery{Subject: subject})
	if err != nil {
		return err
	}
	now, phones := d.now(), map[string]bool{}
	for _, g := range grants {
		if now.Before(g.Until()) {
			phones[g.DeviceID] = true
		}
	}
	if len(phones) >= MaxDevices {
		return errTooManyDevices
	}
	return nil
}

// isFreshLogin reports whether a login is recent enough at now to add a key or to destroy: its callback by
// our clock, and the time at which the person proved themselves. Where the provider gives no auth_time the
// callback stands for that too; the audit entry of what was done says so (auth.Identity.Assurance). No login
// is never recent.
func isFreshLogin(login *auth.Identity, now time.Time) bool {
	if login == nil {
		return false
	}
	proved, _ := login.AuthenticatedAt()
	return isRecent(login.At, now) && isRecent(proved, now)
}

// isRecent reports whether a login at a time is fresh at now. A provider's clock may run half a minute ahead
// of ours.
func isRecent(at, now time.Time) bool {
	age := now.Sub(at)
	return age < FreshLogin && age > -30*time.Second
}
