package windows

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/card/virtual"
	"madoguchi/internal/demotest"
	"madoguchi/internal/persontest"
	"madoguchi/internal/winetest"
)

// reception is a browser of the counter's staff, as far as its program speaks to the server.
type reception struct {
	t    *testing.T
	base string
	http *http.Client
}

// counterCase is a case as the console gets it, as far as it is looked at.
type counterCase struct {
	ID      string `json:"id"`
	Outcome string `json:"outcome"`
	Verdict struct {
		Valid bool `json:"valid"`
	} `json:"verdict"`
	Card *struct {
		Result   string `json:"result"`
		Headline struct {
			Ja string `json:"ja"`
		} `json:"headline"`
	} `json:"card"`
	CardRefused bool `json:"cardRefused"`
	Ground      struct {
		Code string `json:"code"`
	} `json:"ground"`
	Text *struct {
		Result  string `json:"result"`
		Reading *struct {
			Name string `json:"name"`
		} `json:"reading"`
	} `json:"text"`
	Certificate *struct {
		Result string `json:"result"`
		Until  string `json:"until"`
	} `json:"certificate"`
	OQS []struct {
		Name   string `json:"name"`
		Result string `json:"result"`
	} `json:"oqs"`
}

// startServer runs the demo on Linux and signs a receptionist in.
func startServer(t *testing.T, w *winetest.Windows) (staff reception, data string) {
	t.Helper()
	data = t.TempDir()
	cmd := exec.Command(w.Server(t))
	cmd.Env = []string{"HOME=" + data, "PATH=" + os.Getenv("PATH"), "MADOGUCHI_ADDR=127.0.0.1:0",
		"MADOGUCHI_DATA=" + data}
	cmd.Dir = data
	p := winetest.Begin(t, cmd)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	staff = reception{t, p.Await(t, `(http://localhost:\d+)/`)[1], &http.Client{Jar: jar}}
	res, err := staff.http.PostForm(staff.base+"/counter/staff", url.Values{"name": {"鈴木"}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || res.Request.URL.Path != "/counter" {
		t.Fatalf("signing in: %s at %s", res.Status, res.Request.URL)
	}
	return staff, data
}

// in is the same browser for another test.
func (r reception) in(t *testing.T) reception {
	r.t = t
	return r
}

// post calls the counter's API and reads the answer.
func (r reception) post(path string, status int, body, answer any) {
	r.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		r.t.Fatal(err)
	}
	res, err := r.http.Post(r.base+"/api/v1/counter/"+path, "application/json", bytes.NewReader(data))
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != status {
		r.t.Fatalf("%s: %s %v\n%s", path, res.Status, err, text)
	}
	if answer == nil {
		return
	}
	if err := json.Unmarshal(text, answer); err != nil {
		r.t.Fatalf("%s: %v\n%s", path, err, text)
	}
}

// opens scans a screen, which must be genuine.
func (r reception) opens(screen string) counterCase {
	r.t.Helper()
	var c counterCase
	r.post("cases", http.StatusCreated, map[string]string{"text": screen}, &c)
	if !c.Verdict.Valid {
		r.t.Fatalf("the screen is not genuine: %+v", c)
	}
	return c
}

// asksCard presses the button of the card check.
func (r reception) asksCard(id string) counterCase {
	r.t.Helper()
	var c counterCase
	r.post("cases/"+id+"/card-check", http.StatusOK, map[string]bool{"birthDateConfirmed": true}, &c)
	if c.Card == nil {
		r.t.Fatalf("no card in %+v", c)
	}
	return c
}

// screenOf is a genuine screen of 髙橋 德一.
func screenOf(t *testing.T, data string) string {
	t.Helper()
	return demotest.Screen{Data: data, At: time.Now(), Share: 20, Person: persontest.Tokuichi()}.JWS(t)
}

// tokuichi is that person's card.
func tokuichi(t *testing.T, change func(*virtual.Description)) *virtual.Card {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "card", "virtual", "people", "tokuichi.json"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := virtual.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&d)
	}
	c, err := virtual.New(d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// answered writes an answer of オンライン資格確認 about that person, as its terminal does, and returns the folder.
func answered(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "資格確認 結果")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	const answer = `<?xml version="1.0" encoding="UTF-8"?>
<XmlMsg><MessageHeader><SegmentOfResult>1</SegmentOfResult></MessageHeader><MessageBody>
<ProcessingResultStatus>1</ProcessingResultStatus><ResultList><ResultOfQualificationConfirmation>
<InsurerNumber>138990</InsurerNumber><InsuredCardSymbol>国１３</InsuredCardSymbol>
<InsuredIdentificationNumber>0001234</InsuredIdentificationNumber>
<Name>高橋　徳一</Name><Sex1>1</Sex1><Birthdate>19550702</Birthdate>
</ResultOfQualificationConfirmation></ResultList></MessageBody></XmlMsg>`
	file := filepath.Join(folder, "OQSsiquc01res_face_1_20261122104200.xml")
	if err := os.WriteFile(file, []byte(answer), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

// settingsFile writes an agent's settings, with the keys by which it judges what it verifies itself; they lie
// beside it.
func settingsFile(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "受付 1番")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	var roots []byte
	for _, root := range virtual.TestUserRoots() {
		roots = append(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw})...)
	}
	for name, data := range map[string][]byte{
		"発行者.json": keysJSON(t),
		"認証局.pem":  roots,
		"設定.json":  []byte(`{"issuerKeys": "発行者.json", "userRoots": "認証局.pem"}`),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "設定.json")
}

// A day at a counter whose PC has Windows: the agent is paired with a server, readers and cards come and go,
// and cases are settled.
func TestACountersDayWithTheWindowsAgent(t *testing.T) {
	w := winetest.Start(t)
	staff, data := startServer(t, w)
	desk := winetest.NewSmartCards(t)
	settings := winetest.WindowsPath(settingsFile(t))
	run := winetest.Command{
		Program: winetest.Bridge,
		Args: []string{"run", "--settings", settings, "--server", staff.base, "--name", "受付1", "--oqs",
			winetest.WindowsPath(answered(t)), "--page", "127.0.0.1:0"},
		Env: []string{desk.Env()},
	}
	agent := w.Begin(t, run)
	agent.Await(t, "カードリーダーがつながっていません")
	page := agent.Await(t, `(http://127\.0\.0\.1:\d+)/`)[1]
	state := func() (text string, code int) {
		t.Helper()
		out, errs, code := w.Run(t, winetest.Command{Program: winetest.Bridge,
			Args: []string{"status", "--settings", settings}})
		return out + errs, code
	}

	code := agent.Await(t, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]
	if said, exit := state(); exit != 1 || !strings.Contains(said, code) {
		t.Errorf("status while it waits to be paired: %d %s", exit, said)
	}
	var found struct {
		Name   string   `json:"name"`
		Words  []string `json:"words"`
		Ticket string   `json:"ticket"`
	}
	staff.post("bridges", http.StatusCreated, map[string]string{"code": code}, &found)
	if found.Name != "受付1" || len(found.Words) == 0 {
		t.Errorf("%+v", found)
	}
	agent.Await(t, strings.Join(found.Words, "・"))
	var paired struct {
		Paired bool `json:"paired"`
	}
	staff.post(
		"bridges/confirm",
		http.StatusOK,
		map[string]any{"ticket": found.Ticket, "same": true},
		&paired,
	)
	agent.Await(t, "つながりました")
	if !paired.Paired {
		t.Error("the computer was not paired")
	}

	desk.Plug(first)
	agent.Await(t, "カードリーダー: 「"+first+"」")
	if said, exit := state(); exit != 0 || !strings.HasPrefix(said, "つながっています（") {
		t.Errorf("status with a reader: %d %s", exit, said)
	}
	res, err := http.Get(page + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if text, err := io.ReadAll(res.Body); err != nil || !bytes.Contains(text, []byte("つながっています")) {
		t.Errorf("the page of this PC: %v\n%s", err, text)
	}

	t.Run("a case is settled", func(t *testing.T) {
		staff := staff.in(t)
		desk.Insert(first, tokuichi(t, nil))
		defer desk.Pull(first)
		c := staff.opens(screenOf(t, data))
		if c = staff.asksCard(c.ID); c.Card.Result != "confirmed" {
			t.Fatalf("%+v", c.Card)
		}
		staff.post("cases/"+c.ID+"/text-check", http.StatusOK,
			map[string]any{"expiryYear": 2034, "code": "4821"}, &c)
		if c.Text == nil || c.Text.Result != "confirmed" || c.Text.Reading == nil ||
			c.Text.Reading.Name != "髙橋　德一" {
			t.Errorf("the number on the face: %+v", c.Text)
		}
		staff.post("cases/"+c.ID+"/certificate-check", http.StatusOK, nil, &c)
		if c.Certificate == nil || c.Certificate.Result != "confirmed" || c.Certificate.Until == "" {
			t.Errorf("the certificate: %+v", c.Certificate)
		}
		staff.post("cases/"+c.ID+"/oqs-compare", http.StatusOK, nil, &c)
		found := map[string]string{}
		for _, f := range c.OQS {
			found[f.Name] = f.Result
		}
		if found["number"] != "equal" || found["birthDate"] != "different" {
			t.Errorf("the answer of オンライン資格確認: %v", found)
		}
		staff.post("cases/"+c.ID+"/record", http.StatusOK, map[string]string{"outcome": "accepted"}, &c)
		if c.Outcome != "accepted" || c.Ground.Code != "chip" {
			t.Errorf("recorded as %+v", c)
		}
	})

	t.Run("a card pulled too early is put back", func(t *testing.T) {
		staff := staff.in(t)
		defer desk.Pull(first)
		desk.Insert(first, tokuichi(t, func(d *virtual.Description) { d.Faults.PulledAt = 6 }))
		c := staff.opens(screenOf(t, data))
		if c = staff.asksCard(c.ID); c.Card.Result != "error" ||
			!strings.Contains(c.Card.Headline.Ja, "カードが") {
			t.Errorf("pulled: %+v", c.Card)
		}
		desk.Insert(first, tokuichi(t, nil))
		if c = staff.asksCard(c.ID); c.Card.Result != "confirmed" {
			t.Errorf("put back: %+v", c.Card)
		}
	})

	t.Run("another program holds the card", func(t *testing.T) {
		staff := staff.in(t)
		desk.Insert(first, tokuichi(t, nil))
		defer desk.Pull(first)
		c := staff.opens(screenOf(t, data))
		desk.Hold(first, true)
		if c = staff.asksCard(c.ID); c.Card.Result != "error" ||
			!strings.Contains(c.Card.Headline.Ja, "ほかのプログラム") {
			t.Errorf("held: %+v", c.Card)
		}
		desk.Hold(first, false)
		if c = staff.asksCard(c.ID); c.Card.Result != "confirmed" {
			t.Errorf("given back: %+v", c.Card)
		}
	})

	t.Run("a copied card is refused", func(t *testing.T) {
		staff := staff.in(t)
		desk.Insert(first, tokuichi(t, func(d *virtual.Description) { d.Variant = virtual.Copied }))
		defer desk.Pull(first)
		c := staff.opens(screenOf(t, data))
		if c = staff.asksCard(c.ID); c.Card.Result != "refused" || !c.CardRefused {
			t.Errorf("%+v", c.Card)
		}
		staff.post("cases/"+c.ID+"/record", http.StatusConflict,
			map[string]string{"outcome": "accepted"}, nil)
	})

	// Windows ends its Smart Card service when the last reader goes (docs/facts/pcsc.md#windows).
	t.Run("the last reader goes, the service with it, and both come back", func(t *testing.T) {
		staff := staff.in(t)
		agent.Forget()
		desk.Unplug(first)
		agent.Await(t, "カードリーダーがつながっていません")
		desk.Stop()
		agent.Await(t, "サービスが止まっています")
		c := staff.opens(screenOf(t, data))
		if c = staff.asksCard(c.ID); c.Card.Result != "error" ||
			!strings.Contains(c.Card.Headline.Ja, "サービスが止まっています") {
			t.Errorf("while it is stopped: %+v", c.Card)
		}
		agent.Forget()
		desk.Start()
		desk.Plug(second)
		agent.Await(t, "カードリーダー: 「"+second+"」")
		desk.Insert(second, tokuichi(t, nil))
		if c = staff.asksCard(c.ID); c.Card.Result != "confirmed" {
			t.Errorf("back again: %+v", c.Card)
		}
	})

	t.Run("of two readers the one with the card is asked", func(t *testing.T) {
		staff := staff.in(t)
		agent.Forget()
		desk.Plug(first)
		agent.Await(t, "カードリーダー: 「"+second+"」 「"+first+"」")
		desk.Pull(second)
		desk.Insert(first, tokuichi(t, nil))
		c := staff.opens(screenOf(t, data))
		if c = staff.asksCard(c.ID); c.Card.Result != "confirmed" {
			t.Errorf("%+v", c.Card)
		}
	})

	if exit := agent.Interrupt(t); exit != 0 {
		t.Errorf("Ctrl+C ends it with %d", exit)
	}
	if said, exit := state(); exit != 2 || !strings.Contains(said, "bridge start") {
		t.Errorf("status of an agent that has ended: %d %s", exit, said)
	}
	again := w.Begin(t, run) // its key lies in the settings folder: it need not be paired again
	again.Await(t, "つながりました")
	c := staff.opens(screenOf(t, data))
	if c = staff.asksCard(c.ID); c.Card.Result != "confirmed" {
		t.Errorf("after a new start: %+v", c.Card)
	}
}
