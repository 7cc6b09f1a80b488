package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// The dashboard that is shipped is drawn whole: every panel, with what was answered, and what was not.
func TestEveryPanelOfTheDashboardIsDrawn(t *testing.T) {
	var asked []string
	answers := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.FormValue("query")
		asked = append(asked, query)
		result := `{"metric": {"instance": "a:9464", "code": "5xx"},
			"values": [[1796000000, "0.25"], [1796000060, "NaN"]]}`
		if strings.Contains(query, "disk") {
			result = ""
		}
		_, _ = w.Write([]byte(`{"status": "success", "data": {"result": [` + result + `]}}`))
	}))
	defer answers.Close()
	var drawn strings.Builder
	if err := draw(&drawn, "../../deploy/dashboard.json", answers.URL, time.Minute); err != nil {
		t.Fatal(err)
	}
	text := drawn.String()
	for _, want := range []string{
		"いま / now", "25%", "<polyline", `stroke-dasharray="4"`, "</span> 5xx", "a:9464",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if n := strings.Count(text, "No data"); n != 1 {
		t.Errorf("%d panels without data, want that of the disk", n)
	}
	if strings.Contains(text, "{{") || strings.Contains(strings.Join(asked, ""), "$") {
		t.Error("a place in a legend or a query stayed empty")
	}
	if len(asked) < 25 {
		t.Errorf("only %d queries", len(asked))
	}
}
