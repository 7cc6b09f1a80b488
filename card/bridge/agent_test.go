package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
	"madoguchi/server/agents"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// pairedAgents is a store of paired agents, for what these tests need of one.
type pairedAgents struct {
	agents.Store

	mu  sync.Mutex
	all map[string]agents.Agent
}

func (a *pairedAgents) PutAgent(_ context.Context, agent agents.Agent, _ audit.Entry) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all[agent.ID] = agent
	return nil
}

func (a *pairedAgents) Agent(_ context.Context, id string) (agents.Agent, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if found, ok := a.all[id]; ok {
		return found, nil
	}
	return agents.Agent{}, &eligibility.Error{Code: eligibility.NotFound, Key: "agent.unknown"}
}

// serve starts bridge run and returns its lines; it ends with the test.
func serve(t *testing.T, settings string, args ...string) (lines chan string) {
	t.Helper()
	cmd := exec.Command(bridge, append([]string{"run", "--settings", settings}, args...)...)
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines = make(chan string, 100)
	ended := make(chan bool)
	go func() {
		defer close(ended)
		for scan := bufio.NewScanner(out); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-ended
		if err := cmd.Wait(); err != nil {
			t.Errorf("bridge run ended with %v", err)
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(settings), stateFile)); err == nil {
			t.Error("it left its state file behind")
		}
	})
	return lines
}

func awaitLine(t *testing.T, lines chan string, pattern string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for {
		select {
		case line := <-lines:
			if m := re.FindStringSubmatch(line); m != nil {
				return m[len(m)-1]
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("no line like %q", pattern)
		}
	}
}

func TestTheAgentIsPairedShownAndFoundAgain(t *testing.T) {
	board := agents.New(agents.Config{
		Store:      &pairedAgents{all: map[string]agents.Agent{}},
		IssuerKeys: virtual.TestIssuerKeys(),
		Virtual:    true,
		Now:        time.Now,
		Names:      func(string) string { return "架空医院" },
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		board.Serve(w, r, r.RemoteAddr)
	}))
	t.Cleanup(server.Close)
	settings := write(t, "bridge.json",
		`{"server": "`+server.URL+`", "name": "受付2", "facility": "1319999991"}`)
	lines := serve(t, settings, "--virtual", person(t, ""), "--page", "127.0.0.1:0")
	page := awaitLine(t, lines, `(http://127\.0\.0\.1:\d+/)`)
	code := awaitLine(t, lines, `([A-Z0-9]{4}-[A-Z0-9]{4})$`)
	out, _, rc := run(t, "status", "--settings", settings)
	if rc != 1 || !strings.Contains(out, code) || !strings.Contains(out, "受付の画面") {
		t.Errorf("while pairing, status says %d %s", rc, out)
	}
	shown := fetch(t, page, "", http.StatusOK)
	for _, want := range []string{code, "受付とつなぐ準備ができました", "リーダーをつなぐ", "合言葉"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	desk := staff.Reception{Staff: "鈴木", Facility: "1319999991"}
	found, err := board.BeginPairing(t.Context(), desk, code)
	if err != nil || found.Name != "受付2" || !strings.Contains(shown, strings.Join(found.Words, "・")) {
		t.Errorf("%+v %v", found, err)
	}
	if _, err := board.ConfirmPairing(t.Context(), desk, found.Ticket); err != nil {
		t.Fatal(err)
	}
	awaitLine(t, lines, "つながりました")
	out, _, rc = run(t, "status", "--config", settings)
	if rc != 0 || !strings.HasPrefix(out, "つながっています（") || !strings.Contains(out, "架空医院") ||
		!strings.Contains(out, "時計の差") {
		t.Errorf("once paired, status says %d %s", rc, out)
	}
	var s agent.Status
	out, _, rc = run(t, "status", "--json", "--settings", settings)
	err = json.Unmarshal([]byte(out), &s)
	if err != nil || rc != 0 || s.Link != agent.Connected || s.Reader != agent.ReaderVirtual ||
		s.Server != server.URL || s.Since.IsZero() {
		t.Errorf("%d %s %v", rc, out, err)
	}
	shown = fetch(t, page, "", http.StatusOK)
	if !strings.Contains(shown, "つながっています") || !strings.Contains(shown, "このままお使いください") ||
		strings.Contains(shown, code) {
		t.Error("the page of a connected agent is not calm")
	}
	fetch(t, page, "evil.example", http.StatusForbidden)
	info, err := os.Stat(filepath.Join(filepath.Dir(settings), "agent.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key beside the settings: %v %v", info, err)
	}
}

// fetch gets the page under a Host name.
func fetch(t *testing.T, page, host string, status int) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, page, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	var text strings.Builder
	if _, err := bufio.NewReader(w.Body).WriteTo(&text); err != nil || w.StatusCode != status {
		t.Errorf("%s as %q: %s %v", page, host, w.Status, err)
	}
	return text.String()
}

func TestWhatKeepsTheAgentFromStartingHasASentence(t *testing.T) {
	card := person(t, "")
	for _, c := range []struct {
		name     string
		settings string
		args     []string
		want     string
	}{
		{"plain http to elsewhere", `{"server": "http://counter.example"}`, []string{"--virtual", card},
			"https://"},
		{"no address", `{"server": "counter.example"}`, []string{"--virtual", card}, "https://"},
		{"a misspelt setting", `{"sever": "https://counter.example"}`, []string{"--virtual", card}, "設定ファイル"},
		{"a page for everybody", `{}`, []string{"--virtual", card, "--page", "0.0.0.0:0"}, "このパソコンの中"},
		{"keys that are not there", `{"issuerKeys": "/nowhere/keys.json"}`, nil, "発行者の鍵"},
		{"roots that are not there", `{"userRoots": "/nowhere/roots.pem"}`, nil, "userRoots"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, errs, code := run(t,
				append([]string{"run", "--settings", write(t, "bridge.json", c.settings)}, c.args...)...)
			if code != exitRefused || !strings.Contains(errs, c.want) {
				t.Errorf("%d %s", code, errs)
			}
		})
	}
	_, errs, code := run(t, "status", "--settings", write(t, "bridge.json", "{}"))
	if code != exitError || !strings.Contains(errs, "bridge start") {
		t.Errorf("status of no agent: %d %s", code, errs)
	}
}

func TestTheReadersChoiceKeepsTheOtherSettings(t *testing.T) {
	settings := write(t, "bridge.json", `{"server": "https://counter.example", "oqsFolder": "x"}`)
	f := settingsFile{Settings: settings}
	memory, err := f.load()
	if err != nil {
		t.Fatal(err)
	}
	memory.Reader = "A 00 00"
	if err := f.store(memory); err != nil {
		t.Fatal(err)
	}
	got, err := f.load()
	if err != nil || got != (savedSettings{Server: "https://counter.example", OQS: "x", Reader: "A 00 00"}) {
		t.Errorf("%+v %v", got, err)
	}
}

// The unit was judged by systemd-analyze verify when it was written; this keeps what matters in it.
func TestTheSystemdUnitRunsTheAgentWithItsSettingsAndFewRights(t *testing.T) {
	out, errs, code := run(t, "install", "--print", "--user", "clinic", "--settings",
		write(t, "a b$c%d.json", "{}"))
	if code != 0 || errs != "" {
		t.Fatalf("%d %s", code, errs)
	}
	for _, want := range []string{`ExecStart="` + bridge + `" run --settings "/`, `/a b$$c%%d.json"`,
		"User=clinic\n", "NoNewPrivileges=yes\n", "CapabilityBoundingSet=\n",
		"ProtectSystem=strict\n", "Restart=always\n", "WantedBy=multi-user.target\n", `ReadWritePaths="/`} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if strings.Contains(out, "{{") {
		t.Error("the service library would take this for a template")
	}
}
