package agents

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
	"madoguchi/server/staff"
)

// known is the facility's only agent as its administrator sees it.
func known(t *testing.T, s *AgentHub) KnownAgent {
	t.Helper()
	all, err := s.Agents(t.Context(), suzuki)
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v %v", all, err)
	}
	return all[0]
}

func TestAnAgentThatWasEndedIsOutUntilItIsReadmitted(t *testing.T) {
	store := newMemory()
	s, url := openWith(t, Config{Virtual: true, Store: store})
	key := certtest.Key(t)
	v := insert(t, virtual.Description{BirthDate: tokuichi, Faults: virtual.Faults{Slow: true}})
	a := pairedWith(t, s, facility, url, agent.Config{Reader: chip{v}, Key: key, Pace: quick})
	id := known(t, s).ID
	for _, other := range []struct {
		name string
		by   staff.Reception
		id   string
	}{
		{"another facility's", staff.Reception{Staff: "鈴木", Facility: "1319999992"}, id},
		{"an unknown one", suzuki, "0123"},
	} {
		if err := s.End(t.Context(), other.by, other.id); !errors.Is(err, ErrNoAgent) {
			t.Errorf("ending %s: %v", other.name, err)
		}
	}
	if err := s.Readmit(t.Context(), suzuki, id); !errors.Is(err, ErrNoAgent) {
		t.Errorf("readmitting one that was not ended: %v", err)
	}
	failed := make(chan error, 1)
	go func() {
		_, err := check(s, tokuichi)
		failed <- err
	}()
	eventually(t, "the card is being asked", func() bool { return len(v.Commands()) > 2 })
	if err := s.End(t.Context(), suzuki, id); err != nil {
		t.Fatal(err)
	}
	if len(s.Status(facility)) != 0 {
		t.Error("the console still shows it")
	}
	if err := <-failed; !errors.Is(err, ErrLost) {
		t.Errorf("what was asked of it ended with %v", err)
	}
	await(t, a.said, "受付の管理者が、このパソコンを使えないようにしました")
	if err := <-a.ended; !errors.Is(err, agent.ErrRefused) {
		t.Errorf("the agent ended with %v", err)
	}
	a.ended <- nil
	if err := s.End(t.Context(), suzuki, id); err != nil {
		t.Errorf("again: %v", err)
	}
	if k := known(t, s); k.Connected || !k.Ended() || k.EndedBy != "鈴木" {
		t.Errorf("%+v", k)
	}

	again := start(t, url, agent.Config{Key: key, Pace: quick})
	await(t, again.said, "使えないようにしました")
	if err := <-again.ended; !errors.Is(err, agent.ErrRefused) {
		t.Errorf("started again it ended with %v", err)
	}
	again.ended <- nil
	if _, err := check(s, tokuichi); !errors.Is(err, ErrNoReader) {
		t.Errorf("its card was asked: %v", err)
	}

	if err := s.Readmit(t.Context(), staff.Reception{Staff: "鈴木", Facility: "1319999992"},
		id); !errors.Is(err, ErrNoAgent) {
		t.Errorf("another facility readmits it: %v", err)
	}
	if err := s.Readmit(t.Context(), suzuki, id); err != nil {
		t.Fatal(err)
	}
	pairedWith(t, s, facility, url, agent.Config{Key: key, Pace: quick})
	store.wantActions(t, "agent.pair", "agent.end", "agent.readmit", "agent.pair")
}

// Whoever ends an agent does not wait for it: neither does who asks it for a card.
func TestWhatIsAskedOfAnEndedAgentEndsAtOnce(t *testing.T) {
	s, url := open(t, true)
	p := newProxy(t, url)
	v := insert(t, virtual.Description{BirthDate: tokuichi, Faults: virtual.Faults{Slow: true}})
	pairedWith(t, s, facility, p.url(), agent.Config{Reader: chip{v}})
	failed := make(chan error, 1)
	go func() {
		_, err := check(s, tokuichi)
		failed <- err
	}()
	eventually(t, "the card is being asked", func() bool { return len(v.Commands()) > 2 })
	p.setMute(true) // it neither answers nor takes the closing word
	id := known(t, s).ID
	s.mu.Lock()
	l := s.conns[id]
	s.mu.Unlock()
	if err := s.End(t.Context(), suzuki, id); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; !errors.Is(err, ErrLost) {
		t.Errorf("%v", err)
	}
	select {
	case <-l.closed:
		t.Error("it ended only with the connection, which waits for the closing word")
	default:
	}
}

// racing ends an agent after it was looked up and before it is connected.
type racing struct {
	*memory
	end func()
}

func (r *racing) Agent(ctx context.Context, id string) (Agent, error) {
	a, err := r.memory.Agent(ctx, id)
	if err == nil && r.end != nil {
		end := r.end
		r.end = nil
		end()
	}
	return a, err
}

func TestAnAgentThatIsEndedWhileItConnectsIsOut(t *testing.T) {
	store := &racing{memory: newMemory()}
	s, url := openWith(t, Config{Virtual: true, Store: store})
	key := certtest.Key(t)
	a := pairedWith(t, s, facility, url, agent.Config{Key: key})
	id := known(t, s).ID
	a.stop()
	eventually(t, "it has left", func() bool { return connected(s, facility) == 0 })
	store.end = func() {
		if err := s.End(t.Context(), suzuki, id); err != nil {
			t.Error(err)
		}
	}
	again := start(t, url, agent.Config{Key: key})
	await(t, again.said, "使えないようにしました")
	if connected(s, facility) != 0 {
		t.Error("it is connected")
	}
}

// It is stored at most once in ten minutes that an agent is there, however often it comes and beats; the list
// knows better while the server runs.
func TestThatAnAgentIsThereIsStoredOnceInTenMinutes(t *testing.T) {
	began := time.Date(2026, 11, 22, 10, 0, 0, 0, eligibility.Japan)
	var clock manualClock
	clock.set(began)
	store := newMemory()
	s, url := openWith(t, Config{Virtual: true, Store: store, Now: clock.now})
	p := newProxy(t, url)
	pairedWith(t, s, facility, p.url(), agent.Config{Pace: quick})
	saw := func() int {
		store.mu.Lock()
		defer store.mu.Unlock()
		return store.saw
	}
	beat := func() {
		t.Helper()
		beats := p.chunks()
		eventually(t, "heartbeats came", func() bool { return p.chunks() >= beats+3 })
	}
	beat()
	clock.set(began.Add(9 * time.Minute))
	beat()
	p.cut()
	eventually(t, "it is back", func() bool { return connected(s, facility) == 1 })
	beat()
	if n := saw(); n != 0 {
		t.Errorf("stored %d times within ten minutes of its pairing", n)
	}
	if k := known(t, s); !k.LastSeen.Equal(began.Add(9*time.Minute)) || !k.FirstSeen.Equal(began) ||
		!k.Connected || k.Version != wire.Version {
		t.Errorf("%+v", k)
	}
	clock.set(began.Add(10 * time.Minute))
	eventually(t, "it is stored", func() bool { return saw() == 1 })
	clock.set(began.Add(19*time.Minute + 59*time.Second))
	beat()
	if n := saw(); n != 1 {
		t.Errorf("stored %d times within ten minutes", n)
	}
	clock.set(began.Add(20 * time.Minute))
	eventually(t, "it is stored again", func() bool { return saw() == 2 })
}

// Two programs with one key do not take turns: the newer wins once, the other hears why and stays out, and
// takes over when the newer one has left.
func TestTwoProgramsWithOneKeyDoNotTakeTurns(t *testing.T) {
	s, url := openWith(t, Config{Virtual: true})
	key := certtest.Key(t)
	older := pairedWith(t, s, facility, url, agent.Config{Name: "もとの", Key: key, Pace: quick})
	if known(t, s).SameKey {
		t.Error("one program is two")
	}
	newer := start(t, url, agent.Config{Name: "写し", Key: key, Pace: quick})
	await(t, newer.said, "つながりました")
	for range 3 { // each is a try of the older one's
		await(t, older.said, "このパソコンの鍵（agent.pem）を使うプログラムが、ほかでも動いています")
	}
	if older.Status().Link == agent.Connected || newer.Status().Link != agent.Connected ||
		connected(s, facility) != 1 || !known(t, s).SameKey {
		t.Errorf("the older is %s, the newer %s", older.Status().Link, newer.Status().Link)
	}
	select {
	case said := <-newer.said:
		t.Errorf("the newer was told %q", said)
	default:
	}
	newer.stop()
	await(t, older.said, "つながりました")
}

// A connection that does not answer is no second program: whoever lost it is let in, as often as it happens.
func TestAnAgentThatLostItsConnectionIsNoSecondProgram(t *testing.T) {
	s, url := openWith(t, Config{Virtual: true, Times: Times{Probe: 50 * time.Millisecond}})
	p := newProxy(t, url)
	a := pairedWith(t, s, facility, p.url(), agent.Config{Pace: quick})
	here := func() *agentConn {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, l := range s.conns {
			return l
		}
		return nil
	}
	for range 3 {
		old := here()
		p.loseAgents()
		eventually(t, "it is back", func() bool { now := here(); return now != nil && now != old })
	}
	if known(t, s).SameKey {
		t.Error("it was taken for two programs")
	}
	for len(a.said) > 0 {
		if said := <-a.said; strings.Contains(said, "ほかでも動いています") {
			t.Errorf("it was told %q", said)
		}
	}
}

// manualClock stands still until it is set.
type manualClock struct{ ms atomic.Int64 }

func (c *manualClock) set(t time.Time) { c.ms.Store(t.UnixMilli()) }
func (c *manualClock) now() time.Time  { return time.UnixMilli(c.ms.Load()).In(eligibility.Japan) }

// aMyNumber passes the check digit of the 個人番号; none stands in a file.
func aMyNumber() string {
	for d := '0'; d <= '9'; d++ {
		if n := "98765432109" + string(d); eligibility.HoldsMyNumber(n) {
			return n
		}
	}
	panic("no digit fits")
}

// The release that an agent says is listed, and stored when it is another one than before; agents of the
// version before say none. What cannot be a release is as if nothing was said.
func TestTheReleaseOfAnAgentIsListed(t *testing.T) {
	store := newMemory()
	s, url := openWith(t, Config{Virtual: true, Store: store})
	key := certtest.Key(t)
	pairedWith(t, s, facility, url, agent.Config{Key: key, Program: "1.2.0"}).stop()
	for _, c := range []struct{ says, want string }{
		{"1.3.0", "1.3.0"},
		{"", ""},
		{"v0.0.0-20261122100000-abcdef123456+dirty", "v0.0.0-20261122100000-abcdef123456+dirty"},
		{"新しい", ""},
		{"1.2 \u202e", ""},
		{strings.Repeat("1", 41), ""},
		{aMyNumber(), ""},
	} {
		t.Run(c.says, func(t *testing.T) {
			eventually(t, "it has left", func() bool { return connected(s, facility) == 0 })
			a := start(t, url, agent.Config{Key: key, Program: c.says})
			await(t, a.said, "つながりました")
			eventually(t, "it is listed", func() bool {
				k := known(t, s)
				return k.Program == c.want && k.Connected
			})
			eventually(t, "it is stored", func() bool {
				all := storedAgents(t, store)
				return len(all) == 1 && all[0].Program == c.want
			})
			a.stop()
		})
	}
}
