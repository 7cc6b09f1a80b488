package web

import (
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// library is a test app with people to whom the rules give each document: a patient who has a screen, and two
// people of 架空健康保険組合, one with マイナ保険証 and one without.
type library struct {
	*testApp
	patient string
	people  []string
}

func openLibrary(t *testing.T) library {
	t.Helper()
	l := library{testApp: newTestApp(t)}
	l.town(t, row(1, ",,架空商店,有"), row(2, ",,架空商店,無"))
	for _, number := range []string{"1", "2"} {
		found, err := l.store.Register.FindPeople(ctx, insurer.PeopleQuery{
			Insurer: "06139992",
			Text:    number,
			Limit:   1,
		})
		if err != nil || len(found) != 1 {
			t.Fatal(found, err)
		}
		l.people = append(l.people, string(found[0].ID))
	}
	r := l.patientOf(t, l.now)
	l.patient = string(r.ID)
	return l
}

// pdf reports whether an address answers with one.
func (l library) pdf(t *testing.T, address string) bool {
	t.Helper()
	w := l.ask(t, http.MethodGet, html.UnescapeString(address), nil)
	return w.Code == http.StatusOK && strings.HasPrefix(w.Body.String(), "%PDF-")
}

func (l library) page(t *testing.T, address string) string {
	t.Helper()
	return l.ask(t, http.MethodGet, address, nil).Body.String()
}

// unreachable says what is missing for people to come by a document: a way, an address, a link to it, words
// in the reader's language, a sample, pages of a run.
func (l library) unreachable(t *testing.T, d insurer.Document) (bad []string) {
	t.Helper()
	kind := string(d.Kind)
	words := func(key string, everyLanguage bool) {
		entry, ok := message.FindEntry(key)
		if !ok || everyLanguage && len(entry.Texts) != len(message.Languages()) {
			bad = append(bad, "no words: "+key)
		}
	}
	if d.Kind == "" || d.File == "" {
		bad = append(bad, "no kind, or no name for its files")
	}
	if d.Clerk == nil && d.Viewer == nil && d.Anybody == nil && d.Run == nil {
		bad = append(bad, "nobody comes by it")
	}
	if d.Clerk != nil {
		words(d.Clerk.Did, false)
		if len(d.Clerk.Links) == 0 {
			bad = append(bad, "no link of the clerk's")
		}
	}
	for _, link := range linksOf(d.Clerk) {
		words(link.Text, false)
		found := false
		for _, person := range l.people {
			page, address := "/insurer/people/"+person, "/insurer/people/"+person+"/"+kind+".pdf"+link.Query
			if d.Clerk.OnNotice {
				page += "/notice"
			}
			found = found || strings.Contains(l.page(t, page), `href="`+html.EscapeString(address)+`"`) &&
				l.pdf(t, address)
		}
		if !found {
			bad = append(bad, "no link of the clerk's leads to it: "+link.Text)
		}
	}
	if d.Clerk != nil && !l.noted(t, kind+".show") {
		bad = append(bad, "the audit chain does not tell of it")
	}
	if d.Viewer != nil {
		words(d.Viewer.Link, true)
		if !strings.Contains(l.page(t, "/screen"), `data-file="`+kind+`.pdf"`) {
			bad = append(bad, "no link on the patient's screen")
		}
		if !l.pdf(t, "/people/"+l.patient+"/"+kind+".pdf") {
			bad = append(bad, "no file for the patient")
		}
	}
	if d.Anybody != nil {
		if !strings.Contains(l.page(t, d.Anybody.Page), `href="/`+kind+`.pdf"`) {
			bad = append(bad, "no link on "+d.Anybody.Page)
		}
		if !l.pdf(t, "/"+kind+".pdf") {
			bad = append(bad, "no file for anybody")
		}
	}
	if (d.Clerk != nil || d.Run != nil) && len(d.Samples) == 0 {
		bad = append(bad, "no sample, though staff print it")
	}
	for _, s := range d.Samples {
		words(s.Name, false)
		address := "/insurer/papers/" + string(s.Kind) + ".pdf?insurer=06139992"
		if !strings.Contains(l.page(t, "/insurer/settings?insurer=06139992"), `href="`+address+`"`) ||
			!l.pdf(t, address) {
			bad = append(bad, "no sample "+string(s.Kind))
		}
	}
	if d.Run != nil {
		words(d.Run.Name, false)
		bad = append(bad, l.unprinted(t, d)...)
	}
	return bad
}

// noted reports whether the audit chain tells of one of the people that this was done.
func (l library) noted(t *testing.T, action string) bool {
	t.Helper()
	for _, person := range l.people {
		key := insurer.PersonKey{Insurer: "06139992", ID: audit.PersonID(person)}
		file, err := l.store.Register.PersonFile(ctx, key, l.now, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(file.Entries, func(e audit.Entry) bool { return e.Action == action }) {
			return true
		}
	}
	return false
}

func linksOf(d *insurer.ClerkDocument) []insurer.DocumentLink {
	if d == nil {
		return nil
	}
	return d.Links
}

// unprinted says what is missing for a run of a document, in each of its sizes.
func (l library) unprinted(t *testing.T, d insurer.Document) (bad []string) {
	t.Helper()
	kind := string(d.Run.Kind)
	if !strings.Contains(l.page(t, "/insurer/runs/new?insurer=06139992"), `name="run" value="`+kind+`"`) {
		bad = append(bad, "it cannot be chosen for a run")
	}
	layouts := d.Run.Layouts
	if len(layouts) == 0 {
		layouts = []insurer.RunLayout{""}
	}
	for _, layout := range layouts {
		w := l.form(t, "/insurer/runs", url.Values{"insurer": {"06139992"}, "run": {kind}, "whom": {"all"},
			"day": {l.today()}, "order": {"number"}, "sheets": {"no"}, "layout": {string(layout)}})
		m := runAddress.FindStringSubmatch(w.Header().Get("Location"))
		if m == nil {
			bad = append(bad, "no run is begun "+string(layout))
			continue
		}
		r := l.over(t, m[1])
		name := filepath.Join(l.runs.FolderOf(r), d.File+"-06139992-"+r.ID+"-001.pdf")
		data, err := os.ReadFile(name)
		if err != nil || !strings.HasPrefix(string(data), "%PDF-") || r.Done == 0 {
			bad = append(bad, "nothing is printed "+string(layout))
		}
	}
	return bad
}

// Whoever is to have a document finds it: each row of the documents' table leads to addresses, links, samples
// and print runs that work.
func TestEachDocumentOfTheTableIsComeBy(t *testing.T) {
	l := openLibrary(t)
	var kinds []string
	for _, d := range insurer.AllDocuments() {
		t.Run(string(d.Kind), func(t *testing.T) {
			for _, bad := range l.unreachable(t, d) {
				t.Error(bad)
			}
		})
		kinds = append(kinds, string(d.Kind))
		for _, s := range d.Samples {
			kinds = append(kinds, "sample "+string(s.Kind))
		}
		if d.Run != nil {
			kinds = append(kinds, "run "+string(d.Run.Kind))
		}
	}
	var offered, described []string
	for _, d := range insurer.AllDocuments() {
		if d.Run != nil {
			offered = append(offered, string(d.Run.Kind))
		}
	}
	asked := document(t).Paths.Value("/insurer/runs").Post.RequestBody.Value
	form := asked.Content["application/x-www-form-urlencoded"].Schema.Value
	for _, kind := range form.Properties["run"].Value.Enum {
		described = append(described, kind.(string))
	}
	if !slices.Equal(offered, described) {
		t.Errorf("runs print %q, openapi.yaml has %q", offered, described)
	}
	slices.Sort(kinds)
	if n := len(slices.Compact(slices.Clone(kinds))); n != len(kinds) || n < 15 {
		t.Errorf("%d names, some twice or some lost: %q", len(kinds), kinds)
	}
}

// The check itself, on documents that have what it must find.
func TestADocumentThatNobodyComesByIsFound(t *testing.T) {
	l := openLibrary(t)
	for _, c := range []struct {
		name string
		d    insurer.Document
		want string
	}{
		{"none of the ways", insurer.Document{}, "nobody comes by it"},
		{"no link", insurer.Document{Clerk: &insurer.ClerkDocument{}}, "no link of the clerk's"},
		{"no page links to it", insurer.Document{Clerk: &insurer.ClerkDocument{
			Links: []insurer.DocumentLink{{Text: "staff.person.card"}},
		}}, "no link of the clerk's leads to it: staff.person.card"},
		{"not noted", insurer.Document{Clerk: &insurer.ClerkDocument{}},
			"the audit chain does not tell of it"},
		{"no sample", insurer.Document{Run: &insurer.RunDocument{Kind: insurer.NoticeRun}},
			"no sample, though staff print it"},
		{"not on the screen", insurer.Document{Viewer: &insurer.ViewerDocument{}},
			"no link on the patient's screen"},
		{"no file for the patient", insurer.Document{Viewer: &insurer.ViewerDocument{}},
			"no file for the patient"},
		{"words that patients cannot read", insurer.Document{
			Viewer: &insurer.ViewerDocument{Link: "staff.person.card"}}, "no words: staff.person.card"},
		{"no link for anybody", insurer.Document{Anybody: &insurer.AnybodyDocument{Page: "/reception"}},
			"no link on /reception"},
		{"no file for anybody", insurer.Document{Anybody: &insurer.AnybodyDocument{Page: "/reception"}},
			"no file for anybody"},
		{"a sample without an address", insurer.Document{Samples: []insurer.Sample{{Kind: "passport"}}},
			"no sample passport"},
		{"a run that no page offers", insurer.Document{Run: &insurer.RunDocument{Kind: "passports"}},
			"it cannot be chosen for a run"},
		{"a run that prints nothing", insurer.Document{Run: &insurer.RunDocument{Kind: "passports"}},
			"no run is begun "},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.d.Kind, c.d.File = "passport", "passport"
			if bad := l.unreachable(t, c.d); !slices.Contains(bad, c.want) {
				t.Errorf("%q", bad)
			}
		})
	}
}
