package kit

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
)

// Limits bound what can be asked in a time. Each set is for one kind of key, so that no kind crowds out
// another. An address is never the only key of something that people need: a carrier gives thousands of
// phones one (RFC 6598), a house one network (auth.RateLimitKey).
//
// The real app's needs, by login and person: a live screen every 30 s from each of at most insurer.MaxDevices
// phones, which is one in 3 s, and at each opening one live and one stored screen of everybody on the phone
// (a family of ten: 20 at once). A code is made when the number is asked for, which lives two minutes. Each
// opening after a login sends both keys once, known or new.
type Limits struct {
	network    auth.Limit // everything that needs no login, by network: what a flood may cost
	Guesses    auth.Limit // wrong enrolment codes in addresses before a login, by network
	Notices    auth.Limit // opened notices and codes of the desk, by code: each opening makes a session
	Scanned    auth.Limit // the same after a login, by login
	Typed      auth.Limit // enrolments, with a code typed or opened before, by login
	Misfits    auth.Limit // logins that do not fit, by code
	Begun      auth.Limit // begun logins, by session; without one nothing is stored
	Answers    auth.Limit // logins that come back to their own browser, by network: each asks the provider
	Handovers  auth.Limit // logins that come back to another browser, by network: each is stored
	Devices    auth.Limit // nonces and signatures, by phone
	Screens    auth.Limit // screens, by login and person
	shown      auth.Limit // screens and codes, by login
	Numbers    auth.Limit // online codes, by login and person
	DeviceKeys auth.Limit // keys that prove screens, by login
	Sealing    auth.Limit // keys that receipts are sealed to, by login
	Copies     auth.Limit // saved copies, by login
	Codes      auth.Limit // tries at online codes, by counter server and insurer
	// questions on patients' phones, by counter server and by patient; receipts' calls, two for each case
	Questions, PatientsAsked, ReceiptCalls auth.Limit
	Times                                  auth.Limit // signed times for counter servers, by network
	Invitations                            auth.Limit // wrong links of invitations, by network
	SignIns                                auth.Limit // begun ceremonies of staff, by network: each is stored
}

// NewLimits returns the limits of one server, unused.
func NewLimits() Limits {
	return Limits{
		network: auth.Limit{Burst: 2000, Every: 5 * time.Millisecond},
		// Only what is wrong counts, and whoever has to wait for a neighbour who guesses may log in with the
		// code: a city's notices come out of a few carriers' addresses.
		Guesses: auth.Limit{Burst: 20, Every: 3 * time.Second},
		Scanned: auth.Limit{Burst: 20, Every: 3 * time.Second},
		Notices: auth.Limit{Burst: 200, Every: 3 * time.Second},
		Typed:   auth.Limit{Burst: 20, Every: 3 * time.Second},
		Misfits: auth.Limit{Burst: 10, Every: time.Minute}, // one that fits is never held up by these
		Begun:   auth.Limit{Burst: 20, Every: 3 * time.Second},
		Answers: auth.Limit{Burst: 2000, Every: 5 * time.Millisecond},
		// rare, and whoever has to wait may log in where they are
		Handovers: auth.Limit{Burst: 20, Every: 3 * time.Second},
		Devices: auth.Limit{
			Burst: 60,
			Every: 3 * time.Second,
		}, // an opening takes two nonces, and impatient people reload
		Screens: auth.Limit{
			Burst: 30,
			Every: 2 * time.Second,
		}, // ten phones need 10 in 30 s; an opening takes two
		shown:   auth.Limit{Burst: 300, Every: 200 * time.Millisecond}, // ten people's
		Numbers: auth.Limit{Burst: 10, Every: 10 * time.Second},        // 12 in a code's two minutes
		DeviceKeys: auth.Limit{
			Burst: 30,
			Every: 6 * time.Second,
		}, // known ones too: ten phones, each opened thrice
		Sealing: auth.Limit{Burst: 30, Every: 6 * time.Second},
		Copies:  auth.Limit{Burst: 30, Every: 10 * time.Second},
		Codes:   auth.Limit{Burst: 30, Every: 2 * time.Second},

		Questions:     auth.Limit{Burst: 30, Every: 5 * time.Second},
		PatientsAsked: auth.Limit{Burst: 10, Every: time.Minute},
		ReceiptCalls:  auth.Limit{Burst: 600, Every: 50 * time.Millisecond},

		Times: auth.Limit{Burst: 200, Every: 50 * time.Millisecond},

		Invitations: auth.Limit{Burst: 20, Every: 3 * time.Second},
		SignIns:     auth.Limit{Burst: 200, Every: time.Second}, // a hospital's PCs open within minutes
	}
}

// RemoteKey is whom a limit counts behind an address.
func RemoteKey(c echo.Context) string { return auth.RateLimitKey(c.RealIP()) }

// MayAsk counts what anybody may ask.
func (s *Kit) MayAsk(c echo.Context) error { return s.Limits.network.Allow(RemoteKey(c), s.Now()) }

// MayMake counts a screen or a code of a person, shown by a login; of is the set for the one or the other.
func (s *Kit) MayMake(of *auth.Limit, subject, person string) error {
	if err := s.Limits.shown.Allow(subject, s.Now()); err != nil {
		return err
	}
	return of.Allow(subject+"\n"+person, s.Now())
}

// RetryAfter is the header of an answer to somebody who has to wait: whole seconds, never too few (RFC 9110
// 10.2.3).
func RetryAfter(h http.Header, wait time.Duration) {
	h.Set("Retry-After", strconv.FormatInt(max(1, int64((wait+time.Second-1)/time.Second)), 10))
}
