package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestEveryModuleOfTheProgramsIsListedWithItsLicence(t *testing.T) {
	modules, err := Modules(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(modules) < 30 {
		t.Fatalf("only %d modules were found", len(modules))
	}
	for _, wrong := range Compare(Table(read(t, "THIRD_PARTY.md"), "Go modules"), modules) {
		t.Error(wrong)
	}
	if read(t, textsFile) != Texts(modules) {
		t.Errorf("%s is not what the modules hold: go run ./scripts/licences", textsFile)
	}
}

// What is bundled besides modules: each vendored folder, each font, each file with data of others has a row,
// and each row's file and text exist.
func TestWhatIsBundledIsListed(t *testing.T) {
	list := read(t, "THIRD_PARTY.md")
	for _, section := range []struct{ heading, pattern, holds string }{
		{"Front end", "pwa/vendor/*/", ""},
		{"Fonts", "pdf/font/*.ttf*", ""},
		{"Data", "eligibility/*.go", "Unicode Character Database"},
	} {
		t.Run(section.heading, func(t *testing.T) {
			var listed []string
			for _, row := range Table(list, section.heading) {
				if len(row) != 4 || row[2] == "" {
					t.Errorf("a row without a licence: %v", row)
					continue
				}
				listed = append(listed, row[0])
				if text := read(t, row[3]); len(text) < 100 {
					t.Errorf("%s is too short for a licence", row[3])
				}
			}
			found := bundled(t, section.pattern, section.holds)
			if len(found) == 0 {
				t.Fatalf("nothing fits %s", section.pattern)
			}
			for _, f := range found {
				if !slices.Contains(listed, f) {
					t.Errorf("%s is bundled and not listed", f)
				}
			}
			for _, f := range listed {
				if !slices.Contains(found, f) {
					t.Errorf("%s is listed and not there", f)
				}
			}
		})
	}
}

// bundled returns the files or folders of a pattern, of Go files those that are no tests and hold the words.
func bundled(t *testing.T, pattern, words string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, name := range names {
		within, err := filepath.Rel(root, name)
		if err != nil {
			t.Fatal(err)
		}
		within = filepath.ToSlash(within)
		if info, err := os.Stat(name); err != nil || strings.HasSuffix(pattern, "/") != info.IsDir() {
			continue
		}
		if words != "" &&
			(strings.HasSuffix(within, "_test.go") || !strings.Contains(read(t, within), words)) {
			continue
		}
		found = append(found, within)
	}
	return found
}

func TestPackagesOfTheFrontEndAreListedWithTheirVersion(t *testing.T) {
	var manifest struct {
		License      string            `json:"license"`
		Dependencies map[string]string `json:"dependencies"`
	}
	if err := json.Unmarshal([]byte(read(t, "pwa/package.json")), &manifest); err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, row := range Table(read(t, "THIRD_PARTY.md"), "Front end") {
		listed = append(listed, row[1])
	}
	for name, version := range manifest.Dependencies {
		if !slices.Contains(listed, name+" "+version) {
			t.Errorf("%s %s is not listed", name, version)
		}
	}
	if len(manifest.Dependencies) == 0 || manifest.License != "Apache-2.0" {
		t.Errorf("package.json: %d packages, licence %q", len(manifest.Dependencies), manifest.License)
	}
}

func TestTheLicenceIsTheApacheLicence(t *testing.T) {
	m := Module{Texts: []Text{{"LICENSE", read(t, "LICENSE")}}}
	if kind := m.Kind(); kind != "Apache-2.0" {
		t.Errorf("LICENSE is %q", kind)
	}
	if !strings.Contains(m.Texts[0].Body, "END OF TERMS AND CONDITIONS") {
		t.Error("LICENSE is cut off")
	}
}

// Made-up lists and modules, and what is wrong with them.
func TestListsThatDoNotFitAreFound(t *testing.T) {
	mit := []Text{
		{"LICENSE", "Permission is hereby granted, free of charge, to any\nperson obtaining a copy"},
	}
	bsd := []Text{
		{"LICENSE.txt", "Redistribution and use in source and binary forms … to endorse or promote"},
	}
	for _, c := range []struct {
		name    string
		list    string
		modules []Module
		want    string
	}{
		{"all is well", "| a | MIT |\n| b | BSD-3-Clause |\n", []Module{{"a", mit}, {"b", bsd}}, ""},
		{"a module that is not listed", "| a | MIT |\n", []Module{{"a", mit}, {"b", bsd}},
			"b is part of a program"},
		{"a row of a module that is gone", "| a | MIT |\n| b | MIT |\n", []Module{{"a", mit}},
			"b is listed and part of no"},
		{"another licence", "| a | Apache-2.0 |\n", []Module{{"a", mit}},
			"a is listed as Apache-2.0, its licence is MIT"},
		{"a module without a licence", "| a | MIT |\n", []Module{{"a", nil}}, "a has no licence"},
		{"a licence of a kind that nobody looked at", "| a | GPL-3.0 |\n",
			[]Module{{"a", []Text{{"COPYING", "GNU GENERAL PUBLIC LICENSE"}}}}, "a has no licence"},
		{"a notice is no licence", "| a | MIT |\n", []Module{{"a", []Text{{"NOTICE", mit[0].Body}}}},
			"a has no licence"},
		{"two licences, one listed", "| a | MIT |\n", []Module{{"a", append(bsd[:1:1], mit...)}},
			"its licence is BSD-3-Clause AND MIT"},
		{"a row that is cut off", "| a |\n", []Module{{"a", mit}}, "a row of 1 cells"},
		{"no table", "", []Module{{"a", mit}}, "a is part of a program"},
	} {
		t.Run(c.name, func(t *testing.T) {
			document := "# List\n\n## Go modules\n\n| module | licence |\n|---|---|\n" + c.list +
				"\n## Fonts\n\n| x | y |\n|---|---|\n| z | MIT |\n"
			if c.list == "" {
				document = "# List\n"
			}
			wrong := strings.Join(Compare(Table(document, "Go modules"), c.modules), "; ")
			if (c.want == "") != (wrong == "") || !strings.Contains(wrong, c.want) {
				t.Errorf("found %q, want %q", wrong, c.want)
			}
		})
	}
}
