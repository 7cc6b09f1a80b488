package counter

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/guarded"
	"madoguchi/server/hostapi"
	"madoguchi/server/trust"
)

const (
	// lookUpTime is how long a counter waits for the issuers that it asks about a code: staff and patient
	// stand there.
	lookUpTime = 6 * time.Second
	// waitingGrace is how long a "waiting" waits for another issuer's screen.
	waitingGrace = 2 * time.Second
	// maxAsked bounds how many issuers are asked about one code. With 3,400 issuers on the list some nine
	// share a tag.
	maxAsked = 64
)

var (
	errRedeemedUnverified = &eligibility.Error{
		Code:  eligibility.Unavailable,
		Key:   "code.unverified",
		Field: "text",
	}
	errWaitingPartly = hostapi.ErrCodeWaiting.Saying("code.waiting_partly", nil)
)

// codeQuestion is an online code that a facility's counter asks insurers about, by what is believed now.
type codeQuestion struct {
	by       Facility
	believed trust.Beliefs
	code     credential.OnlineCode
}

// redeemAnswer is what one issuer answered about a code.
type redeemAnswer struct {
	jws string
	err error
}

// lookUp asks the issuers of the trust list that may have made the code, all at once, and returns the first
// screen that verifies as that issuer's own live one of now. No other answer can keep it away: neither
// "waiting" nor another's screen, rubbish, a fault or none at all within the time. Without a screen the
// kindest true answer counts: waiting before too many tries before a server that was not reached before "no
// such number".
func (c *Service) lookUp(ctx context.Context, q codeQuestion) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel() // the others need not answer any more
	asked := 0
	answers := make(chan redeemAnswer, maxAsked)
	for _, issuer := range q.believed.List.Issuers {
		if asked == maxAsked || !q.code.MayBeFrom(issuer.ISS) {
			continue
		}
		asked++
		go func(iss string) {
			var jws string
			err := guarded.Do("asking an issuer", func() (err error) {
				jws, err = c.redeemCode(ctx, q, iss)
				return err
			})
			answers <- redeemAnswer{jws, err}
		}(issuer.ISS)
	}
	var said lookUpAnswers
	var grace <-chan time.Time // runs from the first "waiting" on
	for said.n < asked {
		select {
		case a := <-answers:
			if a.err == nil {
				return a.jws, nil
			}
			if said.add(a.err); said.waiting && grace == nil {
				grace = time.After(waitingGrace)
			}
		case <-grace:
			return "", said.asError(asked)
		case <-ctx.Done():
			return "", said.asError(asked)
		}
	}
	return "", said.asError(asked)
}

// redeemCode asks one issuer and believes only its own live screen.
func (c *Service) redeemCode(ctx context.Context, q codeQuestion, iss string) (string, error) {
	jws, err := c.Insurers(q.by.URL).Redeem(ctx, iss, q.code)
	if err != nil {
		return "", err
	}
	if jws, err = credential.Read(jws); err != nil {
		return "", errRedeemedUnverified.Because(err)
	}
	if measured, err := c.Believed(); err == nil { // the answer told the issuer's time
		q.believed.ClockSkew = measured.ClockSkew
	}
	verdict, err := c.verifyScreen(ctx, q.believed, jws)
	if err != nil {
		return "", err
	}
	if !verdict.Valid || verdict.Tier != credential.TierLive || verdict.Issuer != iss {
		return "", errRedeemedUnverified
	}
	return jws, nil
}

// lookUpAnswers gathers the answers that are no screen.
type lookUpAnswers struct {
	n       int
	waiting bool
	many    error // an issuer that wants a wait, the longest
	bad     error // a screen that does not verify, or an issuer that was not reached
}

func (s *lookUpAnswers) add(err error) {
	s.n++
	switch {
	case errors.Is(err, hostapi.ErrOnlineCode):
	case errors.Is(err, hostapi.ErrCodeWaiting):
		s.waiting = true
	case errors.Is(err, auth.ErrTooMany):
		if s.many == nil || waitOf(err) > waitOf(s.many) {
			s.many = err
		}
	case errors.Is(err, errRedeemedUnverified):
		s.bad = err
	default:
		slog.Warn("an issuer could not be asked about a code", "error", err)
		if s.bad == nil {
			s.bad = errInsurersAway.Because(err)
		}
	}
}

// asError is the answer of all that were asked, of whom some may not have answered.
func (s *lookUpAnswers) asError(asked int) error {
	silent := s.n < asked
	switch {
	case s.waiting && (silent || s.bad != nil):
		return errWaitingPartly
	case s.waiting:
		return hostapi.ErrCodeWaiting
	case s.many != nil:
		return s.many
	case s.bad != nil:
		return s.bad
	case silent:
		return errInsurersAway.Because(context.DeadlineExceeded)
	}
	return hostapi.ErrOnlineCode
}

// waitOf is how long an error says to wait.
func waitOf(err error) time.Duration {
	var e *eligibility.Error
	if errors.As(err, &e) {
		return e.Wait
	}
	return 0
}
