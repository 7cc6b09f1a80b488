package credential

import (
	"time"

	"madoguchi/message"
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

// ClockSkewMessage says how far this computer's clock is off; the zero Message when it is not worth saying.
// It asks to set a clock whose error is not corrected. offset is how far the clock is ahead of the true time.
func ClockSkewMessage(offset time.Duration) message.Message {
	switch {
	case offset.Abs() < clockWorthSaying:
		return message.Message{}
	case offset.Abs() > MaxClockSkew:
		return withClockError("verdict.clock.set", offset)
	}
	return clockError(offset)
}

// clockError says how far and in which direction a clock is off.
func clockError(offset time.Duration) message.Message {
	span := offset.Abs().Round(time.Second)
	far := message.New("verdict.clock.seconds", message.Args{"n": message.Number(int(span.Seconds()))})
	switch {
	case span >= time.Hour:
		far = message.New("verdict.clock.hours", message.Args{
			"hours":   message.Number(int(span.Hours())),
			"minutes": message.Number(int(span.Minutes()) % 60),
		})
	case span >= time.Minute:
		minutes := int(span.Round(time.Minute).Minutes())
		far = message.New("verdict.clock.minutes", message.Args{"n": message.Number(minutes)})
	}
	args := message.Args{"far": message.Nested(far)}
	if offset > 0 {
		return message.New("verdict.clock.fast", args)
	}
	return message.New("verdict.clock.slow", args)
}

// withClockError is a sentence that begins with how far a clock is off.
func withClockError(key string, offset time.Duration) message.Message {
	return message.New(key, message.Args{"error": message.Nested(clockError(offset))})
}

// noteClock tells staff that the clock is off: that it was allowed for, or that it must be set.
func (v *Verdict) noteClock(c clocks) {
	switch {
	case c.skew.Abs() < clockWorthSaying:
	case c.correctable():
		v.add(checkClock.name, Passed, withClockError("verdict.clock.allowed", c.skew))
	default:
		v.add(checkClock.name, Passed, ClockSkewMessage(c.skew))
	}
}

// failUntilClockIsSet fails the clock check: a code that lives for seconds cannot be judged until the clock
// is set.
func (v *Verdict) failUntilClockIsSet(c clocks) {
	v.add(checkClock.name, Failed, withClockError("verdict.clock.again", c.skew))
}
