package auth

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"time"

	"madoguchi/eligibility"
)

// A login that is begun in one browser (an app's inner window, a home-screen app) may come back in another
// one of the same phone. The provider's answer is then laid down for the first browser, which alone can use
// it up: it holds the verifier and the nonce. It is logged in once a number that it shows was typed in the
// second browser (docs/signin.md#a-login-that-comes-back-in-another-browser).

// handover is what is laid down.
type handover struct {
	Answer    string    `json:"answer"`  // the query of the provider's redirect
	Network   string    `json:"network"` // of the second browser (RateLimitKey)
	Secret    []byte    `json:"secret"`  // SHA-256 of what the second browser holds
	Number    string    `json:"number"`
	Confirmed bool      `json:"confirmed"`
	Ends      time.Time `json:"ends"`

	created time.Time
}

// Handover is how far a login is that came back in another browser.
type Handover struct {
	Answer    url.Values // of the provider, for Login.Finish
	Number    string     // four digits, for the browser that began the login
	Confirmed bool       // the number was typed in the other one
}

const (
	handoverKind  Kind = "handover" // the stores keep it as they keep sessions: sealed, and for a time
	handoverLife       = 5 * time.Minute
	handoverTries      = 3
)

// Refusals of a login that came back in another browser.
var (
	ErrHandoverNumber = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "login.handover_number",
		Field: "number",
	}
	ErrHandoverOver    = &eligibility.Error{Code: eligibility.Denied, Key: "login.handover_over"}
	ErrHandoverNetwork = &eligibility.Error{Code: eligibility.Denied, Key: "login.handover_network"}
)

// Handovers keep logins that came back in another browser.
type Handovers struct {
	Store SessionStore
	// Once keeps a value until it ends; false when it was kept before, by whichever server of an office.
	Once func(ctx context.Context, value []byte, ends time.Time) (first bool, err error)
	Now  func() time.Time
}

// handoverID is under what a state's handover is kept. It does not give the state away.
func handoverID(state string) [32]byte { return sha256.Sum256([]byte("login handover\x00" + state)) }

// once lets a step of a handover happen one time.
func (h *Handovers) once(ctx context.Context, id [32]byte, step string) (bool, error) {
	sum := sha256.Sum256(append(id[:], step...))
	return h.Once(ctx, sum[:], h.Now().Add(FlowLife+handoverLife))
}

// Spend notes that a browser finishes its own login: false where its answer was laid down, or spent, before.
// Nobody lays it down afterwards.
func (h *Handovers) Spend(ctx context.Context, state string) (bool, error) {
	return h.once(ctx, handoverID(state), "deposit")
}

// Deposit lays the provider's answer down and returns what the browser that brought it has to hold. Only the
// first answer to a state counts: ErrFlow for another one.
func (h *Handovers) Deposit(
	ctx context.Context, state string, answer url.Values, network string,
) (ticket string, err error) {
	id := handoverID(state)
	first, err := h.Spend(ctx, state)
	if err != nil {
		return "", err
	}
	if !first {
		return "", ErrFlow
	}
	digits, err := rand.Int(rand.Reader, big.NewInt(10_000))
	if err != nil {
		return "", fmt.Errorf("making a number: %w", err)
	}
	secret := rand.Text()
	hashed := sha256.Sum256([]byte(secret))
	now := h.Now()
	kept := handover{
		Answer:  answer.Encode(),
		Network: network,
		Secret:  hashed[:],
		Number:  fmt.Sprintf("%04d", digits),
		Ends:    now.Add(handoverLife),
		created: now,
	}
	session, err := kept.session(id)
	if err != nil {
		return "", err
	}
	if err := h.Store.PutSession(ctx, session, kept.Ends); err != nil {
		return "", err
	}
	return hex.EncodeToString(id[:]) + "." + secret, nil
}

func (k handover) session(id [32]byte) (Session, error) {
	data, err := json.Marshal(k)
	return Session{Hash: id, Kind: handoverKind, CreatedAt: k.created, UsedAt: k.created, Data: data}, err
}

// find returns what is kept under an id; false when there is nothing, or no more.
func (h *Handovers) find(ctx context.Context, id [32]byte) (handover, bool, error) {
	session, err := h.Store.Session(ctx, id)
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound || err == nil && session.Kind != handoverKind {
		return handover{}, false, nil
	}
	if err != nil {
		return handover{}, false, err
	}
	kept := handover{created: session.CreatedAt}
	if err := json.Unmarshal(session.Data, &kept); err != nil {
		return handover{}, false, fmt.Errorf("reading a handover: %w", err)
	}
	return kept, h.Now().Before(kept.Ends), nil
}

// For returns what came back elsewhere for the browser that began the login with this state, whose network is
// given; false when nothing did, or no more. Another network than that of the other browser ends it with
// ErrHandoverNetwork: both stand on one phone.
func (h *Handovers) For(ctx context.Context, state, network string) (Handover, bool, error) {
	id := handoverID(state)
	kept, ok, err := h.find(ctx, id)
	if err != nil || !ok {
		return Handover{}, false, err
	}
	if kept.Network != network {
		return Handover{}, false, errors.Join(ErrHandoverNetwork, h.end(ctx, id))
	}
	answer, err := url.ParseQuery(kept.Answer)
	if err != nil {
		return Handover{}, false, fmt.Errorf("reading a handover: %w", err)
	}
	return Handover{Answer: answer, Number: kept.Number, Confirmed: kept.Confirmed}, true, nil
}

// Take ends a confirmed handover whose login goes to the browser that began it: true once.
func (h *Handovers) Take(ctx context.Context, state string) (bool, error) {
	id := handoverID(state)
	first, err := h.once(ctx, id, "take")
	if err != nil {
		return false, err
	}
	return first, h.end(ctx, id)
}

// end forgets a handover, also one that is gone already.
func (h *Handovers) end(ctx context.Context, id [32]byte) error {
	err := h.Store.DeleteSession(ctx, id)
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		return nil
	}
	return err
}

// held finds the handover of a ticket.
func (h *Handovers) held(ctx context.Context, ticket string) ([32]byte, handover, error) {
	var id [32]byte
	text, secret, _ := strings.Cut(ticket, ".")
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(id) {
		return id, handover{}, ErrHandoverOver
	}
	id = [32]byte(raw)
	kept, ok, err := h.find(ctx, id)
	if err != nil {
		return id, handover{}, err
	}
	hashed := sha256.Sum256([]byte(secret))
	if !ok || subtle.ConstantTimeCompare(hashed[:], kept.Secret) != 1 {
		return id, handover{}, ErrHandoverOver
	}
	return id, kept, nil
}

// Open reports whether the holder of a ticket may still type the number (nil), or has typed it (confirmed);
// ErrHandoverOver otherwise.
func (h *Handovers) Open(ctx context.Context, ticket string) (confirmed bool, err error) {
	_, kept, err := h.held(ctx, ticket)
	return kept.Confirmed, err
}

// Confirm is the number that was typed in the browser that holds the ticket: ErrHandoverNumber for a wrong
// one, ErrHandoverOver at the third and after it.
func (h *Handovers) Confirm(ctx context.Context, ticket, number string) error {
	id, kept, err := h.held(ctx, ticket)
	if err != nil || kept.Confirmed {
		return err
	}
	try := 0
	for free := false; !free; { // each try counts once, whoever tries at the same time
		if try++; try > handoverTries {
			return errors.Join(ErrHandoverOver, h.end(ctx, id))
		}
		if free, err = h.once(ctx, id, "try "+strconv.Itoa(try)); err != nil {
			return err
		}
	}
	if subtle.ConstantTimeCompare([]byte(number), []byte(kept.Number)) != 1 {
		if try == handoverTries {
			return errors.Join(ErrHandoverOver, h.end(ctx, id))
		}
		return ErrHandoverNumber
	}
	kept.Confirmed = true
	session, err := kept.session(id)
	if err != nil {
		return err
	}
	err = h.Store.ChangeSession(ctx, session, kept.Ends)
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		return ErrHandoverOver
	}
	return err
}

// Refuse ends the handover of a ticket: its holder began no login elsewhere.
func (h *Handovers) Refuse(ctx context.Context, ticket string) error {
	id, _, err := h.held(ctx, ticket)
	if err != nil {
		return err
	}
	return h.end(ctx, id)
}

const (
	statePurpose = "madoguchi-login-state-1"
	stateMark    = 16 // characters of a state's mark, 96 bits
)

// stateMarkOf is by what a state of this office is told from a made-up one.
func (s FlowSeal) stateMarkOf(text string) (string, error) {
	key, err := hkdf.Key(sha256.New, s.Key, nil, statePurpose, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("marking a state: %w", err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))[:stateMark], nil
}

// NewState returns a state that says when its login began, and that only this office can make.
func (s FlowSeal) NewState(begun time.Time) (string, error) {
	text := rand.Text() + "-" + strconv.FormatInt(begun.Unix(), 36)
	mark, err := s.stateMarkOf(text)
	return text + "-" + mark, err
}

// CheckState returns nil for a state that NewState made within FlowLife, ErrTimedOut for an older one and
// ErrFlow for any other text.
func (s FlowSeal) CheckState(state string, now time.Time) error {
	cut := len(state) - stateMark - 1
	if cut < 0 || state[cut] != '-' {
		return ErrFlow
	}
	mark, err := s.stateMarkOf(state[:cut])
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(mark), []byte(state[cut+1:])) != 1 {
		return ErrFlow
	}
	_, when, _ := strings.Cut(state[:cut], "-")
	seconds, err := strconv.ParseInt(when, 36, 64)
	if err != nil {
		return ErrFlow
	}
	if now.Sub(time.Unix(seconds, 0)) > FlowLife {
		return ErrTimedOut
	}
	return nil
}
