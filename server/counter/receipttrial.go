package counter

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"madoguchi/server/hostapi"
)

// How long lies between two tries: after a failure twice as long as before, so that an insurer that comes
// back is not run over.
const (
	soonest = 5 * time.Second
	latest  = 5 * time.Minute
)

// askingTakes is how long an insurer's server has for both calls of one receipt.
const askingTakes = 3 * time.Second

// trial is what came of trying to leave a receipt.
type trial int

const (
	isDone      trial = iota // left, or refused for good: it waits no more
	insurerAway              // its server does not answer, or has a fault: no other need be tried now
	mustRest                 // it wants a pause, or is not understood: another one may be taken
)

// ownFault is why a receipt can never be left, whatever the insurer does.
type ownFault string

func (f ownFault) Error() string { return string(f) }

var errTooManyPhones = errors.New("the insurer names too many phones")

// trialOf reads how an attempt ended (RFC 9110 15.5 and 15.6). Only a server that cannot be reached or has a
// fault is away. Unauthorized speaks of this server, not of the receipt: a clock or a trust list can be
// mended. What else a server refuses is its last word: it knows nothing of the screen, or takes no such
// receipt.
func trialOf(err error) trial {
	var fault ownFault
	var refused *hostapi.RefusedCall
	switch {
	case err == nil, errors.As(err, &fault):
		return isDone
	case errors.Is(err, hostapi.ErrUnreached), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, context.Canceled):
		return insurerAway
	case !errors.As(err, &refused):
		return mustRest
	case refused.Status >= 500, refused.Status == http.StatusRequestTimeout,
		refused.Status == http.StatusUnauthorized:
		return insurerAway
	case refused.Status < 400, refused.Status == http.StatusTooManyRequests:
		return mustRest
	}
	return isDone
}

// restOf is how long a receipt rests after a failure: as long as the insurer says.
func restOf(how trial, err error) time.Duration {
	var refused *hostapi.RefusedCall
	switch {
	case how != mustRest:
		return 0
	case errors.As(err, &refused) && refused.Wait > 0:
		return refused.Wait
	}
	return latest
}

// reasonOf says for log and audit why a receipt was not left. An insurer's own words are left out: they may
// repeat what the patient showed.
func reasonOf(err error) string {
	var fault ownFault
	var refused *hostapi.RefusedCall
	switch {
	case errors.As(err, &refused):
		return "the insurer answered " + strconv.Itoa(refused.Status)
	case errors.As(err, &fault):
		return fault.Error()
	case trialOf(err) == insurerAway:
		return err.Error()
	}
	return "the insurer's answer is not understood"
}
