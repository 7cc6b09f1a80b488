package main

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// built builds a program of this module for Linux, with or without the demo, and returns its bytes and the
// names of its symbols.
func built(t *testing.T, program, tags string) (data []byte, symbols string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "program")
	cmd := exec.Command("go", "build", "-tags", tags, "-o", file, "./"+program)
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", program, err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	object, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	all, err := object.Symbols()
	if err != nil || len(all) < 1_000 {
		t.Fatalf("%d symbols: %v", len(all), err)
	}
	names := make([]string, len(all))
	for i, symbol := range all {
		names[i] = symbol.Name
	}
	return data, strings.Join(names, "\n")
}

// testKeys are the private keys that virtual cards sign with and are issued by.
func testKeys(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../card/virtual/testkeys/*.pem")
	if err != nil || len(files) != 4 {
		t.Fatalf("%q %v", files, err)
	}
	all := map[string][]byte{}
	for _, file := range files {
		if all[filepath.Base(file)], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// A program that is built with -tags nodemo holds nothing of the demo: neither its code nor its keys, people
// or authority. That the same search finds them in the ordinary program shows that it can.
func TestAProgramWithoutTheDemoHoldsNothingOfIt(t *testing.T) {
	for _, c := range []struct {
		program string
		symbols []string
		texts   []string
		keys    []string
	}{
		{
			program: "server",
			symbols: []string{
				"madoguchi/auth/demoidp.New",
				"madoguchi/card/virtual.TestIssuerKeys",
				"madoguchi/server/demo.SignIn",
				"madoguchi/server/trust.NewSigner",
				"madoguchi/server/trust.(*Signer).",
			},
			texts: []string{
				"髙橋　德一", "試験　太郎", "試験　花子", // who can sign in at its provider
				"demo-tokuichi", "demo-taro", "demo-hanako",
				"鈴木", "佐藤", "田中", // names to pick
				"架空協会けんぽ理事長",
				"RP00000001",
				"DEMO Madoguchi PDF CA",
				"DEMO-pdf-ca.pem",
				"demo-idp.pem",
			},
			keys: []string{"ca.pem"}, // of the issuer, whose public half the demo trusts
		},
		{
			program: "card/bridge",
			symbols: []string{"madoguchi/card/virtual.New", "madoguchi/card/virtual.TestUserRoots"},
			keys:    []string{"ca.pem", "issuing.pem", "signature.pem", "user.pem"},
		},
	} {
		t.Run(c.program, func(t *testing.T) {
			ordinary, ordinarySymbols := built(t, c.program, "")
			without, withoutSymbols := built(t, c.program, "nodemo")
			compare := func(what string, there, left bool) {
				if !there {
					t.Errorf("%s is not even in the ordinary program: the search proves nothing", what)
				}
				if left {
					t.Errorf("%s is in the program without the demo", what)
				}
			}
			for _, s := range c.symbols {
				compare(s, strings.Contains(ordinarySymbols, s), strings.Contains(withoutSymbols, s))
			}
			for _, text := range c.texts {
				compare(text, bytes.Contains(ordinary, []byte(text)), bytes.Contains(without, []byte(text)))
			}
			keys := testKeys(t)
			for _, name := range c.keys {
				compare(name, bytes.Contains(ordinary, keys[name]), bytes.Contains(without, keys[name]))
			}
			for name, key := range keys {
				if bytes.Contains(without, key) {
					t.Errorf("%s is in the program without the demo", name)
				}
			}
			for _, room := range []string{"madoguchi/card/virtual.", "madoguchi/auth/demoidp."} {
				if strings.Contains(withoutSymbols, room) {
					t.Errorf("code of %s is in the program without the demo", room)
				}
			}
		})
	}
}

// The contract of the bridge's exit codes: a program for live use has no virtual cards, says so and exits
// with 2.
func TestABridgeWithoutTheDemoSaysThatItHasNoVirtualCards(t *testing.T) {
	program := filepath.Join(t.TempDir(), "bridge")
	build := exec.Command("go", "build", "-tags", "nodemo", "-o", program, "./card/bridge")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	person, err := filepath.Abs("../card/virtual/people/taro.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		on   string // where the sentence is
	}{
		{"check", []string{"check", "--birth-date", "1986-04-12", "--virtual", person}, "stdout"},
		{"check with test keys", []string{"check", "--birth-date", "1986-04-12", "--virtual", person,
			"--test-keys"}, "stdout"},
		{"run", []string{"run", "--virtual", person}, "stderr"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.Command(program, c.args...)
			cmd.Env = []string{"HOME=" + t.TempDir()}
			said := map[string]*bytes.Buffer{"stdout": {}, "stderr": {}}
			cmd.Stdout, cmd.Stderr = said["stdout"], said["stderr"]
			_ = cmd.Run() // the exit code says it
			if cmd.ProcessState.ExitCode() != 2 ||
				!strings.Contains(said[c.on].String(), "このプログラムには仮想カードが入っていません") {
				t.Errorf("%d %s %s", cmd.ProcessState.ExitCode(), said["stdout"], said["stderr"])
			}
		})
	}
}
