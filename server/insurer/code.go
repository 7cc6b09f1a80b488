package insurer

import (
	"context"
	"crypto/hmac"
	"errors"
	"strings"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
)

// OnlineCodes hands out the short codes that a counter looks a screen up by.
type OnlineCodes struct {
	Directory *Directory
	Enrolment *Enrolment
	Issuer    *Issuer

	store   OnlineCodesStore
	notices NoticeKeys
	address string
	now     func() time.Time
}

// OnlineCodesStore is what OnlineCodes keeps. Each method is one transaction: it happens whole, audit entry
// included, or not at all. A missing thing is an *eligibility.Error with code NotFound.
type OnlineCodesStore interface {
	// PutCode stores an open code of subject's person; the last one of the same is void. It returns
	// ErrCodeTaken when the spoken form is another's code.
	PutCode(ctx context.Context, code OnlineCode, subject string) error
	Code(ctx context.Context, mac []byte) (OnlineCode, error)
	// CodeOf returns the code that subject last made for this person.
	CodeOf(ctx context.Context, subject string, person audit.PersonID) (OnlineCode, error)
	// CompareAndSetCode moves a code on if it is still in the state of from; false when somebody else did
	// before. Who asks is kept, sealed, in the states asked and allowed, and is gone in all others.
	CompareAndSetCode(
		ctx context.Context,
		from OnlineCode,
		to CodeState,
		asker hostapi.Caller,
		e audit.Entry,
	) (bool, error)
	Person(ctx context.Context, insurer eligibility.InsurerNumber, id audit.PersonID) (PersonRecord, error)
}

// OnlineCode is an online code as stored: it stands for one person's live screen, for 90 seconds and one
// look-up (docs/phone.md). Who asks stands there only while the patient is asked: afterwards nothing here
// tells which clinic it was.
type OnlineCode struct {
	MAC       []byte // of the spoken form
	HiddenMAC []byte // of the printed form
	Person    audit.PersonID
	State     CodeState
	Asker     hostapi.Caller // sealed at rest; zero unless asked or allowed
	ExpiresAt time.Time
	// RepresentedUntil is when the representation of the login that made it ends; zero for the person's own.
	RepresentedUntil time.Time
}

// isUnrepresented reports whether the representation by which a code was made is over.
func (c OnlineCode) isUnrepresented(now time.Time) bool {
	return !c.RepresentedUntil.IsZero() && !now.Before(c.RepresentedUntil)
}

// CodeBudget keeps guessing slow. Each method takes one try and returns auth.ErrTooMany when there is none.
type CodeBudget interface {
	// Guess is one try at a code of an insurer by a counter server.
	Guess(counter string, insurer eligibility.InsurerNumber) error
	// Question is one question that a counter server puts on a patient's phone.
	Question(counter string, person audit.PersonID) error
}

// CodeState is how far a code has got.
type CodeState string

const (
	CodeOpen    CodeState = "open"
	CodeAsked   CodeState = "asked"   // spoken: the patient is being asked whether this facility may look
	CodeAllowed CodeState = "allowed" // the patient said yes
	CodeDenied  CodeState = "denied"  // the patient said no
	CodeUsed    CodeState = "used"
)

var (
	// ErrCodeTaken says that a code is out already.
	ErrCodeTaken   = &eligibility.Error{Code: eligibility.Unavailable, Key: "code.taken"}
	errNoCodeAsked = &eligibility.Error{Code: eligibility.Conflict, Key: "code.nothing_asked"}
)

// codeMAC is what the store keeps in a code's place.
func (c *OnlineCodes) codeMAC(code string) []byte {
	return c.notices.mac("madoguchi-online-code-2", code)
}

// NewCode makes a code for a person whom the viewer may show; the one before is void.
func (c *OnlineCodes) NewCode(
	ctx context.Context, viewer Viewer, id audit.PersonID,
) (credential.OnlineCode, time.Time, error) {
	record, _, err := c.Enrolment.shownPerson(ctx, viewer, id)
	if err != nil {
		return credential.OnlineCode{}, time.Time{}, err
	}
	subject, err := viewer.loginFor(id, c.now())
	if err != nil {
		return credential.OnlineCode{}, time.Time{}, err
	}
	expires := c.now().Add(credential.CodeLife)
	for range codeTries {
		code := credential.NewOnlineCode(c.Issuer.ISS(record.Person.Insurer))
		stored := OnlineCode{
			MAC:       c.codeMAC(code.Spoken),
			HiddenMAC: c.codeMAC(code.Printed()),
			Person:    id,
			State:     CodeOpen,
			ExpiresAt: expires,

			RepresentedUntil: record.RepresentedUntil,
		}
		if err = c.store.PutCode(ctx, stored, subject); !errors.Is(err, ErrCodeTaken) {
			return code, expires, err
		}
	}
	return credential.OnlineCode{}, time.Time{}, err
}

// codeTries is how often a code that is out already is drawn again: five characters are soon drawn twice.
const codeTries = 5

// CodeAsked returns the facility that asks to look at the viewer's person, or "" when none does.
func (c *OnlineCodes) CodeAsked(
	ctx context.Context, viewer Viewer, id audit.PersonID,
) (state CodeState, facility string, err error) {
	code, err := c.ownCode(ctx, viewer, id)
	if err != nil {
		return "", "", err
	}
	return code.State, code.Asker.Name, nil
}

// AnswerCode is the patient's answer to the facility that asks.
func (c *OnlineCodes) AnswerCode(ctx context.Context, viewer Viewer, id audit.PersonID, allow bool) error {
	code, err := c.ownCode(ctx, viewer, id)
	if err != nil {
		return err
	}
	to := CodeDenied
	if allow {
		to = CodeAllowed
	}
	if code.State != CodeAsked {
		return errNoCodeAsked
	}
	by := PersonRecord{RepresentedUntil: code.RepresentedUntil}.shownBy()
	entry := audit.Entry{At: c.now(), Actor: by, Action: "code." + string(to), Person: id}
	moved, err := c.store.CompareAndSetCode(ctx, code, to, code.Asker, entry)
	if err == nil && !moved {
		err = errNoCodeAsked
	}
	return err
}

// ownCode returns the last code of a person whom the viewer may show.
func (c *OnlineCodes) ownCode(ctx context.Context, viewer Viewer, id audit.PersonID) (OnlineCode, error) {
	subject, err := viewer.loginFor(id, c.now())
	if err != nil {
		return OnlineCode{}, err
	}
	code, err := c.store.CodeOf(ctx, subject, id)
	if err != nil {
		if _, _, not := c.Enrolment.shownPerson(ctx, viewer, id); not != nil {
			return OnlineCode{}, not
		}
		return OnlineCode{}, notFoundAs(err, errNoCodeAsked)
	}
	if c.now().After(code.ExpiresAt) || code.isUnrepresented(c.now()) {
		return OnlineCode{}, errNoCodeAsked
	}
	return code, nil
}

// Redeem answers a counter server that has a code of an insurer: a live screen, made now. Whoever has the
// printed form stood before the patient's screen with a reader. One that was spoken may have been overheard
// or guessed, so the patient is asked first, by the facility's name, whatever the counter says, and until
// then the answer is ErrCodeWaiting. Asking again costs nothing; everything else is a try, good or bad.
func (c *OnlineCodes) Redeem(
	ctx context.Context, host hostapi.Host, code credential.OnlineCode, budget CodeBudget,
) (string, error) {
	insurer, caller := host.Insurer, host.Server
	found, err := c.store.Code(ctx, c.codeMAC(code.Spoken))
	var e *eligibility.Error
	if err != nil && (!errors.As(err, &e) || e.Code != eligibility.NotFound) {
		return "", err
	}
	now, scanned := c.now(), code.Hidden != ""
	lives := err == nil && !now.After(found.ExpiresAt) && !found.isUnrepresented(now) &&
		found.State != CodeUsed && found.State != CodeDenied
	if waits := lives && !scanned && found.State != CodeOpen && found.Asker == caller; !waits {
		if err := budget.Guess(caller.URL, insurer); err != nil {
			return "", err
		}
	}
	if !lives {
		return "", hostapi.ErrOnlineCode
	}
	record, err := c.store.Person(ctx, insurer, found.Person)
	if err != nil {
		return "", notFoundAs(err, hostapi.ErrOnlineCode)
	}
	entry := audit.Entry{At: now, Actor: host.Actor(), Person: found.Person}
	switch {
	case scanned && !hmac.Equal(found.HiddenMAC, c.codeMAC(code.Printed())):
		return "", hostapi.ErrOnlineCode
	case scanned: // even while another counter, which guessed, has the patient asked
	case found.State == CodeOpen:
		if err := budget.Question(caller.URL, found.Person); err != nil {
			return "", err
		}
		entry.Action = "code.asked"
		if moved, err := c.store.CompareAndSetCode(ctx, found, CodeAsked, caller, entry); err != nil ||
			!moved {
			return "", firstOf(err, hostapi.ErrOnlineCode)
		}
		return "", hostapi.ErrCodeWaiting
	case found.Asker != caller:
		return "", hostapi.ErrOnlineCode
	case found.State == CodeAsked:
		return "", hostapi.ErrCodeWaiting
	}
	entry.Action = "code.used"
	if moved, err := c.store.CompareAndSetCode(ctx, found, CodeUsed, hostapi.Caller{}, entry); err != nil ||
		!moved {
		return "", firstOf(err, hostapi.ErrOnlineCode)
	}
	in, err := c.Directory.Insurer(ctx, insurer)
	if err != nil {
		return "", err
	}
	issued, _, err := c.Issuer.issue(record, in, credential.Request{
		Tier:           credential.TierLive,
		Representative: !found.RepresentedUntil.IsZero(),
	}, now)
	return issued.JWS, err
}

func firstOf(err error, otherwise *eligibility.Error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// Link is the address that a code's QR says: capitals only, for a small alphanumeric QR. Its last eight
// characters are shown to nobody.
func (c *OnlineCodes) Link(code credential.OnlineCode) string {
	return strings.ToUpper(c.address) + "/C/" + code.Printed()
}
