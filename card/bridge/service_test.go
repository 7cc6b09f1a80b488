package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/card/virtual"
	"madoguchi/eligibility"
	"madoguchi/internal/pcscdtest"
)

const (
	slot0 = "Virtual PCD 00 00"
	slot1 = "Virtual PCD 00 01"
)

// at runs the built program against pcscdtest's service, with demo mode and settings of its own.
func at(t *testing.T, settings string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	return runWith(t, []string{"MADOGUCHI_DEMO=true", "MADOGUCHI_BRIDGE_SETTINGS=" + settings}, args...)
}

// lay puts a card into a slot and waits until the program sees it.
func lay(t *testing.T, b *pcscdtest.Bench, slot int, d virtual.Description) (pull func()) {
	t.Helper()
	c, err := virtual.New(d)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = virtual.Plug(ctx, b.Address(slot), c) // ends when it is pulled
	}()
	see(t, []string{slot0, slot1}[slot], true)
	return func() { cancel(); <-done }
}

// see waits until the program sees a card in a reader, or none.
func see(t *testing.T, reader string, card bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		out, _, _ := at(t, filepath.Join(t.TempDir(), "none"), "readers")
		if strings.Contains(out, "カードあり  "+reader) == card {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waiting for a card in %s: %v; listed\n%s", reader, card, out)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func TestTheBuiltProgramThroughPcscd(t *testing.T) {
	b := pcscdtest.Start(t)
	if b == nil {
		return
	}
	settings := filepath.Join(t.TempDir(), "bridge.json")
	expect := func(what, result, key string, args ...string) object {
		t.Helper()
		out, errs, code := at(t, settings,
			append([]string{"check", "--birth-date", "1980-02-17"}, args...)...)
		o := parse(t, out, errs, code)
		if o.Result != result || o.Key != key {
			t.Errorf("%s: %s, %s (%s); want %s, %s", what, o.Result, o.Key, o.Detail, result, key)
		}
		return o
	}
	hanako := eligibility.MustDate("1980-02-17")

	expect("both readers empty", "error", "card.none")
	expect("a reader that is not there", "error", "reader.choice", "--reader", "ACS ACR39U 00 00")

	pull1 := lay(t, b, 1, virtual.Description{Name: "試験 花子", BirthDate: hanako})
	o := expect("the card in the second slot", "confirmed", "card.confirmed", "--test-keys")
	if o.Reader != slot1 || o.Virtual || !o.TestKeys {
		t.Errorf("the answer names reader %q, virtual %v, test keys %v", o.Reader, o.Virtual, o.TestKeys)
	}
	expect("without issuer keys", "unverified", "card.unverified")
	expect("the empty reader by name", "error", "card.none", "--reader", slot0)

	pull0 := lay(t, b, 0, virtual.Description{Name: "試験 電話", BirthDate: hanako, Variant: virtual.Phone})
	expect("a phone lies in the first slot", "refused", "card.phone", "--test-keys")
	expect("the other reader by name", "confirmed", "card.confirmed", "--test-keys", "--reader", slot1)

	out, errs, code := at(t, settings, "readers")
	if want := "→ カードあり  " + slot0 + "\n  カードあり  " + slot1 + "\n"; code != 0 || errs != "" || out != want {
		t.Errorf("readers: %d %s\n%swant\n%s", code, errs, out, want)
	}
	if _, errs, code = at(t, settings, "readers", "--remember", slot1); code != 0 || errs != "" {
		t.Errorf("readers --remember: %d %s", code, errs)
	}
	expect("the remembered reader", "confirmed", "card.confirmed", "--test-keys")
	out, _, code = at(t, settings, "readers", "--json")
	var listed struct {
		Readers []struct {
			Name                string
			Card, InUse, Chosen bool
		}
	}
	err := json.Unmarshal([]byte(out), &listed)
	if err != nil || code != 0 || len(listed.Readers) != pcscdtest.Slots ||
		listed.Readers[0].Chosen || !listed.Readers[1].Chosen || !listed.Readers[1].Card {
		t.Errorf("readers --json: %d %v %s", code, err, out)
	}
	pull1()
	see(t, slot1, false)
	expect("the remembered reader is empty", "error", "card.none")
	if _, _, code = at(t, settings, "readers", "--forget"); code != 0 {
		t.Errorf("readers --forget: %d", code)
	}
	expect("after forgetting, the first card again", "refused", "card.phone")
	pull0()

	waited := make(chan object)
	go func() {
		out, errs, code := at(t, settings, "check", "--birth-date", "1980-02-17", "--test-keys", "--reader",
			slot1, "--wait", "20s")
		waited <- parse(t, out, errs, code)
	}()
	time.Sleep(300 * time.Millisecond)
	pull1 = lay(t, b, 1, virtual.Description{Name: "試験 花子", BirthDate: hanako})
	if o := <-waited; o.Result != "confirmed" {
		t.Errorf("waiting for a card: %+v", o)
	}
	pull1()

	b.Kill()
	expect("the service is dead", "error", "reader.service")
	out, errs, code = at(t, settings, "readers")
	if code != exitError || out != "" || !strings.Contains(errs, "サービス") {
		t.Errorf("readers without the service: %d %q %q", code, out, errs)
	}
}

// The agent keeps running without a reader and says what it sees; that it serves the reception's page is
// e2e's to show.
func TestTheAgentSaysWhichReadersItHas(t *testing.T) {
	b := pcscdtest.Start(t)
	if b == nil {
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, bridge, "--server", "http://127.0.0.1:9", "--name", "受付1", "--key",
		filepath.Join(t.TempDir(), "agent.pem"))
	cmd.Env = []string{"HOME=" + t.TempDir()}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	until := func(words string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), words) {
				return
			}
		}
		t.Fatalf("the agent never said %q", words)
	}
	until("カードリーダー: 「" + slot0 + "」 「" + slot1 + "」")
	b.Kill()
	until("サービスが止まっています")
	b.Restart()
	until(slot0)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after an interrupt: %v", err)
	}
}
