package insurer

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// Representatives binds the login of a representative (代理人) to a person: a clerk who saw the papers states
// on what ground and until when, and hands a code to the representative's phone.
type Representatives struct {
	Directory *Directory
	Register  *Register

	store   RepresentativesStore
	notices NoticeKeys
	address string
	now     func() time.Time
}

// RepresentativesStore is what Representatives keeps. Each method is one transaction: it happens whole, audit
// entry included, or not at all. A missing thing is an *eligibility.Error with code NotFound.
type RepresentativesStore interface {
	// PutRepresentCode stores a code in the place of the person's last one.
	PutRepresentCode(ctx context.Context, code RepresentCode, e audit.Entry) error
	RepresentCode(ctx context.Context, mac []byte) (RepresentCode, error)
	// RepresentCodeOf returns the code that a person has.
	RepresentCodeOf(ctx context.Context, person PersonKey) (RepresentCode, error)
	// Represent uses a code up that has not ended at the entry's time, and binds a login to its person as the
	// code says. A login that represents the person already has that renewed. It returns
	// ErrRepresentOwnLogin for the person's own login, ErrTooManyRepresentatives where others have every
	// place.
	Represent(ctx context.Context, mac []byte, subject string, e audit.Entry) error
	// Representatives returns those of a person, oldest first, whatever their end.
	Representatives(ctx context.Context, person PersonKey) ([]Representative, error)
	// EndRepresentative ends one, as EnrolmentStore.EndLogin ends a login; it is NotFound for a login of
	// the person's own.
	EndRepresentative(ctx context.Context, person PersonKey, number int64, e audit.Entry) error
	Person(ctx context.Context, insurer eligibility.InsurerNumber, id audit.PersonID) (PersonRecord, error)
	Enrolled(ctx context.Context, subject string, at time.Time) ([]PersonRecord, error)
}

// RepresentCodeLife is how long a code waits for the representative's phone, at the insurer's desk.
const RepresentCodeLife = 10 * time.Minute

// MaxRepresentatives is how many representatives a person has at most: two parents, and two more.
const MaxRepresentatives = 4

// RepresentCode is a code as stored: it stands for a person and what the clerk stated.
type RepresentCode struct {
	MAC       []byte
	Nonce     []byte // of which the code is made
	Person    audit.PersonID
	Insurer   eligibility.InsurerNumber // the person's
	ExpiresAt time.Time
	Until     time.Time // the first moment after the last day
	Staff     string    // who made it
	Representation
}

var (
	// ErrRepresentCode is returned for a text that is no code, and for a code that is used, over or void: the
	// answers are the same so that guessing teaches nothing.
	ErrRepresentCode = &eligibility.Error{Code: eligibility.NotFound, Key: "represent.code", Field: "code"}
	// ErrRepresentOwnLogin is returned to the person's own login: nobody represents themselves.
	ErrRepresentOwnLogin = &eligibility.Error{Code: eligibility.Conflict, Key: "represent.own_login"}
	// ErrTooManyRepresentatives is returned where MaxRepresentatives have the person's screen.
	ErrTooManyRepresentatives = &eligibility.Error{Code: eligibility.Conflict, Key: "represent.too_many"}
	errRepresentOther         = &eligibility.Error{Code: eligibility.Conflict, Key: "represent.other_name"}
	errNoRepresentative       = &eligibility.Error{Code: eligibility.NotFound, Key: "represent.missing"}
)

// Begin states a representation and makes the code for it; the person's last code is void. The clerk saw the
// representative's card and papers, and used a passkey just now (permissions.Fresh).
func (r *Representatives) Begin(
	ctx context.Context, clerk staff.Clerk, id audit.PersonID, wish RepresentWish,
) error {
	record, err := r.Register.Record(ctx, clerk, id)
	if err != nil {
		return err
	}
	now := r.now()
	wish = wish.tidied()
	if err := wish.check(record.Person, eligibility.DateOf(now)); err != nil {
		return err
	}
	there, err := r.of(ctx, PersonKey{clerk.Insurer, id})
	if err != nil {
		return err
	}
	if len(there) >= MaxRepresentatives && !holdsName(there, wish.Name) {
		return ErrTooManyRepresentatives
	}
	nonce := make([]byte, 16)
	rand.Read(nonce)
	entry := personEntry(now, clerk, id, "representative.code")
	entry.Detail = string(wish.Ground) + "; until " + wish.Last.String()
	return r.store.PutRepresentCode(ctx, RepresentCode{
		MAC:            r.mac(r.code(nonce)),
		Nonce:          nonce,
		Person:         id,
		Insurer:        clerk.Insurer,
		ExpiresAt:      now.Add(RepresentCodeLife),
		Until:          wish.Last.AddDays(1).Time(),
		Staff:          clerk.Staff,
		Representation: Representation{Ground: wish.Ground, Name: wish.Name, Seen: wish.Seen},
	}, entry)
}

// holdsName reports whether one of them has a name: then a new code renews that one.
func holdsName(all []Representative, name string) bool {
	for _, r := range all {
		if isSameName(r.Name, name) {
			return true
		}
	}
	return false
}

// isSameName compares names tolerantly (docs/facts/names-and-characters.md#matching).
func isSameName(a, b string) bool { return eligibility.MatchNames(a, b).Match.Same() }

// code makes the code of a nonce.
func (r *Representatives) code(nonce []byte) string {
	mac := hmac.New(sha256.New, r.notices.Derive)
	mac.Write([]byte("madoguchi-represent-1\x00"))
	mac.Write(nonce)
	return noticeAlphabet.EncodeToString(mac.Sum(nil)[:10])
}

// mac is what the store keeps in a code's place.
func (r *Representatives) mac(code string) []byte {
	return r.notices.mac("madoguchi-represent-code-1", code)
}

// RepresentPaper is what the clerk's page shows of a code that waits for a phone.
type RepresentPaper struct {
	Code   string // 16 letters
	URL    string // in the QR
	Page   string // where the code can be typed
	Until  time.Time
	Stated Representative // as it will be
}

// Code returns the code of a person of the clerk's insurer that waits for the representative's phone,
// ErrRepresentCode when there is none.
func (r *Representatives) Code(
	ctx context.Context, clerk staff.Clerk, id audit.PersonID,
) (RepresentPaper, error) {
	if _, err := r.Register.Record(ctx, clerk, id); err != nil {
		return RepresentPaper{}, err
	}
	stored, err := r.store.RepresentCodeOf(ctx, PersonKey{clerk.Insurer, id})
	if err != nil {
		return RepresentPaper{}, notFoundAs(err, ErrRepresentCode)
	}
	if !r.now().Before(stored.ExpiresAt) {
		return RepresentPaper{}, ErrRepresentCode
	}
	code := r.code(stored.Nonce)
	return RepresentPaper{
		Code:   code,
		URL:    r.address + "/r/" + code,
		Page:   r.address + "/represent",
		Until:  stored.ExpiresAt,
		Stated: Representative{Representation: stored.Representation, Until: stored.Until},
	}, nil
}

// CodeFor looks up a code as scanned or typed and returns its MAC for the session. It never uses the code up.
func (r *Representatives) CodeFor(ctx context.Context, text string) (mac []byte, err error) {
	code, err := ReadNoticeCode(text)
	if err != nil {
		return nil, ErrRepresentCode
	}
	mac = r.mac(code)
	_, err = r.open(ctx, mac)
	return mac, err
}

// InsurerOf returns the insurer of a code, of which the session holds the MAC. Whose screen it is for is told
// after the binding only.
func (r *Representatives) InsurerOf(ctx context.Context, mac []byte) (Insurer, error) {
	stored, err := r.open(ctx, mac)
	if err != nil {
		return Insurer{}, err
	}
	return r.Directory.Insurer(ctx, stored.Insurer)
}

// open returns a code that can be used now.
func (r *Representatives) open(ctx context.Context, mac []byte) (RepresentCode, error) {
	stored, err := r.store.RepresentCode(ctx, mac)
	if err != nil {
		return RepresentCode{}, notFoundAs(err, ErrRepresentCode)
	}
	if now := r.now(); !now.Before(stored.ExpiresAt) || !now.Before(stored.Until) {
		return RepresentCode{}, ErrRepresentCode
	}
	return stored, nil
}

// Accept binds the viewer's login to the person of a code (its MAC). The code proves who stands at the
// insurer's desk, the login who holds the card whose name the clerk saw: a code that somebody else's phone
// read first is of no use to them. A viewer without a login, or with one that is not fresh, gets
// ErrEnrolAgain.
func (r *Representatives) Accept(ctx context.Context, viewer Viewer, mac []byte) error {
	stored, err := r.open(ctx, mac)
	if err != nil {
		return err
	}
	now := r.now()
	if !isFreshLogin(viewer.Login, now) {
		return ErrEnrolAgain
	}
	login := *viewer.Login
	record, err := r.store.Person(ctx, stored.Insurer, stored.Person)
	if err != nil {
		return notFoundAs(err, ErrRepresentCode)
	}
	if samePerson(login, record.Person) {
		return ErrRepresentOwnLogin
	}
	if !isSameName(stored.Name, login.Name) {
		return errRepresentOther
	}
	err = r.store.Represent(ctx, mac, login.Subject, audit.Entry{
		At:     now,
		Actor:  audit.ActorRepresentative,
		Action: "representative.begin",
		Person: stored.Person,
		Detail: string(stored.Ground) + "; " + login.Assurance(),
	})
	return notFoundAs(err, ErrRepresentCode)
}

// of returns those who represent a person now.
func (r *Representatives) of(ctx context.Context, person PersonKey) ([]Representative, error) {
	all, err := r.store.Representatives(ctx, person)
	if err != nil {
		return nil, err
	}
	var now []Representative
	for _, one := range all {
		if r.now().Before(one.Until) {
			now = append(now, one)
		}
	}
	return now, nil
}

// OfPerson returns those who represent a person of the clerk's insurer now, oldest first.
func (r *Representatives) OfPerson(
	ctx context.Context, clerk staff.Clerk, id audit.PersonID,
) ([]Representative, error) {
	if _, err := r.Register.Record(ctx, clerk, id); err != nil {
		return nil, err
	}
	return r.of(ctx, PersonKey{clerk.Insurer, id})
}

// End ends one representative of a person of the clerk's insurer. Screens that the phone keeps end by
// themselves within a day; saved copies are another matter (Issuer.Revoke).
func (r *Representatives) End(
	ctx context.Context, clerk staff.Clerk, id audit.PersonID, number int64,
) error {
	if _, err := r.Register.Record(ctx, clerk, id); err != nil {
		return err
	}
	entry := personEntry(r.now(), clerk, id, "representative.end")
	err := r.store.EndRepresentative(ctx, PersonKey{clerk.Insurer, id}, number, entry)
	return notFoundAs(err, errNoRepresentative)
}

// OfViewer returns those who represent a person whom the viewer shows as the person's own: a representative
// is told of no other.
func (r *Representatives) OfViewer(
	ctx context.Context, viewer Viewer, id audit.PersonID,
) ([]Representative, error) {
	subject, err := viewer.loginFor(id, r.now())
	if err != nil {
		return nil, err
	}
	person, err := r.ownPerson(ctx, subject, id)
	if err != nil {
		return nil, err
	}
	return r.of(ctx, person)
}

// EndOwn ends one representative, by the person's own login: neither a phone's key nor a representative can.
func (r *Representatives) EndOwn(
	ctx context.Context, viewer Viewer, id audit.PersonID, number int64,
) error {
	person, err := r.ownPerson(ctx, viewer.subject(), id)
	if err != nil {
		return err
	}
	err = r.store.EndRepresentative(ctx, person, number, audit.Entry{
		At:     r.now(),
		Actor:  viewer.Actor(),
		Action: "representative.end",
		Person: id,
	})
	return notFoundAs(err, errNoRepresentative)
}

// ownPerson returns a person whom a login shows as its own, ErrNotEnrolled for anybody else.
func (r *Representatives) ownPerson(
	ctx context.Context, subject string, id audit.PersonID,
) (PersonKey, error) {
	if subject == "" {
		return PersonKey{}, ErrNotEnrolled
	}
	people, err := r.store.Enrolled(ctx, subject, r.now())
	if err != nil {
		return PersonKey{}, err
	}
	for _, p := range people {
		if p.ID == id && !p.IsRepresented() {
			return PersonKey{p.Person.Insurer, id}, nil
		}
	}
	return PersonKey{}, ErrNotEnrolled
}
