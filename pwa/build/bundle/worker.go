package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/evanw/esbuild/pkg/api"
)

// shellSources are what the screen's page is made of besides the files: when one changes, phones must fetch it anew.
var shellSources = []string{"templates/layout.html", "templates/screen.html", "i18n/*.json"}

// addWorkers bundles the service worker (sw.js) with the list of the files that the patient's screen needs, and the one that
// ends it (sw-off.js). The list names the files as package pwa serves them: below the hash of all files but the workers.
func addWorkers(root string, files map[string][]byte, metafile string) error {
	program, err := patientsFiles(metafile)
	if err != nil {
		return err
	}
	prefix := "/static/" + hash(files)
	var addresses []string
	for _, name := range append(program, "app.css", "icon.svg") {
		addresses = append(addresses, prefix+"/"+name)
	}
	sources := map[string][]byte{"files": []byte(prefix)}
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
	list, err := json.Marshal(addresses)
	if err != nil {
		return err
	}
	workers := api.Build(api.BuildOptions{
		AbsWorkingDir: root, EntryPoints: []string{"src/sw.ts", "src/sw-off.ts"}, Outdir: "dist", Bundle: true, Format: api.FormatIIFE, Target: api.ES2022,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LegalComments: api.LegalCommentsNone, Charset: api.CharsetUTF8,
		Define:   map[string]string{"BUILD": quoted(hash(sources)), "FILES": string(list), "PROGRAM": quoted(prefix + "/patient.js"), "SHELL": quoted("/screen")},
		LogLevel: api.LogLevelSilent, Write: false,
	})
	if err := failed(workers); err != nil {
		return err
	}
	for _, f := range workers.OutputFiles {
		files[filepath.Base(f.Path)] = f.Contents
	}
	return nil
}

// patientsFiles returns the patient's program and what it imports, in their order.
func patientsFiles(metafile string) ([]string, error) {
	var made struct {
		Outputs map[string]struct {
			Imports []struct{ Path string }
		}
	}
	if err := json.Unmarshal([]byte(metafile), &made); err != nil {
		return nil, fmt.Errorf("reading what was bundled: %w", err)
	}
	names := []string{"patient.js"}
	for i := 0; i < len(names); i++ {
		for _, imported := range made.Outputs["dist/"+names[i]].Imports {
			if name := path.Base(imported.Path); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names, nil
}

// hash is that of package pwa (loadBundle): names and contents in the order of the names.
func hash(files map[string][]byte) string {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		sum.Write([]byte("dist/" + name))
		sum.Write(files[name])
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

func quoted(s string) string { return `"` + s + `"` }
