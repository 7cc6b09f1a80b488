// Package bundle turns the front end's sources into the files of pwa/dist. It needs neither Node nor a
// network: what is bundled but written by others stands in pwa/vendor.
package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"madoguchi/message"
)

// Make bundles the sources below root (the folder pwa) and returns the files of dist by name.
func Make(root string) (map[string][]byte, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: root,
		EntryPointsAdvanced: []api.EntryPoint{
			{InputPath: "src/patient/main.ts", OutputPath: "patient"},
			{InputPath: "src/patient/login.ts", OutputPath: "login"},
			{InputPath: "src/counter/main.ts", OutputPath: "counter"},
			{InputPath: "src/insurer/run.ts", OutputPath: "run"},
			{InputPath: "src/insurer/desk.ts", OutputPath: "desk"},
			{InputPath: "src/insurer/import.ts", OutputPath: "import"},
			{InputPath: "src/insurer/importwait.ts", OutputPath: "importwait"},
			{InputPath: "src/staff/main.ts", OutputPath: "passkey"},
			{InputPath: "src/counter/record.ts", OutputPath: "record"},
			{InputPath: "css/app.css", OutputPath: "app"},
			{InputPath: "css/staff.css", OutputPath: "staff"},
			{InputPath: "css/papers.css", OutputPath: "papers"},
		},
		Plugins:           []api.Plugin{sentencesPlugin(), styles()},
		Outdir:            "dist",
		Bundle:            true,
		Splitting:         true,
		Format:            api.FormatESModule,
		External:          []string{"fs", "path"}, // vendor/openjpeg asks for them in Node only
		Target:            api.ES2022,
		ChunkNames:        "chunk-[hash]",
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		Charset:           api.CharsetUTF8,
		LogLevel:          api.LogLevelSilent,
		Write:             false,
		Metafile:          true,
	})
	if err := buildError(result); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, f := range result.OutputFiles {
		files[filepath.Base(f.Path)] = f.Contents
	}
	if err := addCopies(root, files); err != nil {
		return nil, err
	}
	if err := addWorkers(root, files, result.Metafile); err != nil {
		return nil, err
	}
	return files, nil
}

// marks are what only pages show (package message, Marks): readings, and the brackets around Japanese terms.
var marks = regexp.MustCompile(`\{([^{}|]+)\|([^{}|]+)\}|\[\[|\]\]`)

// withReadings are the kinds of sentences that patients' programs say with the readings above the characters:
// they stand between Unicode's interlinear annotation characters (The Unicode Standard 23.8), of which
// shared/ruby.ts makes ruby.
var withReadings = []string{"word", "share", "rehearsal"}

// programText is a sentence as programs hold it.
func programText(kind, text string) string {
	bare := marks.ReplaceAllString(text, "$1")
	if !slices.Contains(withReadings, kind) {
		return bare
	}
	return marks.ReplaceAllStringFunc(text, func(mark string) string {
		if parts := marks.FindStringSubmatch(mark); parts[1] != "" {
			return "\ufff9" + parts[1] + "\ufffa" + parts[2] + "\ufffb"
		}
		return ""
	})
}

// sentencesPlugin lets a program import its sentences of one language from the catalogue:
// "word:vi" is what the patient's pages say, "share:vi" what a part of theirs adds when it is opened,
// "counter:en" what the console adds, "forstaff:ja" what the reception reads on a patient's page.
// "loaders:word" has what loads those of a kind, by language. The sentences of pages stay with the server.
func sentencesPlugin() api.Plugin {
	return api.Plugin{Name: "words", Setup: func(build api.PluginBuild) {
		filter := `^(word|share|rehearsal|counter|forstaff|loaders):`
		build.OnResolve(api.OnResolveOptions{Filter: filter},
			func(a api.OnResolveArgs) (api.OnResolveResult, error) {
				return api.OnResolveResult{Path: a.Path, Namespace: "words"}, nil
			})
		build.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: "words"},
			func(a api.OnLoadArgs) (api.OnLoadResult, error) {
				kind, lang, _ := strings.Cut(a.Path, ":")
				if kind == "loaders" {
					return loaderModule(lang), nil
				}
				own := map[string]string{}
				for _, e := range message.Entries() {
					text, has := e.Texts[lang]
					if name, ok := strings.CutPrefix(e.Key, kind+"."); ok && has {
						own[name] = programText(kind, text.WithNext(lang))
					}
				}
				out, err := json.Marshal(own) // keys in order: the same bytes every time
				// as JSON each sentence would be exported by its name as well
				text := "export default " + string(out)
				return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, err
			})
	}}
}

// loaderModule is a module of functions by language, each of which imports the sentences of that kind.
func loaderModule(kind string) api.OnLoadResult {
	var b strings.Builder
	b.WriteString("export default {")
	for _, l := range message.Languages() {
		fmt.Fprintf(&b, "%q: () => import(%q),", l.Tag, kind+":"+l.Tag)
	}
	b.WriteString("}")
	text := b.String()
	return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}
}

// styles lets the style sheet import what the languages ask of it, as "languages:styles": their fonts, and
// lines that break at blanks alone where a language writes them, so that a Japanese date or term in it
// stays whole.
func styles() api.Plugin {
	return api.Plugin{Name: "styles", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: `^languages:styles$`},
			func(a api.OnResolveArgs) (api.OnResolveResult, error) {
				return api.OnResolveResult{Path: a.Path, Namespace: "styles"}, nil
			})
		build.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: "styles"},
			func(api.OnLoadArgs) (api.OnLoadResult, error) {
				text := languageStyles(message.Languages())
				return api.OnLoadResult{Contents: &text, Loader: api.LoaderCSS}, nil
			})
	}}
}

// languageStyles are the rules of languages:styles.
func languageStyles(languages []message.Language) string {
	var fonts, blanks strings.Builder
	for _, l := range languages {
		if len(l.Fonts) > 0 {
			fmt.Fprintf(&fonts, ":lang(%s) { font-family: %s; }\n", l.HTML, families(l.Fonts))
		}
		if l.Blanks {
			fmt.Fprintf(&blanks, "html:lang(%s) body { word-break: keep-all; }\n", l.HTML)
		}
	}
	return fonts.String() + blanks.String()
}

// families are names of fonts as CSS writes them: in quotes but for the generic ones (CSS Fonts 4).
func families(names []string) string {
	var out []string
	for _, name := range names {
		if name != "system-ui" && name != "sans-serif" && name != "serif" {
			name = quoteJS(name)
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

func buildError(result api.BuildResult) error {
	var all error
	for _, fault := range result.Errors {
		all = errors.Join(all, fmt.Errorf("bundling: %s (%v)", fault.Text, fault.Location))
	}
	return all
}

// addCopies adds the files that go into dist as they stand: the decoders and all of static.
func addCopies(root string, files map[string][]byte) error {
	names, err := filepath.Glob(filepath.Join(root, "static", "*"))
	if err != nil || len(names) == 0 {
		return fmt.Errorf("looking for the files of static: %d found, %w", len(names), err)
	}
	vendor := filepath.Join(root, "vendor")
	names = append(names,
		filepath.Join(vendor, "zxing", "zxing_reader.wasm"),
		filepath.Join(vendor, "openjpeg", "openjpegwasm_decode.wasm"))
	for _, name := range names {
		if files[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			return fmt.Errorf("copying a file as it stands: %w", err)
		}
	}
	return nil
}
