package message

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// withoutNext are the reasons for which an error may have no next step.
var withoutNext = []string{
	"the sentence itself says what to do",
	"the sentence itself says what is right",
	"nothing is left to do",
	"what it was about is gone",
	"the caller asked for a key that is not there",
	"such a file is not read by design",
	"a program reads it: whoever wrote the Coverage mends it",
	"a counter server's call: nobody can make an old receipt younger",
}

// parts are what an entry's other languages must follow: the places in it.
func places(t *testing.T, e Entry, lang string) []string {
	t.Helper()
	var found []string
	text := e.Texts[lang]
	for _, part := range []string{text.Sentence, text.Next} {
		pieces, err := Marks(part)
		if err != nil {
			t.Errorf("%s: %s: %v", lang, e.Key, err)
		}
		for _, p := range pieces {
			if p.Kind == Place {
				found = append(found, p.Text)
			}
		}
	}
	return sorted(found)
}

func sorted(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	return slices.Compact(names)
}

// forEveryone reports whether an entry is for patients: it must stand in every language.
func forEveryone(e Entry) bool {
	return e.Who == Patient ||
		strings.HasPrefix(e.File, "pages/") && !forStaff[strings.TrimPrefix(e.File, "pages/")]
}

// forStaff are the files of pages/ that only people at a counter, an insurer or a server read.
var forStaff = map[string]bool{
	"console": true, "import": true, "keys": true, "settings": true, "ways": true,
}

// counters are words behind a number that Japanese has and English has not.
var counters = regexp.MustCompile(`^staff\.[a-z]+\.(unit[A-Z][a-z]+|bornAfter|sinceAfter)\d*$`)

// faults are what is wrong with an entry.
func faults(t *testing.T, e Entry) (bad []string) {
	t.Helper()
	isError := strings.HasPrefix(e.File, "errors/")
	if isError != (e.Who != "") {
		bad = append(bad, "who can act is for errors, and for all of them")
	}
	if isError && !slices.Contains([]string{Patient, Reception, Clerk, Operator, Developer}, e.Who) {
		bad = append(bad, "nobody is called "+e.Who)
	}
	for _, l := range Languages() {
		lang := l.Tag
		text, has := e.Texts[lang]
		if !has {
			continue // lacking finds it
		}
		if strings.TrimSpace(text.Sentence) == "" && !(lang == "en" && counters.MatchString(e.Key)) {
			bad = append(bad, lang+" is empty")
		}
		leavesNext := slices.Contains(text.Without, "next")
		if (text.Next == "") != (e.Texts["ja"].Next == "" || leavesNext) {
			bad = append(bad, lang+" has a next step where Japanese has none, or none where it has one")
		}
		want := slices.DeleteFunc(
			places(t, e, "ja"),
			func(p string) bool { return slices.Contains(text.Without, p) },
		)
		if got := places(t, e, lang); !slices.Equal(got, want) {
			bad = append(bad, lang+" has other places than Japanese: "+strings.Join(got, ", "))
		}
		for _, p := range text.Without {
			if !slices.Contains(places(t, e, "ja"), p) && !(p == "next" && e.Texts["ja"].Next != "") {
				bad = append(bad, lang+" leaves out {"+p+"}, which Japanese has not")
			}
		}
	}
	switch next := e.Texts["ja"].Next; {
	case isError && next == "" && !slices.Contains(withoutNext, e.NoNext):
		bad = append(bad, "there is no next step, and no reason for that")
	case next != "" && e.NoNext != "":
		bad = append(bad, "there is a reason for no next step, and a next step")
	}
	return bad
}

func TestEachEntryIsComplete(t *testing.T) {
	entries := Entries()
	if len(entries) < 900 {
		t.Fatalf("only %d entries", len(entries))
	}
	for _, e := range entries {
		for _, bad := range faults(t, e) {
			t.Errorf("%s: %s: %s", e.File, e.Key, bad)
		}
	}
	for _, l := range Languages() {
		if keys := lacking(l, entries); len(keys) > 0 {
			t.Errorf("%s (%s) lacks %d entries: %s", l.Name, l.Tag, len(keys), strings.Join(keys, ", "))
		}
	}
	for _, reason := range withoutNext {
		if !slices.ContainsFunc(entries, func(e Entry) bool { return e.NoNext == reason }) {
			t.Errorf("nothing is without a next step because %s", reason)
		}
	}
}

// lacking are the keys of entries that must stand in a language and do not: all of them, or those for
// patients.
func lacking(l Language, entries []Entry) (keys []string) {
	for _, e := range entries {
		if _, has := e.Texts[l.Tag]; !has && (l.Everywhere || forEveryone(e)) {
			keys = append(keys, e.Key)
		}
	}
	return keys
}

// A language is declared before its column is written: until then the keys that it lacks are named.
func TestALanguageThatLacksEntriesIsFound(t *testing.T) {
	both := map[string]EntryText{"ja": {Sentence: "あ"}, "qaa": {Sentence: "a"}}
	without := map[string]EntryText{"ja": {Sentence: "あ"}}
	entries := []Entry{
		{Key: "a.translated", File: "errors/a", Who: Patient, Texts: both},
		{Key: "a.patient", File: "errors/a", Who: Patient, Texts: without},
		{Key: "a.page", File: "pages/visit", Texts: without},
		{Key: "a.operator", File: "errors/a", Who: Operator, Texts: without},
		{Key: "a.staff", File: "staff/run", Texts: without},
	}
	for _, c := range []struct {
		name     string
		language Language
		want     []string
	}{
		{"one for patients", Language{Tag: "qaa"}, []string{"a.patient", "a.page"}},
		{"one that stands everywhere", Language{Tag: "qaa", Everywhere: true},
			[]string{"a.patient", "a.page", "a.operator", "a.staff"}},
		{"Japanese", Language{Tag: "ja", Everywhere: true}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if keys := lacking(c.language, entries); !slices.Equal(keys, c.want) {
				t.Errorf("%q, want %q", keys, c.want)
			}
		})
	}
	for _, l := range []Language{{Tag: "qaa"}, {Tag: "qaa", Everywhere: true}} {
		patients, all := 0, Entries()
		for _, e := range all {
			if forEveryone(e) {
				patients++
			}
		}
		want := patients
		if l.Everywhere {
			want = len(all)
		}
		if got := len(lacking(l, all)); got != want || patients < 300 {
			t.Errorf("%+v lacks %d entries of %d, %d for patients", l, got, len(all), patients)
		}
	}
}

// The check itself, on entries that have what it must find.
func TestAFaultOfAnEntryIsFound(t *testing.T) {
	good := func() Entry {
		return Entry{Key: "a.b", File: "errors/a", Who: Operator, Texts: map[string]EntryText{
			"ja": {Sentence: "{file}がありません。", Next: "もどしてください。"},
			"en": {Sentence: "{file} is missing.", Next: "Restore it."},
		}}
	}
	for _, c := range []struct {
		name   string
		change func(*Entry)
		bad    int
	}{
		{"nothing", func(*Entry) {}, 0},
		{"an empty sentence", func(e *Entry) { e.Texts["en"] = EntryText{Next: "Restore {file}."} }, 1},
		{"another place", func(e *Entry) {
			e.Texts["en"] = EntryText{Sentence: "{name} is missing.", Next: "Restore it."}
		}, 1},
		{"a place that is left out", func(e *Entry) {
			e.Texts["en"] = EntryText{Sentence: "Missing.", Next: "Restore it."}
		}, 1},
		{"one that may be left out", func(e *Entry) {
			e.Texts["en"] = EntryText{Sentence: "Missing.", Next: "Restore it.", Without: []string{"file"}}
		}, 0},
		{"no next step in English", func(e *Entry) {
			e.Texts["en"] = EntryText{Sentence: "{file} is missing."}
		}, 1},
		{"one that English leaves out", func(e *Entry) {
			e.Texts["en"] = EntryText{Sentence: "{file} is missing.", Without: []string{"next"}}
		}, 0},
		{"no next step at all", func(e *Entry) {
			e.Texts["ja"] = EntryText{Sentence: "{file}がない。"}
			e.Texts["en"] = EntryText{Sentence: "No {file}."}
		}, 1},
		{"a reason that is not listed", func(e *Entry) {
			e.Texts["ja"] = EntryText{Sentence: "{file}がない。"}
			e.Texts["en"] = EntryText{Sentence: "No {file}."}
			e.NoNext = "because"
		}, 1},
		{"a reason though there is a next step", func(e *Entry) { e.NoNext = withoutNext[0] }, 1},
		{"nobody who can act", func(e *Entry) { e.Who = "" }, 2},
		{"somebody unknown", func(e *Entry) { e.Who = "the police" }, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := good()
			c.change(&e)
			if bad := faults(t, e); len(bad) != c.bad {
				t.Errorf("%q", bad)
			}
		})
	}
}

func TestACatalogueThatIsNotInOrderIsNotRead(t *testing.T) {
	for _, c := range []struct{ name, one, two string }{
		{"one key in two files", `{"a.b":{"ja":"あ"}}`, `{"a.b":{"ja":"い"}}`},
		{"an unknown field", `{"a.b":{"ja":"あ","qaa":"A"}}`, `{}`},
		{"a next step without a sentence", `{"a.b":{"ja":"あ","vi.next":"B"}}`, `{}`},
		{"no JSON", `{"a.b":{"ja":"あ"}`, `{}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := fstest.MapFS{
				"catalogue/x/one.json": {Data: []byte(c.one)},
				"catalogue/x/two.json": {Data: []byte(c.two)},
			}
			if all, err := readCatalogue(files); err == nil {
				t.Errorf("%v", all)
			}
		})
	}
}

// JSON with a key twice is read as if the first were not there.
func TestNoKeyStandsTwiceInAFile(t *testing.T) {
	names, err := fs.Glob(files, "catalogue/*/*.json")
	if err != nil || len(names) < 30 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, twice := range repeated(t, data) {
			t.Errorf("%s: %s stands there twice", name, twice)
		}
	}
	if found := repeated(t, []byte(`{"a":{"ja":"x","ja":"y"},"b":{"ja":"z"},"a":{}}`)); !slices.Equal(
		found,
		[]string{"ja", "a"},
	) {
		t.Errorf("%q", found)
	}
}

// repeated are the names that stand twice in one object.
func repeated(t *testing.T, data []byte) (twice []string) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	var seen []map[string]bool
	key := false // the next token is a name
	for {
		token, err := d.Token()
		if err == io.EOF {
			return twice
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case json.Delim:
			if token == '{' {
				seen = append(seen, map[string]bool{})
			} else {
				seen = seen[:len(seen)-1]
			}
			key = true
		case string:
			if key {
				if seen[len(seen)-1][token] {
					twice = append(twice, token)
				}
				seen[len(seen)-1][token] = true
			}
			key = !key
		}
	}
}

var (
	kana  = regexp.MustCompile(`^[ぁ-ゖァ-ヶー・]+$`)
	han   = regexp.MustCompile(`\p{Han}`)
	other = regexp.MustCompile(`[ぁ-んァ-ヶ]`)
)

// bare are sentences of patients' pages that stand in attributes.
var bare = []string{"screen.whose", "screen.qr", "screen.proof", "screen.reader"}

// ofPrograms reports whether a sentence is shown by a program: as bare text, without readings.
func ofPrograms(e Entry) bool {
	return slices.Contains([]string{"pages/words", "pages/rehearsal", "pages/wait"}, e.File) ||
		strings.HasPrefix(e.Key, "share.")
}

// Readings are kana over characters; in やさしい日本語 and in what Japanese readers may want furigana
// for, no character is left without one. Words of programs are bare text in Japanese.
func TestReadingsStandAboveEveryCharacter(t *testing.T) {
	looked := 0
	for _, e := range Entries() {
		if !forEveryone(e) {
			continue
		}
		for _, l := range Languages() {
			lang, text := l.Tag, e.Texts[l.Tag]
			if e.Who != "" && (lang == "ja" || lang == "en") {
				continue // errors have no readings in Japanese, and in English name things in Japanese
			}
			pieces, err := Marks(text.WithNext(lang))
			if err != nil {
				t.Errorf("%s: %s: %v", lang, e.Key, err)
			}
			for _, p := range pieces {
				looked++
				japanese := l.Japanese()
				may := e.Key == "word.day" || lang == "ja" && (ofPrograms(e) || slices.Contains(bare, e.Key))
				switch {
				case p.Kind == Ruby &&
					(!japanese || !kana.MatchString(p.Reading) || !han.MatchString(p.Text)):
					t.Errorf("%s: %s: the reading of %q", lang, e.Key, p.Text)
				case p.Kind == Term && japanese:
					t.Errorf("%s: %s marks Japanese inside Japanese: %q", lang, e.Key, p.Text)
				case p.Kind == Plain && japanese && han.MatchString(p.Text) && !may:
					t.Errorf("%s: %s has characters without reading in %q", lang, e.Key, p.Text)
				case p.Kind == Plain && !japanese && other.MatchString(p.Text):
					t.Errorf("%s: %s has Japanese that is not marked: %q", lang, e.Key, p.Text)
				}
			}
		}
	}
	if looked < 5000 {
		t.Errorf("only %d pieces were looked at", looked)
	}
}
