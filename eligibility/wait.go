package eligibility

import (
	"fmt"
	"time"
)

// WaitUnits says a wait as a number and its unit ("seconds", "minutes" or "hours"), rounded up so that it is
// never too short: in seconds up to a minute and a half, in minutes up to an hour and a half.
func WaitUnits(wait time.Duration) (n int, unit string) {
	up := func(unit time.Duration) int { return max(1, int((wait+unit-1)/unit)) }
	switch {
	case wait <= 90*time.Second:
		return up(time.Second), "seconds"
	case wait <= 90*time.Minute:
		return up(time.Minute), "minutes"
	}
	return up(time.Hour), "hours"
}

// waitWords are the units in Japanese and in English.
var waitWords = map[string][2]string{"seconds": {"秒", "second"}, "minutes": {"分", "minute"}, "hours": {"時間", "hour"}}

// WaitText says a wait in Japanese and in English, as WaitUnits rounds it.
func WaitText(wait time.Duration) (ja, en string) {
	n, unit := WaitUnits(wait)
	words := waitWords[unit]
	ja, en = fmt.Sprint(n)+words[0], fmt.Sprintf("%d %s", n, words[1])
	if n != 1 {
		en += "s"
	}
	return ja, en
}
