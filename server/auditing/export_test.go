package auditing

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/datafolder"
	"madoguchi/server/demo"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
	"madoguchi/server/output"
	"madoguchi/server/staff"
)

const city eligibility.InsurerNumber = "00138990"

// halfOf assembles the insurer's half on a data folder.
func halfOf(w *world, f *datafolder.DataFolder) *insurer.Services {
	w.t.Helper()
	if err := demo.PutInsurers(w.t.Context(), f.Store.ForInsurer().Directory, w.at); err != nil {
		w.t.Fatal(err)
	}
	derive, err := f.Keys.Secret(keys.Notice)
	if err != nil {
		w.t.Fatal(err)
	}
	index, err := f.Keys.Secret(keys.Index)
	if err != nil {
		w.t.Fatal(err)
	}
	return insurer.New(insurer.Config{
		Stores:       f.Store.ForInsurer(),
		Keys:         f.Keys.Rings,
		Certificates: f.Keys.Certificates,
		Notices:      insurer.NoticeKeys{Derive: derive, Index: index},
		Host:         w.settings.Host(),
		Now:          w.now,
	})
}

// What the chain says of one person is listed in words, also what has left the database, and that it was
// asked.
func TestTheEntriesOfOnePersonAreListedInWords(t *testing.T) {
	w, folder := newWorld(t), filepath.Join(t.TempDir(), "archive")
	w.at = time.Date(2026, time.September, 28, 9, 0, 0, 0, eligibility.Japan)
	export := Export{Insurer: string(city), Person: "髙橋德一", Archive: folder}
	w.in(func(f *datafolder.DataFolder) {
		services := halfOf(w, f)
		clerk := staff.Clerk{Staff: "鈴木", Insurer: city, Role: staff.Everything}
		if _, err := services.Importer.Import(t.Context(), clerk,
			bytes.NewReader(insuredcsv.SampleFile(city))); err != nil {
			t.Fatal(err)
		}
		found, err := f.Store.ForInsurer().Register.FindPeople(t.Context(),
			insurer.PeopleQuery{Insurer: city, Text: "髙橋德一", Limit: 1})
		if err != nil || len(found) != 1 {
			t.Fatalf("%d %v", len(found), err)
		}
		if _, err := services.Register.PersonFile(t.Context(), clerk, found[0].ID); err != nil {
			t.Fatal(err)
		}
		w.at = time.Date(2026, time.October, 5, 9, 0, 0, 0, eligibility.Japan)
		if _, err := services.Enrolment.NoticePaper(t.Context(), clerk, found[0].ID); err != nil {
			t.Fatal(err)
		}
		w.noted(f, 2)
		w.signed(f)
		away := &Archive{Before: "2026-10", To: folder, Remove: true}
		if _, err := away.write(t.Context(), w.settings, f.Store, w.now); err != nil {
			t.Fatal(err)
		}
		w.at = time.Date(2026, time.October, 6, 10, 30, 0, 0, eligibility.Japan)
		told, err := export.Do(t.Context(), w.settings, f.Store, services)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(printed(t, told, false)), "\n")
		want := []string{
			"2026-09-28 09:00  担当 鈴木  記録を見ました",
			"2026-10-05 09:00  担当 鈴木  お知らせのコードを表示しました",
			"2026-10-06 10:30  管理者  開示のため、この記録の一覧を出しました",
		}
		if len(lines) != 4 || !slices.Equal(lines[1:], want) || !strings.Contains(lines[0], "髙橋 德一") {
			t.Errorf("%s", strings.Join(lines, "\n"))
		}
		var document Exported
		if err := json.Unmarshal([]byte(printed(t, told, true)), &document); err != nil ||
			len(document.Entries) != 3 || document.Entries[0].At != "2026-09-28T09:00:00+09:00" {
			t.Errorf("%+v %v", document, err)
		}
		export.Person = "だれでもない"
		if _, err := export.Do(t.Context(), w.settings, f.Store, services); err == nil {
			t.Error("entries of nobody")
		}
	})
}

// printed is what a command prints.
func printed(t *testing.T, told output.Told, asJSON bool) string {
	t.Helper()
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stdout
	os.Stdout = out
	err = told.Print(asJSON)
	os.Stdout = before
	out.Close()
	text, reading := io.ReadAll(in)
	if err != nil || reading != nil {
		t.Fatal(err, reading)
	}
	return string(text)
}
