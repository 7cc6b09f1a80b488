package testenv

import (
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

//go:embed Preflight.java
var preflight []byte

// jars are what Preflight stands on, where Debian puts them.
var jars = []string{
	"preflight",
	"pdfbox2",
	"fontbox2",
	"xmpbox",
	"commons-logging",
	"commons-io",
	"jaxb-api",
	"javax.activation",
}

// Preflight fails t for each file that PDFBox Preflight does not find valid PDF/A-1b. It judges no
// other level (docs/facts/pdf-and-pades.md#pdfa).
func Preflight(t testing.TB, files ...string) {
	t.Helper()
	Need(t, "javac", "java")
	var path []string
	for _, jar := range jars {
		jar = "/usr/share/java/" + jar + ".jar"
		NeedFile(t, jar, "scripts/setup.sh")
		path = append(path, jar)
	}
	driver := filepath.Join(t.TempDir(), "Preflight.java")
	if err := os.WriteFile(driver, preflight, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("java", append([]string{"-cp", strings.Join(path, ":"), driver}, files...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8") // else Java takes the names of files for ASCII
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("Preflight: %v\n%s", err, said)
	}
	lines := "\n" + string(said)
	for _, file := range files {
		if !strings.Contains(lines, "\n"+file+": VALID\n") || strings.Contains(lines, "\n"+file+": INVALID") {
			t.Errorf("%s is not PDF/A-1b:\n%s", file, said)
		}
	}
}
