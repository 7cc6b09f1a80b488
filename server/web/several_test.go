package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/phonetest"
	console "madoguchi/server/web/counter"
)

// A picture may hold the codes of a family. Whose case it is, staff say; one person's screen, copy and proof
// are one person.
func TestACounterIsToldWhoseTheCodesOfAPictureAre(t *testing.T) {
	h := newTestApp(t)
	p := h.tokuichi(t).Person
	h.session(t, auth.Counter, "鈴木", "{}")
	wife := p
	wife.Name, wife.BirthDate, wife.BranchNumber, wife.Sex = "試験 花子", eligibility.MustDate(
		"1958-11-30",
	), "03", eligibility.Female
	twin, other := p, p
	twin.Name, twin.BranchNumber = "髙橋 德二", ""
	other.Name, other.BranchNumber = "髙橋 德一", ""
	variant := p
	variant.Name = "高橋　徳一"
	key, err := h.keys.Rings.IssuerKey("00138990")
	if err != nil {
		t.Fatal(err)
	}
	issue := func(p eligibility.Person, r credential.Request) string {
		r.Person, r.InsurerName, r.Share = p, "架空市", 20
		out, err := credential.Issue(testHost+"/i/00138990", key, r, h.now)
		if err != nil {
			t.Fatal(err)
		}
		return out.JWS
	}
	_, holder := issuertest.NewPair(t)
	_, holder2 := issuertest.NewPair(t)
	live, hers := h.live(t, p, "00138990", h.now), h.live(t, wife, "00138990", h.now)
	older := h.live(t, p, "00138990", h.now.Add(-30*time.Second))
	copied := issue(
		p,
		credential.Request{Tier: credential.TierSaved, RID: 7, Expires: h.now.AddDate(0, 1, 0)},
	)
	away := issue(
		p,
		credential.Request{
			Tier:        credential.TierOffline,
			DeviceKeyID: credential.DeviceKeyID(holder.Public()),
		},
	)
	hersAway := issue(
		wife,
		credential.Request{
			Tier:        credential.TierOffline,
			DeviceKeyID: credential.DeviceKeyID(holder2.Public()),
		},
	)
	proof := func(jws string, key credential.Key) string {
		text, err := phonetest.Proof(jws, key, h.now, "")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	mine, herProof := proof(away, holder), proof(hersAway, holder2)
	altered := hers[:400] + "AAAA" + hers[404:]
	type person struct{ Text, Proof, Name, BirthDateJa string }
	for _, c := range []struct {
		name  string
		texts []string
		want  []person
	}{
		{"two people", []string{live, hers}, []person{
			{live, "", "髙橋 德一", "昭和30年7月1日"},
			{hers, "", "試験 花子", "昭和33年11月30日"},
		}},
		{"one code twice, as digits and as it is", []string{credential.NumericQR(live), live},
			[]person{{live, "", "髙橋 德一", "昭和30年7月1日"}}},
		{"a screen and the one before it", []string{older, live}, []person{{live, "", "髙橋 德一", "昭和30年7月1日"}}},
		{"a saved copy and the screen", []string{copied, live}, []person{{live, "", "髙橋 德一", "昭和30年7月1日"}}},
		{"a screen and its proof", []string{away, mine}, []person{{away, mine, "髙橋 德一", "昭和30年7月1日"}}},
		{"two screens, their proofs the other way round", []string{away, hersAway, herProof, mine},
			[]person{{away, mine, "髙橋 德一", "昭和30年7月1日"}, {hersAway, herProof, "試験 花子", "昭和33年11月30日"}}},
		{"one person in two writings", []string{live, h.live(t, variant, "00138990", h.now)},
			[]person{{live, "", "髙橋 德一", "昭和30年7月1日"}}},
		{"twins without a branch number",
			[]string{h.live(t, other, "00138990", h.now), h.live(t, twin, "00138990", h.now)},
			[]person{{"", "", "髙橋 德一", "昭和30年7月1日"}, {"", "", "髙橋 德二", "昭和30年7月1日"}}},
		{"a genuine code and an altered one", []string{live, altered}, []person{
			{live, "", "髙橋 德一", "昭和30年7月1日"},
			{altered, "", "", ""},
		}},
		{"an address beside a screen", []string{"https://example.jp/", live, ""},
			[]person{{live, "", "髙橋 德一", "昭和30年7月1日"}}},
		{"no screen", []string{"https://example.jp/", mine}, []person{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := answer[struct{ People []person }](
				t,
				h.ask(t, "POST", "/api/v1/counter/people", map[string]any{"texts": c.texts}),
				http.StatusOK,
			).People
			if len(got) != len(c.want) {
				t.Fatalf("%d people: %+v", len(got), got)
			}
			for i, want := range c.want {
				if want.Text == "" {
					want.Text = got[i].Text
				}
				if got[i] != want {
					t.Errorf("%+v\nwant %+v", got[i], want)
				}
			}
		})
	}
	w := h.ask(t, "POST", "/api/v1/counter/people", map[string]any{"texts": make([]string, 17)})
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("17 codes: %d", w.Code)
	}
	list := decode[struct{ Cases []console.CaseJSON }](t, h.ask(t, "GET", "/api/v1/counter/cases", nil))
	if len(
		list.Cases,
	) != 0 {
		t.Errorf("looking stored %d cases", len(list.Cases))
	}
}

func TestACounterReadsWhatAReaderTypes(t *testing.T) {
	h := newTestApp(t)
	p := h.tokuichi(t).Person
	h.session(t, auth.Counter, "鈴木", "{}")
	digits := strings.TrimPrefix(credential.NumericQR(h.live(t, p, "00138990", h.now)), "shc:/")
	wide := strings.Map(func(r rune) rune { return r + 0xFEE0 }, "shc:/"+digits)
	for _, text := range []string{"shc+/" + digits, wide, "とくそけめ" + digits, digits[:100] + "\u00a0\u200b" +
		digits[100:] + "\r\n"} {
		if got := h.scan(t, text); !got.Verdict.Valid {
			t.Errorf("%.20q: %+v", text, got.Verdict)
		}
	}
	for _, text := range []string{"shc:/" + digits[1:], wide[:len(wide)-3], "shc:/" + digits[:700] + "か" +
		digits[701:]} {
		w := h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": text})
		if w.Code != http.StatusUnprocessableEntity ||
			!strings.Contains(w.Body.String(), "scan.incomplete") {
			t.Errorf("%.20q: %d %s", text, w.Code, w.Body)
		}
	}
}
