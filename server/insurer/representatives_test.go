package insurer_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
)

// at moves the services' clock for the rest of a test.
func at(t *testing.T, moment time.Time) {
	t.Helper()
	before := now
	now = moment
	t.Cleanup(func() { now = before })
}

// refused fails a test unless an error has a key.
func refused(t *testing.T, err error, key string) {
	t.Helper()
	var e *eligibility.Error
	if !errors.As(err, &e) || e.Key != key {
		t.Errorf("%v instead of %s", err, key)
	}
}

// The day on which a child comes of age is that of the 18th birthday (民法4条): the age is reached at the end of
// the day before (年齢計算ニ関する法律1項, 民法143条), also where that birthday is a February 29th. Of a birth
// date that is known in part the earliest day counts. A ground that does not end with the majority holds for
// its years.
func TestTheLastDayOfARepresentation(t *testing.T) {
	for _, c := range []struct {
		name               string
		ground             insurer.Ground
		birth, begin, want string // want empty: refused
		key                string
	}{
		{"a parent until the day before the 18th birthday", insurer.ByParent, "2009-03-10", "2026-11-22",
			"2027-03-09", ""},
		{"on the last day as a child", insurer.ByParent, "2008-11-23", "2026-11-22", "2026-11-22", ""},
		{"on the 18th birthday", insurer.ByParent, "2008-11-22", "2026-11-22", "", "representing.adult"},
		{"born on February 29th", insurer.ByMinorGuardian, "2008-02-29", "2026-01-10", "2026-02-28", ""},
		{"a small child for five years", insurer.ByParent, "2024-05-01", "2026-11-22", "2031-11-21", ""},
		{"born in a month that is known", insurer.ByParent, "2009-03", "2026-11-22", "2027-02-28", ""},
		{"a guardian of an adult", insurer.ByAdultGuardian, "1940-01-01", "2026-11-22", "2029-11-21", ""},
		{"a mandate", insurer.ByMandate, "1940-01-01", "2026-11-22", "2027-11-21", ""},
		{"a mandate of February 29th", insurer.ByMandate, "1940-01-01", "2028-02-29", "2029-02-28", ""},
		{"an unknown ground", "friend", "1940-01-01", "2026-11-22", "", "representing.ground"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := insurer.LastDayOf(c.ground, eligibility.MustDate(c.birth),
				eligibility.MustDate(c.begin))
			if c.key != "" {
				refused(t, err, c.key)
				return
			}
			if err != nil || got.String() != c.want {
				t.Errorf("%s %v, not %s", got, err, c.want)
			}
		})
	}
}

func TestWhatAClerkMayNotState(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, key string
		change    func(*insurer.RepresentWish)
	}{
		{"no ground", "representing.ground", func(r *insurer.RepresentWish) { r.Ground = "" }},
		{"a parent of an adult", "representing.adult",
			func(r *insurer.RepresentWish) { r.Ground = insurer.ByParent }},
		{"no name", "representing.name", func(r *insurer.RepresentWish) { r.Name = " 　" }},
		{"a long name", "representing.name",
			func(r *insurer.RepresentWish) { r.Name = strings.Repeat("長", 61) }},
		{"no papers", "representing.seen", func(r *insurer.RepresentWish) { r.Seen = "" }},
		{"a My Number in the papers", "representing.seen",
			func(r *insurer.RepresentWish) { r.Seen = "委任状 " + validMyNumber }},
		{"a My Number as the name", "representing.name",
			func(r *insurer.RepresentWish) { r.Name = validMyNumber }},
		{"no last day", "representing.past", func(r *insurer.RepresentWish) { r.Last = eligibility.Date{} }},
		{"half a last day", "representing.past",
			func(r *insurer.RepresentWish) { r.Last = eligibility.MustDate("2027-01") }},
		{"yesterday", "representing.past",
			func(r *insurer.RepresentWish) { r.Last = eligibility.MustDate("2026-11-21") }},
		{"a day after a year", "representing.last",
			func(r *insurer.RepresentWish) { r.Last = eligibility.MustDate("2027-11-22") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, _ := w.dump(t)
			wish := mandate("代理 次郎")
			c.change(&wish)
			refused(t, w.Representatives.Begin(ctx, w.rightful.clerk, w.person.ID, wish), c.key)
			if after, _ := w.dump(t); after != before {
				t.Error("it was stored")
			}
		})
	}
}

// validMyNumber has a correct check digit and is nobody's: all digits but the last are zero and one.
const validMyNumber = "123456789018"

func TestARepresentativeShowsThePersonUntilTheLastDay(t *testing.T) {
	w := newWorld(t)
	rep := loggedIn("rep", "代理 花子", "1980-04-01")
	people, err := w.Enrolment.People(ctx, rep)
	if err != nil || len(people) != 1 || people[0].ID != w.person.ID ||
		people[0].LastRepresented().String() != "2027-03-31" {
		t.Fatalf("%+v %v", people, err)
	}
	live, err := w.Issuer.Live(ctx, rep, w.person.ID)
	fatal(t, err)
	if !representativesCode(t, w, live.JWS) || live.LastRepresented.String() != "2027-03-31" {
		t.Error("the screen does not say that a representative shows it")
	}
	if live.Person.Address != "" || live.Person.MailAddress != "" {
		t.Error("a representative is told the person's address")
	}
	own, err := w.Issuer.Live(ctx, w.rightful.viewer, w.person.ID)
	fatal(t, err)
	if own.Person.Address == "" {
		t.Fatal("there is no address to leave out")
	}
	if representativesCode(t, w, own.JWS) || !own.LastRepresented.IsZero() {
		t.Error("the person's own screen says that a representative shows it")
	}
	until, err := w.Documents.CopyUntil(ctx, rep, w.person.ID)
	if err != nil || until.String() != "2027-03-01" { // as everybody's
		t.Errorf("%s %v", until, err)
	}

	last := time.Date(2027, 3, 31, 23, 59, 59, 0, eligibility.Japan)
	at(t, last)
	if _, err := w.Issuer.Live(ctx, rep, w.person.ID); err != nil {
		t.Errorf("on the last day: %v", err)
	}
	if until, err := w.Documents.CopyUntil(ctx, rep, w.person.ID); err != nil ||
		until.String() != "2027-04-01" {
		t.Errorf("a copy of the last day ends on %s, %v", until, err)
	}
	code, _, err := w.OnlineCodes.NewCode(ctx, rep, w.person.ID)
	fatal(t, err)
	now = last.Add(time.Second)
	_, err = w.Issuer.Live(ctx, rep, w.person.ID)
	refused(t, err, "person.not_yours")
	_, err = w.OnlineCodes.Redeem(ctx, w.rightful.host, code, unlimited{})
	refused(t, err, "code.unknown")
	if people, err := w.Enrolment.People(ctx, rep); err != nil || len(people) != 0 {
		t.Errorf("%d people, %v", len(people), err)
	}
	if all, err := w.Representatives.OfPerson(ctx, w.rightful.clerk, w.person.ID); err != nil ||
		len(all) != 0 {
		t.Errorf("%d representatives, %v", len(all), err)
	}
	for _, want := range []int{1, 0} { // and again
		if n, err := w.store.ExpireRepresentatives(ctx, now); err != nil || n != want {
			t.Errorf("%d ended, %v", n, err)
		}
	}
	if file := w.everything(t); len(file.Representatives) != 0 || len(file.Logins) != 1 ||
		file.Entries[0].Action != "representative.over" || file.Entries[0].Actor != audit.ActorSystem {
		t.Errorf("%+v", file)
	}
}

// representativesCode reads whether a screen says that a representative's phone shows it.
func representativesCode(t *testing.T, w *world, jws string) bool {
	t.Helper()
	published, err := w.keys.Rings.Issuer(city, now)
	fatal(t, err)
	verdict := credential.Verifier{Now: now, Keys: published.Set}.Verify(jws)
	if !verdict.Valid {
		t.Fatalf("%+v", verdict)
	}
	return verdict.Representative
}

// The counter that looks a code up is told too.
func TestAnOnlineCodeOfARepresentativeSaysSo(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name   string
		viewer insurer.Viewer
		want   bool
	}{
		{"a representative's", loggedIn("rep", "代理 花子", "1980-04-01"), true},
		{"the person's own", w.rightful.viewer, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, _, err := w.OnlineCodes.NewCode(ctx, c.viewer, w.person.ID)
			fatal(t, err)
			jws, err := w.OnlineCodes.Redeem(ctx, w.rightful.host, code, unlimited{})
			fatal(t, err)
			if got := representativesCode(t, w, jws); got != c.want {
				t.Errorf("representative: %v", got)
			}
		})
	}
}

// No screen without network outlives the representation: it could not be taken back.
func TestNoOfflineScreenOutlivesTheRepresentation(t *testing.T) {
	w := newWorld(t)
	rep := loggedIn("rep", "代理 花子", "1980-04-01")
	fatal(t, w.store.ForInsurer().Devices.PutDeviceGrants(ctx, insurer.DeviceGrant{
		Subject:  "op|rep",
		DeviceID: "phone-c",
		KeyID:    strings.Repeat("c", 16),
		Public:   make([]byte, 65),
		LoginAt:  time.Date(2027, 3, 20, 9, 0, 0, 0, eligibility.Japan),
		At:       now,
	}, entry("phone.holder")))
	at(t, time.Date(2027, 3, 30, 23, 59, 0, 0, eligibility.Japan))
	if _, err := w.Issuer.Offline(ctx, rep, w.person.ID, "phone-c"); err != nil {
		t.Error(err)
	}
	now = now.Add(2 * time.Minute)
	_, err := w.Issuer.Offline(ctx, rep, w.person.ID, "phone-c")
	refused(t, err, "represent.ends_soon")
}

func TestACodeThatIsOfNoUse(t *testing.T) {
	rep := loggedIn("d", "代理 太郎", "1981-05-02")
	for _, c := range []struct {
		name, key string
		viewer    func(w *world) insurer.Viewer // rep where it is nil
		before    func(t *testing.T, w *world)
	}{
		{"over", "represent.code", nil,
			func(t *testing.T, _ *world) { at(t, now.Add(insurer.RepresentCodeLife)) }},
		{"of a last day that ended meanwhile", "represent.code", nil, func(t *testing.T, w *world) {
			at(t, time.Date(2027, 3, 31, 23, 55, 0, 0, eligibility.Japan))
			begun(t, w, "代理 太郎")
			now = now.Add(6 * time.Minute)
		}},
		{"used", "represent.code", nil, func(t *testing.T, w *world) {
			fatal(t, w.Representatives.Accept(ctx, rep, w.offer))
		}},
		{"void by the next", "represent.code", nil, func(t *testing.T, w *world) {
			first := w.offer
			begun(t, w, "代理 次郎")
			w.offer = first
		}},
		{"of an erased person", "represent.code", nil, func(t *testing.T, w *world) {
			fatal(t, w.Register.Erase(ctx, w.rightful.clerk, w.person.ID, w.person.Person.Number))
		}},
		{"read by a stranger's phone", "represent.other_name",
			func(*world) insurer.Viewer { return loggedIn("e", "他人 花子", "1970-01-01") }, nil},
		{"by the person", "represent.own_login",
			func(w *world) insurer.Viewer { return w.rightful.viewer }, nil},
		{"without a login", "enrol.login_again",
			func(*world) insurer.Viewer { return insurer.Viewer{} }, nil},
		{"by an old login", "enrol.login_again", func(*world) insurer.Viewer {
			old := *rep.Login
			old.At = now.Add(-insurer.FreshLogin - time.Second)
			return insurer.Viewer{Login: &old}
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if c.before != nil {
				c.before(t, w)
			}
			viewer := rep
			if c.viewer != nil {
				viewer = c.viewer(w)
			}
			if viewer.Login != nil && c.key != "enrol.login_again" {
				fresh := *viewer.Login
				fresh.At = now
				viewer = insurer.Viewer{Login: &fresh}
			}
			before, _ := w.dump(t)
			if c.key == "represent.code" { // nor does it open the door at which a phone logs in
				_, err := w.Representatives.InsurerOf(ctx, w.offer)
				refused(t, err, c.key)
			}
			refused(t, w.Representatives.Accept(ctx, viewer, w.offer), c.key)
			if after, _ := w.dump(t); after != before {
				t.Error("it changed something")
			}
		})
	}
}

// begun makes a code for a person of a name, as w.offer.
func begun(t *testing.T, w *world, name string) {
	t.Helper()
	fatal(t, w.Representatives.Begin(ctx, w.rightful.clerk, w.person.ID, mandate(name)))
	paper, err := w.Representatives.Code(ctx, w.rightful.clerk, w.person.ID)
	fatal(t, err)
	w.offer, err = w.Representatives.CodeFor(ctx, paper.Code)
	fatal(t, err)
}

func TestOfTwoLoginsThatUseACodeAtOnceOneIsBound(t *testing.T) {
	w := newWorld(t)
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			viewer := loggedIn(string(rune('m'+i)), "代理 太郎", "1981-05-02")
			errs[i] = w.Representatives.Accept(ctx, viewer, w.offer)
		})
	}
	all.Wait()
	bound := 0
	for _, err := range errs {
		if err == nil {
			bound++
			continue
		}
		refused(t, err, "represent.code")
	}
	if file := w.everything(t); bound != 1 || len(file.Representatives) != 2 {
		t.Errorf("%d bound, %d representatives", bound, len(file.Representatives))
	}
}

// Who represents somebody cannot make another one, see others, or end the person's own phones and logins; who
// represents a representative represents nobody else.
func TestWhatARepresentativeCannotDo(t *testing.T) {
	w := newWorld(t)
	rep := loggedIn("rep", "代理 花子", "1980-04-01")
	before, _ := w.dump(t)
	_, err := w.Representatives.OfViewer(ctx, rep, w.person.ID)
	refused(t, err, "person.not_yours")
	refused(t, w.Representatives.EndOwn(ctx, rep, w.person.ID, w.representative), "person.not_yours")
	refused(t, w.Devices.EndDeviceOfLogin(ctx, rep, "phone-a", [32]byte{}), "phone.unknown")
	if phones, err := w.Devices.DevicesOfViewer(ctx, rep); err != nil || len(phones) != 0 {
		t.Errorf("%d phones, %v", len(phones), err)
	}
	refused(t, w.Representatives.End(ctx, w.rightful.clerk, w.person.ID, w.login), "represent.missing")
	refused(t, w.Representatives.EndOwn(ctx, w.rightful.viewer, w.person.ID, w.login), "represent.missing")
	byKey := insurer.Viewer{Device: w.rightful.viewer.Device, People: w.rightful.viewer.People}
	refused(t, w.Representatives.EndOwn(ctx, byKey, w.person.ID, w.representative), "person.not_yours")
	if after, _ := w.dump(t); after != before {
		t.Error("something changed")
	}

	fatal(t, w.Enrolment.EraseLogin(ctx, rep)) // takes the representative's own away, and nothing else
	file := w.everything(t)
	if len(file.Logins) != 1 || len(file.Devices) != 1 || file.Receipts != 1 || len(file.Copies) != 1 ||
		len(file.Representatives) != 0 {
		t.Errorf("%+v", file)
	}
}

// A login that represents the person is its own person's login as well: who represents that person is shown
// that one alone.
func TestARepresentativeOfARepresentativeSeesNoFurther(t *testing.T) {
	w := newWorld(t)
	people, _, err := w.Register.Search(ctx, w.rightful.clerk, insurer.PeopleQuery{Limit: 2})
	fatal(t, err)
	second := people[1]
	b := loggedIn("b", second.Person.Name, second.Person.BirthDate.String())
	begun(t, w, second.Person.Name)
	fatal(t, w.Representatives.Accept(ctx, b, w.offer)) // b's own login now represents the first person
	fatal(t, w.Representatives.Begin(ctx, w.rightful.clerk, second.ID, mandate("代理 三郎")))
	paper, err := w.Representatives.Code(ctx, w.rightful.clerk, second.ID)
	fatal(t, err)
	mac, err := w.Representatives.CodeFor(ctx, paper.Code)
	fatal(t, err)
	third := loggedIn("f", "代理 三郎", "1990-01-01")
	fatal(t, w.Representatives.Accept(ctx, third, mac))
	shown, err := w.Enrolment.People(ctx, third)
	if err != nil || len(shown) != 1 || shown[0].ID != second.ID {
		t.Errorf("%+v %v", shown, err)
	}
	if shown, err = w.Enrolment.People(ctx, b); err != nil || len(shown) != 2 ||
		shown[0].IsRepresented() || !shown[1].IsRepresented() {
		t.Errorf("%+v %v", shown, err)
	}
}

// A new code renews the representative who is there; a fifth one is refused before a code is made, and again
// where a place was lost meanwhile.
func TestPlacesOfRepresentatives(t *testing.T) {
	w := newWorld(t)
	for i, name := range []string{"代理 花子", "代理 太郎", "代理 次郎", "代理 三郎"} {
		begun(t, w, name)
		viewer := loggedIn([]string{"rep", "s2", "s3", "s4"}[i], name, "1980-04-01")
		fatal(t, w.Representatives.Accept(ctx, viewer, w.offer))
	}
	all, err := w.Representatives.OfPerson(ctx, w.rightful.clerk, w.person.ID)
	if err != nil || len(all) != 4 || all[0].Number != w.representative || all[0].Since != now.UTC() &&
		!all[0].Since.Equal(now) {
		t.Fatalf("%+v %v", all, err)
	}
	refused(t, w.Representatives.Begin(ctx, w.rightful.clerk, w.person.ID, mandate("代理 五郎")),
		"represent.too_many")
	longer := mandate("代理 花子")
	longer.Last = eligibility.MustDate("2027-10-31")
	fatal(t, w.Representatives.Begin(ctx, w.rightful.clerk, w.person.ID, longer))
	paper, err := w.Representatives.Code(ctx, w.rightful.clerk, w.person.ID)
	fatal(t, err)
	mac, err := w.Representatives.CodeFor(ctx, paper.Code)
	fatal(t, err)
	refused(t, w.Representatives.Accept(ctx, loggedIn("z", "代理 花子", "1999-04-01"), mac),
		"represent.too_many") // of the same name, another login
	fatal(t, w.Representatives.Accept(ctx, loggedIn("rep", "代理 花子", "1980-04-01"), mac))
	all, err = w.Representatives.OfPerson(ctx, w.rightful.clerk, w.person.ID)
	if err != nil || len(all) != 4 || all[0].Last().String() != "2027-10-31" {
		t.Errorf("%+v %v", all, err)
	}
}

// The chain tells who began, who was bound and who ended, by kinds and without a name.
func TestTheAuditTellsOfARepresentative(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(w *world) error
		by   audit.Actor
	}{
		{"ended by the clerk", func(w *world) error {
			return w.Representatives.End(ctx, w.rightful.clerk, w.person.ID, w.representative)
		}, audit.ClerkActor("鈴木")},
		{"ended by the person", func(w *world) error {
			return w.Representatives.EndOwn(ctx, w.rightful.viewer, w.person.ID, w.representative)
		}, audit.ActorPatient},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			fatal(t, c.end(w))
			var told []string
			for _, e := range slices.Backward(w.everything(t).Entries) {
				if strings.HasPrefix(e.Action, "representative.") {
					told = append(told, string(e.Actor)+" "+e.Action)
				}
				if strings.Contains(e.Detail, "代理") || strings.Contains(e.Detail, "委任状") {
					t.Errorf("%s names somebody: %s", e.Action, e.Detail)
				}
			}
			want := []string{
				"clerk:鈴木 representative.code", "representative representative.begin",
				"clerk:鈴木 representative.code", string(c.by) + " representative.end",
			}
			if !slices.Equal(told, want) {
				t.Errorf("%q", told)
			}
			rep := loggedIn("rep", "代理 花子", "1980-04-01")
			if people, err := w.Enrolment.People(ctx, rep); err != nil || len(people) != 0 {
				t.Errorf("%d people, %v", len(people), err)
			}
		})
	}
}

// A copy that a representative saves is told from the person's own in the chain, and says so itself.
func TestACopyOfARepresentativeIsToldApart(t *testing.T) {
	w := newWorld(t)
	_, err := w.Documents.File(ctx, loggedIn("rep", "代理 花子", "1980-04-01"), w.person.ID)
	fatal(t, err)
	entries := w.everything(t).Entries
	if e := entries[0]; e.Action != "paper.issue" || e.Actor != audit.ActorRepresentative {
		t.Errorf("%+v", e)
	}
}

// Who was at which clinic is told to a representative's phone until the last day, and not until somebody has
// swept: no key of it is handed out afterwards, nothing is stored for it, and what lies there is not given.
func TestARepresentativesPhoneHasNoReceiptsAfterTheLastDay(t *testing.T) {
	w := newWorld(t)
	rep, host := loggedIn("rep", "代理 花子", "1980-04-01"), w.rightful.host
	last := time.Date(2027, 3, 31, 23, 59, 59, 0, eligibility.Japan)
	at(t, last)
	entry := audit.Entry{At: now, Actor: rep.Actor(), Action: "phone.add"}
	fatal(t, w.store.ForInsurer().Devices.PutReceiptKey(ctx, rep.Login.Subject, "phone-rep",
		[]byte("public"), entry))
	screen, err := w.Issuer.Live(ctx, rep, w.person.ID)
	fatal(t, err)
	left := hostapi.Delivery{Credential: screen.JWS, Sealed: map[string][]byte{
		"phone-rep": slices.Collect(maps.Values(w.sealed))[0],
	}}
	for _, c := range []struct {
		name string
		now  time.Time
		lies int
	}{
		{"on the last day", last, 1},
		{"a second later", last.Add(time.Second), 0},
		{"with a clock that was put back", last, 1}, // nothing was stored meanwhile
	} {
		t.Run(c.name, func(t *testing.T) {
			now = c.now
			keys, err := w.Receipts.ReceiptKeys(ctx, host, screen.JWS)
			if err != nil || (keys["phone-rep"] != nil) != (c.lies > 0) {
				t.Errorf("keys: %v, %v", keys, err)
			}
			if c.name != "with a clock that was put back" {
				fatal(t, w.Receipts.LeaveReceipt(ctx, host, left))
			}
			found, err := w.Receipts.Receipts(ctx, rep, "phone-rep")
			if err != nil || len(found) != c.lies {
				t.Errorf("%d receipts, %v", len(found), err)
			}
		})
	}
}
