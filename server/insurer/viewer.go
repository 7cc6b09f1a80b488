package insurer

import (
	"context"
	"errors"
	"slices"
	"time"

	"madoguchi/auth"
	"madoguchi/server/audit"
)

// Viewer is the principal of a patient's request: a login, a phone that came by its key, or both in one
// browser. The zero value may be shown nobody.
type Viewer struct {
	Login  *auth.Identity // nil where nobody is logged in
	Device Device         // zero where no phone came by its key
	People []DeviceGrant  // whom the phone may show, newest first, among them those that are over
}

// Device names a phone that came by its key.
type Device struct{ ID, KeyID string }

// Actor is the patient as the audit chain names one: without a name.
func (Viewer) Actor() audit.Actor { return audit.ActorPatient }

// ByLogin is the viewer by the login alone, without what the phone may show.
func (v Viewer) ByLogin() Viewer { return Viewer{Login: v.Login} }

// SignedOut reports whether there is neither a login nor a phone that is known.
func (v Viewer) SignedOut() bool { return v.Login == nil && len(v.People) == 0 }

// subject is the login's own, or empty, which is nobody's.
func (v Viewer) subject() string {
	if v.Login == nil {
		return ""
	}
	return v.Login.Subject
}

// subjects are the logins by which the viewer shows people: those of the phone, the oldest first, then the
// viewer's own.
func (v Viewer) subjects() []string {
	var all []string
	for _, g := range slices.Backward(v.People) {
		if !slices.Contains(all, g.Subject) {
			all = append(all, g.Subject)
		}
	}
	if own := v.subject(); own != "" && !slices.Contains(all, own) {
		all = append(all, own)
	}
	return all
}

// mayShow says whether a login's person is shown to this viewer, until when without a login, and whether only
// a login is missing.
func (v Viewer) mayShow(
	person audit.PersonID, subject string, now time.Time,
) (loginBy *time.Time, shown, lapsed bool) {
	shown = v.Login != nil && v.Login.Subject == subject
	for _, g := range v.People {
		if g.Person == person && g.Subject == subject {
			until := g.Until()
			if now.Before(until) {
				return &until, true, false
			}
			return nil, shown, !shown
		}
	}
	return nil, shown, false
}

// loginFor returns the login by which the viewer may ask for a person: ErrNotEnrolled for somebody else's,
// ErrDeviceGrantOver where the phone's time is over. Whether the login still shows the person is another
// question.
func (v Viewer) loginFor(person audit.PersonID, now time.Time) (string, error) {
	err := error(ErrNotEnrolled)
	for _, g := range v.People {
		if g.Person != person {
			continue
		}
		if now.Before(g.Until()) || v.Login != nil && v.Login.Subject == g.Subject {
			return g.Subject, nil
		}
		err = ErrDeviceGrantOver
	}
	if v.subject() != "" && err == error(ErrNotEnrolled) {
		return v.subject(), nil
	}
	return "", err
}

// Viewer makes the principal of a patient's request, from its login and the phone that came by its key;
// either may be missing. A phone that nobody knows any more shows nobody.
func (d *Devices) Viewer(ctx context.Context, login *auth.Identity, device Device) (Viewer, error) {
	v := Viewer{Login: login, Device: device}
	if device == (Device{}) {
		return v, nil
	}
	grants, err := d.grantsOf(ctx, device)
	if err != nil && !errors.Is(err, ErrDeviceUnknown) {
		return Viewer{}, err
	}
	v.People = grants
	return v, nil
}

// LoginFor returns the login by which a viewer may ask for a person, by which requests are counted.
func (e *Enrolment) LoginFor(viewer Viewer, id audit.PersonID) (string, error) {
	return viewer.loginFor(id, e.now())
}

// ShownPerson is a person whom a viewer shows, or may show again after a login.
type ShownPerson struct {
	PersonRecord
	LoginBy *time.Time // until then the phone's key is enough; nil where it is not used
	Lapsed  bool       // the phone's time is over: not shown before the next login
}

// People returns the people whom a viewer may show, and those who only lack a login.
func (e *Enrolment) People(ctx context.Context, viewer Viewer) ([]ShownPerson, error) {
	var all []ShownPerson
	for _, subject := range viewer.subjects() {
		records, err := e.store.Enrolled(ctx, subject, e.now())
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			loginBy, shown, lapsed := viewer.mayShow(r.ID, subject, e.now())
			if shown || lapsed {
				all = append(all, ShownPerson{PersonRecord: r, LoginBy: loginBy, Lapsed: lapsed})
			}
		}
	}
	return all, nil
}

// InsurerOf returns the insurer whom a viewer can call: that of the login's first person, else of the
// phone's. It returns false where there is none.
func (e *Enrolment) InsurerOf(ctx context.Context, viewer Viewer) (Insurer, bool) {
	var subjects []string
	if viewer.Login != nil {
		subjects = append(subjects, viewer.Login.Subject)
	}
	for _, g := range viewer.People {
		subjects = append(subjects, g.Subject)
	}
	for _, subject := range subjects {
		people, err := e.store.Enrolled(ctx, subject, e.now())
		if err != nil || len(people) == 0 {
			continue
		}
		if in, err := e.Directory.Insurer(ctx, people[0].Person.Insurer); err == nil {
			return in, true
		}
	}
	return Insurer{}, false
}

// shownPerson returns the record of a person whom a viewer may show, and the insurer.
func (e *Enrolment) shownPerson(
	ctx context.Context, viewer Viewer, id audit.PersonID,
) (PersonRecord, Insurer, error) {
	subject, err := viewer.loginFor(id, e.now())
	if err != nil {
		return PersonRecord{}, Insurer{}, err
	}
	records, err := e.store.Enrolled(ctx, subject, e.now())
	if err != nil {
		return PersonRecord{}, Insurer{}, err
	}
	for _, r := range records {
		if r.ID == id {
			if r.IsRepresented() { // whom the counter identifies by the card: no address is needed there
				r.Person = withoutAddress(r.Person)
			}
			in, err := e.Directory.Insurer(ctx, r.Person.Insurer)
			return r, in, err
		}
	}
	return PersonRecord{}, Insurer{}, ErrNotEnrolled
}
