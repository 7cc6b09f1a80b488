package staff

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"math"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// mostTries is how many wrong PINs in a row lock it, until its member uses the passkey.
const mostTries = 5

// Refusals of a PIN.
var (
	ErrPINForm   = &eligibility.Error{Code: eligibility.Invalid, Key: "pin.form", Field: "pin"}
	ErrPINWeak   = &eligibility.Error{Code: eligibility.Invalid, Key: "pin.weak", Field: "pin"}
	ErrPINWrong  = &eligibility.Error{Code: eligibility.Denied, Key: "pin.wrong", Field: "pin"}
	ErrPINLocked = &eligibility.Error{Code: eligibility.Denied, Key: "pin.locked"}
	ErrNoPIN     = &eligibility.Error{Code: eligibility.Denied, Key: "pin.none"}
)

// PIN is by what a member of a facility says at an opened counter PC that it is they who act now. It opens no
// PC: for that there are passkeys.
type PIN struct {
	Hash   string // PHC string of argon2id; empty: the member has set none
	Tries  int    // begun since the last good one
	Locked bool
}

func (p PIN) locked() bool { return p.Locked || p.Tries >= mostTries }

// PINStore keeps PINs. What there is not, or lies outside of a scope, is NotFound.
type PINStore interface {
	Members(ctx context.Context, of Organisation) ([]Member, error)
	// PINs returns those of an organisation's members who have set one.
	PINs(ctx context.Context, of Organisation) (map[MemberID]PIN, error)
	// ChangePIN stores what decide makes of a member's PIN, with the entries that it returns, in one
	// transaction.
	ChangePIN(
		ctx context.Context, within Scope, id MemberID,
		decide func(m Member, was PIN) (PIN, []audit.Entry, error),
	) error
}

// PINs has the members of a facility change places at one PC.
type PINs struct {
	store PINStore
	now   func() time.Time
}

// Tile is a member as the counter PC offers it.
type Tile struct {
	ID     MemberID
	Name   string
	HasPIN bool
	Locked bool // the PIN: the member uses the passkey
}

// Tiles returns the members of the facility at whose PC a member is signed in who may act there.
func (s *PINs) Tiles(ctx context.Context, by Member) ([]Tile, error) {
	if by.Organisation.Kind != KindFacility {
		return nil, ErrRefused
	}
	all, err := s.store.Members(ctx, by.Organisation)
	if err == nil {
		err = roster(all).present(by)
	}
	if err != nil {
		return nil, err
	}
	set, err := s.store.PINs(ctx, by.Organisation)
	if err != nil {
		return nil, err
	}
	var tiles []Tile
	for _, m := range all {
		if m.State == Active {
			pin, has := set[m.ID]
			tiles = append(
				tiles,
				Tile{ID: m.ID, Name: m.Name, HasPIN: has && pin.Hash != "", Locked: pin.locked()},
			)
		}
	}
	return tiles, nil
}

// Set gives the member a PIN of 4 to 6 digits, also full-width ones, in the place of the old one. It returns
// ErrPINForm, and ErrPINWeak for those that are guessed first.
func (s *PINs) Set(ctx context.Context, by Member, digits string) error {
	digits, err := pinDigits(digits)
	if err != nil {
		return err
	}
	if isWeak(digits) {
		return ErrPINWeak
	}
	hash := hashPIN(digits)
	err = s.store.ChangePIN(ctx, by.within(), by.ID, func(m Member, _ PIN) (PIN, []audit.Entry, error) {
		if m.State != Active || m.Organisation.Kind != KindFacility {
			return PIN{}, nil, ErrRefused
		}
		return PIN{Hash: hash}, []audit.Entry{s.entry(m, "pin.set", "")}, nil
	})
	return notFoundAs(err, ErrNoMember)
}

// Check returns the member of the same facility whose PIN was typed at a PC where by is signed in; that
// member acts from then on. It returns ErrPINWrong, ErrPINLocked from the fifth wrong try in a row on,
// ErrNoPIN.
//
// A try is counted before it is compared, so that tries that come at once get no more than those that come
// one after the other.
func (s *PINs) Check(ctx context.Context, by Member, id MemberID, digits string) (Member, error) {
	if by.Organisation.Kind != KindFacility {
		return Member{}, ErrRefused
	}
	all, err := s.store.Members(ctx, by.Organisation)
	if err == nil {
		err = roster(all).present(by)
	}
	if err != nil {
		return Member{}, err
	}
	digits, err = pinDigits(digits)
	if err != nil {
		return Member{}, err
	}
	var hash string
	err = s.store.ChangePIN(ctx, by.within(), id, func(m Member, p PIN) (PIN, []audit.Entry, error) {
		switch {
		case m.State != Active:
			return PIN{}, nil, ErrNoMember
		case p.Hash == "":
			return PIN{}, nil, ErrNoPIN
		case p.locked():
			return PIN{}, nil, ErrPINLocked
		}
		hash = p.Hash
		p.Tries++
		return p, nil, nil
	})
	if err != nil {
		return Member{}, notFoundAs(err, ErrNoMember)
	}
	right, err := isPIN(hash, digits)
	if err != nil {
		return Member{}, err
	}
	return s.tried(ctx, by, id, hash, right)
}

// tried stores how a try ended.
func (s *PINs) tried(ctx context.Context, by Member, id MemberID, hash string, right bool) (Member, error) {
	var member Member
	var refused error
	err := s.store.ChangePIN(ctx, by.within(), id, func(m Member, p PIN) (PIN, []audit.Entry, error) {
		member = m
		switch {
		case m.State != Active || p.Hash != hash: // locked, removed, or another PIN since
			return PIN{}, nil, ErrPINWrong
		case right && p.Locked:
			return PIN{}, nil, ErrPINLocked
		case right:
			p.Tries = 0
			return p, []audit.Entry{s.entry(m, "pin.use", "")}, nil
		}
		refused = ErrPINWrong
		entries := []audit.Entry{{
			At:     s.now(),
			Actor:  by.Actor(),
			Action: "pin.refuse",
			Detail: string(id),
		}}
		if p.Tries >= mostTries && !p.Locked {
			p.Locked = true
			entries = append(entries, audit.Entry{
				At:     s.now(),
				Actor:  by.Actor(),
				Action: "pin.lock",
				Detail: fmt.Sprintf("%s %d tries", id, p.Tries),
			})
		}
		if p.Locked {
			refused = ErrPINLocked
		}
		return p, entries, nil
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return Member{}, notFoundAs(err, ErrNoMember)
	}
	return member, nil
}

func (s *PINs) entry(m Member, action, detail string) audit.Entry {
	return audit.Entry{At: s.now(), Actor: m.Actor(), Action: action, Detail: string(m.ID) + detail}
}

// pinDigits is what was typed as 4 to 6 ASCII digits.
func pinDigits(typed string) (string, error) {
	digits := strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, typed)
	other := func(r rune) bool { return r < '0' || r > '9' }
	if len(digits) < 4 || len(digits) > 6 || strings.ContainsFunc(digits, other) {
		return "", ErrPINForm
	}
	return digits, nil
}

// isWeak reports whether a PIN is one of those that are tried first: one digit throughout, digits in a row
// up or down (also over 0), a shorter group again and again.
func isWeak(digits string) bool {
	for step := range byte(10) {
		inRow := step == 0 || step == 1 || step == 9
		for i := 1; i < len(digits) && inRow; i++ {
			inRow = (digits[i]-digits[i-1]+10)%10 == step
		}
		if inRow {
			return true
		}
	}
	for n := 1; n <= len(digits)/2; n++ {
		if strings.Repeat(digits[:n], len(digits)/n) == digits {
			return true
		}
	}
	return false
}

// Cost of a PIN's hash: argon2id (RFC 9106) with 19 MiB, 2 passes and 1 lane, the least that the OWASP
// Password Storage Cheat Sheet names. A dozen PINs at once take 230 MiB. So few digits withstand no search
// by who has the hash: the store seals it, and mostTries bounds the guesses at the PC.
const (
	pinMemory = 19 * 1024 // KiB
	pinPasses = 2
	pinLanes  = 1
	pinSalt   = 16 // bytes (RFC 9106 3.1)
	pinTag    = 32
)

// pinForm is the PHC string of a hash, with its cost.
const pinForm = "$argon2id$v=%d$m=%d,t=%d,p=%d$%s"

func hashPIN(digits string) string {
	salt := make([]byte, pinSalt)
	rand.Read(salt)
	tag := argon2.IDKey([]byte(digits), salt, pinPasses, pinMemory, pinLanes, pinTag)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf(pinForm, argon2.Version, pinMemory, pinPasses, pinLanes,
		b64.EncodeToString(salt)+"$"+b64.EncodeToString(tag))
}

// isPIN compares a PIN with a hash, by the cost that the hash names.
func isPIN(hash, digits string) (bool, error) {
	var version int
	var memory, passes, lanes uint32
	var rest string
	if _, err := fmt.Sscanf(hash, pinForm, &version, &memory, &passes, &lanes, &rest); err != nil {
		return false, fmt.Errorf("reading a PIN's hash: %w", err)
	}
	first, second, _ := strings.Cut(rest, "$")
	salt, err := base64.RawStdEncoding.DecodeString(first)
	if err != nil {
		return false, fmt.Errorf("reading a PIN's salt: %w", err)
	}
	tag, err := base64.RawStdEncoding.DecodeString(second)
	if err != nil {
		return false, fmt.Errorf("reading a PIN's hash: %w", err)
	}
	if version != argon2.Version || len(tag) != pinTag || passes == 0 || lanes == 0 || lanes > math.MaxUint8 {
		return false, fmt.Errorf("a PIN's hash has version %d, %d passes, %d lanes", version, passes, lanes)
	}
	got := argon2.IDKey([]byte(digits), salt, passes, memory, uint8(lanes), pinTag)
	return subtle.ConstantTimeCompare(got, tag) == 1, nil
}
