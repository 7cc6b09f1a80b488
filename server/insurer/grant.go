package insurer

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"net/url"
	"slices"
	"strings"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// Devices are the phones that show somebody without a login: their keys, their grants, the nonces that they
// sign.
type Devices struct {
	Register *Register

	store   DevicesStore
	notices NoticeKeys
	address string
	now     func() time.Time
}

// DevicesStore is what Devices keeps. Each method is one transaction: it happens whole, audit entry included,
// or not at all. A missing thing is an *eligibility.Error with code NotFound.
type DevicesStore interface {
	// PutGrants stores the grant for each of its subject's people, in the place of those that the phone had
	// for them; At stays that of the first. It is no error when the subject has no people.
	PutGrants(ctx context.Context, g Grant, e audit.Entry) error
	Grants(ctx context.Context, q GrantQuery) ([]Grant, error) // newest first
	// EndGrants removes grants and returns how many; sessions and online codes go with them, and the receipt
	// key of a phone with a subject's last grant on it. The entry is made for each of them, with its person.
	EndGrants(ctx context.Context, end GrantEnd, e audit.Entry) (int, error)
	Enrolled(ctx context.Context, subject string) ([]PersonRecord, error)
	// PutPhoneKey stores a phone's P-256 ECDH public key (65 bytes, uncompressed) for each of subject's
	// people; again is no error.
	PutPhoneKey(ctx context.Context, subject, keyID string, public []byte, e audit.Entry) error
	HasPhoneKey(ctx context.Context, subject, keyID string) (bool, error)
	CountPhoneKeys(ctx context.Context, subject string) (int, error)
	// UseNonce keeps a nonce (of a phone, or of a counter server's assertion) until it ends; false when it
	// was kept before.
	UseNonce(ctx context.Context, nonce []byte, ends time.Time) (first bool, err error)
}

// GrantLife is how long after a login its phone may show a person by its key alone
// (docs/phone.md#the-phones-key). It is counted from the login, not from the last use: a phone that was
// lent or left behind ends by itself.
const GrantLife = 90 * 24 * time.Hour

// GrantKept is how long a grant that is over is still known, so that the phone is told why and keeps its
// saved copy (PDF), which lives at most to the end of the third month.
const GrantKept = 130 * 24 * time.Hour

// Grant says that one phone may show one person, by a login. It lets the phone renew screens, make a copy and
// read its receipts; it never lets it enrol anybody, add a key or delete anything.
type Grant struct {
	Person  audit.PersonID
	Subject string // of the login
	Phone   string // the phone's own id
	KeyID   string // first 16 characters of the holder key's thumbprint, as screens carry it
	Public  []byte // the holder key, 65 bytes, uncompressed
	LoginAt time.Time
	At      time.Time // when the phone was added
}

// Until returns when the grant ends.
func (g Grant) Until() time.Time { return g.LoginAt.Add(GrantLife) }

// GrantQuery picks grants: each member that is set must be equal.
type GrantQuery struct {
	Subject, Phone, KeyID string
	Insurer               eligibility.InsurerNumber // of the person
	Person                audit.PersonID
}

// GrantEnd says which grants end, and which sessions with them: those that their phones opened by their keys
// always.
type GrantEnd struct {
	GrantQuery
	Logins bool     // also all sessions of their logins: one may be open on the phone that was lost
	But    [32]byte // the session that asks goes on; zero for none
}

// DeviceProof is a phone's answer to a nonce.
type DeviceProof struct{ Phone, KeyID, Nonce, Signature string }

var (
	// ErrDeviceUnknown tells a phone that it may show nobody any more: it was never added, or somebody ended
	// that.
	ErrDeviceUnknown = &eligibility.Error{Code: eligibility.Denied, Key: "device.unknown"}
	// ErrGrantOver asks kindly for the next login.
	ErrGrantOver = &eligibility.Error{Code: eligibility.Denied, Key: "device.over"}
	errNonceUsed = auth.ErrDeviceProof
	errFreshly   = &eligibility.Error{Code: eligibility.Denied, Key: "login.not_fresh"}
	errNoPhone   = &eligibility.Error{Code: eligibility.NotFound, Key: "phone.unknown"}
)

// challenges makes and verifies the nonces of this office's phones.
func (o *Devices) challenges() auth.DeviceChallenges {
	mac := hmac.New(sha256.New, o.notices.Index)
	mac.Write([]byte("madoguchi-device-challenge-1"))
	c := auth.DeviceChallenges{Key: mac.Sum(nil)}
	if u, err := url.Parse(o.address); err == nil {
		c.Host = u.Host
	}
	return c
}

// LoginFlowKey seals what a browser without a session carries while it logs in. All servers of one office
// have the same.
func (o *Devices) LoginFlowKey() []byte {
	mac := hmac.New(sha256.New, o.notices.Index)
	mac.Write([]byte("madoguchi-login-flow-1"))
	return mac.Sum(nil)
}

// phoneID reports whether a text can be a phone's id: what base64url writes, so that it cannot break what is
// signed.
func phoneID(s string) bool {
	return s != "" && len(s) <= 64 &&
		strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// Challenge returns a nonce for a phone's key to sign, and until when. It tells nothing about whether the
// phone is known.
func (o *Devices) Challenge(phone string) (nonce string, ends time.Time, err error) {
	if !phoneID(phone) {
		return "", time.Time{}, errPhoneKey
	}
	nonce, ends = o.challenges().New(phone, o.now())
	return nonce, ends, nil
}

// AuthenticateDevice verifies a phone's answer and uses its nonce up. It returns the phone's grants, among
// them those that are over, or ErrDeviceUnknown when there are none.
func (o *Devices) AuthenticateDevice(ctx context.Context, p DeviceProof) ([]Grant, error) {
	grants, err := o.grantsOf(ctx, Device{p.Phone, p.KeyID})
	if err != nil {
		return nil, err
	}
	// One key id is one key but for a forged collision of 96 bits: the first grant's key must sign, others
	// must be the same.
	grants = slices.DeleteFunc(
		grants,
		func(g Grant) bool { return !slices.Equal(g.Public, grants[0].Public) },
	)
	if err := o.prove(ctx, auth.UseSignIn, p, grants[0].Public); err != nil {
		return nil, err
	}
	return grants, nil
}

// prove verifies a signature over a nonce and uses the nonce up.
func (o *Devices) prove(ctx context.Context, use auth.Use, p DeviceProof, public []byte) error {
	nonce, ends, err := o.challenges().Verify(use, p.Phone, p.Nonce, p.Signature, public, o.now())
	if err != nil {
		return err
	}
	first, err := o.store.UseNonce(ctx, nonce, ends)
	if err == nil && !first {
		return errNonceUsed
	}
	return err
}

// grantsOf returns the grants of a phone's key, among them those that are over, or ErrDeviceUnknown.
func (o *Devices) grantsOf(ctx context.Context, device Device) ([]Grant, error) {
	if device.Phone == "" || device.KeyID == "" {
		return nil, ErrDeviceUnknown
	}
	grants, err := o.store.Grants(ctx, GrantQuery{Phone: device.Phone, KeyID: device.KeyID})
	if err == nil && len(grants) == 0 {
		err = ErrDeviceUnknown
	}
	return grants, err
}

// Phone is one phone of a login as the patient is told of it.
type Phone struct {
	ID    string
	At    time.Time // when it was added
	Until time.Time // when it wants the next login
}

// phonesIn returns the phones of grants, newest first: each once, with its first day and its last.
func phonesIn(grants []Grant) []Phone {
	var out []Phone
	for _, g := range grants {
		i := slices.IndexFunc(out, func(p Phone) bool { return p.ID == g.Phone })
		if i < 0 {
			out = append(out, Phone{g.Phone, g.At, g.Until()})
			continue
		}
		if g.At.Before(out[i].At) {
			out[i].At = g.At
		}
		if g.Until().After(out[i].Until) {
			out[i].Until = g.Until()
		}
	}
	slices.SortStableFunc(out, func(a, b Phone) int { return b.At.Compare(a.At) })
	return out
}

// Phones returns the phones that show people by the viewer's logins, newest first by login.
func (o *Devices) Phones(ctx context.Context, viewer Viewer) ([]Phone, error) {
	var all []Phone
	for _, subject := range viewer.subjects() {
		grants, err := o.store.Grants(ctx, GrantQuery{Subject: subject})
		if err != nil {
			return nil, err
		}
		for _, p := range phonesIn(grants) {
			if !slices.ContainsFunc(all, func(q Phone) bool { return q.ID == p.ID }) {
				all = append(all, p)
			}
		}
	}
	return all, nil
}

// EndPhone takes a phone away from the viewer's login: the patient's own doing, from any phone; a phone's own
// key cannot. Other logins' people stay on it. The login's other sessions end too, for one of them may be
// open on the phone that was lost; here is the one that asks.
func (o *Devices) EndPhone(ctx context.Context, viewer Viewer, phone string, here [32]byte) error {
	if phone == "" || viewer.subject() == "" {
		return errNoPhone
	}
	end := GrantEnd{GrantQuery: GrantQuery{Subject: viewer.subject(), Phone: phone}, Logins: true, But: here}
	n, err := o.store.EndGrants(ctx, end,
		audit.Entry{At: o.now(), Actor: viewer.Actor(), Action: "phone.end"})
	if err == nil && n == 0 {
		err = errNoPhone
	}
	return err
}

// DeviceSubject is the subject of a session that a phone opens by its key.
func DeviceSubject(phone string) string { return "device|" + phone }

// EndDevice takes one person off the viewer's phone, or everybody when person is empty. Other sessions that
// the phone's key opened end too; here is the one that asks. A viewer without a phone ends nothing.
func (o *Devices) EndDevice(ctx context.Context, viewer Viewer, person audit.PersonID, here [32]byte) error {
	if viewer.Device.Phone == "" || viewer.Device.KeyID == "" {
		return nil
	}
	which := GrantQuery{Phone: viewer.Device.Phone, KeyID: viewer.Device.KeyID, Person: person}
	end := GrantEnd{GrantQuery: which, But: here}
	_, err := o.store.EndGrants(ctx, end,
		audit.Entry{At: o.now(), Actor: viewer.Actor(), Action: "phone.end"})
	return err
}

// PhonesOf returns the phones that show a person of the clerk's insurer.
func (o *Devices) PhonesOf(ctx context.Context, clerk staff.Clerk, person audit.PersonID) ([]Phone, error) {
	if _, err := o.Register.Record(ctx, clerk, person); err != nil {
		return nil, err
	}
	grants, err := o.store.Grants(ctx, GrantQuery{Insurer: clerk.Insurer, Person: person})
	return phonesIn(grants), err
}

// EndPhoneOf takes a person of the clerk's insurer off a phone, or off all when phone is empty: a phone was
// lost, the patient called. Logins that had added it end too. Screens that the phone holds end by themselves
// within a day; saved copies are another matter (Revoke).
func (o *Devices) EndPhoneOf(
	ctx context.Context, clerk staff.Clerk, person audit.PersonID, phone string,
) (int, error) {
	if _, err := o.Register.Record(ctx, clerk, person); err != nil {
		return 0, err
	}
	which := GrantQuery{Insurer: clerk.Insurer, Person: person, Phone: phone}
	n, err := o.store.EndGrants(ctx, GrantEnd{GrantQuery: which, Logins: true},
		personEntry(o.now(), clerk, person, "phone.end"))
	if err == nil && n == 0 && phone != "" {
		err = errNoPhone
	}
	return n, err
}

// UseNonce keeps a nonce until it ends; false when it was kept before.
func (o *Devices) UseNonce(ctx context.Context, nonce []byte, ends time.Time) (first bool, err error) {
	return o.store.UseNonce(ctx, nonce, ends)
}
