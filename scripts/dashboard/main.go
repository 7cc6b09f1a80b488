// Command dashboard draws deploy/dashboard.json with what a Prometheus answers, as one page to be looked at:
// titles, units, legends and thresholds, laid out as Grafana does. It is for whoever changes the dashboard
// where no Grafana is; e2e/prometheus_test.go sees to it that every query has an answer.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// board is what is read of a dashboard.
type board struct {
	Title  string
	Panels []panel
}

type panel struct {
	Type, Title, Description string
	GridPos                  struct{ H, W, X, Y float64 }
	Targets                  []struct{ Expr, LegendFormat string }
	FieldConfig              struct {
		Defaults struct {
			Unit     string
			Mappings []struct {
				Options map[string]struct{ Text string }
			}
			Thresholds struct{ Steps []step }
		}
	}
}

// step is a threshold: from Value on, or always where there is none.
type step struct {
	Color string
	Value *float64
}

// series is one line of a panel.
type series struct {
	Metric map[string]string
	Values [][2]any // seconds since 1970, and the value as text
	legend string
}

// prometheus answers queries.
type prometheus struct {
	address  string
	from, to time.Time
}

// ask returns what a query answered over the span.
func (p prometheus) ask(query string) ([]series, error) {
	at := func(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
	res, err := http.Get(p.address + "/api/v1/query_range?" + url.Values{
		"query": {query},
		"start": {at(p.from)},
		"end":   {at(p.to)},
		"step":  {strconv.Itoa(max(1, int(p.to.Sub(p.from).Seconds())/200))},
	}.Encode())
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var answer struct {
		Error string
		Data  struct{ Result []series }
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return nil, err
	}
	if answer.Error != "" {
		return nil, fmt.Errorf("%s: %s", query, answer.Error)
	}
	return answer.Data.Result, nil
}

// all returns the lines of a panel, with their legends.
func (p prometheus) all(of panel) (lines []series, err error) {
	filled := strings.NewReplacer("$job", ".+", "$instance", ".+")
	for _, target := range of.Targets {
		found, err := p.ask(filled.Replace(target.Expr))
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			s.legend = target.LegendFormat
			for name, value := range s.Metric {
				s.legend = strings.ReplaceAll(s.legend, "{{"+name+"}}", value)
			}
			s.legend = place.ReplaceAllString(s.legend, "")
			lines = append(lines, s)
		}
	}
	return lines, nil
}

// place is that of a label in a legend; one that a series does not have stays empty.
var place = regexp.MustCompile(`\{\{\w+\}\}`)

func main() {
	file := flag.String("dashboard", "deploy/dashboard.json", "the dashboard")
	address := flag.String("prometheus", "http://127.0.0.1:9090", "the Prometheus that is asked")
	span := flag.Duration("span", 10*time.Minute, "how far back")
	flag.Parse()
	if err := draw(os.Stdout, *file, *address, *span); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// draw writes the page.
func draw(w io.Writer, file, address string, span time.Duration) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var b board
	if err := json.Unmarshal(text, &b); err != nil {
		return err
	}
	now := time.Now()
	drawn, err := page(b, prometheus{address, now.Add(-span), now})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, drawn)
	return err
}
