package agents

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/internal/testenv"
	"madoguchi/server/counter"
)

// lines is a log that tests read.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Everything that passes between agent, server and log is searched: for the 12-digit number and its hash,
// which must be nowhere; for the typed digits, which go to the agent once; for the address, which comes back
// once; and for what only the OQS file holds, which never leaves the PC.
func TestWhatMustNotTravelIsNowhereOnTheWireOrInTheLog(t *testing.T) {
	const code, address, oqsName, oqsNumber = "7391", "架空県架空市亀鶴町３丁目１番", "鶴田　亀吉", "88776655"
	log := &lines{}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	folder := t.TempDir()
	drop(t, filepath.Join(folder, "face", "OQSsiquc01res_face_1_20261122104200.xml"),
		answerFile(oqsName, "19550702", "06139992", oqsNumber), 0)
	s, url := open(t, true)
	p := newProxy(t, url)
	v := insert(t, virtual.Description{
		Name:         "髙橋 德一",
		BirthDate:    tokuichi,
		Address:      address,
		SecurityCode: code,
	})
	a := pairedWith(t, s, facility, p.url(), agent.Config{Reader: chip{v}, OQS: folder})

	if r, err := check(s, tokuichi); err != nil || r.Outcome != card.Confirmed {
		t.Fatalf("%+v %v", r, err)
	}
	request := textRequest(tokuichi)
	request.SecurityCode = code
	if r, err := s.Cards.CheckText(t.Context(), request); err != nil || r.Outcome != card.Confirmed ||
		r.Reading.Address != address {
		t.Fatalf("%+v %v", r, err)
	}
	page, face := newPage(t), faceRequest(tokuichi)
	face.SecurityCode, face.Page = code, page.PublicKey().Bytes()
	shown, _ := openedFace(t, s, face, page)
	if _, err := s.Cards.CheckDates(t.Context(), counter.CardRequest{Facility: facility},
		tokuichi.AddMonths(12*71)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Cards.CompareOQS(t.Context(), ofFacility, screen); err != nil {
		t.Fatal(err)
	}
	a.stop()
	eventually(t, "the agent has left", func() bool {
		return strings.Contains(log.String(), "bridge agent left")
	})

	toServer, toAgent := p.recorded()
	var said strings.Builder
	for len(a.said) > 0 {
		said.WriteString(<-a.said + "\n")
	}
	everywhere := map[string]string{"to the server": toServer, "to the agent": toAgent,
		"the log": log.String(), "the agent's window": said.String()}
	if !strings.Contains(toServer, "card.text_confirmed") || !strings.Contains(toServer, "sealed") ||
		!strings.Contains(toAgent, `"expiryYear":2035`) || !strings.Contains(said.String(), "終わりました") {
		t.Fatal("the search sees nothing: the frames were not unmasked")
	}
	number, hash := v.ForbiddenNumber()
	for where, text := range everywhere {
		for what, picture := range map[string][]byte{
			"photo":            shown.Photo,
			"name and address": shown.Texts,
		} {
			for _, form := range testenv.Forms(picture) {
				if strings.Contains(text, form) {
					t.Errorf("the pictures of the %s are in %s", what, where)
					break
				}
			}
		}
		for _, form := range []string{number, hex.EncodeToString(hash[:]),
			strings.ToUpper(hex.EncodeToString(hash[:])), string(hash[:]),
			base64.StdEncoding.EncodeToString(hash[:]),
			base64.RawURLEncoding.EncodeToString(hash[:]),
			base64.StdEncoding.EncodeToString([]byte(number))} {
			if strings.Contains(text, form) {
				t.Errorf("the number or its hash is in %s", where)
			}
		}
		for _, c := range []struct {
			what, text string
		}{
			{"name", oqsName},
			{"number", oqsNumber},
			{"birth date", "1955-07-02"},
			{"address", "鶴亀町"},
		} {
			if strings.Contains(everywhere[where], c.text) {
				t.Errorf("the OQS file's %s is in %s", c.what, where)
			}
		}
		// Random nonces hold any four digits now and then, so the code is looked for as a JSON string or a
		// word.
		codes, addresses := strings.Count(text, `"`+code+`"`)+strings.Count(text, " "+code+" ")+
			strings.Count(text, "="+code), strings.Count(text, address)
		wantCodes, wantAddresses := 0, 0
		switch where {
		case "to the agent":
			wantCodes = 2 // for the text and for the photo
		case "to the server":
			wantAddresses = 1
		}
		if codes != wantCodes || addresses != wantAddresses {
			t.Errorf("%s holds the typed code %d times, the address %d times", where, codes, addresses)
		}
	}
	for _, name := range []string{"髙橋", "1955", "昭和30"} {
		if strings.Contains(log.String()+said.String(), name) {
			t.Errorf("%q is in a log", name)
		}
	}
}
