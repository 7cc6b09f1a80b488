package readers

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
)

const facility = "1319999991"

var tokuichi = eligibility.MustDate("1955-07-01")

// memory is a Store for tests.
type memory struct {
	mu     sync.Mutex
	agents map[string]Agent
}

func (m *memory) PutAgent(_ context.Context, a Agent) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.agents[a.ID] = a
	return nil
}

func (m *memory) Agent(_ context.Context, id string) (Agent, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.agents[id]
	if !ok {
		return Agent{}, &eligibility.Error{Code: eligibility.NotFound, Key: "agent.unknown"}
	}
	return a, nil
}

type chip struct{ *virtual.Card }

func (c chip) Connect(context.Context) (card.Transmitter, func(), error) {
	return c.Card, c.Card.Reset, nil
}

// open starts a switchboard behind a real HTTP server.
func open(t *testing.T, acceptVirtual bool) (*Switchboard, string) {
	t.Helper()
	s := New(Config{Store: &memory{agents: map[string]Agent{}}, IssuerKeys: virtual.TestIssuerKeys(), Virtual: acceptVirtual,
		Now: time.Now, Names: func(string) string { return "架空医院" }})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL
}

// dial runs a real agent with a virtual card; said delivers its sentences.
func dial(t *testing.T, url string, d virtual.Description) (said chan string, ended chan error) {
	t.Helper()
	v, err := virtual.New(d)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	said, ended = make(chan string, 100), make(chan error, 1)
	go func() {
		ended <- agent.Run(ctx, agent.Config{Server: url, Name: "受付1", Key: key, Reader: chip{v}, Virtual: true, Say: func(s string) { said <- s }})
	}()
	t.Cleanup(func() { cancel(); <-ended })
	return said, ended
}

func await(t *testing.T, said chan string, pattern string) []string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for {
		select {
		case s := <-said:
			if m := re.FindStringSubmatch(s); m != nil {
				return m
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("the agent never said %q", pattern)
		}
	}
}

// paired pairs an agent as an administrator does and waits until it is connected.
func paired(t *testing.T, s *Switchboard, url string, d virtual.Description) {
	t.Helper()
	said, _ := dial(t, url, d)
	code := await(t, said, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]
	if _, _, err := s.Pair(context.Background(), facility, "鈴木", " "+strings.ToLower(strings.ReplaceAll(code, "-", " "))); err != nil {
		t.Fatal(err)
	}
	await(t, said, "つながりました")
	for range 100 {
		if status := s.Status(facility); len(status) == 1 && status[0].Connected {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the paired agent is not connected")
}

func check(s *Switchboard, birth eligibility.Date) (card.Result, error) {
	return s.CheckBirthDate(context.Background(), Request{Facility: facility, CaseID: "CASE", JWS: "jws", BirthDate: birth})
}

func TestPairedAgentProvesTheCard(t *testing.T) {
	s, url := open(t, true)
	if _, err := check(s, tokuichi); !errors.Is(err, ErrNoReader) {
		t.Fatalf("without a reader: %v", err)
	}
	paired(t, s, url, virtual.Description{BirthDate: tokuichi})
	if r, err := check(s, tokuichi); err != nil || r.Outcome != card.Confirmed {
		t.Errorf("the holder's card: %+v %v", r, err)
	}
	if r, err := check(s, tokuichi.AddDays(1)); err != nil || r.Outcome != card.Refused || r.Key != "card.birthdate_mismatch" {
		t.Errorf("another person's card: %+v %v", r, err)
	}
	if _, err := s.CheckBirthDate(context.Background(), Request{Facility: "1319999992", BirthDate: tokuichi}); !errors.Is(err, ErrNoReader) {
		t.Errorf("another facility uses this reader: %v", err)
	}
}

func TestClonedCardIsRefused(t *testing.T) {
	s, url := open(t, true)
	paired(t, s, url, virtual.Description{BirthDate: tokuichi, Variant: virtual.Copied})
	if r, err := check(s, tokuichi); err != nil || r.Outcome != card.Refused || r.Key != "card.copied" {
		t.Errorf("%+v %v", r, err)
	}
}

func TestVirtualCardsAreRefusedOutsideTheDemo(t *testing.T) {
	_, url := open(t, false)
	said, ended := dial(t, url, virtual.Description{BirthDate: tokuichi})
	await(t, said, "仮想カードは使えません")
	select {
	case err := <-ended:
		ended <- err
		if err == nil {
			t.Error("the agent must end with the refusal")
		}
	case <-time.After(5 * time.Second):
		t.Error("the agent goes on after the refusal")
	}
}

func TestFiveWrongPairingCodesCloseTheDoor(t *testing.T) {
	s, url := open(t, true)
	said, _ := dial(t, url, virtual.Description{BirthDate: tokuichi})
	code := await(t, said, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]
	for range 5 {
		if _, _, err := s.Pair(context.Background(), facility, "鈴木", "AAAA-AAAA"); !errors.Is(err, ErrPairing) {
			t.Fatal(err)
		}
	}
	if _, _, err := s.Pair(context.Background(), facility, "鈴木", code); !errors.Is(err, ErrPairingTries) {
		t.Errorf("the sixth try: %v", err)
	}
}

// liar is an agent that answers every check as answer says.
func liar(t *testing.T, s *Switchboard, url string, answer func(q *wire.Check, der []byte) *wire.Reply) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	conn, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	codes := make(chan string, 1)
	done := make(chan struct{})
	t.Cleanup(func() { cancel(); conn.CloseNow(); <-done })
	go func() {
		defer close(done)
		for {
			_, data, err := conn.Read(ctx)
			if err != nil {
				return
			}
			m, err := wire.Decode(data)
			if err != nil {
				return
			}
			var back wire.Message
			switch m.Type {
			case "challenge":
				signature, err := wire.Prove(key, m.Challenge.Nonce)
				if err != nil {
					return
				}
				back = wire.Message{Type: "hello", Hello: &wire.Hello{Version: wire.Version, Name: "liar", Key: der, Signature: signature, Virtual: true}}
			case "pair":
				codes <- m.Pair.Code
				continue
			case "check":
				back = wire.Message{Type: "reply", Reply: answer(m.Check, der)}
			default:
				continue
			}
			if send(ctx, conn, back) != nil {
				return
			}
		}
	}()
	if _, _, err := s.Pair(ctx, facility, "鈴木", <-codes); err != nil {
		t.Fatal(err)
	}
	for len(s.Status(facility)) == 0 || !s.Status(facility)[0].Connected {
		time.Sleep(5 * time.Millisecond)
	}
}

func TestAgentThatReplaysOldEvidenceProvesNothing(t *testing.T) {
	s, url := open(t, true)
	v, err := virtual.New(virtual.Description{BirthDate: tokuichi})
	if err != nil {
		t.Fatal(err)
	}
	var first *card.Evidence
	liar(t, s, url, func(q *wire.Check, der []byte) *wire.Reply {
		if first == nil {
			e, err := card.CheckBirthDate(context.Background(), card.Open(v), q.BirthDate, card.Challenge([32]byte(q.Nonce), der, q.Facility, q.Case, [32]byte(q.JWS)))
			if err != nil {
				return &wire.Reply{ID: q.ID, Fault: "card.unexpected"}
			}
			first = &e
		}
		return &wire.Reply{ID: q.ID, Evidence: first}
	})
	if r, err := check(s, tokuichi); err != nil || r.Outcome != card.Confirmed {
		t.Fatalf("the first, honest answer: %+v %v", r, err)
	}
	if r, err := check(s, tokuichi); err != nil || r.Outcome != card.Refused || r.Key != "card.copied" {
		t.Errorf("the replayed answer: %+v %v", r, err)
	}
}

func TestAgentThatMakesUpEvidenceProvesNothing(t *testing.T) {
	s, url := open(t, true)
	forger, err := virtual.New(virtual.Description{BirthDate: tokuichi, Variant: virtual.ForgedIssuer})
	if err != nil {
		t.Fatal(err)
	}
	liar(t, s, url, func(q *wire.Check, der []byte) *wire.Reply {
		e, err := card.CheckBirthDate(context.Background(), card.Open(forger), q.BirthDate, card.Challenge([32]byte(q.Nonce), der, q.Facility, q.Case, [32]byte(q.JWS)))
		if err != nil {
			return &wire.Reply{ID: q.ID, Fault: "card.unexpected"}
		}
		return &wire.Reply{ID: q.ID, Evidence: &e}
	})
	if r, err := check(s, tokuichi); err != nil || r.Outcome != card.Refused || r.Key != "card.not_genuine" {
		t.Errorf("%+v %v", r, err)
	}
}
