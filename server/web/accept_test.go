package web

import (
	"net/http"
	"strings"
	"testing"

	"madoguchi/auth"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	console "madoguchi/server/web/counter"
)

// A genuine screen says who is insured, not who stands there: 保発0710第1号 wants it shown together with the
// card, and the card looked at. So "accepted" stands on the chip, on all three comparisons by eye, or on a
// reason for this case.
func TestAcceptedMeansChecked(t *testing.T) {
	ticks := func(checks ...string) func(*testing.T, *testApp, string) {
		return func(t *testing.T, h *testApp, path string) {
			t.Helper()
			h.ask(t, "POST", path+"/visual", map[string][]string{"checks": append([]string{}, checks...)})
		}
	}
	check := func(d virtual.Description, pulled bool) func(*testing.T, *testApp, string) {
		return func(t *testing.T, h *testApp, path string) {
			t.Helper()
			h.useCard(t, d)
			h.reader.pulled, h.reader.replay = pulled, nil
			h.ask(t, "POST", path+"/card-check", map[string]bool{"birthDateConfirmed": true})
		}
	}
	number := func(code string) func(*testing.T, *testApp, string) {
		return func(t *testing.T, h *testApp, path string) {
			t.Helper()
			h.ask(t, "POST", path+"/text-check", map[string]any{"expiryYear": 2035, "code": code})
		}
	}
	named := func(name string) func(*testing.T, *testApp, string) {
		return func(t *testing.T, h *testApp, path string) {
			t.Helper()
			h.useCard(t, virtual.Description{Name: name})
			number("1234")(t, h, path)
		}
	}
	own, another, copied := virtual.Description{}, virtual.Description{
		BirthDate: eligibility.MustDate("1986-04-12"),
	}, virtual.Description{
		Variant: virtual.Copied,
	}
	none := 0
	blocked := virtual.Description{Tries: &none}
	all := ticks("photo", "name", "birthDate")
	type step = func(*testing.T, *testApp, string)
	refused := []struct {
		name, reason, key string
		steps             []step
	}{
		{"nothing was looked at", "", "case.unchecked", nil},
		{"two ticks", "", "case.unchecked", []step{ticks("photo", "name")}},
		{"one tick three times", "", "case.unchecked", []step{ticks("photo", "photo", "photo")}},
		{"the third tick is a double", "", "case.unchecked", []step{ticks("photo", "name", "name")}},
		{
			"an unknown word in the third's place",
			"",
			"case.unchecked",
			[]step{ticks("photo", "name", "address")},
		},
		{
			"an unknown word besides",
			"",
			"case.unchecked",
			[]step{ticks("photo", "name", "birthDate", "birthdate")},
		},
		{"words in other letters", "", "case.unchecked", []step{ticks("Photo", "Name", "BirthDate")}},
		{"ticks that were taken back", "", "case.unchecked", []step{all, ticks()}},
		{"a card pulled away", "", "case.unchecked", []step{check(own, true)}},
		{"a blocked card that nobody looked at", "", "case.unchecked", []step{check(blocked, false)}},
		{"a number typed wrongly", "", "case.unchecked", []step{number("9999")}},
		{"another name in the chip", "", "case.unchecked", []step{named("試験 花子")}},
		{
			"another name in a chip whose birth date is right",
			"",
			"case.unchecked",
			[]step{check(own, false), named("試験 花子")},
		},
		{"a reason of U+3000 and U+200B only", "\u3000\u200b\u3000", "case.unchecked", nil},
		{"a reason of invisible signs", "\u00a0\u2060\ufeff\u00ad\u202e\u180e\t\n", "case.unchecked", nil},
		{"a reason of fillers", "\u3164\u115f\u2800\uffa0", "case.unchecked", nil},
		{"a reason of marks without a letter", "\ufe0f\u0301\U000e0100", "case.unchecked", nil},
		{"a reason of 201 characters", strings.Repeat("あ", 201), "case.reason_long", nil},
		{"a refused card with ticks", "", "case.card_refused", []step{check(another, false), all}},
		{"a refused card with a reason", "店長の判断", "case.card_refused", []step{check(another, false)}},
		{
			"a copied card with ticks and a reason",
			"いつもの方",
			"case.card_refused",
			[]step{all, check(copied, false), all},
		},
		{
			"a copied card found by its number",
			"いつもの方",
			"case.card_refused",
			[]step{all, func(t *testing.T, h *testApp, path string) {
				h.useCard(t, copied)
				number("1234")(t, h, path)
			}},
		},
		{
			"a chip that passed and was refused since",
			"",
			"case.card_refused",
			[]step{check(own, false), check(another, false)},
		},
		{
			"ticks made beside the card that was refused before",
			"",
			"case.unchecked",
			[]step{all, check(another, false), check(own, false), named("試験 花子")},
		},
	}
	testenv.Refused(t, testenv.Counter, len(refused))
	h := newTestApp(t)
	p := h.tokuichi(t).Person
	h.session(t, auth.Counter, "鈴木", "{}")
	opened := func(t *testing.T) string {
		t.Helper()
		h.useCard(t, own)
		h.reader.pulled, h.reader.replay = false, nil
		return h.scan(t, h.live(t, p, "00138990", h.now)).ID
	}
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			path := "/api/v1/counter/cases/" + opened(t)
			for _, s := range c.steps {
				s(t, h, path)
			}
			w := h.ask(
				t,
				"POST",
				path+"/record",
				map[string]string{"outcome": "accepted", "reason": c.reason},
			)
			if w.Code < 400 || !strings.Contains(w.Body.String(), `"urn:madoguchi:problem:`+c.key+`"`) {
				t.Errorf("%d %s, want %s", w.Code, w.Body, c.key)
			}
			w = h.ask(t, "POST", path+"/record", map[string]string{"outcome": "parked", "reason": "会計で"})
			if w.Code != http.StatusOK {
				t.Errorf("it cannot be parked: %d %s", w.Code, w.Body)
			}
		})
	}
	for _, c := range []struct {
		name, reason, ground, keeps string
		steps                       []step
	}{
		{"the chip", "", "chip", "", []step{check(own, false)}},
		{"the chip, pulled away later", "", "chip", "", []step{check(own, false), check(own, true)}},
		{"the chip beside a reason", "リーダーを替えた", "chip", "リーダーを替えた", []step{check(own, false)}},
		{"the chip, once the right card lies there", "", "chip", "",
			[]step{check(another, false), check(own, false)}},
		{"the number of a genuine card", "", "chip", "", []step{named("高橋 徳一")}},
		{"three ticks in any order", "", "eye", "", []step{ticks("birthDate", "photo", "name")}},
		{"three ticks beside a blocked chip", "", "eye", "", []step{check(blocked, false), all}},
		{"a reason", "\u3000顔なじみ・リーダー故障\u200b", "reason", "顔なじみ・リーダー故障", nil},
		{"a reason of one sign", "故", "reason", "故", []step{ticks("photo")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			id := opened(t)
			path := "/api/v1/counter/cases/" + id
			for _, s := range c.steps {
				s(t, h, path)
			}
			got := answer[console.CaseJSON](
				t,
				h.ask(
					t,
					"POST",
					path+"/record",
					map[string]string{"outcome": "accepted", "reason": c.reason},
				),
				http.StatusOK,
			)
			if got.Ground == nil || got.Ground.Code != c.ground || got.Ground.Ja == "" ||
				got.Ground.En == "" ||
				got.Reason != c.keeps {
				t.Errorf("%+v, reason %q", got.Ground, got.Reason)
			}
			stored, err := h.store.ForCounter().Case(ctx, "1319999991", id)
			if err != nil || !strings.Contains(string(stored.Body), `"ground":"`+c.ground+`"`) {
				t.Errorf("%s %v", stored.Body, err)
			}
		})
	}
	for _, ground := range []string{"chip", "eye", "reason"} {
		if !strings.Contains(h.databaseText(t), "accepted by "+ground) {
			t.Errorf("the audit chain says of no case that it stood on: %s", ground)
		}
	}
}

// A reason is kept for years; a My Number in it must not be (番号法 20条).
func TestAReasonHoldsNoMyNumber(t *testing.T) {
	h := newTestApp(t)
	_, path := h.scanned(t)
	for _, outcome := range []string{"accepted", "refused", "parked"} {
		w := h.ask(t, "POST", path+"/record", map[string]string{
			"outcome": outcome,
			"reason":  "番号 " + myNumber(),
		})
		if w.Code != http.StatusUnprocessableEntity ||
			!strings.Contains(w.Body.String(), "case.reason_my_number") {
			t.Errorf("%s: %d %s", outcome, w.Code, w.Body)
		}
		w = h.ask(t, "POST", path+"/record", map[string]string{"outcome": outcome, "reason": "\u3000\u200b"})
		if w.Code < 400 {
			t.Errorf("%s without a reason that anybody sees: %d", outcome, w.Code)
		}
	}
}

// What was compared while the phone had not yet proved its screen was compared with nothing that is known to
// be genuine.
func TestTicksFromBeforeTheSecondCodeDoNotCount(t *testing.T) {
	h, _ := connected(t)
	_, phone := h.phoneAway(t)
	path := "/api/v1/counter/cases/" + phone.id
	h.seen(t, path)
	v := answer[console.CaseJSON](t, h.ask(t, "POST", path+"/proof", phone.proof(t)), 200)
	if !v.Verdict.Valid || len(v.Visual) != 0 {
		t.Fatalf("%+v %v", v.Verdict, v.Visual)
	}
	w := h.ask(t, "POST", path+"/record", map[string]string{"outcome": "accepted"})
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "case.unchecked") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	h.seen(t, path)
	got := answer[console.CaseJSON](t,
		h.ask(t, "POST", path+"/record", map[string]string{"outcome": "accepted"}), 200)
	if got.Ground.Code != "eye" {
		t.Errorf("%+v", got.Ground)
	}
}
