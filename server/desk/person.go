package desk

import (
	"context"
	"fmt"
	"time"

	"madoguchi/eligibility"
)

// PeopleStore shows one person to a clerk, with all that hangs on the record.
type PeopleStore interface {
	// PersonFile returns what is kept of a person at a time, with the newest entries lines of the audit chain.
	PersonFile(ctx context.Context, id PersonID, at time.Time, entries int) (PersonFile, error)
	// EndLogin ends one login's enrolment for a person and every way back: the notices that it used are void;
	// its sessions and those of its phones end; its grants, online codes and receipts of the person go, and
	// with its last person its phones' keys. It is NotFound when the person has no such login.
	EndLogin(ctx context.Context, person PersonID, login int64, e Entry) error
	// CountCopies returns how many copies Revoke would list at a time.
	CountCopies(ctx context.Context, insurer eligibility.InsurerNumber, which Copies, at time.Time) (int, error)
}

// PersonFile is everything that the insurer keeps of one person.
type PersonFile struct {
	PersonRecord
	Older       []PersonRecord // newest first
	Notices     []IssuedNotice // newest first
	Copies      []IssuedCopy   // newest first
	Logins      []Login        // oldest first
	Phones      []LinkedPhone  // newest first
	Receipts    int
	Entries     []Entry // newest first
	MoreEntries int
}

// IssuedNotice is a notice code that a person was given.
type IssuedNotice struct {
	Serial     int64
	At         time.Time
	Void, Used bool
}

// IssuedCopy is a saved copy (PDF or file) that a person was given.
type IssuedCopy struct {
	RID             uint32
	Issued, Expires time.Time
	Revoked         time.Time // zero while it is not
}

// Login is a login that shows a person.
type Login struct {
	ID     int64
	Since  time.Time
	Phones int
}

// LinkedPhone is a phone that shows a person by its key, through one login.
type LinkedPhone struct {
	ID        string // the phone's own, random
	At, Until time.Time
	LoginAt   time.Time // the login's callback
	Login     int64     // which of Logins
}

// personEntries is how many lines of the audit chain a clerk sees of one person.
const personEntries = 100

var (
	// ErrNoPerson is returned for a person who is not there.
	ErrNoPerson = &eligibility.Error{Code: eligibility.NotFound, Key: "person.missing"}
	// ErrErasing is returned when the number typed to confirm is not the person's.
	ErrErasing = &eligibility.Error{Code: eligibility.Invalid, Key: "person.erase_number", Field: "number"}
	errNoLogin = &eligibility.Error{Code: eligibility.NotFound, Key: "person.login_missing"}
	// ErrNotDecided is returned when an action names no copies, or a time that is no time.
	ErrNotDecided = &eligibility.Error{Code: eligibility.Invalid, Key: "revoke.which"}
)

// NoPerson is ErrNoPerson for a store's "not found", and any other error as it is.
func NoPerson(err error) error { return notFoundAs(err, ErrNoPerson) }

// Search looks people up for a clerk. That somebody looked is audited, what was typed is not.
func (o *Office) Search(ctx context.Context, q PeopleQuery, staff string) (people []PersonRecord, found int, err error) {
	if people, err = o.Store.FindPeople(ctx, q); err != nil {
		return nil, 0, err
	}
	if found, err = o.Store.CountFound(ctx, q); err != nil {
		return nil, 0, err
	}
	kind := "search"
	if q.Text == "" {
		kind = "list"
	}
	return people, found, o.Note(ctx, ClerkActor(staff), "people.search", fmt.Sprintf("%s %s found=%d shown=%d", q.Insurer, kind, found, len(people)))
}

// PersonFile shows a person to a clerk, which is audited on the person.
func (o *Office) PersonFile(ctx context.Context, id PersonID, staff string) (PersonFile, error) {
	if err := o.Store.Note(ctx, o.personEntry(id, staff, "people.view")); err != nil {
		return PersonFile{}, notFoundAs(err, ErrNoPerson)
	}
	file, err := o.Store.PersonFile(ctx, id, o.Now(), personEntries)
	return file, notFoundAs(err, ErrNoPerson)
}

func (o *Office) personEntry(id PersonID, staff, action string) Entry {
	return Entry{At: o.Now(), Actor: ClerkActor(staff), Action: action, Person: id}
}

// Reissue gives a person a new notice code and voids the last.
func (o *Office) Reissue(ctx context.Context, id PersonID, staff string) error {
	_, err := o.Store.ReissueNotice(ctx, id, func(serial int64) []byte { return o.Notices.MAC(o.Notices.Code(id, serial)) }, o.personEntry(id, staff, "notice.reissue"))
	return notFoundAs(err, ErrNoPerson)
}

// EndLogin ends one login's enrolment for a person.
func (o *Office) EndLogin(ctx context.Context, id PersonID, login int64, staff string) error {
	return notFoundAs(o.Store.EndLogin(ctx, id, login, o.personEntry(id, staff, "login.end")), errNoLogin)
}

// Erase removes a person, once the clerk has typed the person's 番号.
func (o *Office) Erase(ctx context.Context, id PersonID, typed, staff string) error {
	record, err := o.Store.Person(ctx, id)
	if err != nil {
		return notFoundAs(err, ErrNoPerson)
	}
	if eligibility.NormaliseNumber(typed) != eligibility.NormaliseNumber(record.Person.Number) {
		return ErrErasing
	}
	return notFoundAs(o.Store.ErasePerson(ctx, id, o.personEntry(id, staff, "person.erase")), ErrNoPerson)
}
