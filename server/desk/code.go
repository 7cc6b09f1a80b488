package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// OnlineCode is a code of eight characters as stored: it stands for one person's live screen, for 90 seconds and one
// look-up (DESIGN.md 4).
type OnlineCode struct {
	MAC         []byte
	Person      PersonID
	State       CodeState
	Counter     string // URL of the counter server that asked
	CounterName string // the facility, as the patient is asked
	ExpiresAt   time.Time
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
	ErrOnlineCode = &eligibility.Error{Code: eligibility.NotFound, Key: "code.unknown", Field: "text",
		Ja: "この番号では画面が見つかりません。患者さんに新しい番号を出してもらい、もう一度入れてください。",
		En: "No screen has this number. Ask the patient for a new one and enter it again."}
	// ErrCodeWaiting says that the patient has not answered yet.
	ErrCodeWaiting = &eligibility.Error{Code: eligibility.Conflict, Key: "code.waiting",
		Ja: "患者さんのスマホに、この医療機関の名前が出ています。「見せる」を押してもらってください。",
		En: "The patient's phone shows this facility's name. Ask the patient to allow it."}
	errNoCodeAsked = &eligibility.Error{Code: eligibility.Conflict, Key: "code.nothing_asked",
		Ja: "いま答えることはありません。番号の時間が過ぎたときは、新しい番号を出してください。",
		En: "There is nothing to answer now. If the number is over, make a new one."}
)

// codeMAC is what the store keeps in a code's place.
func (o *Office) codeMAC(code string) []byte {
	mac := hmac.New(sha256.New, o.Notices.Index)
	mac.Write([]byte("madoguchi-online-code-1\x00" + code))
	return mac.Sum(nil)
}

// NewCode makes a code for a person whom this login may show; the one before is void.
func (o *Office) NewCode(ctx context.Context, subject string, id PersonID) (code string, expires time.Time, err error) {
	if _, _, err := o.shown(ctx, subject, id); err != nil {
		return "", time.Time{}, err
	}
	code, expires = credential.NewCode(), o.Now().Add(credential.CodeLife)
	return code, expires, o.Store.PutCode(ctx, o.codeMAC(code), subject, id, expires)
}

// CodeAsked returns the facility that asks to look at this login's person, or "" when none does.
func (o *Office) CodeAsked(ctx context.Context, subject string, id PersonID) (state CodeState, facility string, err error) {
	code, err := o.ownCode(ctx, subject, id)
	if err != nil {
		return "", "", err
	}
	return code.State, code.CounterName, nil
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
	moved, err := o.Store.StepCode(ctx, code, to, code.Counter, code.CounterName,
		Entry{At: o.Now(), Actor: ActorPatient, Action: "code." + string(to), Person: id, Detail: code.CounterName})
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

// Redeem answers a counter server that has a code: a live screen, made now. A code that was scanned was in front of the
// counter's reader; one that was spoken may have been overheard or guessed, so the patient is asked first, by the facility's
// name, and until then the answer is ErrCodeWaiting.
func (o *Office) Redeem(ctx context.Context, caller Caller, code string, spoken bool) (string, error) {
	found, err := o.Store.Code(ctx, o.codeMAC(code))
	if err != nil {
		return "", notFoundAs(err, ErrOnlineCode)
	}
	now := o.Now()
	entry := Entry{At: now, Actor: ActorCounter, Person: found.Person}
	switch {
	case now.After(found.ExpiresAt), found.State == CodeUsed, found.State == CodeDenied, found.State != CodeOpen && found.Counter != caller.URL:
		return "", ErrOnlineCode
	case found.State == CodeAsked:
		return "", ErrCodeWaiting
	case found.State == CodeOpen && spoken:
		entry.Action = "code.asked"
		if moved, err := o.Store.StepCode(ctx, found, CodeAsked, caller.URL, caller.Name, entry); err != nil || !moved {
			return "", firstOf(err, ErrOnlineCode)
		}
		return "", ErrCodeWaiting
	}
	entry.Action = "code.used"
	if moved, err := o.Store.StepCode(ctx, found, CodeUsed, caller.URL, caller.Name, entry); err != nil || !moved {
		return "", firstOf(err, ErrOnlineCode)
	}
	record, err := o.Store.Person(ctx, found.Person)
	if err != nil {
		return "", err
	}
	in, err := o.Insurer(ctx, record.Person.Insurer)
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
