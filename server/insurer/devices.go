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
	// PutDeviceGrants stores the grant for each of its subject's people, in the place of those that the phone
	// had for them; At stays that of the first. It is no error when the subject has no people.
	PutDeviceGrants(ctx context.Context, g DeviceGrant, e audit.Entry) error
	DeviceGrants(ctx context.Context, q DeviceGrantQuery) ([]DeviceGrant, error) // newest first
	// EndDeviceGrants removes grants and returns how many; sessions and online codes go with them, and the
	// receipt key of a phone with a subject's last grant on it. The entry is made for each of them, with its
	// person.
	EndDeviceGrants(ctx context.Context, end DeviceGrantEnd, e audit.Entry) (int, error)
	Enrolled(ctx context.Context, subject string, at time.Time) ([]PersonRecord, error)
	// PutReceiptKey stores a phone's P-256 ECDH public key (65 bytes, uncompressed) for each of subject's
	// people; again is no error.
	PutReceiptKey(ctx context.Context, subject, keyID string, public []byte, e audit.Entry) error
	HasReceiptKey(ctx context.Context, subject, keyID string) (bool, error)
	CountReceiptKeys(ctx context.Context, subject string) (int, error)
	// UseNonce keeps a nonce (of a phone, or of a counter server's assertion) until it ends; false when it
	// was kept before.
	UseNonce(ctx context.Context, nonce []byte, ends time.Time) (first bool, err error)
}

// DeviceGrantLife is how long after a login its phone may show a person by its key alone
// (docs/phone.md#the-phones-key). It is counted from the login, not from the last use: a phone that was
// lent or left behind ends by itself.
const DeviceGrantLife = 90 * 24 * time.Hour

// DeviceGrantRetention is how long a grant that is over is still known, so that the phone is told why and
// keeps its saved copy (PDF), which lives at most to the end of the third month.
const DeviceGrantRetention = 130 * 24 * time.Hour

// DeviceGrant says that one phone may show one person, by a login. It lets the phone renew screens, make a
// copy and read its receipts; it never lets it enrol anybody, add a key or delete anything.
type DeviceGrant struct {
	Person   audit.PersonID
	Subject  string // of the login
	DeviceID string // the phone's own id
	KeyID    string // first 16 characters of the device key's thumbprint, as screens carry it
	Public   []byte // the device key, 65 bytes, uncompressed
	LoginAt  time.Time
	At       time.Time // when the phone was added
	Kind     DeviceKind
}

// Until returns when the grant ends.
func (g DeviceGrant) Until() time.Time { return g.LoginAt.Add(DeviceGrantLife) }

// DeviceGrantQuery picks grants: each member that is set must be equal.
type DeviceGrantQuery struct {
	Subject, DeviceID, KeyID string
	Insurer                  eligibility.InsurerNumber // of the person
	Person                   audit.PersonID
}

// DeviceGrantEnd says which grants end, and which sessions with them: those that their phones opened by their
// keys always.
type DeviceGrantEnd struct {
	DeviceGrantQuery
	Logins bool     // also all sessions of their logins: one may be open on the phone that was lost
	But    [32]byte // the session that asks goes on; zero for none
}

// DeviceProof is a phone's answer to a nonce.
type DeviceProof struct{ DeviceID, KeyID, Nonce, Signature string }

var (
	// ErrDeviceUnknown tells a phone that it may show nobody any more: it was never added, or somebody ended
	// that.
	ErrDeviceUnknown = &eligibility.Error{Code: eligibility.Denied, Key: "device.unknown"}
	// ErrDeviceGrantOver asks kindly for the next login.
	ErrDeviceGrantOver = &eligibility.Error{Code: eligibility.Denied, Key: "device.over"}
	errNonceUsed       = auth.ErrDeviceProof
	errLoginNotFresh   = &eligibility.Error{Code: eligibility.Denied, Key: "login.not_fresh"}
	errNoDevice        = &eligibility.Error{Code: eligibility.NotFound, Key: "phone.unknown"}
)

// challenges makes and verifies the nonces of this office's phones.
func (d *Devices) challenges() auth.DeviceChallenges {
	mac := hmac.New(sha256.New, d.notices.Index)
	mac.Write([]byte("madoguchi-device-challenge-1"))
	c := auth.DeviceChallenges{Key: mac.Sum(nil)}
	if u, err := url.Parse(d.address); err == nil {
		c.Host = u.Host
	}
	return c
}

// LoginFlowKey seals what a browser without a session carries while it logs in. All servers of one office
// have the same.
func (d *Devices) LoginFlowKey() []byte {
	mac := hmac.New(sha256.New, d.notices.Index)
	mac.Write([]byte("madoguchi-login-flow-1"))
	return mac.Sum(nil)
}

// isDeviceID reports whether a text can be a phone's id: what base64url writes, so that it cannot break what
// is signed.
func isDeviceID(s string) bool {
	return s != "" && len(s) <= 64 &&
		strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// Challenge returns a nonce for a phone's key to sign, and until when. It tells nothing about whether the
// phone is known.
func (d *Devices) Challenge(phone string) (nonce string, ends time.Time, err error) {
	if !isDeviceID(phone) {
		return "", time.Time{}, errDeviceKey
	}
	nonce, ends = d.challenges().New(phone, d.now())
	return nonce, ends, nil
}

// AuthenticateDevice verifies a phone's answer and uses its nonce up. It returns the phone's grants, among
// them those that are over, or ErrDeviceUnknown when there are none.
func (d *Devices) AuthenticateDevice(ctx context.Context, p DeviceProof) ([]DeviceGrant, error) {
	grants, err := d.grantsOf(ctx, Device{p.DeviceID, p.KeyID})
	if err != nil {
		return nil, err
	}
	// One key id is one key but for a forged collision of 96 bits: the first grant's key must sign, others
	// must be the same.
	grants = slices.DeleteFunc(
		grants,
		func(g DeviceGrant) bool { return !slices.Equal(g.Public, grants[0].Public) },
	)
	if err := d.verifyProof(ctx, auth.UseSignIn, p, grants[0].Public); err != nil {
		return nil, err
	}
	return grants, nil
}

// verifyProof verifies a signature over a nonce and uses the nonce up.
func (d *Devices) verifyProof(ctx context.Context, use auth.Use, p DeviceProof, public []byte) error {
	nonce, ends, err := d.challenges().Verify(use, p.DeviceID, p.Nonce, p.Signature, public, d.now())
	if err != nil {
		return err
	}
	first, err := d.store.UseNonce(ctx, nonce, ends)
	if err == nil && !first {
		return errNonceUsed
	}
	return err
}

// grantsOf returns the grants of a phone's key, among them those that are over, or ErrDeviceUnknown.
func (d *Devices) grantsOf(ctx context.Context, device Device) ([]DeviceGrant, error) {
	if device.ID == "" || device.KeyID == "" {
		return nil, ErrDeviceUnknown
	}
	grants, err := d.store.DeviceGrants(ctx, DeviceGrantQuery{DeviceID: device.ID, KeyID: device.KeyID})
	if err == nil && len(grants) == 0 {
		err = ErrDeviceUnknown
	}
	return grants, err
}

// KnownDevice is one phone of a login as the patient is told of it.
type KnownDevice struct {
	ID    string
	At    time.Time // when it was added
	Until time.Time // when it wants the next login
	Kind  DeviceKind
}

// devicesIn returns the phones of grants, newest first: each once, with its first day and its last.
func devicesIn(grants []DeviceGrant) []KnownDevice {
	var out []KnownDevice
	for _, g := range grants {
		i := slices.IndexFunc(out, func(p KnownDevice) bool { return p.ID == g.DeviceID })
		if i < 0 {
			out = append(out, KnownDevice{g.DeviceID, g.At, g.Until(), g.Kind})
			continue
		}
		if g.At.Before(out[i].At) {
			out[i].At = g.At
		}
		if g.Until().After(out[i].Until) {
			out[i].Until = g.Until()
		}
	}
	slices.SortStableFunc(out, func(a, b KnownDevice) int { return b.At.Compare(a.At) })
	return out
}

// DevicesOfViewer returns the phones that show people by the viewer's logins, newest first by login.
func (d *Devices) DevicesOfViewer(ctx context.Context, viewer Viewer) ([]KnownDevice, error) {
	var all []KnownDevice
	for _, subject := range viewer.subjects() {
		grants, err := d.store.DeviceGrants(ctx, DeviceGrantQuery{Subject: subject})
		if err != nil {
			return nil, err
		}
		for _, p := range devicesIn(grants) {
			if !slices.ContainsFunc(all, func(q KnownDevice) bool { return q.ID == p.ID }) {
				all = append(all, p)
			}
		}
	}
	return all, nil
}

// EndDeviceOfLogin takes a phone away from the viewer's login: the patient's own doing, from any phone; a
// phone's own key cannot. Other logins' people stay on it. The login's other sessions end too, for one of
// them may be open on the phone that was lost; here is the one that asks.
func (d *Devices) EndDeviceOfLogin(ctx context.Context, viewer Viewer, phone string, here [32]byte) error {
	if phone == "" || viewer.subject() == "" {
		return errNoDevice
	}
	end := DeviceGrantEnd{
		DeviceGrantQuery: DeviceGrantQuery{Subject: viewer.subject(), DeviceID: phone},
		Logins:           true,
		But:              here,
	}
	n, err := d.store.EndDeviceGrants(ctx, end,
		audit.Entry{At: d.now(), Actor: viewer.Actor(), Action: "phone.end"})
	if err == nil && n == 0 {
		err = errNoDevice
	}
	return err
}

// DeviceSubject is the subject of a session that a phone opens by its key.
func DeviceSubject(phone string) string { return "device|" + phone }

// EndOwnDevice takes one person off the viewer's phone, or everybody when person is empty. Other sessions
// that the phone's key opened end too; here is the one that asks. A viewer without a phone ends nothing.
func (d *Devices) EndOwnDevice(
	ctx context.Context, viewer Viewer, person audit.PersonID, here [32]byte,
) error {
	if viewer.Device.ID == "" || viewer.Device.KeyID == "" {
		return nil
	}
	which := DeviceGrantQuery{DeviceID: viewer.Device.ID, KeyID: viewer.Device.KeyID, Person: person}
	end := DeviceGrantEnd{DeviceGrantQuery: which, But: here}
	_, err := d.store.EndDeviceGrants(ctx, end,
		audit.Entry{At: d.now(), Actor: viewer.Actor(), Action: "phone.end"})
	return err
}

// DevicesOfPerson returns the phones that show a person of the clerk's insurer.
func (d *Devices) DevicesOfPerson(
	ctx context.Context, clerk staff.Clerk, person audit.PersonID,
) ([]KnownDevice, error) {
	if _, err := d.Register.Record(ctx, clerk, person); err != nil {
		return nil, err
	}
	grants, err := d.store.DeviceGrants(ctx, DeviceGrantQuery{Insurer: clerk.Insurer, Person: person})
	return devicesIn(grants), err
}

// EndDeviceOfPerson takes a person of the clerk's insurer off a phone, or off all when phone is empty: a
// phone was lost, the patient called. Logins that had added it end too. Screens that the phone holds end by
// themselves within a day; saved copies are another matter (Revoke).
func (d *Devices) EndDeviceOfPerson(
	ctx context.Context, clerk staff.Clerk, person audit.PersonID, phone string,
) (int, error) {
	if _, err := d.Register.Record(ctx, clerk, person); err != nil {
		return 0, err
	}
	which := DeviceGrantQuery{Insurer: clerk.Insurer, Person: person, DeviceID: phone}
	n, err := d.store.EndDeviceGrants(ctx, DeviceGrantEnd{DeviceGrantQuery: which, Logins: true},
		personEntry(d.now(), clerk, person, "phone.end"))
	if err == nil && n == 0 && phone != "" {
		err = errNoDevice
	}
	return n, err
}

// UseNonce keeps a nonce until it ends; false when it was kept before.
func (d *Devices) UseNonce(ctx context.Context, nonce []byte, ends time.Time) (first bool, err error) {
	return d.store.UseNonce(ctx, nonce, ends)
}
