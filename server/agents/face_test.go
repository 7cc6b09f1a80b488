package agents

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/coder/websocket"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/counter"
)

// offersAll is how an agent of this version dials.
var offersAll = &websocket.DialOptions{Subprotocols: wire.Protocols()}

func newPage(t *testing.T) *ecdh.PrivateKey {
	t.Helper()
	page, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func faceRequest(birth eligibility.Date) counter.FaceRequest {
	return counter.FaceRequest{TextRequest: textRequest(birth), Tries: 10}
}

// openedFace asks for a photo and opens it as the page does.
func openedFace(
	t *testing.T, s *AgentHub, r counter.FaceRequest, page *ecdh.PrivateKey,
) (card.FacePictures, card.Result) {
	t.Helper()
	got, err := s.Cards.CheckFace(t.Context(), r)
	if err != nil || got.Shown == nil {
		t.Fatalf("%+v %v", got, err)
	}
	plain, err := testenv.SealedFace{
		Operation: got.Shown.Operation,
		Case:      r.CaseID,
		Key:       got.Shown.Key,
		Data:      got.Shown.Data,
	}.Open(page)
	if err != nil {
		t.Fatal(err)
	}
	var pictures card.FacePictures
	if err := json.Unmarshal(plain, &pictures); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(pictures.Digests(), got.Shown.Digests) {
		t.Fatal("the pictures are not those of the verified evidence")
	}
	return pictures, got.Result
}

// The same card read without a server says what must arrive.
func TestThePageGetsWhatTheChipShows(t *testing.T) {
	s, url := open(t, true)
	v := insert(t, virtual.Description{BirthDate: tokuichi, Sex: eligibility.Male})
	pairedWith(t, s, facility, url, agent.Config{Reader: chip{v}})
	if left, err := s.Cards.FaceTries(t.Context(), ofFacility); err != nil || left != 10 {
		t.Fatalf("%d tries, %v", left, err)
	}
	page, request := newPage(t), faceRequest(tokuichi)
	request.Page = page.PublicKey().Bytes()
	got, result := openedFace(t, s, request, page)
	number, err := card.NewNumberB(tokuichi, 2035, "1234")
	if err != nil {
		t.Fatal(err)
	}
	_, want, err := card.CheckFace(t.Context(), card.Open(v), card.FaceQuestion{Number: number, Tries: 10})
	if err != nil || !reflect.DeepEqual(got, want) || len(got.Photo) < 1000 {
		t.Errorf("%d bytes of a photo, want %d, %v", len(got.Photo), len(want.Photo), err)
	}
	if result.Outcome != card.Confirmed || result.By != card.ByServer {
		t.Errorf("%+v", result)
	}
}

func TestEveryEndOfAPhotoReachesTheCounterInTheSameWords(t *testing.T) {
	few, none := 2, 0
	for _, c := range []struct {
		name    string
		card    virtual.Description
		code    string
		shown   int
		outcome card.Outcome
		key     string
		left    *int
	}{
		{"genuine", virtual.Description{}, "1234", 10, card.Confirmed, "card.face_confirmed", nil},
		{"a clone", virtual.Description{Variant: virtual.Copied}, "1234", 10, card.Refused,
			"card.copied", nil},
		{"another issuer", virtual.Description{Variant: virtual.ForgedIssuer}, "1234", 10, card.Refused,
			"card.not_genuine", nil},
		{"an altered record", virtual.Description{Variant: virtual.Altered}, "1234", 10, card.Refused,
			"card.not_genuine", nil},
		{"a wrong code", virtual.Description{}, "9999", 10, card.Refused, "card.number_b_mismatch", ptr(9)},
		{"other tries than shown", virtual.Description{}, "1234", 9, card.Refused, "card.tries_changed",
			ptr(10)},
		{"below three tries", virtual.Description{NumberBTries: &few}, "1234", 2, card.Refused,
			"card.number_b_few_tries", ptr(2)},
		{"blocked", virtual.Description{NumberBTries: &none}, "1234", 1, card.Refused,
			"card.number_b_blocked", ptr(0)},
		{"a phone", virtual.Description{Variant: virtual.Phone}, "1234", 10, card.Refused, "card.phone", nil},
		{"pulled in the middle", virtual.Description{Faults: virtual.Faults{PulledAt: 9}}, "1234", 10,
			card.Failed, "card.removed", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.card.BirthDate = tokuichi
			s, url := open(t, true)
			pairedWith(t, s, facility, url, agent.Config{Reader: chip{insert(t, c.card)}})
			request := faceRequest(tokuichi)
			request.SecurityCode, request.Tries = c.code, c.shown
			request.Page = newPage(t).PublicKey().Bytes()
			r, err := s.Cards.CheckFace(t.Context(), request)
			if err != nil || r.Outcome != c.outcome || r.Key != c.key || r.By != card.ByServer ||
				!reflect.DeepEqual(r.TriesLeft, c.left) ||
				(r.Shown != nil) != (c.outcome == card.Confirmed) {
				t.Errorf("%+v %v", r, err)
			}
		})
	}
}

// The keys are the server's own (MADOGUCHI_CARD_KEYS): what the agent has of them counts for nothing.
func TestWithoutIssuerKeysThePhotoIsUnverified(t *testing.T) {
	s, url := open(t, true)
	s.Cards.issuerKeys = nil
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	pairedWith(t, s, facility, url, agent.Config{Reader: chip{v}})
	page, request := newPage(t), faceRequest(tokuichi)
	request.Page = page.PublicKey().Bytes()
	_, result := openedFace(t, s, request, page)
	if result.Outcome != card.Unverified || result.Key != "card.face_unverified" {
		t.Errorf("%s %s", result.Outcome, result.Key)
	}
}

func TestAWrongKeyOrNumberCostsNoTry(t *testing.T) {
	s, url := open(t, true)
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	pairedWith(t, s, facility, url, agent.Config{Reader: chip{v}})
	good, offCurve := newPage(t).PublicKey().Bytes(), append([]byte{4}, make([]byte, 64)...)
	for name, change := range map[string]func(*counter.FaceRequest){
		"no key":                  func(r *counter.FaceRequest) { r.Page = nil },
		"a point off the curve":   func(r *counter.FaceRequest) { r.Page = offCurve },
		"a code of three digits":  func(r *counter.FaceRequest) { r.SecurityCode = "999" },
		"a year of two digits":    func(r *counter.FaceRequest) { r.ExpiryYear = 35 },
		"another facility's card": func(r *counter.FaceRequest) { r.Facility = "1319999992" },
	} {
		t.Run(name, func(t *testing.T) {
			request := faceRequest(tokuichi)
			request.SecurityCode, request.Page = "9999", good
			change(&request)
			if r, err := s.Cards.CheckFace(t.Context(), request); err == nil {
				t.Errorf("%+v", r)
			}
			if left := v.TriesLeft().NumberBVisual; left != 10 {
				t.Errorf("%d tries are left", left)
			}
		})
	}
}

// An agent that lies has a genuine card and everything that it brings, but for the issuer's key.
func TestAnAgentThatLiesShowsNoPhotoOfAnother(t *testing.T) {
	s, url := open(t, true)
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	genuine := func(m wire.Message, der []byte) wire.FaceReply {
		number, err := card.NewNumberB(m.Face.BirthDate, m.Face.ExpiryYear, m.Face.Code)
		if err != nil {
			t.Error(err)
		}
		b := m.Face.Binding
		defer v.Reset()
		e, pictures, err := card.CheckFace(t.Context(), card.Open(v), card.FaceQuestion{
			Number:    number,
			Tries:     10,
			Challenge: card.Challenge([32]byte(b.Nonce), der, b.Facility, b.Case, [32]byte(b.JWS)),
		})
		if err != nil {
			t.Error(err)
		}
		sealed, err := wire.SealFace(m.Face, pictures)
		if err != nil {
			t.Error(err)
		}
		return wire.FaceReply{Evidence: &e, Sealed: sealed}
	}
	lie := func(*wire.FaceReply) {}
	var first wire.FaceReply
	impostor(t, s, url, func(_ *websocket.Conn, m wire.Message, der []byte) *wire.Reply {
		if m.FaceTries != nil {
			return &wire.Reply{ID: m.FaceTries.ID, FaceTries: ptr(16)}
		}
		answer := genuine(m, der)
		if first.Evidence == nil {
			first = answer
		}
		lie(&answer)
		return &wire.Reply{ID: m.Face.ID, Face: &answer}
	})
	point := newPage(t).PublicKey().Bytes()
	request := faceRequest(tokuichi)
	request.Page = point
	if r, err := s.Cards.CheckFace(t.Context(), request); err != nil || r.Outcome != card.Confirmed {
		t.Fatalf("one that fits: %+v %v", r, err)
	}
	cases := map[string]struct {
		key string
		lie func(*wire.FaceReply)
	}{
		"no evidence":                    {"card.unexpected", func(r *wire.FaceReply) { r.Evidence = nil }},
		"no pictures":                    {"card.unexpected", func(r *wire.FaceReply) { r.Sealed = nil }},
		"evidence of the reading before": {"card.copied", func(r *wire.FaceReply) { *r = first }},
		"another photo's digest": {"card.not_genuine", func(r *wire.FaceReply) {
			r.Evidence.Digests.Photo = make([]byte, 32)
		}},
		"a certificate of its own": {"card.evidence", func(r *wire.FaceReply) {
			r.Evidence.Certificate = []byte("certificate")
		}},
		"a key that is none": {"card.unexpected", func(r *wire.FaceReply) {
			r.Sealed = &wire.SealedFace{Key: []byte{4}, Data: []byte("sealed")}
		}},
		"more than a chip holds": {"card.unexpected", func(r *wire.FaceReply) {
			r.Sealed = &wire.SealedFace{Key: point, Data: make([]byte, wire.MaxSealedFace+1)}
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			lie = c.lie
			r, err := s.Cards.CheckFace(t.Context(), request)
			if err != nil || r.Outcome.Passed() || r.Key != c.key || r.Shown != nil {
				t.Errorf("%s %s %v", r.Outcome, r.Key, err)
			}
		})
	}
	if left, err := s.Cards.FaceTries(t.Context(), ofFacility); err == nil {
		t.Errorf("%d tries were believed", left)
	}
	testenv.Refused(t, testenv.Card, len(cases)+1)
}
