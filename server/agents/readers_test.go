package agents

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
	"madoguchi/server/counter"
	"madoguchi/server/staff"
)

// ofFacility asks the facility's only reader about nobody.
var ofFacility = counter.CardRequest{Facility: facility}

// A line a connection would bury the failures.
func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

const facility = "1319999991"

// suzuki is a member of the facility's staff.
var suzuki = staff.Reception{Staff: "鈴木", Facility: facility}

var tokuichi = eligibility.MustDate("1955-07-01")

type chip struct{ *virtual.Card }

func (c chip) Connect(context.Context) (card.Transmitter, func(), error) {
	return c.Card, c.Card.Reset, nil
}

// open starts an AgentHub behind a real HTTP server.
func open(t *testing.T, acceptVirtual bool) (*AgentHub, string) {
	t.Helper()
	return openWith(t, Config{Virtual: acceptVirtual})
}

// openWith starts an AgentHub with what a test sets and defaults for the rest.
func openWith(t *testing.T, c Config) (*AgentHub, string) {
	t.Helper()
	if c.Store == nil {
		c.Store = newMemory()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.IssuerKeys, c.Names = virtual.TestIssuerKeys(), func(string) string { return "架空医院" }
	s := New(c)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address := r.RemoteAddr
		if from := r.Header.Get("Test-Address"); from != "" {
			address = from
		}
		s.Serve(w, r, address)
	}))
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
	a := start(t, url, agent.Config{Reader: chip{v}})
	return a.said, a.ended
}

// running is an agent that runs until the test ends.
type running struct {
	*agent.Agent
	said  chan string
	ended chan error
	stop  context.CancelFunc
}

// start runs a real agent with what a test sets and defaults for the rest.
func start(t *testing.T, url string, c agent.Config) *running {
	t.Helper()
	if c.Key == nil {
		key := certtest.Key(t)
		c.Key = key
	}
	if c.Name == "" {
		c.Name = "受付1"
	}
	r := &running{said: make(chan string, 1000), ended: make(chan error, 1)}
	c.Server, c.Virtual, c.Now, c.Notify = url, true, time.Now, func(s string) { r.said <- s }
	c.IssuerKeys, c.UserRoots = virtual.TestIssuerKeys(), virtual.TestUserRoots()
	var err error
	if r.Agent, err = agent.New(c); err != nil {
		t.Fatal(err)
	}
	var ctx context.Context
	ctx, r.stop = context.WithCancel(context.Background())
	go func() { r.ended <- r.Run(ctx) }()
	t.Cleanup(func() { r.stop(); <-r.ended })
	return r
}

// insert makes a virtual card.
func insert(t *testing.T, d virtual.Description) *virtual.Card {
	t.Helper()
	v, err := virtual.New(d)
	if err != nil {
		t.Fatal(err)
	}
	return v
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
func paired(t *testing.T, s *AgentHub, url string, d virtual.Description) *running {
	t.Helper()
	return pairedWith(t, s, facility, url, agent.Config{Reader: chip{insert(t, d)}})
}

func pairedWith(t *testing.T, s *AgentHub, facility, url string, c agent.Config) *running {
	t.Helper()
	a := start(t, url, c)
	code := await(t, a.said, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]
	desk := staff.Reception{Staff: "鈴木", Facility: facility}
	typed := " " + strings.ToLower(strings.ReplaceAll(code, "-", " "))
	if _, err := pairByHand(s, desk, typed); err != nil {
		t.Fatal(err)
	}
	await(t, a.said, "つながりました")
	eventually(t, "the paired agent is connected", func() bool { return connected(s, facility) > 0 })
	return a
}

// connected counts a facility's connected readers.
func connected(s *AgentHub, facility string) (n int) {
	for _, r := range s.Status(facility) {
		if r.Connected {
			n++
		}
	}
	return n
}

// eventually polls what the two sides' states are, for 15 s at most: they change on the goroutines of
// sockets, and nothing tells of it.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if so() {
			return
		}
	}
	t.Fatalf("it never came to be that %s", what)
}

func check(s *AgentHub, birth eligibility.Date) (card.Result, error) {
	return s.Cards.CheckBirthDate(context.Background(), counter.CardRequest{
		Facility:  facility,
		CaseID:    "CASE",
		Shown:     "jws",
		BirthDate: birth,
	})
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
	if r, err := check(s, tokuichi.AddDays(1)); err != nil || r.Outcome != card.Refused ||
		r.Key != "card.birthdate_mismatch" {
		t.Errorf("another person's card: %+v %v", r, err)
	}
	if _, err := s.Cards.CheckBirthDate(context.Background(),
		counter.CardRequest{Facility: "1319999992", BirthDate: tokuichi}); !errors.Is(err, ErrNoReader) {
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
		_, err := pairByHand(s, suzuki, "AAAA-AAAA")
		if !errors.Is(err, ErrPairing) {
			t.Fatal(err)
		}
	}
	if _, err := pairByHand(s, suzuki, code); !errors.Is(err, ErrPairingTries) {
		t.Errorf("the sixth try: %v", err)
	}
	now := s.now()
	s.pairings.now = func() time.Time { return now.Add(7*time.Minute + 30*time.Second) }
	var e *eligibility.Error
	if _, err := pairByHand(s, suzuki, code); !errors.As(err, &e) ||
		e.Wait > 150*time.Second || e.Wait < 145*time.Second ||
		!strings.Contains(e.Ja(), "3分待って") || !strings.Contains(e.En(), "3 minutes") {
		t.Errorf("later: %v", err)
	}
	s.pairings.now = func() time.Time { return now.Add(9*time.Minute + e.Wait) }
	if _, err := pairByHand(s, suzuki, "AAAA-AAAA"); !errors.Is(err, ErrPairing) {
		t.Errorf("after the wait: %v", err)
	}
}
