package insurer

import (
	"context"
	"slices"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// Enrolment binds the login of a person to a record by the code of a notice (お知らせ).
type Enrolment struct {
	Directory *Directory

	store   EnrolmentStore
	notices NoticeKeys
	address string
	now     func() time.Time
}

// EnrolmentStore is what Enrolment keeps. Each method is one transaction: it happens whole, audit entry
// included, or not at all. A missing thing is an *eligibility.Error with code NotFound.
type EnrolmentStore interface {
	// EnsureNotice returns the serial of the person's current notice; when there is none, or it is void, it
	// stores the next serial with the MAC that mac returns for it.
	EnsureNotice(ctx context.Context, person PersonKey, mac NoticeMAC, e audit.Entry) (int64, error)
	// ReissueNotice voids the current notice and stores the next serial.
	ReissueNotice(ctx context.Context, person PersonKey, mac NoticeMAC, e audit.Entry) (int64, error)
	// Notice returns the notice whose code has this MAC.
	Notice(ctx context.Context, mac []byte) (Notice, error)
	// Enrol binds a login's subject to the notice's person and uses the notice up. The same subject again is
	// no error; another subject gets ErrNoticeUsed, a voided notice ErrNoticeVoid.
	Enrol(ctx context.Context, noticeMAC []byte, subject string, e audit.Entry) error
	// Enrolled returns whom a login shows at a time: its own people, and those whom it represents until
	// later.
	Enrolled(ctx context.Context, subject string, at time.Time) ([]PersonRecord, error)
	// EndLogin ends one login's enrolment for a person and every way back: the notices that it used are void;
	// its sessions and those of its phones end; its grants, online codes and receipts of the person go, and
	// with its last person its phones' keys. It is NotFound when the person has no such login.
	EndLogin(ctx context.Context, person PersonKey, login int64, e audit.Entry) error
	// EraseSubject removes all that is kept about a login: enrolments, grants, keys, codes, its sessions and
	// those of its phones, receipts for its phones.
	EraseSubject(ctx context.Context, subject string, e audit.Entry) error
	Person(ctx context.Context, insurer eligibility.InsurerNumber, id audit.PersonID) (PersonRecord, error)
}

// NoticeMAC makes the MAC of a person's notice with a serial.
type NoticeMAC = func(serial int64) []byte

var (
	// ErrNotByNotice is returned where a notice's code does not enrol this login: it does not fit the person,
	// or the person's data are withheld. What it says holds for both.
	ErrNotByNotice = &eligibility.Error{Code: eligibility.Conflict, Key: "enrol.not_this_person"}
	// ErrEnrolAgain asks for a fresh login before a registration: an old session, perhaps on a phone that is
	// not its owner's any more, must not be able to register anybody.
	ErrEnrolAgain = &eligibility.Error{Code: eligibility.Denied, Key: "enrol.login_again"}
	// ErrNotEnrolled is returned for a person whom the one who asks may not show.
	ErrNotEnrolled = &eligibility.Error{Code: eligibility.NotFound, Key: "person.not_yours"}
)

// MACOf returns the MAC of a code as typed or scanned without looking it up: whether there is such a notice
// stays open. It returns ErrNoticeCode for a text that cannot be a code.
func (e *Enrolment) MACOf(text string) ([]byte, error) {
	code, err := ReadNoticeCode(text)
	if err != nil {
		return nil, err
	}
	return e.notices.MAC(code), nil
}

// NoticeFor looks up a code as typed or scanned and returns its MAC for the session. It returns ErrNoticeCode
// when there is no such notice, ErrNoticeVoid when a newer one replaces it. It never uses the code up.
func (e *Enrolment) NoticeFor(ctx context.Context, text string) (mac []byte, err error) {
	if mac, err = e.MACOf(text); err != nil {
		return nil, err
	}
	notice, err := e.store.Notice(ctx, mac)
	if err != nil {
		return nil, notFoundAs(err, ErrNoticeCode)
	}
	if notice.Void {
		return nil, ErrNoticeVoid
	}
	return mac, nil
}

// Enrol binds a login to the person of a notice. The code (its MAC) proves who got the letter, the
// login who holds the card: birth date exact, name tolerant (variants, ●, kana;
// docs/facts/names-and-characters.md#matching), because registers spell names differently. A void
// notice gets ErrNoticeVoid, a viewer without a login, or with one that is not fresh, ErrEnrolAgain.
//
// For a person whose data are withheld (不開示, DV and the like) a notice is not enough, since it may lie in the
// wrong hands with the card: they are enrolled at the Desk. The answer is the same as for a login that does
// not fit, so that nobody learns by it who is withheld.
func (e *Enrolment) Enrol(ctx context.Context, viewer Viewer, mac []byte) error {
	notice, err := e.store.Notice(ctx, mac)
	if err != nil {
		return notFoundAs(err, ErrNoticeCode)
	}
	if notice.Void {
		return ErrNoticeVoid
	}
	if !isFreshLogin(viewer.Login, e.now()) {
		return ErrEnrolAgain
	}
	login := *viewer.Login
	record, err := e.store.Person(ctx, notice.Insurer, notice.Person)
	if err != nil {
		return err
	}
	if !samePerson(login, record.Person) {
		return ErrNotByNotice
	}
	if record.Person.Withheld == eligibility.Yes {
		return e.enrolledAtDesk(ctx, login.Subject, record)
	}
	return e.store.Enrol(ctx, mac, login.Subject, audit.Entry{
		At:     e.now(),
		Actor:  viewer.Actor(),
		Action: "notice.enrol",
		Person: notice.Person,
		Detail: login.Assurance(),
	})
}

// enrolledAtDesk is nil where a login shows the person already, and ErrNotByNotice for any other.
func (e *Enrolment) enrolledAtDesk(ctx context.Context, subject string, record PersonRecord) error {
	known, err := e.store.Enrolled(ctx, subject, e.now())
	if err != nil {
		return err
	}
	if slices.ContainsFunc(known, func(r PersonRecord) bool { return r.ID == record.ID }) {
		return nil
	}
	return ErrNotByNotice
}

// samePerson compares a login with a record: the date of birth exactly, the name tolerantly, also against the
// alias. A name of which more than half is hidden (●●) is nobody's: the insurer puts it right first.
func samePerson(login auth.Identity, p eligibility.Person) bool {
	return !login.BirthDate.IsZero() && login.BirthDate == p.BirthDate && p.BestMatch(login.Name).Match.Same()
}
