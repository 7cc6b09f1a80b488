package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// sources returns the files of the front end with one of the endings, by their path below pwa.
func sources(t *testing.T, folders []string, endings ...string) map[string]string {
	t.Helper()
	files := map[string]string{}
	root := os.DirFS("..")
	for _, folder := range folders {
		err := fs.WalkDir(root, folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !slices.Contains(endings, filepath.Ext(name)) {
				return err
			}
			data, err := fs.ReadFile(root, name)
			files[name] = string(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) == 0 {
		t.Fatalf("nothing in %v", folders)
	}
	return files
}

// importOf finds what a module imports from its own folders, types too: from "./a", import "./a",
// import("./a").
var importOf = regexp.MustCompile(`(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"`)

// importsOf returns which of the modules each of them imports.
func importsOf(modules map[string]string) map[string][]string {
	all := map[string][]string{}
	for name, text := range modules {
		for _, m := range importOf.FindAllStringSubmatch(text, -1) {
			target := filepath.ToSlash(filepath.Join(filepath.Dir(name), m[1])) + ".ts"
			if _, ours := modules[target]; ours {
				all[name] = append(all[name], target)
			}
		}
	}
	return all
}

// circle returns modules that import each other in a ring, beginning with the first; none where there is no
// such ring.
func circle(imports map[string][]string, way ...string) []string {
	for _, next := range imports[way[len(way)-1]] {
		if next == way[0] {
			return append(way, next)
		}
		if slices.Contains(way, next) {
			continue
		}
		if found := circle(imports, append(slices.Clone(way), next)...); found != nil {
			return found
		}
	}
	return nil
}

// A module that imports itself by way of others can be read, tested and loaded only together with them.
func TestNoModulesImportEachOtherInACircle(t *testing.T) {
	imports := importsOf(sources(t, []string{"src"}, ".ts"))
	if len(imports) < 40 || !slices.Contains(imports["src/patient/details.ts"], "src/patient/namefont.ts") {
		t.Fatalf("imports of %d modules were found", len(imports))
	}
	for name := range imports {
		if found := circle(imports, name); found != nil {
			t.Errorf("%s", strings.Join(found, " → "))
		}
	}
	ring := map[string][]string{"a": {"b", "c"}, "b": {"d"}, "c": {"d", "a"}}
	if circle(ring, "a") == nil || circle(ring, "b") != nil {
		t.Error("this test does not find a circle")
	}
}

// The pages of patients, of insurers and of a counter are programs of their own, which share what lies in
// shared/ alone.
func TestAPagesModulesImportTheirOwnAndSharedOnes(t *testing.T) {
	crossed := func(imports map[string][]string) (found []string) {
		for name, targets := range imports {
			own := filepath.Dir(name)
			for _, target := range targets {
				if to := filepath.Dir(target); to != own && to != "src/shared" && own != "src" {
					found = append(found, name+" → "+target)
				}
			}
		}
		return found
	}
	for _, found := range crossed(importsOf(sources(t, []string{"src"}, ".ts"))) {
		t.Error(found)
	}
	if crossed(map[string][]string{"src/shared/a.ts": {"src/staff/b.ts"}}) == nil {
		t.Error("this test does not find a crossing")
	}
}

var exported = regexp.MustCompile(`(?m)^export (?:async )?(?:const|let|function|class|interface|type) (\w+)`)

// What nobody imports is no business of other modules. Node programs of the tests import too.
func TestEveryExportIsImported(t *testing.T) {
	modules := sources(t, []string{"src"}, ".ts")
	tests := sources(t, []string{"build"}, ".go", ".mjs")
	imports := regexp.MustCompile(`(?s)import (?:type )?\{([^}]*)\} from|` +
		`\(\{([^}]*)\}\) =>|const \{([^}]*)\} = await import`)
	taken := map[string]bool{}
	for _, files := range []map[string]string{modules, tests} {
		for _, text := range files {
			for _, m := range imports.FindAllStringSubmatch(text, -1) {
				for name := range strings.SplitSeq(m[1]+m[2]+m[3], ",") {
					name, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(name), "type "), " ")
					taken[name] = true
				}
			}
		}
	}
	found := 0
	for name, text := range modules {
		for _, m := range exported.FindAllStringSubmatch(text, -1) {
			found++
			if !taken[m[1]] && !usedByExport(modules[name], m[1]) {
				t.Errorf("%s: nobody imports %s", name, m[1])
			}
		}
	}
	if found < 100 {
		t.Errorf("%d exports were found", found)
	}
}

// usedByExport reports whether another export of the module names this one, so that its users may have to
// spell it.
func usedByExport(text, name string) bool {
	for line := range strings.Lines(text) {
		other := exported.FindStringSubmatch(line)
		if other != nil && other[1] != name && regexp.MustCompile(`\b`+name+`\b`).MatchString(line) {
			return true
		}
	}
	return false
}

func TestFilesOfTheFrontEndAreShort(t *testing.T) {
	for name, text := range sources(t, []string{"src", "css", "templates"}, ".ts", ".css", ".html") {
		if n := strings.Count(text, "\n"); n > 400 {
			t.Errorf("%s has %d lines", name, n)
		}
	}
}

func TestLinesOfTheFrontEndEndByColumn110(t *testing.T) {
	folders := []string{"src", "css", "templates", "testdata", "build/testdata"}
	for name, text := range sources(t, folders, ".ts", ".css", ".html", ".mjs") {
		n := 0
		for line := range strings.Lines(text) {
			if n++; utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > 110 {
				t.Errorf("%s:%d goes beyond", name, n)
			}
		}
	}
}
