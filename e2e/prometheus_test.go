package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/internal/testenv"
)

// prometheusFolder holds Debian's programs, unpacked: nothing is installed, no service is started.
const prometheusFolder = "../bin/prometheus"

func prometheusProgram(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(prometheusFolder, name))
	if err != nil {
		t.Fatal(err)
	}
	testenv.NeedFile(t, path, "scripts/setup.sh")
	return path
}

// The rules say of made-up numbers what they should, by the tool of whoever runs Prometheus.
func TestTheAlertsSayWhatTheyShould(t *testing.T) {
	promtool := prometheusProgram(t, "promtool")
	for _, args := range [][]string{
		{"check", "rules", "../deploy/alerts.yaml"}, {"test", "rules", "../deploy/alerts.test.yaml"},
	} {
		if out, err := exec.Command(promtool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
}

// promServer is a Prometheus on loopback.
type promServer struct{ address string }

// ask returns the data of one call of its API.
func (p promServer) ask(t *testing.T, path string, values url.Values) (data json.RawMessage, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet,
		"http://"+p.address+"/api/v1/"+path+"?"+values.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var answer struct {
		Status, Error string
		Data          json.RawMessage
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return nil, err
	}
	if answer.Status != "success" {
		return nil, fmt.Errorf("%s", answer.Error)
	}
	return answer.Data, nil
}

// results is how many series a query has.
func (p promServer) results(t *testing.T, query string) (int, error) {
	t.Helper()
	data, err := p.ask(t, "query", url.Values{"query": {query}})
	if err != nil {
		return 0, err
	}
	var found struct{ Result []json.RawMessage }
	err = json.Unmarshal(data, &found)
	return len(found.Result), err
}

// startPrometheus starts one that reads a server's metrics every second, with the alerts of deploy/.
func startPrometheus(t *testing.T, metrics string) promServer {
	t.Helper()
	program := prometheusProgram(t, "prometheus")
	rules, err := filepath.Abs("../deploy/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "prometheus.yaml")
	text := fmt.Sprintf(`{global: {scrape_interval: 1s, evaluation_interval: 1s}, rule_files: [%q],
scrape_configs: [{job_name: madoguchi, static_configs: [{targets: [%q]}]}]}`, rules, metrics)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := promServer{free.Addr().String()}
	free.Close()
	start(t, dir, program, nil, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "tsdb"),
		"--web.listen-address="+p.address, "--log.level=warn")
	if !poll(200*time.Millisecond, func() bool {
		n, err := p.results(t, `count_over_time(madoguchi_ready[1m]) >= 4`)
		return err == nil && n == 1
	}) {
		targets, err := p.ask(t, "targets", nil)
		t.Fatalf("Prometheus never read the server's metrics: %s %v", targets, err)
	}
	return p
}

// watchedServer starts the demo with metrics and asks for some of its pages, so that there is something to
// be counted.
func watchedServer(t *testing.T) (base, metrics string) {
	t.Helper()
	data := t.TempDir()
	p := start(t, data, built(t, "./server", "madoguchi"), []string{"MADOGUCHI_ADDR=127.0.0.1:0",
		"MADOGUCHI_METRICS=127.0.0.1:0", "MADOGUCHI_DATA=" + data})
	base = p.out.await(t, `(http://localhost:\d+)/`)[1]
	metrics = p.out.await(t, `"msg":"metrics","address":"(127.0.0.1:\d+)"`)[1]
	for range 3 {
		visit(t, http.MethodGet, base+"/")
		visit(t, http.MethodPost, base+"/api/v1/counter/cases")
	}
	return base, metrics
}

func visit(t *testing.T, method, address string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
}

// A real Prometheus reads a real server: every query of the dashboard has an answer, every alert's names and
// labels are there, and nothing is wrong with a server that is well.
func TestDashboardAndAlertsAskForWhatThereIs(t *testing.T) {
	prometheusProgram(t, "prometheus") // before the server is built
	base, metrics := watchedServer(t)
	p := startPrometheus(t, metrics)
	asked := dashboardQueries(t)
	if len(asked) < 20 {
		t.Fatalf("only %d queries in the dashboard", len(asked))
	}
	for _, query := range asked {
		visit(t, http.MethodPost, base+"/api/v1/counter/cases")
		if n, err := p.results(t, query); err != nil || n == 0 {
			t.Errorf("%d results, %v: %s", n, err, query)
		}
	}
	data, err := p.ask(t, "rules", nil)
	if err != nil {
		t.Fatal(err)
	}
	var found struct {
		Groups []struct {
			Rules []struct{ Name, Query, Health, LastError, State string }
		}
	}
	if err := json.Unmarshal(data, &found); err != nil {
		t.Fatal(err)
	}
	rules := 0
	for _, group := range found.Groups {
		for _, rule := range group.Rules {
			rules++
			if rule.Health != "ok" || rule.LastError != "" || rule.State == "firing" {
				t.Errorf("%+v", rule)
			}
			for _, part := range partsOf(rule.Query) {
				if n, err := p.results(t, part); err != nil || n == 0 {
					t.Errorf("%s: nothing has %s (%v)", rule.Name, part, err)
				}
			}
		}
	}
	if rules < 8 {
		t.Errorf("only %d rules", rules)
	}
	page, err := os.ReadFile("../docs/operator.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range found.Groups {
		for _, rule := range group.Rules {
			if !strings.Contains(string(page), "### 警報 "+rule.Name+"\n") {
				t.Errorf("docs/operator.md does not say what to do for %s", rule.Name)
			}
		}
	}
}

// dashboardQueries are the queries of the dashboard, with its variables as Grafana fills them.
func dashboardQueries(t *testing.T) (all []string) {
	t.Helper()
	text, err := os.ReadFile("../deploy/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	filled := strings.NewReplacer("$job", "madoguchi", "$instance", ".+")
	for _, panel := range board.Panels {
		for _, target := range panel.Targets {
			all = append(all, filled.Replace(target.Expr))
		}
	}
	return all
}

var (
	metricName = regexp.MustCompile(`\b(?:madoguchi_[a-z_]+|up|process_[a-z_]+|go_[a-z_]+)\b`)
	matched    = regexp.MustCompile(`([a-z]+)\s*(?:=|!=|=~|!~)"`)
	grouped    = regexp.MustCompile(`by \(([a-z, ]+)\)`)
)

// partsOf are questions that have an answer only where each metric of a query is, with each label that the
// query names for it: the labels in a selector's braces, and those that a sum is by.
func partsOf(query string) (all []string) {
	for _, at := range metricName.FindAllStringIndex(query, -1) {
		name, rest := query[at[0]:at[1]], query[at[1]:]
		labels := map[string]bool{}
		if inside, _, ok := strings.Cut(rest, "}"); ok && strings.HasPrefix(inside, "{") {
			for _, label := range matched.FindAllStringSubmatch(inside, -1) {
				labels[label[1]] = true
			}
		}
		for _, by := range grouped.FindAllStringSubmatch(query[:at[0]], -1) {
			for label := range strings.SplitSeq(by[1], ",") {
				labels[strings.TrimSpace(label)] = true
			}
		}
		all = append(all, "count("+name+")")
		for label := range labels {
			all = append(all, fmt.Sprintf(`count(%s{%s!=""})`, name, label))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// contains reports whether an address answers with a text.
func contains(t *testing.T, address, text string) bool {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return err == nil && strings.Contains(string(body), text)
}
