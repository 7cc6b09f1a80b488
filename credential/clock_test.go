package credential

import (
	"strings"
	"testing"
	"time"
)

// measuredBy is a basis at a time by this computer's own clock, which was measured to be so far ahead.
func measuredBy(key Key, at time.Time, skew time.Duration) Verifier {
	return Verifier{Trust: trusting(key), Now: at, ClockSkew: ClockSkew{General: skew}}
}

func failedClock(v Verdict) bool {
	return v.Checks[0].Name == "clock" && v.Checks[0].Result == Failed &&
		strings.Contains(v.Checks[0].Text("ja"), "このPCの時計を合わせてください")
}

// docs/trust.md, "Clocks": a live screen is good from 45 seconds before its issue (nbf − 15 s) until before
// 105 seconds after it (exp + 15 s; RFC 7519 section 4.1.4: not on that second any more), by both clocks.
// Ages are by this computer's own clock.
func TestALiveScreenCountsOnlyByBothClocks(t *testing.T) {
	key := newKey(t)
	live := issue(t, key, Request{Tier: TierLive}).JWS
	for _, c := range []struct {
		name      string
		age, skew time.Duration
		want      string // "genuine", "look again", or the failed check's sentence
	}{
		{"a right clock", 10 * time.Second, 0, "genuine"},
		{"the last second", 104 * time.Second, 0, "genuine"},
		{"a second too old", 105 * time.Second, 0, checkFresh.failed},
		{"a minute fast, the screen is new by both", 90 * time.Second, time.Minute, "genuine"},
		{"a minute slow, the screen is new by both", 0, -time.Minute, "genuine"},
		{"a minute slow, the screen is old in truth", 60 * time.Second, -time.Minute, checkFresh.failed},
		{"two minutes fast, a new screen seems old", 125 * time.Second, 2 * time.Minute, "look again"},
		{"a minute fast, a new screen seems old", 110 * time.Second, time.Minute, "look again"},
		{"two minutes slow, a new screen seems to be from the future", -100 * time.Second, -2 * time.Minute,
			"look again"},
		{"three minutes fast, a new screen seems old", 185 * time.Second, 3 * time.Minute, "look again"},
		{"three minutes slow, an old screen seems new", 10 * time.Second, -3 * time.Minute, "look again"},
		{"three minutes fast, a screen of the future seems new", 10 * time.Second, 3 * time.Minute,
			"look again"},
		{"121 seconds fast, new by both all the same", 100 * time.Second, 121 * time.Second, "look again"},
		{"an 11-hour-old screenshot, a right clock", 11 * time.Hour, 0, checkFresh.failed},
		{"an 11-hour-old screenshot, a lie about the clock", 11 * time.Hour, 11 * time.Hour, "look again"},
		{"an 11-hour-old screenshot, a clock three minutes fast", 11 * time.Hour, 3 * time.Minute,
			checkFresh.failed},
		{"a new screen, a lie of 11 hours about the clock", 0, 11 * time.Hour, "look again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := measuredBy(key, issuedAt.Add(c.age), c.skew)
			note(t, b, live, nil, "")
			v := b.Verify(live)
			got := "genuine"
			switch {
			case failedClock(v):
				got = "look again"
			case v.Checks[0].Result == Failed:
				got = v.Checks[0].Key
			}
			if got != c.want || v.Valid != (c.want == "genuine") {
				t.Errorf("%s, valid %v: %+v", got, v.Valid, v.Checks)
			}
			if ja := v.Headline().Text("ja"); c.want == "look again" && ja != "時計を合わせて、もう一度読み取ってください" {
				t.Error(ja)
			}
		})
	}
}

// Whatever was measured, it never makes a screen or a second code valid that is not valid by this computer's
// own clock, and beyond two minutes nothing of seconds is valid at all.
func TestNoMeasuredClockRevivesAnOlderScreen(t *testing.T) {
	p := newProofBench(t)
	live := issue(t, p.issuer, Request{Tier: TierLive})
	tried := 0
	claims := payload{NBF: issuedAt.Add(-backdate).Unix(), EXP: live.ExpiresAt.Unix()}
	for skew := -15 * time.Minute; skew <= 15*time.Minute; skew += time.Second {
		for age := -4 * time.Minute; age <= 20*time.Minute; age += 5 * time.Second {
			at := issuedAt.Add(age)
			var v Verdict
			v.judgeTime(claims, TierLive, measuredBy(p.issuer, at, skew).clocks(testISS))
			passed := v.Checks[0].Name == "time" && v.Checks[0].Result == Passed
			if passed && (claims.timeFault(TierLive, at) != nil || skew.Abs() > MaxClockSkew) {
				t.Fatalf("a live screen of %v became valid by a clock error of %v", age, skew)
			}
			tried++
		}
	}
	proof := p.proof(t, p.screen, p.phone, issuedAt.Add(time.Hour), "")
	for age := -16 * time.Minute; age <= 16*time.Minute; age += 40 * time.Second {
		at := issuedAt.Add(age)
		own := measuredBy(p.issuer, at, 0).Verify(live.JWS).Valid
		later := measuredBy(p.issuer, at.Add(time.Hour), 0)
		proved := later.Verify(p.screen).Prove(proof, p.screen, later, "").Valid
		for _, skew := range []time.Duration{-15 * time.Minute, -121 * time.Second, -2 * time.Minute,
			-50 * time.Second, 30 * time.Second, 2 * time.Minute, 121 * time.Second, 15 * time.Minute} {
			with := measuredBy(p.issuer, at, skew)
			if with.Verify(live.JWS).Valid && (!own || skew.Abs() > MaxClockSkew) {
				t.Fatalf("a live screen of %v became valid by a clock error of %v", age, skew)
			}
			with = measuredBy(p.issuer, at.Add(time.Hour), skew)
			if with.Verify(p.screen).Prove(proof, p.screen, with, "").Valid &&
				(!proved || skew.Abs() > MaxClockSkew) {
				t.Fatalf("a second code of %v became valid by a clock error of %v", age, skew)
			}
			tried++
		}
	}
	if tried < 100_000 {
		t.Errorf("only %d combinations", tried)
	}
}

// The second code counts for 45 seconds either way (docs/trust.md), by both clocks.
func TestASecondCodeCountsOnlyByBothClocks(t *testing.T) {
	p := newProofBench(t)
	made := issuedAt.Add(time.Hour)
	proof := p.proof(t, p.screen, p.phone, made, "")
	for _, c := range []struct {
		name      string
		age, skew time.Duration
		valid     bool
		check     string // the first failed one
	}{
		{"a right clock", 45 * time.Second, 0, true, ""},
		{"30 seconds fast", 40 * time.Second, 30 * time.Second, true, ""},
		{"too old by both", 90 * time.Second, 30 * time.Second, false, "holder"},
		{"too old in truth", 40 * time.Second, -30 * time.Second, false, "holder"},
		{"new in truth only", 60 * time.Second, 30 * time.Second, false, "clock"},
		{"new in truth only, from the future by this clock", -60 * time.Second, -30 * time.Second, false,
			"clock"},
		{"ahead in truth", -40 * time.Second, 30 * time.Second, false, "holder"},
		{"three minutes fast", 3 * time.Minute, 3 * time.Minute, false, "clock"},
		{"three minutes slow, an old one seems new", 0, -3 * time.Minute, false, "clock"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := measuredBy(p.issuer, made.Add(c.age), c.skew)
			note(t, b, p.screen, &proof, "")
			v := b.Verify(p.screen).Prove(proof, p.screen, b, "")
			first := v.Checks[0]
			if v.Valid != c.valid || !c.valid && (first.Result != Failed || first.Name != c.check) {
				t.Fatalf("valid %v: %+v", v.Valid, v.Checks)
			}
			if c.check == "clock" && (!failedClock(v) || v.AcceptsProof()) {
				t.Errorf("staff are not told to set the clock: %+v", v.Checks)
			}
		})
	}
	off := measuredBy(p.issuer, made.Add(time.Minute), 30*time.Second)
	again := off.Verify(p.screen).Prove(proof, p.screen, off, "")
	set := measuredBy(p.issuer, made.Add(30*time.Second), 0)
	if v := again.Prove(proof, p.screen, set, ""); !v.Valid {
		t.Errorf("the same case once the clock is set: %+v", v.Checks)
	}
}

// What lives for days is judged by the corrected clock; where the clock must be set, only what is good by
// both counts.
func TestDaysAreJudgedByTheCorrectedClock(t *testing.T) {
	key := newKey(t)
	saved := issue(t, key, copyRequest())
	end := time.Unix(0, 0)
	if v := measuredBy(key, issuedAt, 0).Verify(saved.JWS); v.Valid {
		end = v.ExpiresAt
	}
	for _, c := range []struct {
		name      string
		at        time.Time
		skew      time.Duration
		valid     bool
		first, ja string
	}{
		{"two minutes fast at the end", end.Add(2 * time.Minute), 2 * time.Minute, true, "revocation",
			"ずれを直して確かめました"},
		{"two minutes slow at the end", end, -2 * time.Minute, false, "time", "ずれを直して確かめました"},
		{"ten minutes fast in the middle", issuedAt.Add(time.Hour), 10 * time.Minute, true, "revocation",
			"10分進んでいます。このPCの時計を合わせてください"},
		{"ten minutes fast at the end", end.Add(5 * time.Minute), 10 * time.Minute, false, "clock",
			"このPCの時計を合わせてください"},
		{"ten minutes slow at the end", end.Add(-5 * time.Minute), -10 * time.Minute, false, "clock",
			"このPCの時計を合わせてください"},
		{"expired by both", end.Add(time.Hour), 10 * time.Minute, false, "time", "このPCの時計を合わせてください"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := measuredBy(key, c.at, c.skew)
			note(t, b, saved.JWS, nil, "")
			v := b.Verify(saved.JWS)
			said := ""
			for _, check := range v.Checks {
				if check.Name == "clock" {
					said = check.Text("ja")
				}
			}
			if v.Valid != c.valid || v.Checks[0].Name != c.first || !strings.Contains(said, c.ja) {
				t.Errorf("valid %v: %+v", v.Valid, v.Checks)
			}
		})
	}
}

// An insurer's own signed answers say something about its own codes only.
func TestOneInsurersClockSaysNothingAboutAnothersScreens(t *testing.T) {
	key, other := newKey(t), newKey(t)
	live := issue(t, key, Request{Tier: TierLive}).JWS
	b := Verifier{Trust: trusting(key), Now: issuedAt.Add(10 * time.Second)}
	b.Trust.Issuers = append(b.Trust.Issuers, TrustedIssuer{ISS: "https://other.example/i/06139992",
		Name: "x", JWKS: KeySet{other.Public()}})
	b.ClockSkew.Issuers = map[string]time.Duration{"https://other.example/i/06139992": 11 * time.Hour}
	if v := b.Verify(live); !v.Valid {
		t.Errorf("a new screen while another insurer lies: %+v", v.Checks)
	}
	b.ClockSkew.Issuers[testISS] = 0
	b.ClockSkew.General = 11 * time.Hour
	if v := b.Verify(live); !v.Valid {
		t.Errorf("a new screen whose own insurer agrees with this clock: %+v", v.Checks)
	}
}
