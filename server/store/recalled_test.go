package store

import (
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// heard are the changes that other instances are told of.
type heard []string

func (h *heard) Changed(topic, key string) { *h = append(*h, fmt.Sprintf("%s %.4s", topic, key)) }

// remembering opens a database that forgets nothing by itself: its clock stands still.
func remembering(t *testing.T) (*opened, *heard) {
	t.Helper()
	told := &heard{}
	o := options()
	o.Recall, o.Now, o.Changes = RecallLife, func() time.Time { return noon }, told
	s, err := openAt(storetest.Database(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, told
}

// rememberedWorld is a person enrolled by a login, with a phone and both sessions, all of which was read.
type rememberedWorld struct {
	*opened
	told          *heard
	person        audit.PersonID
	login, device auth.Session
	sessions      *auth.Sessions
}

func newRememberedWorld(t *testing.T) *rememberedWorld {
	t.Helper()
	s, told := remembering(t)
	w := &rememberedWorld{opened: s, told: told}
	if err := s.Directory.PutSettings(ctx, insurer.Insurer{Number: "06139992", Name: "架空健康保険組合"}, nil,
		entry("insurer.put")); err != nil {
		t.Fatal(err)
	}
	w.person, _ = twoEnrolled(t, s)
	grant(t, s, "op|hanako", "phone", noon)
	w.sessions = &auth.Sessions{Store: s.Sessions(), Now: func() time.Time { return noon }}
	start := func(kind auth.Kind, subject string) auth.Session {
		session, err := w.sessions.Start(ctx, httptest.NewRecorder(), kind, subject, nil)
		if err != nil {
			t.Fatal(err)
		}
		return session
	}
	w.login = start(auth.Patient, "op|hanako")
	w.device = start(auth.Device, insurer.DeviceSubject("phone"))
	if seen := w.seen(t); !slices.Equal(seen, []string{"架空健康保険組合", "login", "device", "phone", "試験 花子"}) {
		t.Fatal(seen)
	}
	*told = nil
	return w
}

// seen is what a request of the phone finds.
func (w *rememberedWorld) seen(t *testing.T) (all []string) {
	t.Helper()
	in, err := w.Directory.Insurer(ctx, "06139992")
	if err == nil {
		all = append(all, in.Name)
	}
	for name, session := range map[string]auth.Session{"login": w.login, "device": w.device} {
		_, missing := w.Store.Sessions().Session(ctx, session.Hash)
		if missing == nil {
			all = append(all, name)
		}
	}
	found, err1 := w.Devices.DeviceGrants(ctx, insurer.DeviceGrantQuery{DeviceID: "phone", KeyID: "key"})
	for _, g := range found {
		all = append(all, g.DeviceID)
	}
	people, err2 := w.Enrolment.Enrolled(ctx, "op|hanako", noon)
	for _, p := range people {
		all = append(all, p.Person.Name)
	}
	if err := errors.Join(err, err1, err2); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(all, func(a, b string) int {
		order := []string{"架空", "login", "device", "phone"}
		place := func(s string) int {
			i := slices.IndexFunc(order, func(o string) bool { return len(s) >= len(o) && s[:len(o)] == o })
			if i < 0 {
				return len(order)
			}
			return i
		}
		return place(a) - place(b)
	})
	return all
}

// What is ended or changed is gone at the next request of this process, though the clock stands still, and
// other instances are told.
func TestWhatIsEndedIsGoneAtTheNextRequest(t *testing.T) {
	storetest.Engines(t, testWhatIsEndedIsGoneAtTheNextRequest)
}

func testWhatIsEndedIsGoneAtTheNextRequest(t *testing.T) {
	const kumiai, hanakosName = "架空健康保険組合", "試験 花子"
	for _, c := range []struct {
		name string
		do   func(*rememberedWorld) error
		seen []string
		told string
	}{
		{"a session that is ended", func(w *rememberedWorld) error {
			return w.sessions.Store.DeleteSession(ctx, w.login.Hash)
		}, []string{kumiai, "device", "phone", hanakosName}, "sessions"},
		{"a phone that the clerk takes away", func(w *rememberedWorld) error {
			_, err := w.Devices.EndDeviceGrants(ctx, insurer.DeviceGrantEnd{
				DeviceGrantQuery: insurer.DeviceGrantQuery{DeviceID: "phone"}, Logins: true,
			}, entry("phone.end"))
			return err
		}, []string{kumiai, hanakosName}, "device_grants"},
		{"an insurer's other name", func(w *rememberedWorld) error {
			return w.Directory.PutSettings(ctx, insurer.Insurer{Number: "06139992", Name: "架空組合"}, nil,
				entry("insurer.put"))
		}, []string{"架空組合", "login", "device", "phone", hanakosName}, "insurers"},
		{"a login that erases itself", func(w *rememberedWorld) error {
			return w.Enrolment.EraseSubject(ctx, "op|hanako", entry("erase"))
		}, []string{kumiai}, "enrolments"},
		{"a person who is erased", func(w *rememberedWorld) error {
			return w.Register.ErasePerson(ctx, "06139992", w.person, entry("erase"))
		}, []string{kumiai}, "people"},
		{"a person whom a file changes", func(w *rememberedWorld) error {
			other := hanako
			other.Name = "試験 はな"
			people := maps.All(map[string]eligibility.Person{"hanako": other})
			_, err := w.Importer.ImportPeople(ctx, "06139992", people, entry("people.import"))
			return err
		}, []string{kumiai, "login", "device", "phone", "試験 はな"}, "people"},
		{"a change that is taken back", func(w *rememberedWorld) error {
			dry := audit.WithoutChange(ctx)
			return errors.Join(w.sessions.Store.DeleteSession(dry, w.login.Hash),
				w.Register.ErasePerson(dry, "06139992", w.person, entry("erase")))
		}, []string{kumiai, "login", "device", "phone", hanakosName}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newRememberedWorld(t)
			if err := c.do(w); err != nil {
				t.Fatal(err)
			}
			if seen := w.seen(t); !slices.Equal(seen, c.seen) {
				t.Errorf("seen: %q, want %q", seen, c.seen)
			}
			isTold := slices.ContainsFunc(*w.told, func(line string) bool {
				return c.told != "" && len(line) >= len(c.told) && line[:len(c.told)] == c.told
			})
			if isTold != (c.told != "") {
				t.Errorf("others are told %q, want %q", *w.told, c.told)
			}
		})
	}
}

// Another program changes the database: this one hears of it, or forgets by itself.
func TestWhatAnotherInstanceChangesIsForgotten(t *testing.T) {
	storetest.Engines(t, testWhatAnotherInstanceChangesIsForgotten)
}

func testWhatAnotherInstanceChangesIsForgotten(t *testing.T) {
	now := noon
	o := options()
	o.Recall, o.Now = RecallLife, func() time.Time { return now }
	path := storetest.Database(t)
	here, err := openAt(path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer here.Close()
	o.Changes = here // word comes at once
	there, err := openAt(path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	silent, err := openAt(path, options())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	rename := func(s *opened, name string) {
		t.Helper()
		if err := s.Directory.PutSettings(ctx, insurer.Insurer{Number: "06139992", Name: name}, nil,
			entry("insurer.put")); err != nil {
			t.Fatal(err)
		}
	}
	named := func() string {
		t.Helper()
		in, err := here.Directory.Insurer(ctx, "06139992")
		if err != nil {
			t.Fatal(err)
		}
		return in.Name
	}
	rename(here, "一")
	named()
	if rename(there, "二"); named() != "二" {
		t.Errorf("with word: %s", named())
	}
	if rename(silent, "三"); named() != "二" {
		t.Errorf("without word, at once: %s", named())
	}
	if now = now.Add(RecallLife); named() != "三" {
		t.Errorf("without word, %s later: %s", RecallLife, named())
	}
	rename(silent, "四")
	if here.Changed("a table of a later version", ""); named() != "四" {
		t.Errorf("after a word that is not understood: %s", named())
	}
}
