package credential

import (
	"fmt"
	"time"
)

const (
	// clockWorthSaying is the smallest clock error that staff are told of.
	clockWorthSaying = 20 * time.Second
	// MaxClockSkew is the largest measured error of a clock that is corrected. A clock that is wrong by more
	// must be set.
	MaxClockSkew = 2 * time.Minute
)

// ClockSkew is how far this computer's clock is ahead of the true time, as far as it was measured; negative
// when it is behind. The zero value is a clock that was not measured.
//
// It never makes a code of seconds valid that is not valid by this computer's own clock: an old live screen,
// or an old second code, stays refused whatever was measured (docs/trust.md, "Clocks").
type ClockSkew struct {
	// several servers agree on it
	General time.Duration
	// by iss, what its signed answers say: for its codes, in place of General
	Issuers map[string]time.Duration
}

// Of returns what counts for the codes of iss.
func (s ClockSkew) Of(iss string) time.Duration {
	if own, measured := s.Issuers[iss]; measured {
		return own
	}
	return s.General
}

// clocks are the two times by which a code is verified.
type clocks struct {
	own      time.Time     // by this computer
	measured time.Time     // by what was measured
	skew     time.Duration // own − measured
}

func (b Verifier) clocks(iss string) clocks {
	skew := b.ClockSkew.Of(iss)
	return clocks{own: b.Now, measured: b.Now.Add(-skew), skew: skew}
}

// correctable reports whether the clock's error is small enough to be corrected.
func (c clocks) correctable() bool { return c.skew.Abs() <= MaxClockSkew }

// day is the time by which everything is judged that lives for days.
func (c clocks) day() time.Time {
	if c.correctable() {
		return c.measured
	}
	return c.own
}

// ClockSkewText says how far this computer's clock is off, in Japanese and in English; empty when it is not
// worth saying. It asks to set a clock whose error is not corrected. offset is how far the clock is ahead of
// the true time.
func ClockSkewText(offset time.Duration) (ja, en string) {
	if offset.Abs() < clockWorthSaying {
		return "", ""
	}
	ja, en = clockError(offset)
	if offset.Abs() > MaxClockSkew {
		return ja + "。このPCの時計を合わせてください", en + " Set this computer's clock."
	}
	return ja, en
}

// clockError says how far and in which direction a clock is off.
func clockError(offset time.Duration) (ja, en string) {
	far := offset.Abs().Round(time.Second)
	ja, en = fmt.Sprintf("%d秒", int(far.Seconds())), fmt.Sprintf("%d seconds", int(far.Seconds()))
	switch {
	case far >= time.Hour:
		hours, minutes := int(far.Hours()), int(far.Minutes())%60
		ja, en = fmt.Sprintf("%d時間%d分", hours, minutes), fmt.Sprintf("%d h %d min", hours, minutes)
	case far >= time.Minute:
		minutes := int(far.Round(time.Minute).Minutes())
		ja, en = fmt.Sprintf("%d分", minutes), fmt.Sprintf("%d min", minutes)
	}
	if offset > 0 {
		return "このPCの時計が" + ja + "進んでいます", "This computer's clock is " + en + " fast."
	}
	return "このPCの時計が" + ja + "遅れています", "This computer's clock is " + en + " slow."
}

// noteClock tells staff that the clock is off: that it was allowed for, or that it must be set.
func (v *Verdict) noteClock(c clocks) {
	ja, en := ClockSkewText(c.skew)
	if ja == "" {
		return
	}
	if c.correctable() {
		ja, en = ja+"。ずれを直して確かめました", en+" The check allowed for it."
	}
	v.Checks = append(v.Checks, Check{checkClock.name, Passed, ja, en})
}

// failUntilClockIsSet fails the clock check: a code that lives for seconds cannot be judged until the clock
// is set.
func (v *Verdict) failUntilClockIsSet(c clocks) {
	ja, en := clockError(c.skew)
	v.Checks = append(v.Checks, Check{checkClock.name, Failed,
		ja + "。このPCの時計を合わせてください。そのあと、患者さんの画面をもう一度読み取ってください。",
		en + " Set this computer's clock, then scan the patient's screen again."})
}
