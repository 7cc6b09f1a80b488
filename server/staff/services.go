package staff

import (
	"time"

	"madoguchi/auth/passkey"
	"madoguchi/server/audit"
)

// Services are what is done with staff and facilities.
type Services struct {
	Facilities *Facilities
	Members    *Members
	SignIn     *SignIn
	PINs       *PINs
	Sessions   *Sessions
}

// Config is what the services are made of.
type Config struct {
	Stores   Stores
	Passkeys *passkey.Passkeys
	Now      func() time.Time
}

// Stores are what the services keep, one a service; the challenges are of Members and SignIn.
type Stores struct {
	Facilities FacilityStore
	Members    MemberStore
	SignIn     SignInStore
	PINs       PINStore
	Sessions   SessionStore
	Challenges ChallengeStore
}

// New returns the services on their stores.
func New(c Config) *Services {
	ceremonies := ceremonies{store: c.Stores.Challenges, passkeys: c.Passkeys, now: c.Now}
	return &Services{
		Facilities: &Facilities{store: c.Stores.Facilities, now: c.Now},
		Members:    &Members{store: c.Stores.Members, ceremonies: ceremonies, now: c.Now},
		SignIn:     &SignIn{store: c.Stores.SignIn, ceremonies: ceremonies, now: c.Now},
		PINs:       &PINs{store: c.Stores.PINs, now: c.Now},
		Sessions:   &Sessions{store: c.Stores.Sessions, now: c.Now},
	}
}

// stranger is whoever is before the sign-in and has proved nothing.
type stranger struct{}

// Actor is the stranger as the audit chain names one.
func (stranger) Actor() audit.Actor { return audit.ActorUnknown }
