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
	ErrNoPerson = &eligibility.Error{Code: eligibility.NotFound, Key: "person.missing",
		Ja: "この加入者の記録はありません。もう消されたか、アドレスが違います。「保険者の窓口」からもう一度さがしてください。",
		En: "There is no such record: it was erased, or the address is wrong. Search again from the office."}
	// ErrErasing is returned when the number typed to confirm is not the person's.
	ErrErasing = &eligibility.Error{Code: eligibility.Invalid, Key: "person.erase_number", Field: "number",
		Ja: "番号が、この人の番号と違います。何も消していません。消す人をもう一度確かめて、番号を入れ直してください。",
		En: "This is not the person's number. Nothing was erased. Check whom you mean and enter the number again."}
	errNoLogin = &eligibility.Error{Code: eligibility.NotFound, Key: "person.login_missing",
		Ja: "この登録はもうありません。ほかの担当者が先に解除したようです。一覧を確かめてください。",
		En: "This login is no longer there; somebody ended it before. Look at the list again."}
	// ErrNotDecided is returned when an action names no copies, or a time that is no time.
	ErrNotDecided = &eligibility.Error{Code: eligibility.Invalid, Key: "revoke.which",
		Ja: "取り消す写しが決まっていません。写しの番号（5文字）か、日時のどちらか一つを入れてください。",
		En: "It is not clear which copies are meant. Give either a copy's index (five characters) or a time."}
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
	if err := o.Store.Note(ctx, personEntry(o.Now(), id, staff, "people.view")); err != nil {
		return PersonFile{}, notFoundAs(err, ErrNoPerson)
	}
	file, err := o.Store.PersonFile(ctx, id, o.Now(), personEntries)
	return file, notFoundAs(err, ErrNoPerson)
}

func personEntry(at time.Time, id PersonID, staff, action string) Entry {
	return Entry{At: at, Actor: ClerkActor(staff), Action: action, Person: id}
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
	return notFoundAs(o.Store.ErasePerson(ctx, id, personEntry(o.Now(), id, staff, "person.erase")), ErrNoPerson)
}
