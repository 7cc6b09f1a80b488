package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// programs are what is released, and targets the systems that releases are built for.
var (
	programs = []string{"./server", "./card/bridge"}
	targets  = []string{"linux/amd64", "linux/arm64", "windows/amd64"}
)

// standard is the name under which the Go standard library and runtime are listed.
const standard = "Go standard library"

// Module is one that ends in a program, with the texts that its licence wants to be passed on.
type Module struct {
	Path  string
	Texts []Text
}

// Text is a licence, a notice or a patent grant.
type Text struct{ Name, Body string }

var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)

// Modules returns the modules of all programs for all targets, by path. Of each module the texts of the
// folders count from which packages are used, and of the folders above them.
func Modules(root string) ([]Module, error) {
	folders := map[string]map[string]string{} // module → folder with texts → its name within the module
	for _, target := range targets {
		system, processor, _ := strings.Cut(target, "/")
		cmd := exec.Command("go", append([]string{"list", "-deps", "-f",
			"{{if .Standard}}{{else if not .Module.Main}}{{.Module.Path}}\t{{.Module.Dir}}\t{{.Dir}}{{end}}"},
			programs...)...)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+processor, "CGO_ENABLED=0", "GOFLAGS=")
		out, err := cmd.Output()
		if err != nil {
			var exit *exec.ExitError
			if errors.As(err, &exit) {
				err = fmt.Errorf("%w: %s", err, exit.Stderr)
			}
			return nil, fmt.Errorf("listing the packages for %s: %w", target, err)
		}
		for line := range strings.Lines(string(out)) {
			column := strings.Split(strings.TrimSpace(line), "\t")
			if len(column) != 3 {
				continue
			}
			if folders[column[0]] == nil {
				folders[column[0]] = map[string]string{}
			}
			for dir := column[2]; ; dir = filepath.Dir(dir) {
				within, err := filepath.Rel(column[1], dir)
				if err != nil || strings.HasPrefix(within, "..") {
					break
				}
				folders[column[0]][dir] = filepath.ToSlash(within)
			}
		}
	}
	modules := []Module{}
	for path, dirs := range folders {
		m := Module{Path: path}
		for dir, within := range dirs {
			texts, err := textsIn(dir, within)
			if err != nil {
				return nil, fmt.Errorf("the licence of %s: %w", path, err)
			}
			m.Texts = append(m.Texts, texts...)
		}
		slices.SortFunc(m.Texts, func(a, b Text) int { return strings.Compare(a.Name, b.Name) })
		modules = append(modules, m)
	}
	library, err := standardLibrary(root)
	if err != nil {
		return nil, err
	}
	modules = append(modules, library)
	slices.SortFunc(modules, func(a, b Module) int { return strings.Compare(a.Path, b.Path) })
	return modules, nil
}

// standardLibrary returns what every Go program contains.
func standardLibrary(root string) (Module, error) {
	cmd := exec.Command("go", "env", "GOROOT")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return Module{}, fmt.Errorf("asking for GOROOT: %w", err)
	}
	texts, err := textsIn(strings.TrimSpace(string(out)), ".")
	return Module{Path: standard, Texts: texts}, err
}

// textsIn returns the licence texts of a folder; within is the folder's name inside its module.
func textsIn(dir, within string) ([]Text, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var texts []Text
	for _, e := range entries {
		if e.IsDir() || !licenceName.MatchString(e.Name()) {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		name := e.Name()
		if within != "." {
			name = within + "/" + name
		}
		texts = append(texts, Text{name, strings.TrimSpace(strings.ReplaceAll(string(body), "\r\n", "\n"))})
	}
	return texts, nil
}

// Texts is the file that is shipped: of each module its path and its texts.
func Texts(modules []Module) string {
	var b strings.Builder
	b.WriteString("The licences of the Go modules that are part of Madoguchi's programs, as\n" +
		"`go run ./scripts/licences` found them. THIRD_PARTY.md lists what else is part of them.\n")
	rule := strings.Repeat("=", 80)
	for _, m := range modules {
		fmt.Fprintf(&b, "\n%s\n%s\n%s\n", rule, m.Path, rule)
		for _, t := range m.Texts {
			fmt.Fprintf(&b, "\n--- %s\n\n%s\n", t.Name, t.Body)
		}
	}
	return b.String()
}
