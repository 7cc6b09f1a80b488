package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestHelpIsCompleteAndExitsWithZero(t *testing.T) {
	for _, c := range []struct {
		args  string
		words []string
	}{
		{"--help", []string{"check", "readers", "run"}},
		{"check --help", []string{"--birth-date", "--reader", "--virtual", "--issuer-keys", "--test-keys",
			"MADOGUCHI_DEMO", "confirmed", "unverified", "refused", "Exit codes"}},
		{"readers --help", []string{"--json", "--remember", "--forget"}},
		{"run --help", []string{"--server", "--reader", "--virtual", "--key", "--name"}},
	} {
		t.Run(c.args, func(t *testing.T) {
			stdout, stderr, code := run(t, strings.Fields(c.args)...)
			if code != 0 || stderr != "" {
				t.Errorf("bridge %s: exit code %d, %s", c.args, code, stderr)
			}
			for _, word := range c.words {
				if !strings.Contains(stdout, word) {
					t.Errorf("bridge %s does not mention %s", c.args, word)
				}
			}
		})
	}
}

func TestAnUnknownCommandIsWrongUsage(t *testing.T) {
	stdout, stderr, code := run(t, "chekc")
	if code != exitError || stdout != "" || stderr == "" {
		t.Errorf("%d %q %q", code, stdout, stderr)
	}
}

// An answer that nobody got is no answer: a script must not take the code of a card that was checked into a
// full disk's file.
func TestCheckThatCannotBeToldIsAnError(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("this system has no /dev/full: %v", err)
	}
	defer full.Close()
	for _, args := range [][]string{
		{"check", "--birth-date", "1986-04-12", "--virtual", "../virtual/people/taro.json", "--test-keys"},
		{"check"},
	} {
		cmd := exec.Command(bridge, args...)
		cmd.Env = []string{"HOME=" + t.TempDir()}
		var errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = full, &errs
		_ = cmd.Run()
		if code := cmd.ProcessState.ExitCode(); code != 2 || !strings.Contains(errs.String(), "結果") {
			t.Errorf("%v: exit code %d, %q", args, code, errs.String())
		}
	}
}

func TestWrongUsageIsSaidInJapaneseToo(t *testing.T) {
	for _, args := range [][]string{
		{"readers", "--bogus"},
		{"status", "x"},
		{"bogus"},
		{"readers", "--remember", "X", "--forget"},
		{"run", "--server"},
	} {
		out, errs, code := run(t, args...)
		if code != 2 || out != "" || !strings.HasPrefix(errs, "コマンドの書き方") ||
			!strings.Contains(errs, "bridge --help") {
			t.Errorf("%q: %d %q %q", args, code, out, errs)
		}
	}
}
