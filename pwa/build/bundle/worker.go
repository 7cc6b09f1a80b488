package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"madoguchi/message"
)

// shellSources are what the screen's page is made of besides the files: when one changes, phones must
// fetch it anew. So do the sentences.
var shellSources = []string{"templates/layout.html", "templates/screen.html"}

// addWorkers bundles the service worker (sw.js) with the list of the files that the patient's screen needs,
// and of those that it loads when they are first used; the console's (sw-counter.js), which keeps both from
// the start; and the worker that ends either (sw-off.js). The lists name the files as package pwa serves
// them: below the hash of all files but the workers.
func addWorkers(root string, files map[string][]byte, metafile string) error {
	program, later, err := programFiles(metafile, "patient.js")
	if err != nil {
		return err
	}
	console, more, err := programFiles(metafile, "counter.js")
	if err != nil {
		return err
	}
	prefix := "/static/" + hashFiles(files)
	sources := map[string][]byte{"files": []byte(prefix), "sentences": patientSentences()}
	for _, pattern := range shellSources {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(names) == 0 {
			return fmt.Errorf("looking for the shell's %s: %d found, %w", pattern, len(names), err)
		}
		for _, name := range names {
			if sources[filepath.Base(name)], err = os.ReadFile(name); err != nil {
				return fmt.Errorf("reading the shell: %w", err)
			}
		}
	}
	list := func(names []string) string {
		var addresses []string
		for _, name := range names {
			addresses = append(addresses, quoteJS(prefix+"/"+name))
		}
		return "[" + strings.Join(addresses, ",") + "]"
	}
	hash := quoteJS(hashFiles(files)) // the console's page is fetched at each start: its files alone count
	kept := slices.Concat(console, more, []string{"app.css", "staff.css", "icon.svg", "zxing_reader.wasm"})
	patients, err := buildWorkers(root, []string{"src/sw.ts", "src/sw-off.ts"}, map[string]string{
		"BUILD":   quoteJS(hashFiles(sources)),
		"FILES":   list(append(program, "app.css", "icon.svg")),
		"LATER":   list(later),
		"PROGRAM": quoteJS(prefix + "/patient.js"),
		"SHELL":   quoteJS("/screen"),
	})
	if err != nil {
		return err
	}
	counters, err := buildWorkers(root, []string{"src/sw-counter.ts"}, map[string]string{
		"BUILD":   hash,
		"FILES":   list(kept),
		"PROGRAM": quoteJS(prefix + "/counter.js"),
		"SHELL":   quoteJS("/counter"),
	})
	maps.Copy(files, patients)
	maps.Copy(files, counters)
	return err
}

// buildWorkers bundles workers with what they are told of the other files.
func buildWorkers(root string, sources []string, told map[string]string) (map[string][]byte, error) {
	workers := api.Build(api.BuildOptions{
		AbsWorkingDir:     root,
		EntryPoints:       sources,
		Outdir:            "dist",
		Bundle:            true,
		Format:            api.FormatIIFE,
		Target:            api.ES2022,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		Charset:           api.CharsetUTF8,
		Define:            told,
		LogLevel:          api.LogLevelSilent,
		Write:             false,
	})
	files := map[string][]byte{}
	for _, f := range workers.OutputFiles {
		files[filepath.Base(f.Path)] = f.Contents
	}
	return files, buildError(workers)
}

// patientSentences are those of the catalogue that patients' pages are made of.
func patientSentences() []byte {
	var b bytes.Buffer
	for _, e := range message.Entries() {
		if !strings.HasPrefix(e.File, "pages/") {
			continue
		}
		for _, l := range message.Languages() {
			fmt.Fprintf(&b, "%s %s %s\n", e.Key, l.Tag, e.Texts[l.Tag].WithNext(l.Tag))
		}
	}
	return b.Bytes()
}

// programFiles returns a program with what it imports at once, and apart what it imports when that is first
// used.
func programFiles(metafile, program string) (names, later []string, err error) {
	type imported struct {
		Path, Kind string
		External   bool // what Node alone has
	}
	var made struct {
		Outputs map[string]struct{ Imports []imported }
	}
	if err := json.Unmarshal([]byte(metafile), &made); err != nil {
		return nil, nil, fmt.Errorf("reading what was bundled: %w", err)
	}
	const onUse = "dynamic-import"
	names = []string{program}
	var used []imported
	for i := 0; i < len(names); i++ {
		for _, in := range made.Outputs["dist/"+names[i]].Imports {
			if in.Kind == onUse {
				used = append(used, in)
			} else if name := path.Base(in.Path); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	for i := 0; i < len(used); i++ {
		if used[i].External {
			continue
		}
		if name := path.Base(used[i].Path); !slices.Contains(names, name) && !slices.Contains(later, name) {
			later = append(later, name)
			used = append(used, made.Outputs["dist/"+name].Imports...)
		}
	}
	return names, later, nil
}

// hashFiles is that of package pwa (loadBundle): names and contents in the order of the names.
func hashFiles(files map[string][]byte) string {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		sum.Write([]byte("dist/" + name))
		sum.Write(files[name])
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

func quoteJS(s string) string { return `"` + s + `"` }
