package card

import (
	"context"
	"errors"
	"fmt"

	"madoguchi/eligibility"
)

// BirthDateKey returns the key that opens a card's birth-date record: six digits, the year of the era (S55 →
// 55), month and day. 1980-02-17 is 550217. A western year would burn a try. It returns ErrKeyForm for a date
// of birth that is partly unknown: which form such cards use is not established.
func BirthDateKey(birth eligibility.Date) (string, error) {
	_, year, ok := birth.Era()
	if !birth.Exact() || !ok || year > 99 {
		return "", ErrKeyForm
	}
	return fmt.Sprintf("%02d%02d%02d", year, birth.Month(), birth.Day()), nil
}

// CheckBirthDate asks the card once (docs/facts/my-number-card.md#the-counters-checks, steps 1 and 2):
// which token it is, how many tries are left, then the birth-date key, the record and a signature over
// the challenge. What it returns proves nothing until VerifyBirthDate has verified it. A refusal has
// code Conflict, a fault of card or reader Unavailable; FaultResult turns both into a Result. At most one try
// is used.
func CheckBirthDate(
	ctx context.Context,
	s *Session,
	birth eligibility.Date,
	challenge [32]byte,
) (Evidence, error) {
	key, err := BirthDateKey(birth)
	if err != nil {
		return Evidence{}, err
	}
	if err := s.ready(); err != nil {
		return Evidence{}, err
	}
	var e Evidence
	if e.Label, err = s.identify(ctx); err != nil {
		return Evidence{}, err
	}
	if e.Certificate, err = s.readIssuerCertificate(ctx, appVisual); err != nil {
		return Evidence{}, err
	}
	if err := s.presentKey(ctx, keyBirthDate, key, ErrBirthDate, ErrBlocked, ErrFewTries); err != nil {
		return Evidence{}, err
	}
	if e.Record, err = s.read(ctx, fileBirthDate); err != nil {
		return Evidence{}, err
	}
	if e.Signature, err = s.sign(ctx, digestInfo(challenge)); err != nil {
		return Evidence{}, err
	}
	return e, nil
}

// readIssuerCertificate selects an application and reads the certificate of its issuing key, which is
// readable without a key.
func (s *Session) readIssuerCertificate(ctx context.Context, a application) ([]byte, error) {
	found, err := s.selectApplication(ctx, a)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, ErrNotMyNumberCard
	}
	return s.read(ctx, fileIssuing)
}

// presentKey presents a key once, unless its counter is too low.
func (s *Session) presentKey(ctx context.Context, id uint16, key string,
	wrong, blocked, few *eligibility.Error) error {
	if err := s.selectFile(ctx, id); err != nil {
		return err
	}
	left, err := s.triesLeft(ctx)
	if err != nil {
		return err
	}
	switch {
	case left == 0:
		return blocked
	case left < minTries:
		return few
	case s.shownTries != nil && *s.shownTries != left:
		return ErrTriesChanged
	}
	ok, left, err := s.verify(ctx, key)
	if err != nil || ok {
		return err
	}
	return wrong.Because(fmt.Errorf("%d tries left", left))
}

// FaultResult turns an error of CheckBirthDate into a Result: refused for what the card is or says, error for
// what failed.
func FaultResult(err error) Result { return birthDatePlan.faultResult(err) }

// failedStep names the step of a check at which a refusal falls.
func failedStep(e *eligibility.Error) string {
	switch {
	case errors.Is(e, ErrBirthDate):
		return "birthDate"
	case errors.Is(e, ErrNumberB):
		return "numberB"
	case errors.Is(e, ErrNotMyNumberCard), errors.Is(e, ErrPhone), errors.Is(e, ErrOldCard):
		return "token"
	}
	return ""
}
