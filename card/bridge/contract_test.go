package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/message"
)

// The contract of bridge check with its callers: exit codes 0 confirmed, 3 unverified, 1 refused, 2
// error.
var codes = map[string]int{"confirmed": 0, "unverified": 3, "refused": 1, "error": 2}

// bridge is the built program.
var bridge string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "bridge")
	if err != nil {
		panic(err)
	}
	bridge = filepath.Join(folder, "bridge")
	if out, err := exec.Command("go", "build", "-o", bridge, ".").CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// run runs the built program with nothing of this computer's settings.
func run(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	return runWith(t, nil, args...)
}

// runWith is run with more in the environment.
func runWith(t *testing.T, env []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, bridge, args...)
	cmd.Env = append([]string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}, env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exited *exec.ExitError
	if ctx.Err() != nil || err != nil && !errors.As(err, &exited) {
		t.Fatalf("bridge %q: %v %v", args, err, ctx.Err())
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// object is the one JSON object on standard output, read strictly.
type object struct {
	Result    string   `json:"result"`
	Key       string   `json:"key"`
	Args      any      `json:"args"`
	Reason    string   `json:"reason"`
	ReasonEn  string   `json:"reasonEn"`
	Detail    string   `json:"detail"`
	Proves    []string `json:"proves"`
	NotProven []string `json:"notProven"`
	// by which programs tell them apart
	ProvesKeys    []string `json:"provesKeys"`
	NotProvenKeys []string `json:"notProvenKeys"`
	Reader        string   `json:"reader"`
	Virtual       bool     `json:"virtual"`
	TestKeys      bool     `json:"testKeys"`
	Checks        []struct {
		Name     string `json:"name"`
		Result   string `json:"result"`
		Reason   string `json:"reason"`
		ReasonEn string `json:"reasonEn"`
		Key      string `json:"key"`
		Args     any    `json:"args"`
	} `json:"checks"`
}

// checked runs bridge check and verifies the form of what it prints and the exit code.
func checked(t *testing.T, args ...string) object {
	t.Helper()
	stdout, stderr, code := run(t, append([]string{"check"}, args...)...)
	return parse(t, stdout, stderr, code)
}

func parse(t *testing.T, stdout, stderr string, code int) object {
	t.Helper()
	var o object
	decoder := json.NewDecoder(strings.NewReader(stdout))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&o); err != nil {
		t.Fatalf("standard output: %v\n%s%s", err, stdout, stderr)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		t.Errorf("more than one object:\n%s", stdout)
	}
	want, known := codes[o.Result]
	if !known || code != want {
		t.Errorf("result %q with exit code %d", o.Result, code)
	}
	if o.Key == "" || o.Reason == "" || o.ReasonEn == "" || len(o.Checks) == 0 {
		t.Errorf("something is missing in\n%s", stdout)
	}
	for _, c := range o.Checks {
		if c.Name == "" || c.Reason == "" || c.ReasonEn == "" ||
			!slices.Contains([]string{"passed", "failed", "not checked"}, c.Result) {
			t.Errorf("check %+v", c)
		}
		if o.Result == "confirmed" && c.Result != "passed" {
			t.Errorf("confirmed, although %s is %s", c.Name, c.Result)
		}
	}
	for _, claims := range []struct{ said, keys []string }{
		{o.Proves, o.ProvesKeys},
		{o.NotProven, o.NotProvenKeys},
	} {
		if len(claims.said) != len(claims.keys) {
			t.Errorf("%v are the keys of %v", claims.keys, claims.said)
			continue
		}
		for i, key := range claims.keys {
			_, known := message.FindEntry(key)
			if !known || message.New(key, nil).Text("ja") != claims.said[i] {
				t.Errorf("%s is the key of %q", key, claims.said[i])
			}
		}
	}
	if stderr != "" {
		t.Errorf("standard error: %s", stderr)
	}
	return o
}

// write writes a file of the test and returns its path.
func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// person writes the description of a virtual card. The date is the example of
// docs/facts/my-number-card.md#secrets-and-tries.
func person(t *testing.T, more string) string {
	t.Helper()
	return write(t, "card.json", `{"name": "試験 花子", "birthDate": "1980-02-17"`+more+`}`)
}

func TestWhatTheCheckSaysOfEachCard(t *testing.T) {
	for _, c := range []struct {
		name string
		card string
		date string
		keys bool
		want string
		key  string
	}{
		{"genuine", "", "1980-02-17", true, "confirmed", "card.confirmed"},
		{"date as on the card", "", "昭和55年2月17日", true, "confirmed", "card.confirmed"},
		{"date in short", "", "S55.2.17", true, "confirmed", "card.confirmed"},
		{"no issuer keys", "", "1980-02-17", false, "unverified", "card.unverified"},
		{"another date", "", "1980-02-18", true, "refused", "card.birthdate_mismatch"},
		{"copied chip", `, "variant": "copied"`, "1980-02-17", true, "refused", "card.copied"},
		{"forged issuer", `, "variant": "forgedIssuer"`, "1980-02-17", true, "refused", "card.not_genuine"},
		{"altered record", `, "variant": "altered"`, "1980-02-17", true, "refused", "card.not_genuine"},
		{"phone", `, "variant": "phone"`, "1980-02-17", true, "refused", "card.phone"},
		{"old resident card", `, "variant": "oldCard"`, "1980-02-17", true, "refused", "card.juki"},
		{"not a My Number card", `, "variant": "otherCard"`, "1980-02-17", true, "refused",
			"card.not_my_number_card"},
		{"three tries left", `, "tries": 3`, "1980-02-17", true, "confirmed", "card.confirmed"},
		{"two tries left", `, "tries": 2`, "1980-02-17", true, "refused", "card.few_tries"},
		{"blocked", `, "tries": 0`, "1980-02-17", true, "refused", "card.blocked"},
		{"day unknown", "", "1980-02", true, "refused", "card.key_form"},
		{"month and day unknown", "", "1980年月日不詳", false, "refused", "card.key_form"},
		{"iPhone", `, "variant": "iPhone"`, "1980-02-17", true, "refused", "card.phone"},
		{"card without PINs", `, "variant": "pinless"`, "1980-02-17", true, "confirmed", "card.confirmed"},
		{"slow as real cards", `, "faults": {"slow": true}`, "1980-02-17", true, "confirmed",
			"card.confirmed"},
		{"pulled in mid-flow", `, "faults": {"pulledAt": 5}`, "1980-02-17", true, "error", "card.removed"},
		{"reader unplugged", `, "faults": {"readerGoneAt": 5}`, "1980-02-17", true, "error",
			"card.no_reader"},
		{"no answer in time", `, "faults": {"muteAt": 5}`, "1980-02-17", true, "error", "card.timeout"},
		{"nonsense", `, "faults": {"garbageAt": 5}`, "1980-02-17", true, "error", "card.unexpected"},
		{"copied, no issuer keys", `, "variant": "copied"`, "1980-02-17", false, "refused", "card.copied"},
		{"forged, and no keys know", `, "variant": "forgedIssuer"`, "1980-02-17", false, "unverified",
			"card.unverified"},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := []string{"--birth-date", c.date, "--virtual", person(t, c.card), "--timeout", "2s"}
			if c.keys {
				args = append(args, "--test-keys")
			}
			o := checked(t, args...)
			if o.Result != c.want || o.Key != c.key {
				t.Errorf("%s, %s; want %s, %s", o.Result, o.Key, c.want, c.key)
			}
			if strings.Contains(o.Reason+o.Detail, "1980") || strings.Contains(o.Reason+o.Detail, "花子") {
				t.Errorf("the answer repeats who was asked about: %+v", o)
			}
		})
	}
}

// publicKey is the test issuer's, as the operator would be given it.
func publicKey() (id []byte, key *rsa.PublicKey) {
	k := virtual.TestIssuerKeys()[0]
	id, _ = hex.DecodeString(k.ID)
	return id, k.Key.(*rsa.PublicKey)
}

func keysJSON(id string, key *rsa.PublicKey) string {
	return fmt.Sprintf(`[{"keyId": %q, "n": %q, "e": %q}]`, id,
		base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
		base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()))
}

func keysPEM(t *testing.T, headers map[string]string, key *rsa.PublicKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Headers: headers, Bytes: der}))
}

func TestIssuerKeysInEveryFormThatHelpNames(t *testing.T) {
	id, key := publicKey()
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	idHex := hex.EncodeToString(id)
	for _, c := range []struct {
		name            string
		file, want, key string
	}{
		{"JSON, hexadecimal", keysJSON(idHex, key), "confirmed", "card.confirmed"},
		{"JSON, hexadecimal in capitals", keysJSON(strings.ToUpper(idHex), key), "confirmed",
			"card.confirmed"},
		{"JSON, base64url", keysJSON(base64.RawURLEncoding.EncodeToString(id), key), "confirmed",
			"card.confirmed"},
		{"PEM with the key's id", keysPEM(t, map[string]string{"Key-Id": idHex}, key), "confirmed",
			"card.confirmed"},
		{"PEM with another id", keysPEM(t, map[string]string{"Key-Id": strings.Repeat("0", 32)}, key),
			"refused", "card.not_genuine"},
		{"another key under this id", keysJSON(idHex, &other.PublicKey), "refused", "card.not_genuine"},
		{"an unknown issuer", keysJSON(strings.Repeat("0", 32), &other.PublicKey), "refused",
			"card.not_genuine"},
		{"an id too short", keysJSON("00", key), "error", "bridge.issuer_keys"},
		{"no key at all", "[]", "error", "bridge.issuer_keys"},
		{"neither JSON nor PEM", "keys", "error", "bridge.issuer_keys"},
		{"an empty file", "", "error", "bridge.issuer_keys"},
		{"a private key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}})),
			"error", "bridge.issuer_keys"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := checked(t, "--birth-date", "1980-02-17", "--virtual", person(t, ""), "--issuer-keys",
				write(t, "keys", c.file))
			if o.Result != c.want || o.Key != c.key {
				t.Errorf("%s, %s (%s); want %s, %s", o.Result, o.Key, o.Detail, c.want, c.key)
			}
		})
	}
}

func TestWrongUsageIsAnErrorObjectToo(t *testing.T) {
	card := person(t, "")
	missing := filepath.Join(t.TempDir(), "missing")
	date := []string{"--birth-date", "1980-02-17"}
	for _, c := range []struct {
		name string
		args []string
		key  string
	}{
		{"nothing", nil, "bridge.usage"},
		{"no date", []string{"--virtual", card}, "bridge.usage"},
		{"a flag that is not there", append(date, "--pin", "1234"), "bridge.usage"},
		{"a word too much", append(date, "--virtual", card, "now"), "bridge.usage"},
		{"a flag without its value", append(date, "--virtual"), "bridge.usage"},
		{"not a time", append(date, "--virtual", card, "--timeout", "soon"), "bridge.usage"},
		{"impossible date", []string{"--birth-date", "1980-02-30", "--virtual", card}, "bridge.birth_date"},
		{"a day that its era did not have", []string{"--birth-date", "昭和65年2月17日", "--virtual", card},
			"bridge.birth_date"},
		{"not a date", []string{"--birth-date", "yesterday", "--virtual", card}, "bridge.birth_date"},
		{"an empty date", []string{"--birth-date", "", "--virtual", card}, "bridge.birth_date"},
		{"a date yet to come", []string{"--birth-date", "2999-01-01", "--virtual", card},
			"bridge.birth_date"},
		{"reader and virtual card", append(date, "--reader", "ACS", "--virtual", card),
			"bridge.reader_and_virtual"},
		{"virtual card missing", append(date, "--virtual", missing), "bridge.virtual"},
		{"virtual card is a folder", append(date, "--virtual", t.TempDir()), "bridge.virtual"},
		{"virtual card is not JSON", append(date, "--virtual", write(t, "card", "card")), "bridge.virtual"},
		{"virtual card of an unknown kind", append(date, "--virtual", person(t, `, "variant": "gold"`)),
			"bridge.virtual"},
		{"issuer keys missing", append(date, "--virtual", card, "--issuer-keys", missing),
			"bridge.issuer_keys"},
		{"test keys with a reader", append(date, "--test-keys"), "bridge.test_keys"},
		{"test keys and issuer keys",
			append(date, "--virtual", card, "--test-keys", "--issuer-keys", missing), "bridge.two_keys"},
		{"no time", append(date, "--virtual", card, "--timeout", "0s"), "bridge.time"},
		{"too much time", append(date, "--virtual", card, "--timeout", "2h"), "bridge.time"},
		{"waiting for ever", append(date, "--wait", "1000h"), "bridge.time"},
		{"settings that cannot be read", append(date, "--settings", t.TempDir()), "bridge.settings"},
		{"settings that are not JSON", append(date, "--settings", write(t, "settings", "reader=1")),
			"bridge.settings"},
		{"date of birth too old for an era", []string{"--birth-date", "1800-01-01", "--virtual", card},
			"card.key_form"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := checked(t, slices.Clone(c.args)...)
			want := "error"
			if strings.HasPrefix(c.key, "card.") {
				want = "refused"
			}
			if o.Result != want || o.Key != c.key {
				t.Errorf("%s, %s (%s); want %s, %s", o.Result, o.Key, o.Detail, want, c.key)
			}
			for _, step := range o.Checks {
				if step.Result != "not checked" {
					t.Errorf("%s was %s although no card was asked", step.Name, step.Result)
				}
			}
		})
	}
}

// The card does not even exist here, so it cannot have been touched.
func TestAPartialDateIsRefusedBeforeAnyCardIsTouched(t *testing.T) {
	o := checked(t, "--birth-date", "1950-00-00", "--virtual", filepath.Join(t.TempDir(), "missing"))
	if o.Result != "refused" || o.Key != card.ErrKeyForm.Key {
		t.Errorf("%s, %s", o.Result, o.Key)
	}
}

func TestACheckThatIsInterruptedSaysSo(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), bridge, "check", "--birth-date", "1980-02-17", "--timeout", "60s",
		"--virtual", person(t, `, "faults": {"muteAt": 1}`))
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(time.Second, func() { _ = cmd.Process.Signal(os.Interrupt) })
	defer timer.Stop()
	var exited *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exited) {
		t.Fatal(err)
	}
	if o := parse(t, out.String(), errs.String(), cmd.ProcessState.ExitCode()); o.Key != "bridge.stopped" {
		t.Errorf("%+v", o)
	}
}
