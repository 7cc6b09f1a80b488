package kit

import (
	"context"
	"encoding/json"
	"fmt"
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
}

// eventTime is how long a page may take to read an event.
const eventTime = 10 * time.Second

// NewEventStream begins an answer that is a stream until the page goes or server ends. From here on no status
// can say that something is wrong. It returns nil where the head is all that was asked for.
func NewEventStream(c echo.Context, server context.Context, now func() time.Time) *EventStream {
	w := c.Response()
	w.Header().Set(echo.HeaderContentType, "text/event-stream")
	w.WriteHeader(http.StatusOK)
	if audit.ChangesNothing(c.Request().Context()) {
		return nil // a HEAD waits for nothing
	}
	return &EventStream{
		to:      w,
		control: http.NewResponseController(w),
		page:    c.Request().Context(),
		server:  server,
		now:     now,
	}
}

// Send sends an event's data as JSON and reports whether the page is still there.
func (e *EventStream) Send(data any) (there bool, err error) {
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
// whether page and server are still there.
func (e *EventStream) Wait(changed <-chan struct{}, moment <-chan time.Time) bool {
	select {
	case <-e.page.Done():
	case <-e.server.Done():
	case <-changed:
	case <-moment:
	}
	return e.page.Err() == nil && e.server.Err() == nil
}
