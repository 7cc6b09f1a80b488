package kit

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/server/audit"
)

// EventStream tells an open page how something goes on (server-sent events, HTML Living Standard section
// 9.2).
type EventStream struct {
	to      *echo.Response
	control *http.ResponseController
	page    context.Context // ends when the page goes
	server  context.Context // ends when the server stops
	now     func() time.Time
	remains func() error // returns why its visitor would not be let in any more; nil where anybody is
}

// eventTime is how long a page may take to read an event.
const eventTime = 10 * time.Second

// soonestRetry and latestRetry bound when a page whose stream ended asks anew.
const soonestRetry, latestRetry = time.Second, 5 * time.Second

// visitorLooks is how often it is looked whether the visitor of a stream without events may still see it.
const visitorLooks = 30 * time.Second

// NewEventStream begins an answer that is a stream until the page goes, its visitor's session ends or
// server does. From here on no status can say that something is wrong: a page that asks anew is told. It
// returns nil where the head is all that was asked for.
func NewEventStream(c echo.Context, server context.Context, now func() time.Time) *EventStream {
	w := c.Response()
	w.Header().Set(echo.HeaderContentType, "text/event-stream")
	w.WriteHeader(http.StatusOK)
	if audit.ChangesNothing(c.Request().Context()) {
		return nil // a HEAD waits for nothing
	}
	// When this server stops, its pages come to another one, not all at once.
	retry := soonestRetry + rand.N(latestRetry-soonestRetry)
	_, _ = fmt.Fprintf(w, "retry: %d\n\n", retry.Milliseconds()) // a page that is gone is seen soon
	return &EventStream{
		to:      w,
		control: http.NewResponseController(w),
		page:    c.Request().Context(),
		server:  server,
		now:     now,
		remains: whether(c),
	}
}

// may reports whether the stream's visitor may still see it.
func (e *EventStream) may() bool { return e.remains == nil || e.remains() == nil }

// Send sends an event's data as JSON and reports whether the page is still there. Who was signed out
// meanwhile gets no more.
func (e *EventStream) Send(data any) (there bool, err error) {
	if !e.may() {
		return false, nil
	}
	text, err := json.Marshal(data)
	if err != nil {
		return false, err
	}
	_ = e.control.SetWriteDeadline(e.now().Add(eventTime)) // not every test's writer has deadlines
	if _, err := fmt.Fprintf(e.to, "data: %s\n\n", text); err != nil {
		return false, nil
	}
	e.to.Flush()
	return true, nil
}

// Wait waits for a change or for a moment, whichever comes first; a nil channel never comes. It reports
// whether page and server are still there, and its visitor signed in.
func (e *EventStream) Wait(changed <-chan struct{}, moment <-chan time.Time) bool {
	look := time.NewTicker(visitorLooks)
	defer look.Stop()
	for {
		select {
		case <-e.page.Done():
		case <-e.server.Done():
		case <-changed:
		case <-moment:
		case <-look.C:
			if e.may() {
				continue
			}
			return false
		}
		return e.page.Err() == nil && e.server.Err() == nil
	}
}
