package agents

import (
	"context"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/card/wire"
	"madoguchi/internal/certtest"
	"madoguchi/internal/testenv"
	"madoguchi/server/counter"
)

// liar is an agent that answers every birth-date check as answer says.
func liar(t *testing.T, s *AgentHub, url string, answer func(q *wire.Check, der []byte) *wire.Reply) {
	t.Helper()
	impostor(t, s, url, func(_ *websocket.Conn, m wire.Message, der []byte) *wire.Reply {
		if m.Check == nil {
			return nil
		}
		return answer(m.Check, der)
	})
}

// impostor is a paired agent whose every answer is what answer returns; nil is none. It may write to the
// connection itself.
func impostor(t *testing.T, s *AgentHub, url string,
	answer func(conn *websocket.Conn, m wire.Message, der []byte) *wire.Reply) *websocket.Conn {
	t.Helper()
	key := certtest.Key(t)
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	conn, _, err := websocket.Dial(ctx, url, offersAll)
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
				back = wire.Message{Type: "hello", Hello: &wire.Hello{
					Version:   wire.Version,
					Name:      "liar",
					Key:       der,
					Signature: signature,
					Virtual:   true,
					OQS:       true,
				}}
			case "pair":
				codes <- m.Pair.Code
				continue
			case "check", "text", "dates", "oqs", "faceTries", "face":
				reply := answer(conn, m, der)
				if reply == nil {
					continue
				}
				back = wire.Message{Type: "reply", Reply: reply}
			default:
				continue
			}
			if put(ctx, conn, back) != nil {
				return
			}
		}
	}()
	if _, err := pairByHand(s, suzuki, <-codes); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the liar is connected", func() bool { return connected(s, facility) > 0 })
	return conn
}

func put(ctx context.Context, conn *websocket.Conn, m wire.Message) error {
	data, err := wire.Encode(m)
	if err != nil {
		return err
	}
	return conn.Write(ctx, websocket.MessageText, data)
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
			e, err := card.CheckBirthDate(context.Background(), card.Open(v), q.BirthDate,
				card.Challenge([32]byte(q.Nonce), der, q.Facility, q.Case, [32]byte(q.JWS)))
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
		e, err := card.CheckBirthDate(context.Background(), card.Open(forger), q.BirthDate,
			card.Challenge([32]byte(q.Nonce), der, q.Facility, q.Case, [32]byte(q.JWS)))
		if err != nil {
			return &wire.Reply{ID: q.ID, Fault: "card.unexpected"}
		}
		return &wire.Reply{ID: q.ID, Evidence: &e}
	})
	if r, err := check(s, tokuichi); err != nil || r.Outcome != card.Refused || r.Key != "card.not_genuine" {
		t.Errorf("%+v %v", r, err)
	}
}

// An agent of version 2 compares items and knows nothing of the validity: that is said. Statements that no
// program of ours makes are refused.
func TestStatementsOfAnAgent(t *testing.T) {
	s, url := open(t, true)
	var says []string
	fields := []wire.FieldResult{{Name: "name", Result: wire.Equal}}
	impostor(t, s, url, func(_ *websocket.Conn, m wire.Message, _ []byte) *wire.Reply {
		return &wire.Reply{ID: m.OQS.ID, Compared: fields, Statements: says}
	})
	for _, c := range []struct {
		name   string
		says   []string
		fields []wire.FieldResult
		want   string
	}{
		{"none, as version 2", nil, fields, "oqs.not_said"},
		{"an empty list", []string{}, fields, "oqs.not_said"},
		{"valid", []string{"oqs.valid"}, fields, "oqs.valid"},
		{"a warning without items", []string{"oqs.validity_4", "oqs.no_result"}, nil,
			"oqs.validity_4 oqs.no_result"},
		{"valid without items", []string{"oqs.valid"}, nil, ""},
		{"valid and not valid", []string{"oqs.valid", "oqs.lost"}, fields, ""},
		{"a warning twice", []string{"oqs.lost", "oqs.lost"}, fields, ""},
		{"a sentence of its own", []string{"この資格は有効です"}, fields, ""},
		{"a value of the file", []string{"0001234"}, fields, ""},
		{"a key of another room", []string{"card.confirmed"}, fields, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			says, fields = c.says, c.fields
			got, err := s.Cards.CompareOQS(
				t.Context(),
				ofFacility,
				wire.Items{Name: "髙橋 德一"},
			)
			if strings.Join(got.Statements, " ") != c.want || (err != nil) != (c.want == "") {
				t.Errorf("%+v %v", got, err)
			}
		})
	}
	testenv.Refused(t, testenv.Card, 6)
}

// Agents of versions 2 to 4 offer no subprotocol, and later ones say the version that they agreed on.
func TestAgentsOfVersionTwoAreServed(t *testing.T) {
	bare, newest := (*websocket.DialOptions)(nil), offersAll
	for _, c := range []struct {
		name    string
		offers  *websocket.DialOptions
		version int
		served  bool
	}{
		{"1", bare, 1, false},
		{"2", bare, 2, true},
		{"3", bare, 3, true},
		{"4", bare, 4, true},
		{"5, not agreed", bare, 5, false},
		{"5", newest, 5, true},
		{"4, another than agreed", newest, 4, false},
		{"6", newest, 6, false},
		{"6, not agreed", bare, 6, false},
		{"4, of another protocol", &websocket.DialOptions{Subprotocols: []string{"chat"}}, 4, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, url := open(t, true)
			key := certtest.Key(t)
			der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
			if err != nil {
				t.Fatal(err)
			}
			conn, _, err := websocket.Dial(t.Context(), url, c.offers)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.CloseNow()
			receive := func() wire.Message {
				_, data, err := conn.Read(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				m, err := wire.Decode(data)
				if err != nil {
					t.Fatal(err)
				}
				return m
			}
			opened := receive()
			// all that an agent of version 2 answers
			if opened.Challenge == nil || opened.Challenge.Version != 2 {
				t.Fatalf("%+v", opened.Challenge)
			}
			signature, err := wire.Prove(key, opened.Challenge.Nonce)
			if err != nil {
				t.Fatal(err)
			}
			if err := put(t.Context(), conn, wire.Message{Type: "hello", Hello: &wire.Hello{
				Version:   c.version,
				Name:      "受付",
				Key:       der,
				Signature: signature,
				Virtual:   true,
				OQS:       true,
			}}); err != nil {
				t.Fatal(err)
			}
			if m := receive(); (m.Pair != nil) != c.served || (m.Refused != nil) == c.served {
				t.Errorf("answered with %s", m.Type)
			}
		})
	}
}

// What comes late, early, twice or for another case is dropped; the right answer still counts.
func TestAnswersThatNobodyAskedForAreDropped(t *testing.T) {
	s, url := openWith(t, Config{Virtual: true, Times: Times{Check: 300 * time.Millisecond}})
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	honest := func(q *wire.Check, der []byte) *wire.Reply {
		v.Reset()
		e, err := card.CheckBirthDate(context.Background(), card.Open(v), q.BirthDate,
			card.Challenge([32]byte(q.Nonce), der, q.Facility, q.Case, [32]byte(q.JWS)))
		if err != nil {
			return &wire.Reply{ID: q.ID, Fault: "card.unexpected"}
		}
		return &wire.Reply{ID: q.ID, Evidence: &e}
	}
	var kept *wire.Reply
	round := 0
	impostor(t, s, url, func(conn *websocket.Conn, m wire.Message, der []byte) *wire.Reply {
		round++
		reply := honest(m.Check, der)
		switch round {
		case 1: // no answer in time: it comes with the next question
			kept = reply
			return nil
		case 2:
			// of the case before
			_ = put(context.Background(), conn, wire.Message{Type: "reply", Reply: kept})
			// for none
			_ = put(context.Background(), conn,
				wire.Message{Type: "reply", Reply: &wire.Reply{Fault: "card.phone"}})
			// for one that was never asked
			_ = put(context.Background(), conn,
				wire.Message{Type: "reply", Reply: &wire.Reply{ID: "x", Fault: "card.phone"}})
			return reply
		}
		return &wire.Reply{ID: m.Check.ID,
			Text: &wire.TextReply{Verdict: verdictOf(card.Confirmed, "card.text_confirmed"),
				Reading: &reading}}
	})
	if r, err := check(s, tokuichi); err != nil || r.Key != card.ErrTimeout.Key {
		t.Errorf("an answer that does not come: %+v %v", r, err)
	}
	s.Cards.times = Times{}.complete() // what follows does answer, on a busy machine in more than 300 ms
	if r, err := check(s, tokuichi); err != nil || r.Outcome != card.Confirmed {
		t.Errorf("the right answer among others: %+v %v", r, err)
	}
	if r, err := check(s, tokuichi); err != nil || r.Outcome != card.Failed {
		t.Errorf("the answer to another kind of question: %+v %v", r, err)
	}
}

func TestEvidenceOfAnotherCaseProvesNothing(t *testing.T) {
	s, url := open(t, true)
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	liar(t, s, url, func(q *wire.Check, der []byte) *wire.Reply {
		e, err := card.CheckBirthDate(context.Background(), card.Open(v), q.BirthDate,
			card.Challenge([32]byte(q.Nonce), der, q.Facility, "ANOTHER", [32]byte(q.JWS)))
		if err != nil {
			return &wire.Reply{ID: q.ID, Fault: "card.unexpected"}
		}
		return &wire.Reply{ID: q.ID, Evidence: &e}
	})
	if r, err := check(s, tokuichi); err != nil || r.Key != "card.copied" {
		t.Errorf("%+v %v", r, err)
	}
}

func TestAConnectedAgentThatMisbehavesIsCutOff(t *testing.T) {
	for _, c := range []struct {
		name      string
		misbehave func(*websocket.Conn)
	}{
		{"garbage", func(c *websocket.Conn) {
			_ = c.Write(context.Background(), websocket.MessageText, []byte("\xff{]"))
		}},
		{"huge", func(c *websocket.Conn) {
			_ = c.Write(context.Background(), websocket.MessageText,
				[]byte(`{"type":"reply","reply":{"id":"`+strings.Repeat("x", 1<<20)+`"}}`))
		}},
		{"a message of the server's", func(c *websocket.Conn) {
			_ = put(context.Background(), c, wire.Message{Type: "ready", Ready: &wire.Ready{Facility: "x"}})
		}},
		{"a flood of answers", func(c *websocket.Conn) {
			for range maxStrays + 1 {
				_ = put(context.Background(), c,
					wire.Message{Type: "reply", Reply: &wire.Reply{ID: "x", Fault: "card.none"}})
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, url := open(t, true)
			conn := impostor(t, s, url, func(*websocket.Conn, wire.Message, []byte) *wire.Reply {
				return nil
			})
			c.misbehave(conn)
			eventually(t, c.name+" ends the connection", func() bool { return connected(s, facility) == 0 })
			if _, err := check(s, tokuichi); !errors.Is(err, ErrNoReader) {
				t.Errorf("%s: %v", c.name, err)
			}
		})
	}
}

// An agent does not work for another facility than the one it was paired with, whatever the server asks.
func TestAnAgentRefusesAnotherFacilitysQuestion(t *testing.T) {
	s, url := open(t, true)
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	pairedWith(t, s, facility, url, agent.Config{Reader: chip{v}, OQS: t.TempDir()})
	l, err := s.elsewhere.reader(t.Context(), facility, "")
	if err != nil {
		t.Fatal(err)
	}
	b := newBinding(counter.CardRequest{Facility: "1319999992", BirthDate: tokuichi})
	for _, c := range []struct {
		name string
		m    wire.Message
	}{
		{"check", wire.Message{Check: &wire.Check{Binding: b, BirthDate: tokuichi}}},
		{"text", wire.Message{Text: &wire.Text{
			Binding:    b,
			BirthDate:  tokuichi,
			ExpiryYear: 2035,
			Code:       "1234",
		}}},
		{"dates", wire.Message{Dates: &wire.Dates{ID: b.ID, Facility: b.Facility}}},
		{"oqs", wire.Message{OQS: &wire.OQS{ID: b.ID, Facility: b.Facility}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.m.Type = c.name
			reply, err := l.ask(t.Context(), b.ID, time.Second, c.m)
			if err != nil || reply.Fault != wire.ErrRequest.Key {
				t.Errorf("%s: %+v %v", c.name, reply, err)
			}
		})
	}
	if n := len(v.Commands()); n != 0 {
		t.Errorf("the card got %d commands", n)
	}
}
