package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/internal/demotest"
	"madoguchi/internal/testenv"
)

// serveOn starts the server on an existing data folder.
func serveOn(t *testing.T, data string) string {
	t.Helper()
	p := start(t, data, built(t, "./server", "madoguchi"),
		[]string{"MADOGUCHI_ADDR=127.0.0.1:0", "MADOGUCHI_DATA=" + data})
	return p.out.await(t, `(http://localhost:\d+)/`)[1]
}

func fetchText(t *testing.T, address string) string {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s %v", res.Status, err)
	}
	return string(text)
}

// The written contract of keys, asked of the built program beside a running server: exit codes, one line an
// insurer, and that the server follows without a new start.
func TestKeysAreRotatedUnderARunningServerAndALostOneIsReplaced(t *testing.T) {
	data := t.TempDir()
	folder := filepath.Join(data, "demo", "keys")
	keys := func(want int, args ...string) (out, errs string) {
		t.Helper()
		out, errs, code := run(t, data, built(t, "./server", "madoguchi"), nil,
			[]string{"MADOGUCHI_DATA=" + data}, append([]string{"keys"}, args...)...)
		if code != want {
			t.Fatalf("keys %v: exit code %d, want %d\n%s%s", args, code, want, out, errs)
		}
		return out, errs
	}
	if _, errs := keys(2, "list"); !strings.Contains(errs, "MADOGUCHI_DATA") {
		t.Errorf("a folder that is not there: %s", errs)
	}
	t.Run("rotation", func(t *testing.T) {
		base := serveOn(t, data)
		first := demotest.Published(t, base)
		if out, _ := keys(0, "rotate"); strings.Count(out, "\n") != 3 || strings.Count(out, "公開しました") != 3 {
			t.Errorf("not one line for each of three insurers: %s", out)
		}
		both := demotest.Published(t, base)
		if len(first) != 1 || len(both) != 2 || both[0].ID != first[0].ID {
			t.Fatalf("published %d keys, then %d", len(first), len(both))
		}
		if out, _ := keys(0, "rotate", "--insurer", "138990"); !strings.Contains(out, "から切り替えられます") ||
			len(demotest.Published(t, base)) != 2 {
			t.Errorf("again, too soon: %s", out)
		}
		register := filepath.Join(folder, "issuer-00138990.json")
		text, err := os.ReadFile(register)
		if err != nil {
			t.Fatal(err)
		}
		// as if a day had gone by
		yesterday := regexp.MustCompile(`"published": "\d{4}`).ReplaceAll(text, []byte(`"published": "2020`))
		if err := os.WriteFile(register, yesterday, 0o600); err != nil {
			t.Fatal(err)
		}
		young, _ := keys(0, "rotate", "--insurer", "138990", "--older-than", "365")
		if !strings.Contains(young, "から切り替えられます") {
			t.Errorf("a nightly job rotates a young key: %s", young)
		}
		if out, _ := keys(0, "rotate", "--insurer", "138990"); !strings.Contains(out, "署名を始めました") {
			t.Errorf("%s", out)
		}
		now := demotest.Published(t, base)
		if len(now) != 2 || now[0].ID != both[1].ID || now[1].ID != first[0].ID {
			t.Error("the running server does not sign with the next key, or forgot the retired one")
		}
		// A counter that knows the first key only follows from it to the one that signs now (docs/trust.md,
		// "New keys").
		iss := "https://localhost:8080/i/00138990"
		said, err := credential.EndorsementCheck{ISS: iss, Listed: first, Now: time.Now()}.Open(fetchText(t,
			base+"/i/00138990/.well-known/keys.jwt"))
		if err != nil || said[len(said)-1].Keys[0].ID != both[1].ID {
			t.Errorf("the key that signs now is not vouched for: %v %+v", err, said)
		}
	})
	var before []struct {
		Insurer string
		Keys    []struct {
			State, File string
			Private     bool
			JWK         credential.PublicKey
		}
		PDF string
	}
	out, _ := keys(0, "list", "--json", "--insurer", "138990")
	if err := json.Unmarshal([]byte(out), &before); err != nil || len(before) != 1 ||
		len(before[0].Keys) != 2 || before[0].Keys[0].State != "current" ||
		// the demo's own
		!before[0].Keys[0].Private || before[0].Keys[1].State != "retired" || before[0].PDF != "valid" {
		t.Fatalf("%v %s", err, out)
	}
	lost := before[0].Keys[0]
	if err := os.Remove(filepath.Join(folder, lost.File)); err != nil {
		t.Fatal(err)
	}
	_, errs, code := run(t, data, built(t, "./server", "madoguchi"), nil,
		[]string{"MADOGUCHI_ADDR=127.0.0.1:0", "MADOGUCHI_DATA=" + data})
	if code != 1 || !strings.Contains(errs, "madoguchi keys rotate --lost --insurer 00138990") {
		t.Fatalf("started without its key, or did not name the command: %d %s", code, errs)
	}
	if out, errs := keys(1, "list"); !strings.Contains(out, "lost") || !strings.Contains(errs, "--lost") {
		t.Errorf("%s%s", out, errs)
	}
	if out, errs := keys(1, "rotate"); strings.Count(out, "\n") != 2 || !strings.Contains(errs, "--lost") {
		t.Errorf("one insurer's loss stops the others: %s%s", out, errs)
	}
	keys(0, "rotate", "--lost") // all insurers: only the lost one is replaced
	base := serveOn(t, data)
	set := demotest.Published(t, base)
	if _, kept := set.Find(lost.JWK.ID); !kept || set[0].ID == lost.JWK.ID {
		t.Errorf("the lost key signs, or its public half is gone")
	}
	for _, wrong := range [][]string{{"rotate", "--insurer", "138991"}, {"rotate", "--insurer", "06139000"},
		{"rotate", "--lost", "--leaked"}, {"rotate", "--leaked"},
		{"rotate", "--kid", "x"}, {"csr"}, {"csr", "--insurer", "all"},
		{"csr", "--insurer", "138990", "--subject", "架空市"}, {"import", "--insurer", "138990"},
		{"import", "--insurer", "138990", "--cert", filepath.Join(data, "none.pem")},
		{"rotate", "--older-than=-1"}} {
		keys(2, wrong...)
	}
	keys(1, "rotate", "--leaked", "--insurer", "138990", "--kid", "nobody's")
	keys(0, "rotate", "--leaked", "--insurer", "138990")
	withdrawn := 0
	list, _ := keys(0, "list", "--insurer", "138990")
	// docs/keys.md: a dropped key is not in the JWKS, from that moment on
	for line := range strings.Lines(list) {
		if strings.Contains(line, "dropped") {
			withdrawn++
			if strings.Contains(line, "まで") {
				t.Errorf("a withdrawn key seems to be published: %s", line)
			}
		}
	}
	if withdrawn == 0 {
		t.Errorf("%d withdrawn: %s", withdrawn, list)
	}
	if _, errs, code := run(t, data, built(t, "./server", "madoguchi"), nil,
		[]string{"MADOGUCHI_DATA=" + data, "MADOGUCHI_URL=https://hoken.example.jp"}, "keys",
		"list"); code != 2 || errs == "" {
		t.Errorf("settings that cannot be: %d %q", code, errs)
	}
}

// A certificate as an authority made by openssl gives it, by the commands that docs/keys.md names.
func TestACertificateForPDFsIsRequestedAndImportedByCommand(t *testing.T) {
	testenv.Need(t, "openssl")
	data := t.TempDir()
	t.Run("first start", func(t *testing.T) { serveOn(t, data) })
	// the demo's, moved away as docs/keys.md says
	for _, own := range []string{"pdf-00138990.pem", "pdf-00138990.crt"} {
		if err := os.Remove(filepath.Join(data, "demo", "keys", own)); err != nil {
			t.Fatal(err)
		}
	}
	do := func(want int, program string, args ...string) string {
		t.Helper()
		out, errs, code := run(t, data, program, nil, []string{"MADOGUCHI_DATA=" + data}, args...)
		if code != want {
			t.Fatalf("%s %v: exit code %d, want %d\n%s%s", filepath.Base(program), args, code, want, out,
				errs)
		}
		return out + errs
	}
	program := built(t, "./server", "madoguchi")
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Fatal(err)
	}
	if out := do(1, program, "keys", "import", "--insurer", "138990", "--cert",
		filepath.Join(data, "demo", "trust.jwt")); !strings.Contains(out, "keys csr --insurer 00138990") {
		t.Errorf("%s", out)
	}
	if out := do(1, program, "keys", "csr", "--insurer", "138990", "--subject", "CN=架空市,O=架空市,C=JP", "--out",
		"city.csr"); !strings.Contains(out, "keys accept pdf-00138990.pem") {
		t.Errorf("%s", out)
	}
	do(0, program, "keys", "accept", "pdf-00138990.pem")
	do(0, program, "keys", "csr", "--insurer", "138990", "--subject", "CN=架空市,O=架空市,C=JP", "--out",
		"city.csr")
	verified := do(0, openssl, "req", "-verify", "-noout", "-in", "city.csr")
	if !strings.Contains(verified, "verify OK") {
		t.Errorf("%s", verified)
	}
	do(0, openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
		"-keyout", "ca.key", "-subj", "/CN=Test CA", "-days", "30", "-out", "ca.crt")
	do(0, openssl, "x509", "-req", "-in", "city.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
		"-days", "30", "-out", "city.crt")
	if out := do(1, program, "keys", "import", "--insurer", "138990", "--cert",
		"ca.crt"); !strings.Contains(out, "申請書") || !strings.Contains(out, "request") {
		t.Errorf("%s", out)
	}
	if out := do(0, program, "keys", "import", "--insurer", "138990", "--cert",
		"city.crt"); !strings.Contains(out, "取り込みました") {
		t.Errorf("%s", out)
	}
	stays := func() {
		t.Helper()
		out := do(0, program, "keys", "list", "--json", "--insurer", "138990")
		if !strings.Contains(out, `"pdf": "valid"`) {
			t.Errorf("%s", out)
		}
	}
	stays()
	imported, err := os.ReadFile(filepath.Join(data, "demo", "keys", "pdf-00138990.crt"))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("second start", func(t *testing.T) { serveOn(t, data) })
	stays()
	if now, err := os.ReadFile(filepath.Join(data, "demo", "keys", "pdf-00138990.crt")); err != nil ||
		!bytes.Equal(now, imported) {
		t.Errorf("the demo replaced an imported certificate: %v", err)
	}
}
