package agents

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"madoguchi/card/agent"
	"madoguchi/card/wire"
	"madoguchi/internal/testenv"
)

// next reads one message; the error is the connection's end.
func next(t *testing.T, conn *websocket.Conn) (wire.Message, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, data, err := conn.Read(ctx)
	if err != nil {
		return wire.Message{}, err
	}
	return wire.Decode(data)
}

// Silent sockets do not keep an agent of the same network out: the oldest makes room and hears why.
func TestTheOldestSilentSocketMakesRoomAndHearsWhy(t *testing.T) {
	s, url := open(t, true)
	s.strangers.mostPerNetwork = 3
	var silent []*websocket.Conn
	const n = 11
	for range n {
		conn, _, err := websocket.Dial(context.Background(), url, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.CloseNow()
		if m, err := next(t, conn); err != nil || m.Challenge == nil {
			t.Fatalf("%+v %v", m, err)
		}
		silent = append(silent, conn)
	}
	for i, conn := range silent[:n-3] {
		m, err := next(t, conn)
		if err != nil || m.Refused == nil || m.Refused.Retry != 5 ||
			!strings.Contains(m.Refused.Ja, "名乗らない") || !strings.Contains(m.Refused.Ja, "5秒") {
			t.Errorf("socket %d: %+v %v", i, m, err)
		}
	}
	a := start(t, url, agent.Config{})
	await(t, a.said, `([A-Z0-9]{4}-[A-Z0-9]{4})`)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.strangers.count() != 3 && s.strangers.count() != 2 {
		t.Errorf("%d are silent", s.strangers.count())
	}
	testenv.Refused(t, testenv.Limits, n-3)
}

// Whoever waits keeps the code that people are typing; the next of the network hears why, and comes back by
// itself.
func TestAnAgentBeyondThoseThatWaitHearsWhyAndComesBack(t *testing.T) {
	s, url := open(t, true)
	s.pairings.limit.mostPerNetwork = 2
	first, second := start(t, url, agent.Config{}), start(t, url, agent.Config{})
	code := await(t, first.said, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]
	await(t, second.said, `([A-Z0-9]{4}-[A-Z0-9]{4})`)
	third := start(t, url, agent.Config{Pace: quick})
	await(t, third.said, "待っているパソコンが多すぎます")
	eventually(t, "its page says why", func() bool {
		status := third.Status()
		return status.Link == agent.Refused && strings.Contains(status.Reason.Ja, "60秒") &&
			strings.Contains(status.Reason.En, "60 seconds")
	})
	if _, err := pairByHand(s, suzuki, code); err != nil {
		t.Fatalf("who waited was thrown out: %v", err)
	}
	code = await(t, third.said, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]
	if _, err := pairByHand(s, suzuki, code); err != nil {
		t.Error(err)
	}
}

func TestACodeThatIsOverIsSaidToBe(t *testing.T) {
	over, waiting := errPairingOver.forVersion(0), errWaiting.forVersion(wire.Version)
	if !strings.Contains(over.Ja, "時間が切れました") || over.Retry != 5 || waiting.Retry != 60 {
		t.Errorf("%+v %+v", errPairingOver, errWaiting)
	}
}

// A crowd of networks, or of one network's connections, never keeps a newcomer out.
func TestACrowdMakesRoomForANewcomer(t *testing.T) {
	for _, c := range []struct {
		name         string
		most, mostAt int
		networks     int
		each         int
		wantOut      string // network that makes room for the newcomer "new"
	}{
		{"nobody", 10, 5, 0, 0, ""},
		{"room left", 10, 5, 3, 3, ""},
		{"full of one each", 10, 5, 10, 1, "any"},
		{"full by two networks", 10, 5, 2, 5, "any"},
		{"one larger than the others", 10, 6, 5, 2, "any"},
		{"one network over its own bound", 10, 5, 1, 20, ""},
		{"many networks over the bound", 10, 5, 100, 3, "any"},
		{"a bound of one", 1, 1, 1, 1, "any"},
	} {
		t.Run(c.name, func(t *testing.T) {
			crowd := newConnLimit(c.most, c.mostAt)
			in := map[*agentConn]bool{}
			enter := func(network string) (*agentConn, *agentConn) {
				l := &agentConn{network: network}
				out := crowd.add(l)
				in[l] = true
				if out != nil && !in[out] {
					t.Fatal("it threw out who was not there")
				}
				delete(in, out)
				return l, out
			}
			for i := range c.networks {
				for range c.each {
					enter(fmt.Sprint(i))
				}
			}
			l, out := enter("new")
			if (out != nil) != (c.wantOut != "") || out == l {
				t.Errorf("%+v made room", out)
			}
			if crowd.count() != len(in) || crowd.count() > c.most || crowd.countOf("new") != 1 {
				t.Errorf("%d counted, %d there, at most %d", crowd.count(), len(in), c.most)
			}
			for one := range in {
				crowd.remove(one)
				crowd.remove(one)
			}
			if crowd.count() != 0 || len(crowd.byNetwork) != 0 {
				t.Errorf("%d left", crowd.count())
			}
		})
	}
	// who has most makes room
	crowd := newConnLimit(4, 3)
	old := &agentConn{network: "loud"}
	for _, l := range []*agentConn{{network: "quiet"}, old, {network: "loud"}, {network: "loud"}} {
		crowd.add(l)
	}
	if out := crowd.add(&agentConn{network: "new"}); out != old {
		t.Errorf("%+v", out)
	}
	testenv.Refused(t, testenv.Limits, 5)
}
