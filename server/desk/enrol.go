package desk

import (
	"context"
	"errors"

	"madoguchi/auth"
	"madoguchi/eligibility"
)

var (
	errEnrolBirthDate = &eligibility.Error{Code: eligibility.Conflict, Key: "enrol.not_this_person"}
	// ErrEnrolAgain asks for a fresh login before a registration: an old session, perhaps on a phone that is
	// not its owner's any more, must not be able to register anybody.
	ErrEnrolAgain = &eligibility.Error{Code: eligibility.Denied, Key: "enrol.login_again"}
	// ErrNotEnrolled is returned for a person whom the one who asks may not show.
	ErrNotEnrolled = &eligibility.Error{Code: eligibility.NotFound, Key: "person.not_yours"}
)

// NoticeFor looks up a code as typed or scanned and returns its MAC for the session. It returns ErrNoticeCode when there is
// no such notice, ErrNoticeVoid when a newer one replaces it. It never uses the code up.
func (o *Office) NoticeFor(ctx context.Context, text string) (mac []byte, err error) {
	code, err := ReadNoticeCode(text)
	if err != nil {
		return nil, err
	}
	mac = o.Notices.MAC(code)
	notice, err := o.Store.Notice(ctx, mac)
	if err != nil {
		return nil, notFoundAs(err, ErrNoticeCode)
	}
	if notice.Void {
		return nil, ErrNoticeVoid
	}
	return mac, nil
}

// Enrol binds a login to the person of a notice. The code (its MAC) proves who got the letter, the login who holds the
// card: birth date exact, name tolerant (variants, ●, kana; rules.md 4.4), because registers spell names
// differently. A void notice gets ErrNoticeVoid, a login that is not fresh ErrEnrolAgain.
func (o *Office) Enrol(ctx context.Context, login auth.Identity, mac []byte) error {
	notice, err := o.Store.Notice(ctx, mac)
	if err != nil {
		return notFoundAs(err, ErrNoticeCode)
	}
	if notice.Void {
		return ErrNoticeVoid
	}
	if !fresh(login, o.Now()) {
		return ErrEnrolAgain
	}
	record, err := o.Store.Person(ctx, notice.Person)
	if err != nil {
		return err
	}
	if !samePerson(login, record.Person) {
		return errEnrolBirthDate
	}
	return o.Store.Enrol(ctx, mac, login.Subject, Entry{
		At:     o.Now(),
		Actor:  ActorPatient,
		Action: "notice.enrol",
		Person: notice.Person,
		Detail: login.Basis(),
	})
}

// samePerson compares a login with a record: the date of birth exactly, the name tolerantly, also against the
// alias. A name of which more than half is hidden (●●) is nobody's: the insurer puts it right first.
func samePerson(login auth.Identity, p eligibility.Person) bool {
	return !login.BirthDate.IsZero() && login.BirthDate == p.BirthDate && p.BestMatch(login.Name).Match.Same()
}

// People returns the people whom this login may show.
func (o *Office) People(ctx context.Context, subject string) ([]PersonRecord, error) {
	return o.Store.Enrolled(ctx, subject)
}

// shown returns the record of a person whom this login may show, and the insurer.
func (o *Office) shown(ctx context.Context, subject string, id PersonID) (PersonRecord, Insurer, error) {
	records, err := o.Store.Enrolled(ctx, subject)
	if err != nil {
		return PersonRecord{}, Insurer{}, err
	}
	for _, r := range records {
		if r.ID == id {
			in, err := o.Insurer(ctx, r.Person.Insurer)
			return r, in, err
		}
	}
	return PersonRecord{}, Insurer{}, ErrNotEnrolled
}

// Insurer returns one insurer of this server.
func (o *Office) Insurer(ctx context.Context, number eligibility.InsurerNumber) (Insurer, error) {
	all, err := o.Store.Insurers(ctx)
	if err != nil {
		return Insurer{}, err
	}
	for _, in := range all {
		if in.Number == number {
			return in, nil
		}
	}
	return Insurer{}, errNoInsurer
}

var errNoInsurer = &eligibility.Error{Code: eligibility.NotFound, Key: "insurer.unknown", Field: "insurer"}

// notFoundAs replaces a store's "not found" by what it means here.
func notFoundAs(err error, as *eligibility.Error) error {
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		return as
	}
	return err
}
