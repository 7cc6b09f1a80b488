package observe

import (
	"context"
	"io"
	"log/slog"
	"os"
)

// Formats of the log.
const (
	LogAuto = "auto" // text on a terminal, JSON elsewhere
	LogText = "text"
	LogJSON = "json"
)

// NewLog returns a logger that writes lines of a format. A line that is written for a request
// (slog.InfoContext …) carries its id, the one that pages show with an error, and its trace where there is
// one.
func NewLog(w io.Writer, format string) *slog.Logger {
	if format == LogAuto && !isTerminal(w) {
		format = LogJSON
	}
	var to slog.Handler = slog.NewTextHandler(w, nil)
	if format == LogJSON {
		to = slog.NewJSONHandler(w, nil)
	}
	return slog.New(logHandler{to})
}

// isTerminal reports whether somebody reads what is written.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// logHandler adds what the context knows.
type logHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h logHandler) Handle(ctx context.Context, r slog.Record) error {
	if id := requestOf(ctx); id != "" && !has(r, "id") {
		r.AddAttrs(slog.String("id", id))
	}
	if trace := traceOf(ctx); trace != "" {
		r.AddAttrs(slog.String("trace", trace))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h logHandler) WithGroup(name string) slog.Handler { return logHandler{h.Handler.WithGroup(name)} }

func has(r slog.Record, key string) (found bool) {
	r.Attrs(func(a slog.Attr) bool {
		found = a.Key == key
		return !found
	})
	return found
}

type requestKey struct{}

// withRequest carries a request's id.
func withRequest(ctx context.Context, id string) context.Context {
	if id == "" {
		return ctx
	}
	return context.WithValue(ctx, requestKey{}, id)
}

func requestOf(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}
