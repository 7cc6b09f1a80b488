package credential

import (
	"fmt"
	"time"
)

const (
	// clockWorthSaying is from where on a clock's error is told: half of the shortest life of a proof.
	clockWorthSaying = 20 * time.Second
	// MaxOffset is the largest measured offset that is corrected: a clock that is wrong by more must be set first, since
	// days and shares would be wrong too.
	MaxOffset = 12 * time.Hour
)

// ClockWords says how far this computer's clock is off, in Japanese and in English; empty when it is not worth saying.
// offset is how far it is ahead of the true time.
func ClockWords(offset time.Duration) (ja, en string) {
	far := offset.Abs()
	if far < clockWorthSaying {
		return "", ""
	}
	ja, en = fmt.Sprintf("%d秒", int(far.Seconds())), fmt.Sprintf("%d seconds", int(far.Seconds()))
	switch {
	case far >= time.Hour:
		ja, en = fmt.Sprintf("%d時間%d分", int(far.Hours()), int(far.Minutes())%60), fmt.Sprintf("%d h %d min", int(far.Hours()), int(far.Minutes())%60)
	case far >= time.Minute:
		ja, en = fmt.Sprintf("%d分", int(far.Round(time.Minute).Minutes())), fmt.Sprintf("%d min", int(far.Round(time.Minute).Minutes()))
	}
	if offset > 0 {
		return "このPCの時計が" + ja + "進んでいます", "This computer's clock is " + en + " fast."
	}
	return "このPCの時計が" + ja + "遅れています", "This computer's clock is " + en + " slow."
}

// clock tells staff that the clock is off and was allowed for.
func (v *Verdict) clock(offset time.Duration) {
	if ja, en := ClockWords(offset); ja != "" {
		v.Checks = append(v.Checks, Check{checkClock.name, Passed, ja + "。ずれを直して確かめました", en + " The check allowed for it."})
	}
}
