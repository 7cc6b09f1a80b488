package web

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/internal/testenv"
	console "madoguchi/server/web/counter"
)

func newPage(t *testing.T) *ecdh.PrivateKey {
	t.Helper()
	page, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// faceBody is what the console sends for one try.
func faceBody(page *ecdh.PrivateKey, tries int, code string) map[string]any {
	return map[string]any{
		"expiryYear": 2035,
		"code":       code,
		"tries":      tries,
		"key":        base64.RawURLEncoding.EncodeToString(page.PublicKey().Bytes()),
	}
}

// opened opens the sealed reading of an answer, nil where there is none.
func opened(t *testing.T, page *ecdh.PrivateKey, id string, body []byte) *card.FacePictures {
	t.Helper()
	var answer struct {
		Face struct {
			Sealed *struct{ Operation, Key, Data, Texts, Photo string } `json:"sealed"`
		} `json:"face"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatal(err)
	}
	if answer.Face.Sealed == nil {
		return nil
	}
	bytes := func(text string) []byte {
		data, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	plain, err := testenv.SealedFace{
		Operation: answer.Face.Sealed.Operation,
		Case:      id,
		Key:       bytes(answer.Face.Sealed.Key),
		Data:      bytes(answer.Face.Sealed.Data),
	}.Open(page)
	if err != nil {
		t.Fatal(err)
	}
	var pictures card.FacePictures
	if err := json.Unmarshal(plain, &pictures); err != nil {
		t.Fatal(err)
	}
	want := card.FaceDigests{Texts: bytes(answer.Face.Sealed.Texts), Photo: bytes(answer.Face.Sealed.Photo)}
	if !reflect.DeepEqual(pictures.Digests(), want) {
		t.Fatal("the pictures are not those of the verified evidence")
	}
	return &pictures
}

func TestThePhotoCostsOneTryWhichIsShownBefore(t *testing.T) {
	h := newTestApp(t)
	id, path := h.scanned(t)
	h.useCard(t, virtual.Description{Name: "髙橋 德一", SecurityCode: "2285"})
	left := func() int { return h.reader.chip.TriesLeft().NumberBVisual }
	for range 3 {
		w := h.ask(t, "POST", path+"/face-tries", nil)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"tries":10`) ||
			!strings.Contains(w.Body.String(), "あと10回") || left() != 10 {
			t.Fatalf("asking: %d %s", w.Code, w.Body)
		}
	}
	page := newPage(t)
	for name, change := range map[string]func(map[string]any){
		"tries that were not shown": func(b map[string]any) { delete(b, "tries") },
		"no tries":                  func(b map[string]any) { b["tries"] = 0 },
		"sixteen tries":             func(b map[string]any) { b["tries"] = 16 },
		"no key":                    func(b map[string]any) { delete(b, "key") },
		"a key that is no point":    func(b map[string]any) { b["key"] = strings.Repeat("B", 87) },
		"a key in plain base64":     func(b map[string]any) { b["key"] = "++//" },
		"a key of a megabyte":       func(b map[string]any) { b["key"] = strings.Repeat("B", 1<<20) },
		"three digits":              func(b map[string]any) { b["code"] = "111" },
		"no year":                   func(b map[string]any) { delete(b, "expiryYear") },
	} {
		t.Run(name, func(t *testing.T) {
			body := faceBody(page, 10, "1111")
			change(body)
			w := h.ask(t, "POST", path+"/face-check", body)
			if w.Code < 400 || w.Code >= 500 || left() != 10 {
				t.Errorf("%d %s, %d left", w.Code, w.Body, left())
			}
		})
	}
	wrong := answer[console.CaseJSON](t, h.ask(t, "POST", path+"/face-check", faceBody(page, 10, "1111")),
		http.StatusOK)
	if wrong.Face.Result != "refused" || wrong.Face.Sealed != nil || wrong.Face.TriesLeft == nil ||
		!strings.Contains(wrong.Face.TriesLeft.Ja, "9回") || left() != 9 || wrong.CardRefused {
		t.Errorf("a wrong code: %+v, %d left", wrong.Face, left())
	}
	// what was shown is past: the same press again uses none
	again := answer[console.CaseJSON](t, h.ask(t, "POST", path+"/face-check", faceBody(page, 10, "1111")),
		http.StatusOK)
	if again.Face.Headline.Key != "card.tries_changed" || left() != 9 {
		t.Errorf("the press again: %+v, %d left", again.Face, left())
	}
	w := h.ask(t, "POST", path+"/face-check", faceBody(page, 9, "２２８５"))
	right := answer[console.CaseJSON](t, w, http.StatusOK)
	if text := opened(t, page, id, w.Body.Bytes()); right.Face.Result != "confirmed" || text == nil ||
		len(text.Photo) < 1000 {
		t.Fatalf("the right code: %+v", right.Face)
	}
	if right.ChipPassed {
		t.Error("a photo nobody compared is a ground to accept")
	}
	listed := h.ask(t, "GET", "/api/v1/counter/cases", nil).Body.String()
	if strings.Contains(listed, `"sealed"`) || !strings.Contains(listed, `"face"`) {
		t.Errorf("the list of cases holds the photo: %s", listed)
	}
	testenv.Refused(t, testenv.Card, 9)
}

func TestACloneFoundByItsPhotoCannotBeAccepted(t *testing.T) {
	h := newTestApp(t)
	_, path := h.scanned(t)
	page := newPage(t)
	for _, variant := range []virtual.Variant{virtual.Copied, virtual.Altered, virtual.ForgedIssuer} {
		h.useCard(t, virtual.Description{Variant: variant})
		got := answer[console.CaseJSON](t, h.ask(t, "POST", path+"/face-check", faceBody(page, 10, "1234")),
			http.StatusOK)
		if got.Face.Result != "refused" || got.Face.Sealed != nil || !got.CardRefused ||
			got.Verdict.Next.Ja != got.Face.Next.Ja {
			t.Errorf("%s: %+v %v %v", variant, got.Face, got.CardRefused, got.Verdict.Next)
		}
		w := h.ask(t, "POST", path+"/record", map[string]string{"outcome": "accepted"})
		if w.Code != http.StatusConflict {
			t.Errorf("%s: accepted with %d", variant, w.Code)
		}
	}
	h.useCard(t, virtual.Description{Name: "髙橋 德一"})
	got := answer[console.CaseJSON](t, h.ask(t, "POST", path+"/face-check", faceBody(page, 10, "1234")),
		http.StatusOK)
	if got.CardRefused {
		t.Error("the right card does not lift the refusal")
	}
}
