package patient

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"madoguchi/eligibility"
)

// event is a whole day in a calendar file.
type event struct {
	On          eligibility.Date
	Made        time.Time
	Host        string // where it was made, for its identifier
	Title, Text string
	DaysBefore  []int // when to remind; at least 1
}

// calendar writes an iCalendar file (RFC 5545) with one event and its alarms. The same day from the same
// server has the same identifier, so that a second download does not make a second entry.
func calendar(e event) []byte {
	var b strings.Builder
	line := func(name, value string) { b.WriteString(foldLine(name + value)) }
	compact := func(d eligibility.Date) string { return strings.ReplaceAll(d.String(), "-", "") }
	line("BEGIN:", "VCALENDAR")
	line("VERSION:", "2.0")
	line("PRODID:", "-//Madoguchi//Certificate//JA")
	line("BEGIN:", "VEVENT")
	line("UID:", "certificate-"+compact(e.On)+"@"+calendarText(e.Host))
	line("DTSTAMP:", e.Made.UTC().Format("20060102T150405Z"))
	line("DTSTART;VALUE=DATE:", compact(e.On))
	line("DTEND;VALUE=DATE:", compact(e.On.AddDays(1)))
	line("SUMMARY:", calendarText(e.Title))
	line("DESCRIPTION:", calendarText(e.Text))
	line("TRANSP:", "TRANSPARENT")
	for _, days := range e.DaysBefore {
		line("BEGIN:", "VALARM")
		line("ACTION:", "DISPLAY")
		line("DESCRIPTION:", calendarText(e.Title))
		// nine in the morning of that day: the event begins at midnight
		line("TRIGGER:", "-P"+strconv.Itoa(days-1)+"DT15H")
		line("END:", "VALARM")
	}
	line("END:", "VEVENT")
	line("END:", "VCALENDAR")
	return []byte(b.String())
}

var calendarEscapes = strings.NewReplacer(
	`\`,
	`\\`,
	";",
	`\;`,
	",",
	`\,`,
	"\r\n",
	`\n`,
	"\n",
	`\n`,
	"\r",
	`\n`,
)

// calendarText escapes a TEXT value (RFC 5545 3.3.11).
func calendarText(s string) string { return calendarEscapes.Replace(s) }

// foldLine ends a line and folds it at 75 octets, never inside a character (RFC 5545 3.1).
func foldLine(s string) string {
	var b strings.Builder
	room := 75
	for s != "" {
		_, size := utf8.DecodeRuneInString(s)
		if size > room {
			b.WriteString("\r\n ")
			room = 74
		}
		b.WriteString(s[:size])
		room -= size
		s = s[size:]
	}
	return b.String() + "\r\n"
}
