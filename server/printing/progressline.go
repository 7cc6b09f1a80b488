package printing

import (
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"madoguchi/message"
)

// ProgressLine tells a run's progress: on a terminal in one line that changes, elsewhere a line every ten
// seconds.
type ProgressLine struct {
	w        io.Writer
	terminal bool
	now      func() time.Time
	last     time.Time
	shown    bool
}

// NewProgressLine writes to a file, which may be a terminal.
func NewProgressLine(to *os.File, now func() time.Time) *ProgressLine {
	return &ProgressLine{w: to, terminal: isTerminal(to), now: now}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Show tells how far the run is, unless it did so a moment ago.
func (l *ProgressLine) Show(p Progress) {
	every := 10 * time.Second
	if l.terminal {
		every = 200 * time.Millisecond
	}
	now := l.now()
	if now.Sub(l.last) < every {
		return
	}
	l.last, l.shown = now, true
	text := message.New("print.progress", message.Args{
		"done":  message.Number(p.Done),
		"total": message.Number(p.Total),
		"rate":  message.Number(int(math.Round(p.Rate))),
		"left":  message.Text(timeLeft(p.Left)),
	}).Text("ja")
	if p.Reading {
		text += "　" + message.New("print.progress.reading", nil).Text("ja")
	}
	if l.terminal {
		fmt.Fprintf(l.w, "\r\033[K%s", text)
		return
	}
	fmt.Fprintln(l.w, text)
}

// End leaves the line.
func (l *ProgressLine) End() {
	if l.terminal && l.shown {
		fmt.Fprintln(l.w)
	}
}

// timeLeft is a span in words.
func timeLeft(d time.Duration) string {
	key, n := "print.left.minutes", int(d.Minutes())+1
	switch {
	case d <= 0:
		return "―"
	case d < time.Minute:
		key, n = "print.left.seconds", int(d.Seconds())+1
	}
	return message.New(key, message.Args{"n": message.Number(n)}).Text("ja")
}
