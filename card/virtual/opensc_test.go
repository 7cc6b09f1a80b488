package virtual_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"madoguchi/card/virtual"
	"madoguchi/internal/pcscdtest"
	"madoguchi/internal/testenv"
)

const (
	toolTime = 20 * time.Second
	second   = "3BC5FF8131FB458073C6010000" // an ATR that OpenSC does not know: it finds the card by SELECT
)

// inReader puts a card into the first reader of pcscdtest until the test ends or pull is called, and waits
// until OpenSC sees it.
func inReader(t *testing.T, b *pcscdtest.Bench, c *virtual.Card) (pull func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- virtual.Plug(ctx, b.Address(0), c) }()
	pull = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the card ended: %v", err)
		}
		ended <- nil
	}
	t.Cleanup(pull)
	waitForCard(t, b, "Yes")
	return pull
}

func waitForCard(t *testing.T, b *pcscdtest.Bench, want string) {
	t.Helper()
	row := regexp.MustCompile(`(?m)^0\s+` + want)
	for range 50 {
		if out, _, _ := b.Run(toolTime, "opensc-tool", "-l"); row.MatchString(out) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("OpenSC never said %q of the first reader", want)
}

// pkcs11Module is where Debian's opensc-pkcs11 puts it, whatever the architecture.
func pkcs11Module(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/*/opensc-pkcs11.so")
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		return "/usr/lib/opensc-pkcs11.so"
	}
	return found[0]
}

// OpenSC and openssl are the judges: other people's programs, which know the real card
// (docs/facts/pcsc.md#independent-clients).
func TestOpenSCTakesTheCardForAMyNumberCard(t *testing.T) {
	testenv.Need(t, "opensc-tool", "pkcs15-tool", "pkcs15-crypt", "pkcs11-tool", "openssl")
	testenv.NeedFile(t, pkcs11Module(t), "the package opensc brings it")
	b := pcscdtest.Start(t)
	if b == nil {
		return
	}
	for _, atr := range []string{"", second} {
		c := insert(t, virtual.Description{ATR: atr})
		pull := inReader(t, b, c)
		examine(t, b, c)
		pull()
		waitForCard(t, b, "No")
	}
}

// run runs a tool that must succeed and returns what it said.
func run(t *testing.T, b *pcscdtest.Bench, name string, args ...string) string {
	t.Helper()
	out, errs, code := b.Run(toolTime, name, args...)
	if code != 0 {
		t.Fatalf("%s %v: exit code %d\n%s%s", name, args, code, out, errs)
	}
	return out
}

func examine(t *testing.T, b *pcscdtest.Bench, c *virtual.Card) {
	t.Helper()
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string, data []byte) string {
		t.Helper()
		if err := os.WriteFile(file(name), data, 0o600); err != nil {
			t.Fatal(err)
		}
		return file(name)
	}
	if out := run(t, b, "opensc-tool", "-r", "0", "-n"); !strings.Contains(strings.ToLower(out), "jpki") {
		t.Errorf("recognised as %q", out)
	}
	list := run(t, b, "pkcs15-tool", "-r", "0", "-D")
	for _, c := range []struct {
		part string
		want int
	}{
		{"PIN [", 2},
		{"Private RSA Key [", 2},
		{"X.509 Certificate [", 4},
	} {
		t.Run(c.part, func(t *testing.T) {
			if n := strings.Count(list, c.part); n != c.want {
				t.Errorf("%d times %q, want %d:\n%s", n, c.part, c.want, list)
			}
		})
	}
	for _, tries := range []string{`Tries left\s*: 3`, `Tries left\s*: 5`} {
		if !regexp.MustCompile(tries).MatchString(list) {
			t.Errorf("no %q:\n%s", tries, list)
		}
	}

	// Certificates: the user's without a PIN, chained to its CA by openssl; the signature's only with the
	// password.
	user := write("user.pem", []byte(run(t, b, "pkcs15-tool", "-r", "0", "--read-certificate", "1")))
	ca := write("ca.pem", []byte(run(t, b, "pkcs15-tool", "-r", "0", "--read-certificate", "3")))
	out := run(t, b, "openssl", "verify", "-attime", "1796083200", "-CAfile", ca, user)
	if !strings.Contains(out, "OK") { // 2026-12-01
		t.Error(out)
	}
	out = run(t, b, "openssl", "x509", "-in", user, "-noout", "-enddate")
	if !strings.Contains(out, "Mar 31 14:59:59 2031 GMT") {
		t.Errorf("the certificate ends %s", out)
	}
	out, _, code := b.Run(toolTime, "pkcs15-tool", "-r", "0", "--read-certificate", "2")
	if code == 0 && strings.Contains(out, "BEGIN CERTIFICATE") {
		t.Error("the signature certificate was read without its password")
	}
	run(t, b, "pkcs15-tool", "-r", "0", "--read-certificate", "2", "--verify-pin", "--auth-id", "02", "--pin",
		"ABC123")

	// Signatures by both of OpenSC's tools, verified by openssl.
	message := []byte("窓口")
	digest := sha256.Sum256(message)
	public := write("user.pub", []byte(run(t, b, "openssl", "x509", "-in", user, "-pubkey", "-noout")))
	plain, hashed := write("message", message), write("message.sha256", digest[:])
	run(t, b, "pkcs15-crypt", "-r", "0", "-s", "-k", "1", "--pin", "1234", "--sha-256", "--pkcs1", "-i",
		hashed, "-o", file("signature"), "-R")
	run(t, b, "openssl", "dgst", "-sha256", "-verify", public, "-signature", file("signature"), plain)
	module := pkcs11Module(t)
	out = run(t, b, "pkcs11-tool", "--module", module, "-L")
	if !strings.Contains(out, "JPKI (User Authentication PIN)") {
		t.Error(out)
	}
	run(t, b, "pkcs11-tool", "--module", module, "--token-label", "JPKI (User Authentication PIN)", "-l",
		"-p", "1234", "-s", "-m", "SHA256-RSA-PKCS",
		"--id", "01", "-i", plain, "-o", file("signature2"))
	run(t, b, "openssl", "dgst", "-sha256", "-verify", public, "-signature", file("signature2"), plain)
	one, err := os.ReadFile(file("signature"))
	if err != nil {
		t.Fatal(err)
	}
	if two, err := os.ReadFile(file("signature2")); err != nil || !bytes.Equal(one, two) {
		t.Errorf("PKCS #1 v1.5 signatures of one message differ (%v)", err)
	}

	// The PIN's counter: a wrong one takes a try, the right one gives all back, three wrong ones block.
	pin := func(pin string) string {
		out, errs, _ := b.Run(toolTime, "pkcs15-tool", "-r", "0", "--verify-pin", "--auth-id", "01", "--pin",
			pin)
		return out + errs
	}
	pin("0000")
	if left := c.TriesLeft().UserPIN; left != 2 {
		t.Errorf("%d tries left after a wrong PIN", left)
	}
	pin("1234")
	if left := c.TriesLeft().UserPIN; left != 3 {
		t.Errorf("%d tries left after the right PIN", left)
	}
	for range 3 {
		if out := pin("0000"); !strings.Contains(out, "PIN code or key incorrect") {
			t.Errorf("a wrong PIN: %s", out)
		}
	}
	if out := pin("1234"); c.TriesLeft().UserPIN != 0 || strings.Contains(out, "PIN code correct") {
		t.Errorf("the right PIN after three wrong ones: %+v %s", c.TriesLeft(), out)
	}
	number, _ := c.ForbiddenNumber()
	for _, command := range c.Commands() {
		if bytes.Contains(command, []byte(number)) {
			t.Error("OpenSC presented the My Number")
		}
	}
}

// The program that plugs a card in, as people start it.
func TestCommandPlugsACardIn(t *testing.T) {
	testenv.Need(t, "go", "opensc-tool")
	b := pcscdtest.Start(t)
	if b == nil {
		return
	}
	binary := filepath.Join(t.TempDir(), "vpcd")
	run(t, b, "go", "build", "-o", binary, "./vpcd")
	cmd := exec.Command(binary, "--card", "people/taro.json", "--address", b.Address(0))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	waitForCard(t, b, "Yes")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(said.String(), "試験 太郎") {
		t.Errorf("%v\n%s", err, said.String())
	}
	waitForCard(t, b, "No")
}
