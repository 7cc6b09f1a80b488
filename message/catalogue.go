package message

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed catalogue
var files embed.FS

// Who can act on an error.
const (
	Patient   = "patient"
	Reception = "reception" // a clinic's or a pharmacy's (受付)
	Clerk     = "clerk"     // an insurer's (保険者の担当者)
	Operator  = "operator"  // whoever runs the server, or the agent on a counter's PC
	Developer = "developer" // of the program that asked
)

// Entry is what the catalogue has under a key.
type Entry struct {
	Key  string
	File string // below catalogue/, without .json
	// who can act: Patient, Reception, Clerk, Operator or Developer; empty for what is no error
	Who    string
	NoNext string               // why an error has no next step
	Texts  map[string]EntryText // by language
}

// EntryText is a sentence with its next step as they stand in the catalogue, marks and places in it.
type EntryText struct {
	Sentence, Next string
	// what this language leaves out of the Japanese: places by name, "next" for the next step
	Without []string
}

// WithNext is the sentence and its next step together.
func (t EntryText) WithNext(lang string) string { return Join(lang, t.Sentence, t.Next) }

// FindEntry returns the entry of a key.
func FindEntry(key string) (Entry, bool) {
	entry, ok := load()[key]
	return entry, ok
}

// Entries returns all entries in the order of their keys.
func Entries() []Entry {
	all := load()
	entries := make([]Entry, 0, len(all))
	for _, key := range slices.Sorted(maps.Keys(all)) {
		entries = append(entries, all[key])
	}
	return entries
}

// findInLanguage returns a key's entry and the language to answer in: the asked one, else its fallback.
func findInLanguage(key, lang string) (entry Entry, tag string, ok bool) {
	entry, ok = FindEntry(key)
	l := language(lang)
	for _, tag := range []string{lang, l.Fallback, l.Tag} {
		if _, has := entry.Texts[tag]; has {
			return entry, tag, ok
		}
	}
	return entry, "ja", ok
}

// load reads the catalogue once. A catalogue that cannot be read is a fault of the build, which the
// package's tests find.
var load = sync.OnceValue(func() map[string]Entry {
	all, err := readCatalogue(files)
	if err != nil {
		panic(err)
	}
	return all
})

func readCatalogue(from fs.FS) (map[string]Entry, error) {
	names, err := fs.Glob(from, "catalogue/*/*.json")
	if err != nil {
		return nil, err
	}
	all := map[string]Entry{}
	for _, name := range names {
		data, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, err
		}
		var entries map[string]map[string]string
		if err := json.Unmarshal(data, &entries); err != nil {
			return nil, fmt.Errorf("message: reading %s: %w", name, err)
		}
		for key, fields := range entries {
			if other, twice := all[key]; twice {
				return nil, fmt.Errorf("message: %s stands in %s and in %s", key, other.File, name)
			}
			entry, err := entryOf(fields)
			if err != nil {
				return nil, fmt.Errorf("message: %s: %s: %w", name, key, err)
			}
			entry.Key = key
			entry.File = strings.TrimSuffix(strings.TrimPrefix(name, "catalogue/"), path.Ext(name))
			all[key] = entry
		}
	}
	return all, nil
}

// entryOf reads the fields of an entry, of which it knows every one.
func entryOf(fields map[string]string) (Entry, error) {
	entry := Entry{Who: fields["who"], NoNext: fields["noNext"], Texts: map[string]EntryText{}}
	known := 0
	for _, field := range []string{"who", "noNext"} {
		if _, has := fields[field]; has {
			known++
		}
	}
	for _, l := range loadLanguages() {
		lang := l.Tag
		sentence, said := fields[lang]
		next, has := fields[lang+".next"]
		without, lacks := fields[lang+".without"]
		if said {
			known++
			entry.Texts[lang] = EntryText{Sentence: sentence, Next: next, Without: splitNames(without)}
		}
		if has {
			known++
		}
		if lacks {
			known++
		}
		if (has || lacks) && !said {
			return entry, fmt.Errorf("%s has a next step without a sentence", lang)
		}
	}
	if known != len(fields) {
		return entry, fmt.Errorf(
			"it has a field that is not known among %v",
			slices.Sorted(maps.Keys(fields)),
		)
	}
	return entry, nil
}

// splitNames reads names with commas between.
func splitNames(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}
