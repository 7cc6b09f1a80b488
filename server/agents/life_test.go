package agents

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

// quick makes a connection's life short enough for a test.
var quick = agent.Pace{
	First:   20 * time.Millisecond,
	Longest: 200 * time.Millisecond,
	Restart: 300 * time.Millisecond,
	Good:    time.Millisecond,
	Beat:    50 * time.Millisecond,
	Answer:  200 * time.Millisecond,
}

func TestBothSidesShowTheSameWordsThatTheyWorkedOutThemselves(t *testing.T) {
	s, url := open(t, true)
	a := start(t, url, agent.Config{Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi})}})
	code := await(t, a.said, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]
	shown := await(t, a.said, `合言葉が「(.+)」なら`)[1]
	if status := a.Status(); status.Link != agent.Pairing || status.Code != code ||
		strings.Join(status.Words, "・") != shown {
		t.Errorf("the status page shows %+v", status)
	}
	found, err := pairByHand(s, suzuki, code)
	if err != nil || strings.Join(found.Words, "・") != shown || found.Name != "受付1" {
		t.Errorf("the counter shows %+v, the reader's PC %q (%v)", found, shown, err)
	}
	await(t, a.said, "つながりました")
	if status := a.Status(); status.Link != agent.Connected || status.Facility != "架空医院" ||
		status.Code != "" || status.Words != nil {
		t.Errorf("once connected: %+v", status)
	}
}

func TestAPairingCodeLivesTenMinutesAndWorksOnce(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, eligibility.Japan)
	s, url := openWith(t, Config{Virtual: true, Now: func() time.Time { return now }})
	a := start(t, url, agent.Config{Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi})}})
	code := await(t, a.said, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]
	now = now.Add(10*time.Minute + time.Second)
	_, late := pairByHand(s, suzuki, code)
	now = now.Add(-2 * time.Second)
	if _, err := pairByHand(s, suzuki, code); err != nil {
		t.Errorf("within ten minutes: %v", err)
	}
	_, used := pairByHand(s, suzuki, code)
	_, wrong := pairByHand(s, suzuki, "CCCC-CCCC")
	for _, c := range []struct {
		name string
		err  error
	}{
		{"late", late},
		{"used", used},
		{"wrong", wrong},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.err != error(ErrPairing) { // the same answer to all, so that nothing can be learnt from it
				t.Errorf("%s: %v", c.name, c.err)
			}
		})
	}
}

// Wrong codes that were typed while the clock was wrong keep nobody from pairing once it is right.
func TestWrongCodesOfAWrongClockCountForNothing(t *testing.T) {
	right := time.Date(2026, 11, 22, 10, 0, 0, 0, eligibility.Japan)
	now := right.AddDate(1, 0, 0)
	s, url := openWith(t, Config{Virtual: true, Now: func() time.Time { return now }})
	a := start(t, url, agent.Config{Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi})}})
	code := await(t, a.said, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]
	for range pairingTries {
		_, _ = pairByHand(s, suzuki, "CCCC-CCCC")
	}
	if _, err := pairByHand(s, suzuki, code); err == nil {
		t.Fatal("wrong codes do not count")
	}
	now = right
	if _, err := pairByHand(s, suzuki, code); err != nil {
		t.Errorf("after the clock was set right: %v", err)
	}
}

func TestAnAgentSetToAnotherFacilityServesNobody(t *testing.T) {
	s, url := open(t, true)
	a := start(t, url,
		agent.Config{Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi})}, Facility: "別の医院"})
	if _, err := pairByHand(s, suzuki,
		await(t, a.said, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]); err != nil {
		t.Fatal(err)
	}
	await(t, a.said, "設定は「別の医院」")
	if err := <-a.ended; !errors.Is(err, agent.ErrRefused) {
		t.Errorf("it ended with %v", err)
	}
	a.ended <- nil
	if status := a.Status(); status.Link != agent.Refused || !strings.Contains(status.Reason.Ja, "正しい受付") {
		t.Errorf("%+v", status)
	}
}

func TestAnAgentComesBackAfterItsServerWasRestarted(t *testing.T) {
	store := newMemory()
	first, oldURL := openWith(t, Config{Virtual: true, Store: store})
	p := newProxy(t, oldURL)
	a := pairedWith(t, first, facility, p.url(),
		agent.Config{Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi})}, Pace: quick})
	second, url := openWith(t, Config{Virtual: true, Store: store})
	p.aim(t, url)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	first.Restart(ctx)
	if ctx.Err() != nil {
		t.Error("Restart did not return")
	}
	await(t, a.said, "切れました")
	await(t, a.said, "つながりました")
	eventually(t, "the agent is connected to the new server", func() bool {
		return connected(second, facility) == 1
	})
	if r, err := check(second, tokuichi); err != nil || r.Outcome != card.Confirmed {
		t.Errorf("after the restart: %+v %v", r, err)
	}
	_, again, err := websocket.Dial(ctx, oldURL, nil)
	if err == nil || again == nil || again.StatusCode != http.StatusServiceUnavailable ||
		again.Header.Get("Retry-After") == "" {
		t.Errorf("the old server admits new connections: %v %v", again, err)
	}
}

func TestPausesGrowToAMinuteAndAreJittered(t *testing.T) {
	dials := make(chan time.Time, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		dials <- time.Now()
		w.WriteHeader(http.StatusBadGateway)
	}))
	t.Cleanup(server.Close)
	start(t, server.URL,
		agent.Config{Pace: agent.Pace{First: 40 * time.Millisecond, Longest: 200 * time.Millisecond}})
	last := <-dials
	var gaps []time.Duration
	for range 7 {
		at := <-dials
		gaps = append(gaps, at.Sub(last))
		last = at
	}
	for i, longest := range []time.Duration{60, 120, 200, 200, 200, 200, 200} {
		low, high := longest*time.Millisecond/4, longest*time.Millisecond+150*time.Millisecond
		if gaps[i] < low || gaps[i] > high {
			t.Errorf("pause %d was %v, expected %v to %v", i, gaps[i], low, high)
		}
	}
}

func TestAHalfOpenConnectionIsFoundByBothSides(t *testing.T) {
	// the agent's half is in its own tests
	if silence := (Times{}).complete().Silence; silence > 45*time.Second {
		t.Errorf("the server finds a dead agent after %v", silence)
	}
	s, url := openWith(t, Config{Virtual: true, Times: Times{Silence: 300 * time.Millisecond}})
	p := newProxy(t, url)
	a := pairedWith(t, s, facility, p.url(),
		agent.Config{Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi})}, Pace: quick})
	// Heartbeats are 50 ms apart: fourteen take more than twice the silence that the server endures.
	beats := p.chunks()
	eventually(t, "heartbeats have come for longer than the silence", func() bool {
		return p.chunks() >= beats+14
	})
	if connected(s, facility) != 1 || a.Status().Link != agent.Connected {
		t.Fatal("a living connection was given up")
	}
	p.setMute(true)
	eventually(t, "the server has given the silent agent up", func() bool {
		return connected(s, facility) == 0
	})
	eventually(t, "the agent has given the silent server up", func() bool {
		return a.Status().Link != agent.Connected
	})
	p.setMute(false)
	p.cut()
	eventually(t, "the agent is back", func() bool { return connected(s, facility) == 1 })
}

func TestAnAgentThatDiesInTheMiddleLosesOnlyThatOperation(t *testing.T) {
	s, url := open(t, true)
	p := newProxy(t, url)
	v := insert(t, virtual.Description{BirthDate: tokuichi, Faults: virtual.Faults{Slow: true}})
	pairedWith(t, s, facility, p.url(), agent.Config{Reader: chip{v}, Pace: quick})
	failed := make(chan error, 1)
	go func() {
		_, err := check(s, tokuichi)
		failed <- err
	}()
	eventually(t, "the card is being asked", func() bool { return len(v.Commands()) > 2 })
	p.cut()
	if err := <-failed; !errors.Is(err, ErrLost) {
		t.Errorf("the operation ended with %v", err)
	}
	eventually(t, "the agent is back", func() bool { return connected(s, facility) == 1 })
	eventually(t, "a new check works", func() bool {
		r, err := check(s, tokuichi)
		return err == nil && r.Outcome == card.Confirmed
	})
}

func TestWhoeverProvesNoKeyIsGoneSoon(t *testing.T) {
	s, url := openWith(t, Config{Virtual: true, Times: Times{Hello: 200 * time.Millisecond}})
	for _, c := range []struct {
		name string
		say  func(*websocket.Conn)
	}{
		{"silence", func(*websocket.Conn) {}},
		{"garbage", func(c *websocket.Conn) {
			_ = c.Write(context.Background(), websocket.MessageText, []byte(`{"type":`))
		}},
		{"binary", func(c *websocket.Conn) {
			_ = c.Write(context.Background(), websocket.MessageBinary, []byte{1, 2, 3})
		}},
		{"huge", func(c *websocket.Conn) {
			_ = c.Write(context.Background(), websocket.MessageText, make([]byte, 1<<20))
		}},
		{"no proof", func(c *websocket.Conn) {
			_ = put(context.Background(), c,
				wire.Message{Type: "hello", Hello: &wire.Hello{Version: wire.UnagreedVersion}})
		}},
		{"reply", func(c *websocket.Conn) {
			_ = put(context.Background(), c, wire.Message{Type: "reply", Reply: &wire.Reply{}})
		}},
		{"drop by drop", func(c *websocket.Conn) {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			drops := time.NewTicker(20 * time.Millisecond)
			defer drops.Stop()
			w, err := c.Writer(ctx, websocket.MessageText)
			for err == nil {
				_, err = w.Write([]byte(strings.Repeat(" ", 5000))) // more than a buffer: a frame each time
				<-drops.C
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, _, err := websocket.Dial(context.Background(), url, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := conn.Read(context.Background()); err != nil { // the challenge
				t.Fatal(err)
			}
			began := time.Now()
			go c.say(conn)
			for err == nil { // a refusal may come first
				_, _, err = conn.Read(context.Background())
			}
			testenv.Within(t, "cutting off "+c.name, time.Since(began), 2*time.Second)
			_ = conn.CloseNow()
		})
	}
	eventually(t, "nobody is left", func() bool {
		wait := waiting(s)
		s.open.mu.Lock()
		open := len(s.open.all)
		s.open.mu.Unlock()
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.strangers.count() == 0 && s.pairings.limit.count() == 0 && len(s.conns) == 0 &&
			wait == 0 && open == 0
	})
}

func TestABrowserPageOfAnotherSiteIsNoAgent(t *testing.T) {
	_, url := open(t, true)
	_, answer, err := websocket.Dial(context.Background(), url,
		&websocket.DialOptions{HTTPHeader: http.Header{"Origin": {"https://evil.example"}}})
	if err == nil || answer == nil || answer.StatusCode != http.StatusForbidden {
		t.Errorf("%v %v", answer, err)
	}
}

func TestAnAgentIsNotSentOnToAnotherHost(t *testing.T) {
	_, target := open(t, true)
	asked := make(chan bool, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- true
		http.Redirect(w, r, target, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(server.Close)
	a := start(t, server.URL, agent.Config{Pace: quick})
	<-asked
	<-asked
	if link := a.Status().Link; link == agent.Pairing || link == agent.Connected {
		t.Errorf("it followed: %s", link)
	}
}

// A server that accepts and says nothing must not hold an agent.
func TestAServerThatSaysNothingIsGivenUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	accepted := make(chan bool, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close()
			accepted <- true
		}
	}()
	pace := quick
	pace.Greet = 100 * time.Millisecond
	start(t, "http://"+l.Addr().String(), agent.Config{Pace: pace})
	for range 3 {
		select {
		case <-accepted:
		case <-time.After(10 * time.Second):
			t.Fatal("the agent waits for ever")
		}
	}
}
