package counter

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

func base64url(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// OfflineView is what a facility's administrator sees of the records that consoles made without this server
// (/counter/offline).
type OfflineView struct {
	kit.Page
	Consoles []OfflineConsoleView
}

// OfflineConsoleView is one console's day.
type OfflineConsoleView struct {
	Name   string // of its key, in short
	Day    string // and time at which its key was registered
	By     string
	Count  int
	Missed []string // numbers that did not come: 3, 7–9
	Marked []OfflineEntryView
}

// OfflineEntryView is a record that does not fit.
type OfflineEntryView struct {
	Seq      int64  // 0: not signed
	Claimed  string // empty: not signed
	Received string
	Outcome  message.Message
	Staff    string // as claimed
	SentBy   string
	Marks    []message.Message
}

// offlineMarks say what is wrong of a record, and what to do.
var offlineMarks = map[counter.OfflineMark]string{
	counter.MarkForged:    "offline.mark.forged",
	counter.MarkGap:       "offline.mark.gap",
	counter.MarkFork:      "offline.mark.fork",
	counter.MarkDoubled:   "offline.mark.doubled",
	counter.MarkBackdated: "offline.mark.backdated",
	counter.MarkFuture:    "offline.mark.future",
	counter.MarkEnded:     "offline.mark.ended",
	counter.MarkScreen:    "offline.mark.screen",
	counter.MarkGround:    "offline.mark.ground",
	counter.MarkReason:    "offline.mark.reason",
}

var offlineOutcomes = map[hostapi.Outcome]string{
	hostapi.Accepted: "offline.outcome.accepted",
	hostapi.Parked:   "offline.outcome.parked",
	hostapi.Refused:  "offline.outcome.refused",
}

// clockTime writes a time as staff read it: 11月27日 14:05.
func clockTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(eligibility.Japan)
	return fmt.Sprintf("%d月%d日 %02d:%02d", t.Month(), t.Day(), t.Hour(), t.Minute())
}

// consoles shows the administrator what came, and what of it does not fit.
func (s offlinePages) consoles(c echo.Context, reception staff.Reception) error {
	all, err := s.day.Consoles(c.Request().Context(), reception)
	if err != nil {
		return err
	}
	view := OfflineView{Page: s.kit.NewPage(c, message.New("staff.title.offline", nil))}
	for _, console := range all {
		view.Consoles = append(view.Consoles, s.consoleView(c, console))
	}
	return s.kit.Show(c, http.StatusOK, "offline", view)
}

// shortName is how much of a key's name tells two consoles apart.
const shortName = 8

func (s offlinePages) consoleView(c echo.Context, console counter.OfflineConsole) OfflineConsoleView {
	view := OfflineConsoleView{
		Name:  console.Key.ID[:min(shortName, len(console.Key.ID))],
		Day:   clockTime(console.Key.From),
		By:    s.kit.Named(c, console.Key.By),
		Count: console.Count,
	}
	for _, missing := range console.Missing {
		text := fmt.Sprint(missing.From)
		if missing.To > missing.From {
			text += fmt.Sprint("–", missing.To)
		}
		view.Missed = append(view.Missed, text)
	}
	for _, e := range console.Marked {
		entry := OfflineEntryView{
			Seq:      e.Seq,
			Claimed:  clockTime(e.At),
			Received: clockTime(e.ReceivedAt),
			Staff:    s.kit.Named(c, e.Staff),
			SentBy:   s.kit.Named(c, e.SentBy),
		}
		if key, known := offlineOutcomes[e.Outcome]; known {
			entry.Outcome = message.New(key, nil)
		}
		for _, m := range e.Marks {
			entry.Marks = append(entry.Marks, message.New(offlineMarks[m], nil))
		}
		view.Marked = append(view.Marked, entry)
	}
	return view
}

// offlineJSON says of a case that a console recorded it without this server.
type offlineJSON struct {
	At         time.Time  `json:"at"` // as claimed
	ReceivedAt time.Time  `json:"receivedAt"`
	Said       Sentence   `json:"said"`
	Marks      []Sentence `json:"marks"`
}

func offlineOf(note *counter.OfflineNote) *offlineJSON {
	if note == nil {
		return nil
	}
	said := message.New("offline.claimed", message.Args{"at": message.Text(clockTime(note.At))})
	out := &offlineJSON{note.At, note.ReceivedAt, newSentence(said), []Sentence{}}
	for _, m := range note.Marks {
		out.Marks = append(out.Marks, newSentence(message.New(offlineMarks[m], nil)))
	}
	return out
}
