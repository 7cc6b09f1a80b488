package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

// Settings in deploy/ that a server of more than one machine has, and this program not yet.

// A name in a file of deploy/ that no setting has would be passed over in silence: the environment is not
// read like a file of settings.
func TestDeployNamesSettingsThatThereAre(t *testing.T) {
	var known strings.Builder
	for _, file := range []string{"settings/settings.go", "settings/observing.go", "serve.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		known.Write(text)
	}
	found, setting := 0, regexp.MustCompile(`(?:MADOGUCHI|OTEL)_[A-Z_]+`)
	for _, file := range []string{"Dockerfile", "compose.yaml", "madoguchi.service"} {
		text, err := os.ReadFile(filepath.Join("..", "deploy", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range setting.FindAllString(string(text), -1) {
			found++
			if !strings.Contains(known.String(), `env:"`+name+`"`) {
				t.Errorf("%s names %s, which is no setting", file, name)
			}
		}
	}
	if found < 8 {
		t.Errorf("only %d names were found", found)
	}
}

// systemd itself reads the unit, with this program in the place of the installed one, and finds that it is
// hardened: 10 is a unit without any protection (systemd-analyze(1)).
func TestTheUnitIsAUnitAndHardened(t *testing.T) {
	testenv.Need(t, "systemd-analyze")
	text, err := os.ReadFile("../deploy/madoguchi.service")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "madoguchi.service")
	here := strings.Replace(string(text), "/usr/local/bin/madoguchi", self, 1)
	if err := os.WriteFile(unit, []byte(here), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("systemd-analyze", "verify", unit).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = exec.Command("systemd-analyze", "security", "--offline=true", "--threshold=20", unit).
		CombinedOutput()
	if err != nil {
		t.Errorf("its exposure is above 2.0: %v\n%s", err, out)
	}
}
