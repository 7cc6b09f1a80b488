package desk

import (
	"context"
	"crypto/hmac"
	"errors"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// OnlineCode is an online code as stored: it stands for one person's live screen, for 90 seconds and one look-up
// (docs/phone.md). Who asks stands there only while the patient is asked: afterwards nothing here tells which clinic it was.
type OnlineCode struct {
	MAC       []byte // of the spoken form
	HiddenMAC []byte // of the printed form
	Person    PersonID
	State     CodeState
	Asker     Caller // sealed at rest; zero unless asked or allowed
	ExpiresAt time.Time
}

// CodeBudget keeps guessing slow. Each method takes one try and returns auth.ErrTooMany when there is none.
type CodeBudget interface {
	// Guess is one try at a code of an insurer by a counter server.
	Guess(counter string, insurer eligibility.InsurerNumber) error
	// Question is one question that a counter server puts on a patient's phone.
	Question(counter string, person PersonID) error
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

// Caller is a counter server that proved itself, as the trust list names it.
type Caller struct{ URL, Name string }

var (
	// ErrOnlineCode is the one answer for a code that is wrong, over, used, denied or another counter's: guessing teaches
	// nothing.
	ErrOnlineCode = &eligibility.Error{Code: eligibility.NotFound, Key: "code.unknown", Field: "text"}
	// ErrCodeTaken says that a code is out already.
	ErrCodeTaken = &eligibility.Error{Code: eligibility.Unavailable, Key: "code.taken"}
	// ErrCodeWaiting says that the patient has not answered yet.
	ErrCodeWaiting = &eligibility.Error{Code: eligibility.Conflict, Key: "code.waiting"}
	errNoCodeAsked = &eligibility.Error{Code: eligibility.Conflict, Key: "code.nothing_asked"}
)

// codeMAC is what the store keeps in a code's place.
func (o *Office) codeMAC(code string) []byte {
	return o.mac("madoguchi-online-code-2", code)
}

// NewCode makes a code for a person whom this login may show; the one before is void.
func (o *Office) NewCode(ctx context.Context, subject string, id PersonID) (credential.Code, time.Time, error) {
	record, _, err := o.shown(ctx, subject, id)
	if err != nil {
		return credential.Code{}, time.Time{}, err
	}
	expires := o.Now().Add(credential.CodeLife)
	for range codeTries {
		code := credential.NewCode(o.ISS(record.Person.Insurer))
		stored := OnlineCode{
			MAC:       o.codeMAC(code.Spoken),
			HiddenMAC: o.codeMAC(code.Printed()),
			Person:    id,
			State:     CodeOpen,
			ExpiresAt: expires,
		}
		if err = o.Store.PutCode(ctx, stored, subject); !errors.Is(err, ErrCodeTaken) {
			return code, expires, err
		}
	}
	return credential.Code{}, time.Time{}, err
}

// codeTries is how often a code that is out already is drawn again: five characters are soon drawn twice.
const codeTries = 5

// CodeAsked returns the facility that asks to look at this login's person, or "" when none does.
func (o *Office) CodeAsked(ctx context.Context, subject string, id PersonID) (state CodeState, facility string, err error) {
	code, err := o.ownCode(ctx, subject, id)
	if err != nil {
		return "", "", err
	}
	return code.State, code.Asker.Name, nil
}

// AnswerCode is the patient's answer to the facility that asks.
func (o *Office) AnswerCode(ctx context.Context, subject string, id PersonID, allow bool) error {
	code, err := o.ownCode(ctx, subject, id)
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
	entry := Entry{At: o.Now(), Actor: ActorPatient, Action: "code." + string(to), Person: id}
	moved, err := o.Store.StepCode(ctx, code, to, code.Asker, entry)
	if err == nil && !moved {
		err = errNoCodeAsked
	}
	return err
}

func (o *Office) ownCode(ctx context.Context, subject string, id PersonID) (OnlineCode, error) {
	code, err := o.Store.CodeOf(ctx, subject, id)
	if err != nil {
		return OnlineCode{}, notFoundAs(err, errNoCodeAsked)
	}
	if o.Now().After(code.ExpiresAt) {
		return OnlineCode{}, errNoCodeAsked
	}
	return code, nil
}

// CodeCall is a counter server's look-up of a code at an insurer.
type CodeCall struct {
	Insurer eligibility.InsurerNumber
	Caller  Caller
	Code    credential.Code
}

// Redeem answers a counter server that has a code of an insurer: a live screen, made now. Whoever has the printed form stood
// before the patient's screen with a reader. One that was spoken may have been overheard or guessed, so the patient is asked
// first, by the facility's name, whatever the counter says, and until then the answer is ErrCodeWaiting. Asking again costs
// nothing; everything else is a try, good or bad.
func (o *Office) Redeem(ctx context.Context, call CodeCall, budget CodeBudget) (string, error) {
	insurer, caller, code := call.Insurer, call.Caller, call.Code
	found, err := o.Store.Code(ctx, o.codeMAC(code.Spoken))
	var e *eligibility.Error
	if err != nil && (!errors.As(err, &e) || e.Code != eligibility.NotFound) {
		return "", err
	}
	now, scanned := o.Now(), code.Hidden != ""
	lives := err == nil && !now.After(found.ExpiresAt) && found.State != CodeUsed && found.State != CodeDenied
	if waits := lives && !scanned && found.State != CodeOpen && found.Asker == caller; !waits {
		if err := budget.Guess(caller.URL, insurer); err != nil {
			return "", err
		}
	}
	if !lives {
		return "", ErrOnlineCode
	}
	record, err := o.Store.Person(ctx, found.Person)
	if err != nil {
		return "", err
	}
	if record.Person.Insurer != insurer {
		return "", ErrOnlineCode
	}
	entry := Entry{At: now, Actor: ActorCounter, Person: found.Person}
	switch {
	case scanned && !hmac.Equal(found.HiddenMAC, o.codeMAC(code.Printed())):
		return "", ErrOnlineCode
	case scanned: // even while another counter, which guessed, has the patient asked
	case found.State == CodeOpen:
		if err := budget.Question(caller.URL, found.Person); err != nil {
			return "", err
		}
		entry.Action = "code.asked"
		if moved, err := o.Store.StepCode(ctx, found, CodeAsked, caller, entry); err != nil || !moved {
			return "", firstOf(err, ErrOnlineCode)
		}
		return "", ErrCodeWaiting
	case found.Asker != caller:
		return "", ErrOnlineCode
	case found.State == CodeAsked:
		return "", ErrCodeWaiting
	}
	entry.Action = "code.used"
	if moved, err := o.Store.StepCode(ctx, found, CodeUsed, Caller{}, entry); err != nil || !moved {
		return "", firstOf(err, ErrOnlineCode)
	}
	in, err := o.Insurer(ctx, insurer)
	if err != nil {
		return "", err
	}
	issued, _, err := o.issue(record, in, credential.Request{Tier: credential.Live}, now)
	return issued.JWS, err
}

func firstOf(err error, otherwise *eligibility.Error) error {
	if err != nil {
		return err
	}
	return otherwise
}
