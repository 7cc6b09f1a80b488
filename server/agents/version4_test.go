package agents

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/coder/websocket"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/card/wire"
	"madoguchi/internal/certtest"
	"madoguchi/internal/wiretest"
)

// strict4 is the end of a connection that a program of version 4 holds: it reads as that version did.
type strict4 struct {
	t    *testing.T
	conn *websocket.Conn
}

func (s strict4) read() wiretest.Message4 {
	s.t.Helper()
	_, data, err := s.conn.Read(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	m, err := wiretest.Read4(data)
	if err != nil {
		s.t.Fatalf("version 4 would not read %s: %v", data, err)
	}
	return m
}

func (s strict4) say(data []byte) {
	s.t.Helper()
	if err := s.conn.Write(s.t.Context(), websocket.MessageText, data); err != nil {
		s.t.Fatal(err)
	}
}

// hello4 is the recorded hello with another key and its proof over a nonce; all else stands byte for byte.
func hello4(t *testing.T, key, proof []byte) []byte {
	t.Helper()
	hello := wiretest.Said4(t, "agent", "hello")
	m, err := wiretest.Read4(hello)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2][]byte{{m.Hello.Key, key}, {m.Hello.Signature, proof}} {
		was := []byte(base64.StdEncoding.EncodeToString(change[0]))
		is := []byte(base64.StdEncoding.EncodeToString(change[1]))
		if bytes.Count(hello, was) != 1 {
			t.Fatalf("%s stands not once in the recorded hello", was)
		}
		hello = bytes.Replace(hello, was, is, 1)
	}
	return hello
}

// A PC keeps its agent when the server is updated: the agent of the release before is paired, checks cards
// and hears why it has to go, and is sent nothing that it does not know.
func TestAnAgentOfVersionFourIsServed(t *testing.T) {
	s, url := open(t, true)
	key := certtest.Key(t)
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	conn, _, err := websocket.Dial(t.Context(), url, nil) // it offers nothing
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	old := strict4{t, conn}
	opened := old.read()
	if opened.Challenge == nil || opened.Challenge.Version > 4 {
		t.Fatalf("%+v", opened)
	}
	proof, err := wire.Prove(key, opened.Challenge.Nonce)
	if err != nil {
		t.Fatal(err)
	}
	old.say(hello4(t, der, proof))
	shown := old.read()
	if shown.Pair == nil {
		t.Fatalf("%+v", shown)
	}
	if _, err := pairByHand(s, suzuki, shown.Pair.Code); err != nil {
		t.Fatal(err)
	}
	if ready := old.read(); ready.Ready == nil || ready.Ready.Code != facility {
		t.Fatalf("%+v", ready)
	}
	eventually(t, "the agent is connected", func() bool { return connected(s, facility) == 1 })
	known, err := s.Agents(t.Context(), suzuki)
	if err != nil || len(known) != 1 || known[0].Version != 4 || known[0].Program != "" {
		t.Errorf("%+v %v", known, err)
	}
	request := faceRequest(tokuichi)
	request.Page = newPage(t).PublicKey().Bytes()
	if r, err := s.Cards.CheckFace(t.Context(), request); !errors.Is(err, wire.ErrNoFace) {
		t.Errorf("the photo: %+v %v", r, err)
	}
	if _, err := s.Cards.FaceTries(t.Context(), ofFacility); !errors.Is(err, wire.ErrNoFace) {
		t.Errorf("its tries: %v", err)
	}
	if status := s.Status(facility); len(status) != 1 || status[0].Face {
		t.Errorf("%+v", status)
	}
	checked := make(chan card.Result, 1)
	go func() {
		r, err := s.Cards.CheckBirthDate(context.Background(), request.CardRequest)
		if err != nil {
			t.Error(err)
		}
		checked <- r
	}()
	old.say(evidence4(t, old.read(), der))
	if r := <-checked; r.Outcome != card.Confirmed {
		t.Errorf("the birth date: %+v", r)
	}
	if err := s.End(t.Context(), suzuki, known[0].ID); err != nil {
		t.Fatal(err)
	}
	if end := old.read(); end.Refused == nil || end.Refused.Key == "" || end.Refused.Ja == "" {
		t.Errorf("%+v", end)
	}
}

// evidence4 answers a check of the birth date as an agent of version 4 with a genuine card did.
func evidence4(t *testing.T, asked wiretest.Message4, der []byte) []byte {
	t.Helper()
	if asked.Check == nil {
		t.Fatalf("asked: %+v", asked)
	}
	v, c := insert(t, virtual.Description{BirthDate: tokuichi}), asked.Check
	e, err := card.CheckBirthDate(t.Context(), card.Open(v), tokuichi,
		card.Challenge([32]byte(c.Nonce), der, c.Facility, c.Case, [32]byte(c.JWS)))
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(map[string]any{"type": "reply", "reply": map[string]any{"id": c.ID,
		"evidence": map[string][]byte{
			"label":       e.Label,
			"certificate": e.Certificate,
			"record":      e.Record,
			"signature":   e.Signature,
		}}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A PC whose agent was updated first goes on with the server of the release before: it says what that one
// said and reads, and nothing that a server of version 4 refuses.
func TestAServerOfVersionFourIsServed(t *testing.T) {
	said := func(kind string) []byte { return wiretest.Said4(t, "server", kind) }
	challenge, err := wiretest.Read4(said("challenge"))
	if err != nil {
		t.Fatal(err)
	}
	conns := make(chan *websocket.Conn, 1)
	before := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil) // it takes no subprotocol up
		if err != nil {
			t.Error(err)
			return
		}
		conns <- conn
		<-r.Context().Done()
	}))
	t.Cleanup(before.Close)
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	a := start(t, before.URL, agent.Config{Reader: chip{v}, Program: "1.2.0"})
	conn := <-conns
	defer conn.CloseNow()
	old := strict4{t, conn}
	old.say(said("challenge"))
	hello := old.read().Hello
	if hello == nil || hello.Version != 4 || hello.Name != "受付1" ||
		!wire.VerifyProof(hello.Key, challenge.Challenge.Nonce, hello.Signature) {
		t.Fatalf("%+v", hello)
	}
	old.say(said("pair"))
	await(t, a.said, `([A-Z0-9]{4}-[A-Z0-9]{4})`)
	old.say(said("ready"))
	await(t, a.said, "つながりました")
	old.say(said("check"))
	asked, err := wiretest.Read4(said("check"))
	if err != nil {
		t.Fatal(err)
	}
	c, reply := asked.Check, old.read().Reply
	if reply == nil || reply.ID != c.ID || reply.Evidence == nil {
		t.Fatalf("%+v", reply)
	}
	r := card.VerifyBirthDate(card.Evidence(*reply.Evidence), tokuichi,
		card.Challenge([32]byte(c.Nonce), hello.Key, c.Facility, c.Case, [32]byte(c.JWS)),
		virtual.TestIssuerKeys())
	if r.Outcome != card.Confirmed {
		t.Errorf("the birth date: %+v", r)
	}
	for _, kind := range []string{"text", "dates", "oqs"} {
		old.say(said(kind))
		if reply := old.read().Reply; reply == nil || reply.ID == "" {
			t.Errorf("%s: %+v", kind, reply)
		}
	}
	old.say(said("refused"))
	await(t, a.said, "使えないようにしました")
}
