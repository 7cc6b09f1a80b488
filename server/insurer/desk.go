package insurer

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// Desk enrols people who come to the insurer's desk (保険者の窓口): a clerk sees the person and the papers, and
// the person's own phone scans a code that works once. The login behind it must still fit the record. It is
// the only way for those whose data are withheld (不開示).
type Desk struct {
	Directory *Directory

	store   DeskStore
	notices NoticeKeys
	address string
	now     func() time.Time

	watchers watchers[PersonKey]
}

// DeskStore is what Desk keeps. Each method is one transaction: it happens whole, audit entry included, or
// not at all. A missing thing is an *eligibility.Error with code NotFound.
type DeskStore interface {
	// PutDeskCode stores a person's code in the place of the one before.
	PutDeskCode(ctx context.Context, which PersonKey, code DeskCode, e audit.Entry) error
	// DeskCode returns a person's code by its ref.
	DeskCode(ctx context.Context, which PersonKey, ref string) (DeskCode, error)
	// DeskCodeByMAC returns the code that has a MAC, and whose it is.
	DeskCodeByMAC(ctx context.Context, mac []byte) (DeskCode, PersonKey, error)
	// CancelDeskCode ends a code that is open; ErrDeskCode when it is not.
	CancelDeskCode(ctx context.Context, which PersonKey, ref string, e audit.Entry) error
	// NoteMisfit counts a login that does not fit an open code's person. The last of most ends the code.
	NoteMisfit(ctx context.Context, mac []byte, most int, e audit.Entry) error
	// EnrolAtDesk binds a login's subject to the person of an open code and uses the code up; ErrDeskCode
	// when it is not open. Which clerk made the code, and what that clerk saw, stays with the login.
	EnrolAtDesk(ctx context.Context, mac []byte, subject string, e audit.Entry) error
	Person(ctx context.Context, insurer eligibility.InsurerNumber, id audit.PersonID) (PersonRecord, error)
}

// Seen is what a clerk looked at before enrolling somebody at the desk.
type Seen string

// What a clerk may have seen. The two kinds of other papers are those of counters of public offices.
const (
	SeenCard  Seen = "card"  // マイナンバーカード, with the face on it
	SeenPhoto Seen = "photo" // one paper with a photograph: 運転免許証, 旅券, 在留カード
	SeenTwo   Seen = "two"   // two papers without one: 資格確認書, 年金の書類
)

// SeenChoices are all of them, as the page offers them.
var SeenChoices = []Seen{SeenCard, SeenPhoto, SeenTwo}

// DeskState is how far an enrolment at the desk has got.
type DeskState string

// States of a desk code. One whose time has run out is stored as open and told as over.
const (
	DeskOpen      DeskState = "open"
	DeskBound     DeskState = "bound"     // a login was bound by it
	DeskCancelled DeskState = "cancelled" // by the clerk
	DeskOver      DeskState = "over"      // too late, or too many logins that did not fit
)

// DeskCode is the code of one enrolment at the desk, as stored.
type DeskCode struct {
	Ref       string // names it to the clerk; the code is derived from it by a key
	MAC       []byte // of the code
	Staff     string // who made it
	Seen      Seen
	State     DeskState
	Misfits   int // logins that did not fit
	CreatedAt time.Time
	ExpiresAt time.Time
}

// DeskLife is how long a desk code lives, and deskMisfits how many logins may not fit before it ends: the
// clerk stands beside the person and makes the next one.
const (
	DeskLife    = 10 * time.Minute
	deskMisfits = 5
)

var (
	// ErrDeskCode is returned for a code of the desk that is none, was used, was ended or came too late: one
	// answer, so that guessing teaches nothing.
	ErrDeskCode = &eligibility.Error{Code: eligibility.NotFound, Key: "desk.unknown", Field: "code"}
	// ErrDeskSeen is returned when a clerk does not say what was seen.
	ErrDeskSeen = &eligibility.Error{Code: eligibility.Invalid, Key: "staff.seen", Field: "seen"}
	// ErrDeskMisfit is returned for a login that is not the person's at the desk.
	ErrDeskMisfit = &eligibility.Error{Code: eligibility.Conflict, Key: "desk.not_this_person"}
)

// StateAt is the state at a time.
func (d DeskCode) StateAt(now time.Time) DeskState {
	if d.State == DeskOpen && !now.Before(d.ExpiresAt) {
		return DeskOver
	}
	return d.State
}

// deskCode derives the code of a ref.
func (d *Desk) deskCode(ref string) string {
	mac := hmac.New(sha256.New, d.notices.Derive)
	mac.Write([]byte("madoguchi-desk-1\x00" + ref))
	return noticeAlphabet.EncodeToString(mac.Sum(nil)[:10])
}

// deskMAC is what the store keeps in a code's place.
func (d *Desk) deskMAC(code string) []byte { return d.notices.mac("madoguchi-desk-code-1", code) }

// Begin makes the code of a person of the clerk's insurer, once the clerk has said what was seen, and ends
// the one before. It returns the code's ref.
func (d *Desk) Begin(
	ctx context.Context, clerk staff.Clerk, id audit.PersonID, seen Seen,
) (ref string, err error) {
	which := PersonKey{clerk.Insurer, id}
	if _, err := d.store.Person(ctx, which.Insurer, id); err != nil {
		return "", notFoundAs(err, ErrNoPerson)
	}
	if seen != SeenCard && seen != SeenPhoto && seen != SeenTwo {
		return "", ErrDeskSeen
	}
	now := d.now()
	ref = rand.Text()
	code := DeskCode{
		Ref:       ref,
		MAC:       d.deskMAC(d.deskCode(ref)),
		Staff:     clerk.Staff,
		Seen:      seen,
		State:     DeskOpen,
		CreatedAt: now,
		ExpiresAt: now.Add(DeskLife),
	}
	entry := personEntry(now, clerk, id, "desk.begin")
	entry.Detail = string(seen) + " " + ref
	if err := d.store.PutDeskCode(ctx, which, code, entry); err != nil {
		return "", notFoundAs(err, ErrNoPerson)
	}
	d.watchers.tell(which)
	return ref, nil
}

// DeskEnrolment is what the clerk's page shows of an enrolment at the desk.
type DeskEnrolment struct {
	DeskCode
	State     DeskState // now
	Code, URL string    // empty unless it is open, and the clerk's own
}

// Enrolment returns an enrolment at the desk of the clerk's insurer: the code only to who made it.
func (d *Desk) Enrolment(
	ctx context.Context, clerk staff.Clerk, id audit.PersonID, ref string,
) (DeskEnrolment, error) {
	code, err := d.store.DeskCode(ctx, PersonKey{clerk.Insurer, id}, ref)
	if err != nil {
		return DeskEnrolment{}, notFoundAs(err, ErrDeskCode)
	}
	e := DeskEnrolment{DeskCode: code, State: code.StateAt(d.now())}
	if e.State == DeskOpen && code.Staff == clerk.Staff {
		e.Code = d.deskCode(ref)
		e.URL = d.address + "/d/" + e.Code
	}
	return e, nil
}

// Cancel ends an open code of the clerk's insurer.
func (d *Desk) Cancel(ctx context.Context, clerk staff.Clerk, id audit.PersonID, ref string) error {
	which := PersonKey{clerk.Insurer, id}
	entry := personEntry(d.now(), clerk, id, "desk.cancel")
	entry.Detail = ref
	err := d.store.CancelDeskCode(ctx, which, ref, entry)
	if err == nil {
		d.watchers.tell(which)
	}
	return notFoundAs(err, ErrDeskCode)
}

// Watch returns a channel that receives whenever the enrolment at the desk of a person of the clerk's insurer
// has got on, one signal for all that happened since the last, until stop is called.
func (d *Desk) Watch(clerk staff.Clerk, id audit.PersonID) (changed <-chan struct{}, stop func()) {
	return d.watchers.watch(PersonKey{clerk.Insurer, id})
}

// MACOf returns the MAC of a code as scanned or typed without looking it up, or ErrDeskCode for a text that
// cannot be one.
func (d *Desk) MACOf(text string) ([]byte, error) {
	code, err := ReadNoticeCode(text)
	if err != nil {
		return nil, ErrDeskCode
	}
	return d.deskMAC(code), nil
}

// CodeFor looks a code up as scanned or typed and returns its MAC for the session, or ErrDeskCode. It never
// uses the code up.
func (d *Desk) CodeFor(ctx context.Context, text string) (mac []byte, err error) {
	if mac, err = d.MACOf(text); err != nil {
		return nil, err
	}
	_, _, err = d.open(ctx, mac)
	return mac, err
}

// CodeInsurer returns the insurer whose desk an opened code is of, or ErrDeskCode when it is open no more.
func (d *Desk) CodeInsurer(ctx context.Context, mac []byte) (Insurer, error) {
	_, which, err := d.open(ctx, mac)
	if err != nil {
		return Insurer{}, err
	}
	return d.Directory.Insurer(ctx, which.Insurer)
}

// open returns the code that has a MAC while it is open.
func (d *Desk) open(ctx context.Context, mac []byte) (DeskCode, PersonKey, error) {
	code, which, err := d.store.DeskCodeByMAC(ctx, mac)
	if err == nil && code.StateAt(d.now()) != DeskOpen {
		err = ErrDeskCode
	}
	return code, which, notFoundAs(err, ErrDeskCode)
}

// Enrol binds a login to the person of an open code, as Enrolment.Enrol does: the login must be fresh, and
// its birth date and name those of the record. A login that does not fit is counted on the code, which the
// clerk's page shows.
func (d *Desk) Enrol(ctx context.Context, viewer Viewer, mac []byte) error {
	code, which, err := d.open(ctx, mac)
	if err != nil {
		return err
	}
	now := d.now()
	if !isFreshLogin(viewer.Login, now) {
		return ErrEnrolAgain
	}
	record, err := d.store.Person(ctx, which.Insurer, which.ID)
	if err != nil {
		return notFoundAs(err, ErrDeskCode)
	}
	entry := audit.Entry{At: now, Actor: viewer.Actor()}
	defer d.watchers.tell(which)
	if !samePerson(*viewer.Login, record.Person) {
		entry.Action, entry.Detail = "desk.misfit", code.Ref
		if err := d.store.NoteMisfit(ctx, mac, deskMisfits, entry); err != nil {
			return notFoundAs(err, ErrDeskCode)
		}
		return ErrDeskMisfit
	}
	entry.Action, entry.Person = "desk.enrol", which.ID
	entry.Detail = strings.Join([]string{string(code.Seen), code.Ref, "by=" + code.Staff,
		viewer.Login.Assurance()}, " ")
	return notFoundAs(d.store.EnrolAtDesk(ctx, mac, viewer.Login.Subject, entry), ErrDeskCode)
}
