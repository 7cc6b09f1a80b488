package agents

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
	"madoguchi/server/counter"
	"madoguchi/server/hub"
	"madoguchi/server/staff"
)

// instance is one of several, with its agents' address.
type instance struct {
	*AgentHub
	url string
	hub *hub.Hub
}

// placesMemory is a Places for tests.
type placesMemory struct {
	mu     sync.Mutex
	all    map[string]Place
	dead   map[string]bool // instances that do not live
	behind bool            // its readers have not seen yet what was stored
}

func (p *placesMemory) PutPlace(_ context.Context, place Place) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all[place.Agent] = place
	return nil
}

func (p *placesMemory) DropPlace(_ context.Context, agent, conn string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all[agent].Conn == conn {
		delete(p.all, agent)
	}
	return nil
}

func (p *placesMemory) Places(_ context.Context, facility string, _ time.Time) (found []Place, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, place := range p.all {
		if place.Facility == facility && !p.dead[place.Instance] && !p.behind {
			found = append(found, place)
		}
	}
	return found, nil
}

func (p *placesMemory) setBehind(behind bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.behind = behind
}

func (p *placesMemory) at(agent string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all[agent].Instance
}

// together starts instances that share a store and a hub.
func together(t *testing.T, c Config, names ...string) (map[string]instance, *placesMemory) {
	t.Helper()
	if c.Store == nil {
		c.Store = newMemory()
	}
	c.Virtual = true
	var bus hub.Bus
	places := &placesMemory{all: map[string]Place{}, dead: map[string]bool{}}
	all := map[string]instance{}
	for _, name := range names {
		h, err := hub.New(hub.Config{
			Engine:   bus.Engine(),
			Instance: name,
			Key:      bytes.Repeat([]byte{7}, 32),
			Now:      func() time.Time { return eligibility.MustDate("2026-11-22").Time() },
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close() })
		s, url := openWith(t, c)
		if err := s.Join(Elsewhere{Places: places, Hub: h, Others: func(context.Context) ([]string, error) {
			places.mu.Lock()
			defer places.mu.Unlock()
			return slices.DeleteFunc(slices.Clone(names), func(other string) bool {
				return other == name || places.dead[other]
			}), nil
		}}); err != nil {
			t.Fatal(err)
		}
		all[name] = instance{s, url, h}
	}
	return all, places
}

// An agent dials one instance, the counter's page is at another: staff pair it there by code and words, and
// everything that is asked there is answered as if it were connected there.
func TestAnAgentAtAnotherInstanceIsPairedAndAsked(t *testing.T) {
	all, _ := together(t, Config{}, "a", "b", "c")
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	folder := t.TempDir()
	pairedWith(t, all["b"].AgentHub, facility, all["a"].url, agent.Config{Reader: chip{v}, OQS: folder})
	eventually(t, "all see one reader", func() bool {
		for _, s := range all {
			if connected(s.AgentHub, facility) != 1 {
				return false
			}
		}
		return true
	})
	for name, s := range all {
		t.Run("asked at "+name, func(t *testing.T) {
			result, err := check(s.AgentHub, tokuichi)
			if err != nil || result.Outcome != card.Confirmed || result.By != card.ByServer {
				t.Errorf("the birth date: %+v %v", result, err)
			}
			text, err := s.Cards.CheckText(t.Context(), textRequest(tokuichi))
			if err != nil || text.Outcome != card.Confirmed || text.Reading == nil {
				t.Errorf("the text: %+v %v", text, err)
			}
			request := faceRequest(tokuichi)
			tries, err := s.Cards.FaceTries(t.Context(), request.CardRequest)
			if err != nil || tries != 10 {
				t.Errorf("tries: %d %v", tries, err)
			}
			page := newPage(t)
			request.Page, request.Tries = page.PublicKey().Bytes(), tries
			face, err := s.Cards.CheckFace(t.Context(), request)
			if err != nil || face.Outcome != card.Confirmed || face.Shown == nil {
				t.Errorf("the photo: %+v %v", face.Result, err)
			}
			if _, err := s.Cards.CompareOQS(t.Context(), request.CardRequest, wire.Items{}); err == nil ||
				errors.Is(err, wire.ErrNoOQS) {
				t.Errorf("an empty OQS folder: %v", err)
			}
			listed, err := s.Agents(t.Context(), staff.Reception{Staff: "鈴木", Facility: facility})
			if err != nil || len(listed) != 1 || !listed[0].Connected || !listed[0].Virtual {
				t.Errorf("listed: %+v %v", listed, err)
			}
		})
	}
}

// The instance that holds a connection sees for itself what it hands on.
func TestTheHolderHandsOnNothingButItsFacilitysOperations(t *testing.T) {
	store := newMemory()
	all, _ := together(t, Config{Store: store}, "a", "b")
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	pairedWith(t, all["a"].AgentHub, facility, all["a"].url, agent.Config{Reader: chip{v}})
	id := storedAgents(t, store)[0].ID
	before := len(v.Commands())
	birth := newBinding(counter.CardRequest{Facility: facility, BirthDate: tokuichi})
	other := newBinding(counter.CardRequest{Facility: "1319999992", BirthDate: tokuichi})
	for _, c := range []struct {
		name    string
		payload []byte
	}{
		{"another facility's", operation(t, id, wire.Message{
			Type: "check", Check: &wire.Check{Binding: other, BirthDate: tokuichi}})},
		{"another agent's", operation(t, "x"+id, wire.Message{
			Type: "check", Check: &wire.Check{Binding: birth, BirthDate: tokuichi}})},
		{"no operation", operation(t, id, wire.Message{
			Type: "ready", Ready: &wire.Ready{Facility: "架空医院", Code: facility}})},
		{"a command of a card", []byte(`{"agent":"` + id + `","message":{"type":"apdu","apdu":"00A4"}}`)},
		{"nothing", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			said, err := all["b"].hub.Request(t.Context(), hub.Request{
				To:      "a",
				Topic:   operationTopic,
				Payload: c.payload,
				Within:  15 * time.Second,
			})
			var a answered
			if err != nil || json.Unmarshal(said, &a) != nil || a.Fault != notHere || a.Message != nil {
				t.Errorf("%s %v", said, err)
			}
		})
	}
	if n := len(v.Commands()); n != before {
		t.Errorf("the card got %d commands", n-before)
	}
}

func operation(t *testing.T, id string, m wire.Message) []byte {
	t.Helper()
	message, err := wire.Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(forwarded{Agent: id, Within: time.Second, Message: message})
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// What goes wrong on the way is said as it is for an agent that is connected here; nothing is asked twice.
func TestWhatGoesWrongAtAnotherInstance(t *testing.T) {
	store := newMemory()
	all, places := together(t, Config{Store: store}, "a", "b")
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	pairedWith(t, all["a"].AgentHub, facility, all["a"].url, agent.Config{Reader: chip{v}})
	id := storedAgents(t, store)[0].ID
	chosen := counter.CardRequest{Facility: facility, Reader: id, CaseID: "case", BirthDate: tokuichi}

	all["a"].AgentHub.mu.Lock()
	conn := all["a"].conns[id]
	all["a"].AgentHub.mu.Unlock()
	conn.busy <- struct{}{}
	if _, err := check(all["b"].AgentHub, tokuichi); !errors.Is(err, ErrBusy) {
		t.Errorf("busy: %v", err)
	}
	<-conn.busy

	if err := all["a"].hub.Close(); err != nil { // the instance is gone, and nobody has noticed yet
		t.Fatal(err)
	}
	all["b"].Cards.times.Check = time.Millisecond
	if _, err := all["b"].Cards.CheckBirthDate(t.Context(), chosen); !errors.Is(err, ErrLost) {
		t.Errorf("an instance that is gone: %v", err)
	}
	places.mu.Lock()
	places.dead["a"] = true
	places.mu.Unlock()
	if _, err := all["b"].Cards.CheckBirthDate(t.Context(), chosen); !errors.Is(err, ErrNoReader) {
		t.Errorf("once that is known: %v", err)
	}
	if n := len(v.Commands()); n != 0 {
		t.Errorf("the card got %d commands", n)
	}
}

// An administrator ends an agent at one instance: it is cut at the one to which it is connected.
func TestAnAgentIsEndedAtAnotherInstance(t *testing.T) {
	store := newMemory()
	all, places := together(t, Config{Store: store}, "a", "b")
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	a := pairedWith(t, all["a"].AgentHub, facility, all["a"].url, agent.Config{Reader: chip{v}})
	id := storedAgents(t, store)[0].ID
	desk := staff.Reception{Staff: "鈴木", Facility: facility}
	if err := all["b"].End(t.Context(), desk, id); err != nil {
		t.Fatal(err)
	}
	await(t, a.said, "このパソコンを使えないようにしました")
	eventually(t, "it is nowhere", func() bool {
		return connected(all["a"].AgentHub, facility)+connected(all["b"].AgentHub, facility) == 0 &&
			places.at(id) == ""
	})
	if _, err := check(all["b"].AgentHub, tokuichi); !errors.Is(err, ErrNoReader) {
		t.Error(err)
	}
}

// A restart: the operation that is out ends first, and then the agent is sent away.
func TestARestartLetsAnOperationEnd(t *testing.T) {
	s, url := open(t, true)
	v := insert(t, virtual.Description{BirthDate: tokuichi, Faults: virtual.Faults{Slow: true}})
	a := pairedWith(t, s, facility, url, agent.Config{Reader: chip{v}})
	type answer struct {
		result card.Result
		err    error
	}
	answers := make(chan answer, 1)
	go func() {
		result, err := check(s, tokuichi)
		answers <- answer{result, err}
	}()
	eventually(t, "the card is being asked", func() bool { return len(v.Commands()) > 2 })
	s.Restart(t.Context())
	if got := <-answers; got.err != nil || got.result.Outcome != card.Confirmed {
		t.Errorf("%+v %v", got.result, got.err)
	}
	eventually(t, "the agent is sent away", func() bool { return a.Status().Link != agent.Connected })
	if _, err := check(s, tokuichi); !errors.Is(err, ErrNoReader) && !errors.Is(err, ErrBusy) {
		t.Errorf("afterwards: %v", err)
	}
}

// An agent whose connection broke comes back to another instance.
func TestAnAgentMovesToAnotherInstance(t *testing.T) {
	store := newMemory()
	all, places := together(t, Config{Store: store}, "a", "b")
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	p := newProxy(t, all["a"].url)
	pairedWith(t, all["a"].AgentHub, facility, p.url(), agent.Config{Reader: chip{v}, Pace: quick})
	id := storedAgents(t, store)[0].ID
	p.aim(t, all["b"].url)
	p.cut()
	eventually(t, "it is at the other one", func() bool { return places.at(id) == "b" })
	for name, s := range all {
		eventually(t, "it is seen at "+name, func() bool { return connected(s.AgentHub, facility) == 1 })
		result, err := check(s.AgentHub, tokuichi)
		if err != nil || result.Outcome != card.Confirmed {
			t.Errorf("asked at %s: %+v %v", name, result, err)
		}
	}
	eventually(t, "the first one has let go", func() bool {
		all["a"].AgentHub.mu.Lock()
		defer all["a"].AgentHub.mu.Unlock()
		return len(all["a"].conns) == 0
	})
}

// Two programs with one key dial two instances: as at one instance, the newer one wins once, and they do not
// take turns.
func TestTwoProgramsWithOneKeyAtTwoInstances(t *testing.T) {
	all, _ := together(t, Config{}, "a", "b")
	key := certtest.Key(t)
	older := pairedWith(t, all["a"].AgentHub, facility, all["a"].url,
		agent.Config{Name: "もとの", Key: key, Pace: quick})
	newer := start(t, all["b"].url, agent.Config{Name: "写し", Key: key, Pace: quick})
	await(t, newer.said, "つながりました")
	for range 3 { // each is a try of the older one's
		await(t, older.said, "このパソコンの鍵（agent.pem）を使うプログラムが、ほかでも動いています")
	}
	if newer.Status().Link != agent.Connected {
		t.Errorf("the newer is %s", newer.Status().Link)
	}
	for name, s := range all {
		if !known(t, s.AgentHub).SameKey || connected(s.AgentHub, facility) != 1 {
			t.Errorf("at %s: %+v", name, known(t, s.AgentHub))
		}
	}
}
