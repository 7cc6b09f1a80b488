package insurer

import (
	"context"
	"fmt"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// Register is the insured of an insurer as a clerk sees them: search, one person's file, erasing.
type Register struct {
	store RegisterStore
	now   func() time.Time
}

// RegisterStore is what Register keeps. Each method is one transaction: it happens whole, audit entry
// included, or not at all. A missing thing is an *eligibility.Error with code NotFound.
type RegisterStore interface {
	// FindPeople returns at most q.Limit people of one insurer, newest first, whose 番号, 記号 and 番号 (parted by
	// a blank or a dot) or birth date is q.Text, or whose name or kana is or begins with it (from its second
	// letter on), or all when q.Text is empty. Width, blanks, leading zeros and variant characters do not
	// count.
	FindPeople(ctx context.Context, q PeopleQuery) ([]PersonRecord, error)
	CountFound(ctx context.Context, q PeopleQuery) (int, error) // all of them
	CountPeople(ctx context.Context, insurer eligibility.InsurerNumber) (int, error)
	Person(ctx context.Context, insurer eligibility.InsurerNumber, id audit.PersonID) (PersonRecord, error)
	// PersonFile returns what is kept of a person at a time, with the newest entries lines of the audit
	// chain.
	PersonFile(ctx context.Context, which PersonKey, at time.Time, entries int) (PersonFile, error)
	// ErasePerson removes a person, every version, notice, enrolment and receipt, and the key of its
	// pseudonym, and ends the sessions of those who could show it; the audit chain stays whole.
	ErasePerson(ctx context.Context, insurer eligibility.InsurerNumber, id audit.PersonID,
		e audit.Entry) error
	// Note appends an entry that belongs to no other change.
	Note(ctx context.Context, e audit.Entry) error
}

// PersonKey names a person of an insurer.
type PersonKey struct {
	Insurer eligibility.InsurerNumber
	ID      audit.PersonID
}

// PersonFile is everything that the insurer keeps of one person.
type PersonFile struct {
	PersonRecord
	Older   []PersonRecord // newest first
	Notices []IssuedNotice // newest first
	Copies  []IssuedCopy   // newest first
	Logins  []Login        // the person's own, oldest first
	// Representatives are the logins of others, oldest first, until their end is noted.
	Representatives []Representative
	Devices         []LinkedDevice // newest first
	Receipts        int
	Entries         []audit.Entry // newest first
	MoreEntries     int
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
	ID      int64
	Since   time.Time
	Devices int
	BoundBy string // who of the staff enrolled it at the desk; empty where a notice's code did
	Seen    Seen   // what that clerk saw; empty for a notice
}

// LinkedDevice is a phone that shows a person by its key, through one login.
type LinkedDevice struct {
	ID        string // the phone's own, random
	At, Until time.Time
	LoginAt   time.Time // the login's callback
	Login     int64     // which of Logins
	Kind      DeviceKind
}

// personEntries is how many lines of the audit chain a clerk sees of one person.
const personEntries = 100

var (
	// ErrNoPerson is returned for a person who is not there.
	ErrNoPerson = &eligibility.Error{Code: eligibility.NotFound, Key: "person.missing"}
	// ErrErasing is returned when the number typed to confirm is not the person's.
	ErrErasing = &eligibility.Error{Code: eligibility.Invalid, Key: "person.erase_number", Field: "number"}
	errNoLogin = &eligibility.Error{Code: eligibility.NotFound, Key: "person.login_missing"}
	// ErrCount is returned when the number typed to confirm is not how many copies would be revoked.
	ErrCount = &eligibility.Error{Code: eligibility.Invalid, Key: "revoke.count", Field: "count"}
	// ErrNotDecided is returned when an action names no copies, or a time that is no time.
	ErrNotDecided = &eligibility.Error{Code: eligibility.Invalid, Key: "revoke.which"}
)

// Search looks people of the clerk's insurer up. That somebody looked is audited, what was typed is not.
func (r *Register) Search(
	ctx context.Context, clerk staff.Clerk, q PeopleQuery,
) (people []PersonRecord, found int, err error) {
	q.Insurer = clerk.Insurer
	if people, err = r.store.FindPeople(ctx, q); err != nil {
		return nil, 0, err
	}
	if found, err = r.store.CountFound(ctx, q); err != nil {
		return nil, 0, err
	}
	kind := "search"
	if q.Text == "" {
		kind = "list"
	}
	detail := fmt.Sprintf("%s %s found=%d shown=%d", q.Insurer, kind, found, len(people))
	return people, found, r.Note(ctx, clerk, "people.search", detail)
}

// FindOne returns the only person of the operator's insurer whom a text means, as in Search; ErrNoPerson when
// it means nobody or several.
func (r *Register) FindOne(ctx context.Context, operator staff.Operator, text string) (PersonRecord, error) {
	found, err := r.store.FindPeople(ctx, PeopleQuery{Insurer: operator.Insurer, Text: text, Limit: 2})
	if err != nil {
		return PersonRecord{}, err
	}
	if len(found) != 1 {
		return PersonRecord{}, ErrNoPerson
	}
	return found[0], nil
}

// PersonFile shows a person of the clerk's insurer, which is audited on the person. Of one whose data are
// withheld (不開示) it holds no address, of now or of before: Addresses shows them.
func (r *Register) PersonFile(ctx context.Context, clerk staff.Clerk, id audit.PersonID) (PersonFile, error) {
	if _, err := r.Record(ctx, clerk, id); err != nil {
		return PersonFile{}, err
	}
	if err := r.store.Note(ctx, personEntry(r.now(), clerk, id, "people.view")); err != nil {
		return PersonFile{}, notFoundAs(err, ErrNoPerson)
	}
	file, err := r.store.PersonFile(ctx, PersonKey{clerk.Insurer, id}, r.now(), personEntries)
	if file.Person.Withheld == eligibility.Yes {
		file.Person = withoutAddress(file.Person)
		for i := range file.Older {
			file.Older[i].Person = withoutAddress(file.Older[i].Person)
		}
	}
	return file, notFoundAs(err, ErrNoPerson)
}

func withoutAddress(p eligibility.Person) eligibility.Person {
	p.PostCode, p.Address, p.MailPostCode, p.MailAddress = "", "", "", ""
	return p
}

// Addresses shows the record of a person of the clerk's insurer with the addresses that PersonFile leaves
// out, which is audited on the person. The clerk must have used a passkey just now: the table of permissions
// asks for one.
func (r *Register) Addresses(
	ctx context.Context, clerk staff.Clerk, id audit.PersonID,
) (PersonRecord, error) {
	record, err := r.Record(ctx, clerk, id)
	if err != nil {
		return PersonRecord{}, err
	}
	err = r.store.Note(ctx, personEntry(r.now(), clerk, id, "people.address"))
	return record, notFoundAs(err, ErrNoPerson)
}

func personEntry(at time.Time, clerk staff.Clerk, id audit.PersonID, action string) audit.Entry {
	return audit.Entry{At: at, Actor: clerk.Actor(), Action: action, Person: id}
}

// Erase removes a person of the clerk's insurer, once the clerk has typed the person's 番号.
func (r *Register) Erase(ctx context.Context, clerk staff.Clerk, id audit.PersonID, typed string) error {
	record, err := r.Record(ctx, clerk, id)
	if err != nil {
		return err
	}
	if eligibility.NormaliseNumber(typed) != eligibility.NormaliseNumber(record.Person.Number) {
		return ErrErasing
	}
	entry := personEntry(r.now(), clerk, id, "person.erase")
	return notFoundAs(r.store.ErasePerson(ctx, clerk.Insurer, id, entry), ErrNoPerson)
}

// Count returns how many people the clerk's insurer has.
func (r *Register) Count(ctx context.Context, clerk staff.Clerk) (int, error) {
	return r.store.CountPeople(ctx, clerk.Insurer)
}

// Record returns the record of a person of the clerk's insurer as it is now, ErrNoPerson when there is none.
func (r *Register) Record(ctx context.Context, clerk staff.Clerk, id audit.PersonID) (PersonRecord, error) {
	record, err := r.store.Person(ctx, clerk.Insurer, id)
	return record, notFoundAs(err, ErrNoPerson)
}

// Copies returns the saved copies of a person of the clerk's insurer, newest first. It shows nobody anything,
// so it is not audited.
func (r *Register) Copies(ctx context.Context, clerk staff.Clerk, id audit.PersonID) ([]IssuedCopy, error) {
	file, err := r.store.PersonFile(ctx, PersonKey{clerk.Insurer, id}, r.now(), 0)
	return file.Copies, notFoundAs(err, ErrNoPerson)
}
