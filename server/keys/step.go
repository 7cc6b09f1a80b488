package keys

import (
	"errors"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// StepCause says why a key is replaced; the zero value is the routine: publish a next key, or let it sign
// once it has been published for PublishedBefore.
type StepCause struct {
	Lost      bool   // the current private key is lost
	Leaked    bool   // the current private key leaked
	KID       string // with Leaked: withdraw only this next or retired key
	OlderThan int    // routine: let the next key sign only when the current one has signed for so many days
}

// Step does what is possible for one insurer now and says it in one line, in Japanese and English.
func (o *Rotation) Step(insurer eligibility.InsurerNumber, c StepCause, now time.Time) (string, error) {
	switch {
	case c.KID != "":
		return message.New("keys.step.withdrawn", nil).Bilingual(), o.Withdraw(insurer, c.KID, now)
	case c.Leaked:
		e, err := o.Replace(insurer, Leaked, now)
		return signs("keys.step.leaked_replaced", e.File), err
	case c.Lost:
		e, err := o.Replace(insurer, Lost, now)
		if errors.Is(err, ErrNotLost) {
			return message.New("keys.step.not_lost", nil).Bilingual(), nil
		}
		return signs("keys.step.lost_replaced", e.File), err
	}
	return o.routine(insurer, c.OlderThan, now)
}

// signs says which key file signs from now on, and what else that means.
func signs(key, file string) string {
	return message.New(key, message.Args{"file": message.Text(file)}).Bilingual()
}

// routine is the step without an emergency.
func (o *Rotation) routine(insurer eligibility.InsurerNumber, olderThan int, now time.Time) (string, error) {
	k, err := o.rings.Issuer(insurer, now) // a lost current key is said first
	if err != nil {
		return "", err
	}
	next, err := o.Prepare(insurer, now)
	if err != nil {
		return "", err
	}
	due := next.Published.Add(PublishedBefore)
	if olderThan > 0 {
		listed, err := o.rings.List(insurer, now)
		if err != nil {
			return "", err
		}
		for _, e := range listed {
			if old := e.Signs.AddDate(0, 0, olderThan); e.JWK.ID == k.Current.ID && old.After(due) {
				due = old
			}
		}
	}
	said := message.Args{"file": message.Text(next.File), "from": message.Text(Japan(due))}
	switch _, known := k.Set.Find(next.JWK.ID); {
	case !known:
		return message.New("keys.step.published", said).Bilingual(), nil
	case now.Before(due):
		return message.New("keys.step.waits", said).Bilingual(), nil
	}
	if _, err := o.Rotate(insurer, now); err != nil {
		return "", err
	}
	return message.New("keys.step.rotated", message.Args{
		"file":  message.Text(next.File),
		"until": message.Text(Japan(now.Add(KeptAfter))),
	}).Bilingual(), nil
}

// Japan formats a time for people at the keyboard.
func Japan(t time.Time) string { return t.In(eligibility.Japan).Format("2006-01-02 15:04") }
