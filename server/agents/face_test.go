package agents

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
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

// offersFace is how an agent of this version dials.
var offersFace = &websocket.DialOptions{Subprotocols: []string{wire.FaceProtocol}}

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
func openedFace(t *testing.T, s *AgentHub, r counter.FaceRequest, page *ecdh.PrivateKey) wire.FaceText {
	t.Helper()
	got, err := s.CheckFace(t.Context(), r)
	if err != nil || got.Sealed == nil {
		t.Fatalf("%+v %v", got, err)
	}
	plain, err := testenv.SealedFace{
		Operation: got.Operation,
		Case:      r.CaseID,
		Key:       got.Sealed.Key,
		Data:      got.Sealed.Data,
	}.Open(page)
	if err != nil {
		t.Fatal(err)
	}
	var text wire.FaceText
	if err := json.Unmarshal(plain, &text); err != nil || text.Outcome != got.Outcome {
		t.Fatalf("%v: %.100s", err, plain)
	}
	return text
}

// The same card read without a server says what must arrive.
func TestThePageGetsWhatTheChipShows(t *testing.T) {
	s, url := open(t, true)
	v := insert(t, virtual.Description{BirthDate: tokuichi, Sex: eligibility.Male})
	pairedWith(t, s, facility, url, agent.Config{Reader: chip{v}})
	if left, err := s.FaceTries(t.Context(), ofFacility); err != nil || left != 10 {
		t.Fatalf("%d tries, %v", left, err)
	}
	page, request := newPage(t), faceRequest(tokuichi)
	request.Page = page.PublicKey().Bytes()
	got := openedFace(t, s, request, page)
	number, err := card.NewNumberB(tokuichi, 2035, "1234")
	if err != nil {
		t.Fatal(err)
	}
	want, _ := card.CheckFace(t.Context(), card.Open(v), card.FaceQuestion{
		Number: number,
		Tries:  10,
		Keys:   virtual.TestIssuerKeys(),
	})
	if !reflect.DeepEqual(got.FaceReading, want) || len(got.Photo) < 1000 {
		t.Errorf("%d bytes of a photo, want %d", len(got.Photo), len(want.Photo))
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
			r, err := s.CheckFace(t.Context(), request)
			if err != nil || r.Outcome != c.outcome || r.Key != c.key || r.By != card.ByAgent ||
				!reflect.DeepEqual(r.TriesLeft, c.left) ||
				(r.Sealed != nil) != (c.outcome == card.Confirmed) {
				t.Errorf("%+v %v", r, err)
			}
		})
	}
}

func TestWithoutIssuerKeysThePhotoIsUnverified(t *testing.T) {
	s, url := open(t, true)
	a := start(t, url, agent.Config{Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi})}})
	a.IssuerKeys = nil // before it is asked anything
	if _, err := pairByHand(s, suzuki, await(t, a.said, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is connected", func() bool { return connected(s, facility) == 1 })
	page, request := newPage(t), faceRequest(tokuichi)
	request.Page = page.PublicKey().Bytes()
	if got := openedFace(t, s, request, page); got.Outcome != card.Unverified {
		t.Errorf("%s", got.Outcome)
	}
}

func TestAWrongKeyOrNumberCostsNoTry(t *testing.T) {
	s, url := open(t, true)
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	pairedWith(t, s, facility, url, agent.Config{Reader: chip{v}})
	good := newPage(t).PublicKey().Bytes()
	for name, change := range map[string]func(*counter.FaceRequest){
		"no key":                  func(r *counter.FaceRequest) { r.Page = nil },
		"a point off the curve":   func(r *counter.FaceRequest) { r.Page = append([]byte{4}, make([]byte, 64)...) },
		"a code of three digits":  func(r *counter.FaceRequest) { r.SecurityCode = "999" },
		"a year of two digits":    func(r *counter.FaceRequest) { r.ExpiryYear = 35 },
		"another facility's card": func(r *counter.FaceRequest) { r.Facility = "1319999992" },
	} {
		t.Run(name, func(t *testing.T) {
			request := faceRequest(tokuichi)
			request.SecurityCode, request.Page = "9999", good
			change(&request)
			if r, err := s.CheckFace(t.Context(), request); err == nil {
				t.Errorf("%+v", r)
			}
			if left := v.TriesLeft().NumberBVisual; left != 10 {
				t.Errorf("%d tries are left", left)
			}
		})
	}
}

// An agent that does not offer the protocol and a server that does not take it up are those of the version
// before: everything else goes on.
func TestReadersOfTheVersionBeforeGoOnWithoutPhotos(t *testing.T) {
	s, _ := open(t, true)
	before := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Sec-WebSocket-Protocol")
		s.Serve(w, r, r.RemoteAddr)
	}))
	t.Cleanup(before.Close)
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	pairedWith(t, s, facility, before.URL, agent.Config{Reader: chip{v}})
	request := faceRequest(tokuichi)
	request.Page = newPage(t).PublicKey().Bytes()
	if r, err := s.CheckFace(t.Context(), request); !errors.Is(err, wire.ErrNoFace) {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := s.FaceTries(t.Context(), ofFacility); !errors.Is(err, wire.ErrNoFace) {
		t.Errorf("tries: %v", err)
	}
	if status := s.Status(facility); len(status) != 1 || status[0].Face || !status[0].Connected {
		t.Errorf("%+v", status)
	}
	if r, err := s.CheckText(t.Context(), textRequest(tokuichi)); err != nil || r.Outcome != card.Confirmed {
		t.Errorf("text: %+v %v", r, err)
	}
}

func TestAnAnswerThatDoesNotFitItsOwnVerdictIsDropped(t *testing.T) {
	s, url := open(t, true)
	var answer wire.FaceReply
	impostor(t, s, url, func(_ *websocket.Conn, m wire.Message, _ []byte) *wire.Reply {
		if m.FaceTries != nil {
			return &wire.Reply{ID: m.FaceTries.ID, FaceTries: ptr(16)}
		}
		return &wire.Reply{ID: m.Face.ID, Face: &answer}
	})
	point := newPage(t).PublicKey().Bytes()
	sealed := &wire.SealedFace{Key: point, Data: []byte("sealed")}
	request := faceRequest(tokuichi)
	request.Page = point
	answer = wire.FaceReply{Verdict: verdictOf(card.Confirmed, "card.face_confirmed"), Sealed: sealed}
	if r, err := s.CheckFace(t.Context(), request); err != nil || r.Outcome != card.Confirmed {
		t.Fatalf("one that fits: %+v %v", r, err)
	}
	cases := map[string]wire.FaceReply{
		"confirmed without a photo": {Verdict: verdictOf(card.Confirmed, "card.face_confirmed")},
		"another check's verdict":   {Verdict: verdictOf(card.Confirmed, "card.text_confirmed"), Sealed: sealed},
		"confirmed as unverified":   {Verdict: verdictOf(card.Confirmed, "card.face_unverified"), Sealed: sealed},
		"words of its own":          {Verdict: verdictOf(card.Confirmed, "顔写真は本物です"), Sealed: sealed},
		"refused with a photo":      {Verdict: verdictOf(card.Refused, "card.copied"), Sealed: sealed},
		"a key that is none": {Verdict: verdictOf(card.Confirmed, "card.face_confirmed"),
			Sealed: &wire.SealedFace{Key: []byte{4}, Data: []byte("sealed")}},
		"more than a chip holds": {Verdict: verdictOf(card.Confirmed, "card.face_confirmed"),
			Sealed: &wire.SealedFace{Key: point, Data: make([]byte, wire.MaxSealedFace+1)}},
		"sixteen tries": {Verdict: verdictOf(card.Refused, "card.number_b_mismatch"), TriesLeft: ptr(16)},
	}
	for name, lie := range cases {
		t.Run(name, func(t *testing.T) {
			answer = lie
			r, err := s.CheckFace(t.Context(), request)
			if err != nil || r.Outcome != card.Refused || r.Key != "card.evidence" || r.Sealed != nil {
				t.Errorf("%+v %v", r, err)
			}
		})
	}
	if left, err := s.FaceTries(t.Context(), ofFacility); err == nil {
		t.Errorf("%d tries were believed", left)
	}
	testenv.Refused(t, testenv.Card, len(cases)+1)
}
