package web

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"madoguchi/auth"
	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	console "madoguchi/server/web/counter"
)

// scanned signs 鈴木 in and opens a case with a genuine screen of 髙橋 德一; path is the case's.
func (h *testApp) scanned(t *testing.T) (id, path string) {
	t.Helper()
	p := h.tokuichi(t).Person
	h.session(t, auth.Counter, "鈴木", "{}")
	c := h.scan(t, h.live(t, p, "00138990", h.now))
	return c.ID, "/api/v1/counter/cases/" + c.ID
}

// seen ticks all that is compared by eye.
func (h *testApp) seen(t *testing.T, path string) {
	t.Helper()
	answer[console.CaseJSON](
		t,
		h.ask(t, "POST", path+"/visual", map[string][]string{"checks": {"photo", "name", "birthDate"}}),
		http.StatusOK,
	)
}

func (h *testApp) useCard(t *testing.T, d virtual.Description) {
	t.Helper()
	if d.BirthDate.IsZero() {
		d.BirthDate = eligibility.MustDate("1955-07-01")
	}
	chip, err := virtual.New(d)
	if err != nil {
		t.Fatal(err)
	}
	h.reader.chip = chip
}

func TestANumberTypedOffTheFaceIsComparedItemByItem(t *testing.T) {
	h := newTestApp(t)
	_, path := h.scanned(t)
	h.useCard(t, virtual.Description{Name: "高橋 徳一", Sex: eligibility.Male, SecurityCode: "2285"})
	wrong := decode[console.CaseJSON](
		t,
		h.ask(t, "POST", path+"/text-check", map[string]any{"expiryYear": 2035, "code": "1111"}),
	)
	if wrong.Text.Result != "refused" || wrong.Text.Reading != nil || wrong.Text.TriesLeft == nil ||
		!strings.Contains(wrong.Text.TriesLeft.Ja, "9回") ||
		!strings.Contains(wrong.Text.Next.Ja, "もう一度") {
		t.Errorf("a wrong code: %+v", wrong.Text)
	}
	right := decode[console.CaseJSON](
		t,
		h.ask(t, "POST", path+"/text-check", map[string]any{"expiryYear": 2035, "code": "２２８５"}),
	)
	if right.Text.Result != "confirmed" || right.Text.Reading == nil ||
		right.Text.Reading.BirthDate != "昭和30年7月1日" ||
		right.Text.By.Ja != "このPCのエージェントが確認" {
		t.Fatalf("the right code: %+v", right.Text)
	}
	said := ""
	for _, f := range right.Text.Fields {
		said += f.Name + ":" + f.Result + " "
	}
	if said != "name:equal birthDate:equal sex:equal address:missing " ||
		!strings.Contains(right.Text.Fields[0].Ja, "字体のちがいだけ") {
		t.Errorf("%s %+v", said, right.Text.Fields)
	}
	for what, body := range map[string]map[string]any{
		"three digits":         {"expiryYear": 2035, "code": "123"},
		"two digits of a year": {"expiryYear": 35, "code": "1234"},
		"no number":            {"expiryYear": "x", "code": "1234"},
	} {
		if w := h.ask(t, "POST", path+"/text-check", body); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", what, w.Code, w.Body)
		}
	}
	if got := h.reader.chip.TriesLeft().NumberB; got != 10 {
		t.Errorf("the card has %d tries left", got)
	}
	listed := h.ask(t, "GET", "/api/v1/counter/cases", nil).Body.String()
	if strings.Contains(listed, "架空県") || strings.Contains(listed, `"reading"`) ||
		!strings.Contains(listed, `"text"`) {
		t.Errorf("the list of cases holds the reading: %s", listed)
	}
}

func TestAnotherNameOnTheCardIsSaidPlainly(t *testing.T) {
	h := newTestApp(t)
	_, path := h.scanned(t)
	for name, want := range map[string]string{
		"高橋 德二":    "different 氏名は画面と1文字ちがいます",
		"試験 花子":    "different 氏名は画面とちがいます",
		"●橋 德一":    "equal 氏名は画面と同じです（●の字は",
		"?橋 德一":    "equal 氏名は画面と同じです（●の字は",
		"●●●●":     "missing 氏名はくらべられません（",
		"●●●一":     "missing 氏名はくらべられません（",
		"髙橋（試験）德一": "equal 氏名は画面と同じです（旧姓・通称の併記か、",
	} {
		h.useCard(t, virtual.Description{Name: name, Sex: eligibility.Female})
		got := decode[console.CaseJSON](
			t,
			h.ask(t, "POST", path+"/text-check", map[string]any{"expiryYear": 2035, "code": "1234"}),
		)
		if f := got.Text.Fields[0]; !strings.HasPrefix(f.Result+" "+f.Ja, want) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestAClonedCardFoundByItsNumberCannotBeAccepted(t *testing.T) {
	h := newTestApp(t)
	_, path := h.scanned(t)
	for _, variant := range []virtual.Variant{virtual.Copied, virtual.Altered} {
		h.useCard(t, virtual.Description{Variant: variant})
		got := decode[console.CaseJSON](t, h.ask(t, "POST", path+"/text-check", map[string]any{
			"expiryYear": 2035,
			"code":       "1234",
		}))
		if got.Text.Result != "refused" || len(got.Text.Fields) != 0 || !got.CardRefused ||
			got.Verdict.Next.Ja != got.Text.Next.Ja {
			t.Errorf("%s: %+v %v %v", variant, got.Text, got.CardRefused, got.Verdict.Next)
		}
		w := h.ask(t, "POST", path+"/record", map[string]string{"outcome": "accepted"})
		if w.Code != http.StatusConflict {
			t.Errorf("%s: accepted with %d", variant, w.Code)
		}
	}
	h.useCard(t, virtual.Description{Name: "髙橋 德一"})
	for _, c := range []struct {
		code    string
		refused bool
		record  int
		// a typing error lifts no refusal, the right card does
	}{{"9999", true, http.StatusConflict}, {"1234", false, http.StatusOK}} {
		got := decode[console.CaseJSON](t, h.ask(t, "POST", path+"/text-check", map[string]any{
			"expiryYear": 2035,
			"code":       c.code,
		}))
		if got.CardRefused != c.refused {
			t.Errorf("%s: %+v", c.code, got)
		}
		w := h.ask(t, "POST", path+"/record", map[string]string{"outcome": "accepted"})
		if w.Code != c.record {
			t.Errorf("%s: recorded with %d", c.code, w.Code)
		}
	}
}

func TestATypingErrorSaysNothingAgainstACard(t *testing.T) {
	h := newTestApp(t)
	_, path := h.scanned(t)
	h.useCard(t, virtual.Description{})
	got := decode[console.CaseJSON](t, h.ask(t, "POST", path+"/text-check", map[string]any{
		"expiryYear": 2035,
		"code":       "9999",
	}))
	if got.CardRefused {
		t.Errorf("%+v", got)
	}
	h.seen(t, path) // a typing error says nothing for it either
	w := h.ask(t, "POST", path+"/record", map[string]string{"outcome": "accepted"})
	if w.Code != http.StatusOK {
		t.Errorf("after a typing error: %d %s", w.Code, w.Body)
	}
}

// Whoever shows another's card pulls it away when it is asked again.
func TestACardThatIsPulledAwayStaysRefused(t *testing.T) {
	h := newTestApp(t)
	_, path := h.scanned(t)
	check := func(d virtual.Description, pulled, refused bool) {
		t.Helper()
		h.useCard(t, d)
		h.reader.pulled, h.reader.replay = pulled, nil
		got := decode[console.CaseJSON](
			t,
			h.ask(t, "POST", path+"/card-check", map[string]bool{"birthDateConfirmed": true}),
		)
		if got.CardRefused != refused || got.Verdict.Next.Ja == "" {
			t.Errorf("%+v %+v", got.Card, got.Verdict)
		}
	}
	another := virtual.Description{BirthDate: eligibility.MustDate("1986-04-12")}
	check(another, false, true)
	check(another, true, true)
	w := h.ask(t, "POST", path+"/record", map[string]string{"outcome": "accepted"})
	if w.Code != http.StatusConflict {
		t.Errorf("accepted with %d", w.Code)
	}
	check(virtual.Description{}, false, false)
	check(virtual.Description{}, true, false)
	w = h.ask(t, "POST", path+"/record", map[string]string{"outcome": "accepted"})
	if w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Such a card passes no check of its chip, ever: its sentence sends staff to its face, and the case can be
// recorded.
func TestACardWhoseChipCannotBeAskedIsForTheEye(t *testing.T) {
	two, none := 2, 0
	for key, c := range map[string]struct {
		card  virtual.Description
		birth string
	}{
		"few tries":   {virtual.Description{Tries: &two}, "1955-07-01"},
		"blocked":     {virtual.Description{Tries: &none}, "1955-07-01"},
		"unknown day": {virtual.Description{}, "1955-07"},
	} {
		h := newTestApp(t)
		p := h.tokuichi(t).Person
		p.BirthDate = eligibility.MustDate(c.birth)
		h.session(t, auth.Counter, "鈴木", "{}")
		path := "/api/v1/counter/cases/" + h.scan(t, h.live(t, p, "00138990", h.now)).ID
		h.useCard(t, c.card)
		got := decode[console.CaseJSON](
			t,
			h.ask(t, "POST", path+"/card-check", map[string]bool{"birthDateConfirmed": true}),
		)
		if got.Card == nil || got.Card.Result != "refused" || got.CardRefused ||
			!strings.HasPrefix(got.Verdict.Next.Ja, "券面と本人を見て確認") {
			t.Errorf("%s: %+v %+v", key, got.Card, got.Verdict.Next)
		}
		w := h.ask(t, "POST", path+"/record", map[string]string{"outcome": "accepted"})
		if w.Code != http.StatusConflict {
			t.Errorf("%s: recorded with %d before anybody looked", key, w.Code)
		}
		h.seen(t, path)
		w = h.ask(t, "POST", path+"/record", map[string]string{"outcome": "accepted"})
		if w.Code != http.StatusOK {
			t.Errorf("%s: recorded with %d %s", key, w.Code, w.Body)
		}
	}
}

// Each wrong try brings a card nearer to that.
func TestAnothersCardIsNotForTheEyeOnceItsTriesRunOut(t *testing.T) {
	h := newTestApp(t)
	_, path := h.scanned(t)
	three := 3
	h.useCard(t, virtual.Description{BirthDate: eligibility.MustDate("1986-04-12"), Tries: &three})
	for _, key := range []string{"生年月日が画面と一致しません", "残りの回数が少ない"} {
		got := decode[console.CaseJSON](
			t,
			h.ask(t, "POST", path+"/card-check", map[string]bool{"birthDateConfirmed": true}),
		)
		if !got.CardRefused || !strings.Contains(got.Card.Headline.Ja, key) ||
			!strings.Contains(got.Verdict.Next.Ja, "カードの持ち主を") {
			t.Errorf("%s: %+v %+v", key, got.Card, got.Verdict.Next)
		}
		h.reader.chip.Reset()
	}
	w := h.ask(t, "POST", path+"/record", map[string]string{"outcome": "accepted"})
	if w.Code != http.StatusConflict {
		t.Errorf("recorded with %d", w.Code)
	}
}

func TestTheCertificatesStateIsKeptAndItsDateIsNot(t *testing.T) {
	h := newTestApp(t)
	id, path := h.scanned(t)
	h.useCard(t, virtual.Description{CertificateUntil: eligibility.MustDate("2026-10-31")})
	got := decode[console.CaseJSON](t, h.ask(t, "POST", path+"/certificate-check", nil))
	if got.Certificate.State != "grace" || got.Certificate.Until != "令和8年10月31日" ||
		!strings.Contains(got.Certificate.Headline.Ja, "猶予") {
		t.Errorf("%+v", got.Certificate)
	}
	stored, err := h.store.ForCounter().Case(ctx, "1319999991", id)
	if err != nil || strings.Contains(string(stored.Body), "2026-10-31") ||
		!strings.Contains(string(stored.Body), `"state":"grace"`) {
		t.Errorf("%s %v", stored.Body, err)
	}
}

// An answer that is not plainly valid stands above its equal items and above the verdict's next step, also
// when the agent cannot say.
func TestWhatAnOQSAnswerSaysOfItselfComesFirst(t *testing.T) {
	for _, c := range []struct {
		name     string
		says     []string
		headline string
		next     string // of the verdict
	}{
		{"valid", []string{"oqs.valid"}, "オンライン資格確認の結果は「有効」です。", "カードの顔写真・氏名・生年月日を本人と画面に"},
		{"not valid", []string{"oqs.validity_2"}, "オンライン資格確認の結果は「無効」です。", "保険が変わっていないか聞き、"},
		{"lost", []string{"oqs.lost", "oqs.loss_03", "oqs.second_insurer"}, "この資格は、今日はもうありません",
			"いまの保険を本人に聞き"},
		{"an agent of version 2", []string{"oqs.not_said"}, "資格が有効かどうかを、このリーダーのパソコンのプログラムは伝えられません。",
			"資格確認端末の画面で"},
		{"a record from before", nil, "資格が有効かどうかを、このリーダーのパソコンのプログラムは伝えられません。", "資格確認端末の画面で"},
		{"a key of a newer program", []string{"oqs.new"}, "オンライン資格確認の結果に、このサーバーの知らない注意があります。", "資格確認端末の画面で"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newTestApp(t)
			h.reader.oqsSays = c.says
			_, path := h.scanned(t)
			got := decode[console.CaseJSON](t, h.ask(t, "POST", path+"/oqs-compare", nil))
			if len(got.OQSSays) != max(len(c.says), 1) ||
				!strings.HasPrefix(got.OQSSays[0].Headline.Ja, c.headline) ||
				got.OQSSays[0].Warns != (c.name != "valid") ||
				got.OQSSays[0].Next.Ja == "" {
				t.Errorf("%+v", got.OQSSays)
			}
			if !strings.HasPrefix(got.Verdict.Next.Ja, c.next) {
				t.Errorf("the next step is %q", got.Verdict.Next.Ja)
			}
			list := decode[struct{ Cases []console.CaseJSON }](
				t,
				h.ask(t, "GET", "/api/v1/counter/cases", nil),
			).Cases
			if len(list) != 1 || len(list[0].OQSSays) != len(got.OQSSays) {
				t.Errorf("the record says %+v", list)
			}
		})
	}
}

func TestTheOQSComparisonIsSaidItemByItem(t *testing.T) {
	h := newTestApp(t)
	_, path := h.scanned(t)
	got := decode[console.CaseJSON](t, h.ask(t, "POST", path+"/oqs-compare", nil))
	if len(got.OQS) != 3 || got.OQS[1].Ja != "枝番は画面とちがいます。見くらべて確かめてください。" || got.OQS[2].Result != "missing" {
		t.Errorf("%+v", got.OQS)
	}
}

// An answer that comes when its case is already recorded is dropped, and does not open the case again.
func TestAnAnswerAfterTheRecordIsDropped(t *testing.T) {
	h := newTestApp(t)
	id, path := h.scanned(t)
	h.counter.Readers = &lateReader{doubleReader: h.reader, record: func() {
		if _, err := h.counter.Record(ctx, atDesk, id,
			counter.CaseEnd{Outcome: hostapi.Parked, Reason: "急ぎ"}); err != nil {
			t.Error(err)
		}
	}}
	w := h.ask(t, "POST", path+"/card-check", map[string]any{"birthDateConfirmed": true})
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "case.closed") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	stored, err := h.store.ForCounter().Case(ctx, "1319999991", id)
	if err != nil || stored.Outcome != hostapi.Parked || strings.Contains(string(stored.Body), `"card":{`) {
		t.Errorf("%+v %v", stored, err)
	}
}

// lateReader answers a birth-date check when the case has been recorded.
type lateReader struct {
	*doubleReader
	record func()
}

func (l *lateReader) CheckBirthDate(ctx context.Context, r counter.CardRequest) (card.Result, error) {
	l.record()
	return l.doubleReader.CheckBirthDate(ctx, r)
}

func TestACounterRemembersItsReaderInTheBrowser(t *testing.T) {
	h := newTestApp(t)
	_, path := h.scanned(t)
	several := &severalReaders{doubleReader: h.reader}
	h.counter.Readers = several
	second := strings.Repeat("b", 64)
	if w := h.ask(t, "POST", "/api/v1/counter/reader",
		map[string]string{"id": strings.Repeat("c", 64)}); w.Code != http.StatusServiceUnavailable {
		t.Errorf("another facility's reader: %d", w.Code)
	}
	w := h.ask(t, "POST", "/api/v1/counter/reader", map[string]string{"id": second})
	if w.Code != http.StatusNoContent ||
		!strings.Contains(w.Header().Get("Set-Cookie"), "HttpOnly; SameSite=Strict") {
		t.Fatalf("%d %s", w.Code, w.Header())
	}
	h.cookies = append(h.cookies, w.Result().Cookies()...)
	status := h.ask(t, "GET", "/api/v1/counter/status", nil).Body.String()
	if strings.Count(status, `"chosen":true`) != 1 ||
		!strings.Contains(
			status,
			`"id":"`+second+`","name":"受付2","connected":true,"virtual":false,"oqs":false,"face":false,`+
				`"chosen":true`,
		) {
		t.Error(status)
	}
	h.ask(t, "POST", path+"/card-check", map[string]bool{"birthDateConfirmed": true})
	if several.asked != second {
		t.Errorf("the check went to %q", several.asked)
	}
	for _, away := range []bool{false, true} {
		several.away = away
		if status := h.ask(t, "GET", "/api/v1/counter/status", nil).Body.String(); strings.Contains(
			status,
			`"readerAway":true`,
		) != away {
			t.Errorf("away is %v: %s", away, status)
		}
	}
}

type severalReaders struct {
	*doubleReader
	asked string
	away  bool
}

func (s *severalReaders) Status(string) []counter.ReaderStatus {
	return []counter.ReaderStatus{
		{ID: strings.Repeat("a", 64), Name: "受付1", Connected: true},
		{ID: strings.Repeat("b", 64), Name: "受付2", Connected: !s.away},
	}
}

func (s *severalReaders) CheckBirthDate(ctx context.Context, r counter.CardRequest) (card.Result, error) {
	s.asked = r.Reader
	return s.doubleReader.CheckBirthDate(ctx, r)
}
