package credential

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// What staff read first, and what the console does next, for each way in which a code can be wrong.
func TestHeadlineNamesWhatIsWrongAndWhatToDo(t *testing.T) {
	p := newProofBench(t)
	saved := issue(t, p.issuer, copyRequest()).JWS
	live := issue(t, p.issuer, Request{Tier: TierLive}).JWS
	at := func(d time.Duration) Verifier { return Verifier{Trust: trusting(p.issuer), Now: issuedAt.Add(d)} }
	revoked := at(0)
	list := &StatusList{IssuedAt: issuedAt, ExpiresAt: issuedAt.Add(StatusLife),
		set: indexSet{count: 1, few: []uint32{12345}}}
	revoked.Status = func(string) *StatusList { return list }
	overdue := at(0)
	overdue.Trust.ExpiresAt = issuedAt.Add(-TrustGrace - time.Second).Unix()
	elsewhere := at(0)
	elsewhere.Trust.Issuers[0].InsurerNumbers = []eligibility.InsurerNumber{"01139997"}
	good := p.proof(t, p.screen, p.phone, issuedAt, "")
	for _, c := range []struct {
		name                 string
		v                    Verdict
		ja                   string
		valid, needs, unkeyd bool
	}{
		{"a live screen", at(0).Verify(live), "この画面は本物です", true, false, false},
		{"a saved copy", at(0).Verify(saved), "この写し（PDF）は本物です", true, false, false},
		{"a saved copy, expired", at(150 * 24 * time.Hour).Verify(saved), "この写し（PDF）は期限が切れています", false, false,
			false},
		{"a copy of another insurer", elsewhere.Verify(saved), "この写し（PDF）は確かめられません", false, false, false},
		{"a saved copy, revoked", revoked.Verify(saved), "この写し（PDF）は取り消されています", false, false, false},
		{"a screen alone", at(0).Verify(p.screen), "2つ目のコードを読み取ってください", false, true, false},
		{"a screen with its proof", at(0).Verify(p.screen).Prove(good, p.screen, at(0), ""), "この画面は本物です",
			true, false, false},
		{"a screen with another's", at(0).Verify(p.screen).Prove(live, p.screen, at(0), ""),
			"2つ目のコードを、もう一度読み取ってください", false, true, false},
		{"a screen of two days ago", at(48 * time.Hour).Verify(p.screen), "この画面は古くなっています", false, false,
			false},
		{"an old live screen", at(time.Hour).Verify(live), "この画面は古くなっています", false, false, false},
		{"a screen from the future", at(-time.Hour).Verify(live), "時計が合っていません", false, false, false},
		{"rubbish", at(0).Verify("rubbish"), "この画面は確かめられません", false, false, false},
		{"an unknown key", Verifier{Trust: trusting(newKey(t)), Now: issuedAt}.Verify(live), "この画面は確かめられません",
			false, false, true},
		{"no list at all", Verifier{Now: issuedAt}.Verify(live), "まだ確かめ終わっていません", false, false, false},
		{"a list long past its end", overdue.Verify(live), "まだ確かめ終わっていません", false, false, false},
		{"an altered text", at(0).Verify(live[:len(live)-4] + "AAAA"), "この画面は確かめられません", false, false, false},
		{"another issuer's own code", at(0).Verify(issue(t, newKey(t), copyRequest()).JWS),
			"この画面は確かめられません", false,
			false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			ja, en := c.v.Headline().Text("ja"), c.v.Headline().Text("en")
			claimed, unknown := c.v.UnknownKey()
			if ja != c.ja || en == "" || c.v.Valid != c.valid || c.v.AcceptsProof() != c.needs ||
				unknown != c.unkeyd || unknown && claimed != testISS {
				t.Errorf("%q, valid %v, needs a proof %v, unknown %v; %+v", ja, c.v.Valid, c.v.AcceptsProof(),
					unknown, c.v.Checks)
			}
			for i, check := range c.v.Checks {
				_, known := message.FindEntry(check.Key)
				if !known || strings.Contains(check.Text("ja")+check.Text("en"), "{") {
					t.Errorf("%q says nothing: %+v", check.Name, check)
				}
				if i > 0 && resultOrder[check.Result] < resultOrder[c.v.Checks[i-1].Result] {
					t.Errorf("the worst is not first: %+v", c.v.Checks)
				}
			}
		})
	}
}

func TestClocksErrorIsSaidInItsUnit(t *testing.T) {
	for _, c := range []struct {
		offset time.Duration
		want   string
	}{
		{0, ""},
		{19 * time.Second, ""},
		{25 * time.Second, "25秒進んでいます"},
		{-2 * time.Minute, "2分遅れています"},
		{-90*time.Minute - 20*time.Second, "1時間30分遅れています。このPCの時計を合わせてください"},
		{2*time.Minute + time.Second, "2分進んでいます。このPCの時計を合わせてください"},
	} {
		t.Run(fmt.Sprint(c.offset), func(t *testing.T) {
			ja, en := ClockSkewMessage(c.offset).Text("ja"), ClockSkewMessage(c.offset).Text("en")
			if c.want == "" && ja+en != "" || !strings.HasSuffix(ja, c.want) || (ja == "") != (en == "") {
				t.Errorf("%q, %q", ja, en)
			}
		})
	}
}
