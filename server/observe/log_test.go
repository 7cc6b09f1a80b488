package observe

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

// A line that is written for a request carries its id once, also behind With and in a group.
func TestALineOfARequestCarriesItsID(t *testing.T) {
	var out bytes.Buffer
	log := NewLog(&out, LogAuto) // no terminal: JSON
	ctx, _ := (*Metrics)(nil).Begin(t.Context(), Asked{RequestID: "ABCD-EFGH"})
	log.InfoContext(ctx, "one")
	log.InfoContext(ctx, "two", "id", "its own")
	log.With("part", "x").WarnContext(ctx, "three")
	log.Info("four")
	var ids []any
	for line := range strings.Lines(out.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if strings.Count(line, `"id"`) > 1 {
			t.Errorf("two ids: %s", line)
		}
		ids = append(ids, entry["id"])
	}
	if len(ids) != 4 || ids[0] != "ABCD-EFGH" || ids[1] != "its own" || ids[2] != "ABCD-EFGH" ||
		ids[3] != nil {
		t.Errorf("%v", ids)
	}
}

func TestTheFormatIsTheSettings(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for format, begins := range map[string]string{LogJSON: "{", LogText: "time=", LogAuto: "{"} {
		before, _ := file.Seek(0, 1)
		NewLog(file, format).Info("hello")
		text, err := os.ReadFile(file.Name())
		if err != nil || !bytes.HasPrefix(text[before:], []byte(begins)) {
			t.Errorf("%s: %s %v", format, text[before:], err)
		}
	}
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	if !isTerminal(device) { // a device of characters, as a terminal is one
		t.Error("a terminal would not be known")
	}
}

func TestATraceStandsInTheLog(t *testing.T) {
	collector := collect(t)
	traces, err := NewTraces(TraceConfig{Endpoint: collector.URL, Ratio: 1})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	ctx, end := New(traces, time.Now).Begin(t.Context(), Asked{Method: "GET", Route: "/", RequestID: "A"})
	NewLog(&out, LogJSON).InfoContext(ctx, "hello")
	end(Answered{Status: 200})
	traces.Close(t.Context())
	spans := collector.spans()
	if len(spans) != 1 || !strings.Contains(out.String(), `"trace":"`+hexOf(spans[0].TraceId)+`"`) {
		t.Errorf("%v %s", spans, out.String())
	}
}
