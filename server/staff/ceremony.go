package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"

	"madoguchi/auth/passkey"
	"madoguchi/eligibility"
)

// Ceremony is the first half of the use of a passkey.
type Ceremony struct {
	// Ref names the challenge that the server keeps; it comes back with the browser's answer, once. A cookie
	// of the browser is its place: then nobody can have another browser answer, and so sign it in as
	// themselves.
	Ref string
	// Options are for navigator.credentials, by parseCreationOptionsFromJSON or parseRequestOptionsFromJSON.
	Options json.RawMessage
}

// Answer is the second half: the Ceremony's Ref, and what the browser's credential.toJSON gave.
type Answer struct {
	Ref        string
	Credential json.RawMessage
}

// ChallengeStore keeps the challenges that are under way, by the SHA-256 of their refs.
type ChallengeStore interface {
	PutChallenge(ctx context.Context, ref [32]byte, state []byte, until time.Time) error
	// TakeChallenge returns a challenge's state and forgets it, or NotFound.
	TakeChallenge(ctx context.Context, ref [32]byte) ([]byte, error)
}

// ceremonies are passkeys with their challenges kept.
type ceremonies struct {
	store    ChallengeStore
	passkeys *passkey.Passkeys
	now      func() time.Time
}

// begin keeps the state of a ceremony whose options were made.
func (c ceremonies) begin(ctx context.Context, options, state []byte, err error) (Ceremony, error) {
	if err != nil {
		return Ceremony{}, err
	}
	ref := newSecret()
	if err := c.store.PutChallenge(ctx, hashOf(ref), state, c.now().Add(passkey.Life)); err != nil {
		return Ceremony{}, err
	}
	return Ceremony{Ref: ref, Options: options}, nil
}

// take returns the state that an answer is to; whatever becomes of the answer, there is no second one.
func (c ceremonies) take(ctx context.Context, answer Answer) ([]byte, error) {
	state, err := c.store.TakeChallenge(ctx, hashOf(answer.Ref))
	return state, notFoundAs(err, passkey.ErrChallenge)
}

// newSecret returns 256 random bits, base64url.
func newSecret() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

func hashOf(secret string) [32]byte { return sha256.Sum256([]byte(secret)) }

// notFoundAs gives what a store did not find the sentence of what was looked for.
func notFoundAs(err error, as *eligibility.Error) error {
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		return as.Because(err)
	}
	return err
}

// isNotFound reports whether err says that there is no such thing.
func isNotFound(err error) bool {
	var e *eligibility.Error
	return errors.As(err, &e) && e.Code == eligibility.NotFound
}
