package insurer_test

import (
	"strings"
	"testing"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
)

// withheld imports a person whose data are withheld and who has moved since, and returns the record and the
// login that is the person's own.
func withheld(t *testing.T, w *world) (insurer.PersonRecord, insurer.Viewer) {
	t.Helper()
	for _, home := range []string{"東京都架空市旧町9", "大阪府架空市隠町7"} {
		file := "番号,氏名,生年月日,郵便番号,住所,送付先住所,不開示\n" +
			"7654321,隠田 花子,1988-11-30,100-0001," + home + ",京都府架空市送町5,有\n"
		read, err := insuredcsv.Read(strings.NewReader(file), insuredcsv.Options{
			Insurer: city,
			Today:   eligibility.DateOf(now),
		})
		fatal(t, err)
		_, err = w.Importer.StoreFile(ctx, deskClerk, read, nil)
		fatal(t, err)
	}
	found, _, err := w.Register.Search(ctx, deskClerk, insurer.PeopleQuery{Text: "7654321", Limit: 2})
	fatal(t, err)
	if len(found) != 1 || found[0].Person.Withheld != eligibility.Yes || found[0].Version != 2 {
		t.Fatalf("%+v", found)
	}
	return found[0], insurer.Viewer{Login: &auth.Identity{
		Subject:   "op|withheld",
		Name:      "隠田 花子",
		BirthDate: eligibility.MustDate("1988-11-30"),
		At:        now,
	}}
}

// Whoever holds the notice of somebody whose data are withheld, and even the person's card and PIN, gets the
// answer that any login gets that does not fit: nobody learns by it who is withheld. The desk enrols them.
func TestWithheldPeopleAreEnrolledAtTheDeskAlone(t *testing.T) {
	w := newWorld(t)
	r, own := withheld(t, w)
	paper, err := w.Enrolment.NoticePaper(ctx, deskClerk, r.ID)
	fatal(t, err)
	mac, err := w.Enrolment.NoticeFor(ctx, paper.Code)
	fatal(t, err)
	before, _ := w.dump(t)
	other := insurer.Viewer{Login: &auth.Identity{Subject: "op|spouse", Name: "隠田 太郎",
		BirthDate: eligibility.MustDate("1985-01-01"), At: now}}
	testenv.Refused(t, testenv.Sessions, 3)
	byOther, byOwn := w.Enrolment.Enrol(ctx, other, mac), w.Enrolment.Enrol(ctx, own, mac)
	if byOther != error(insurer.ErrNotByNotice) || byOwn != byOther {
		t.Errorf("another's login: %v, the own one: %v", byOther, byOwn)
	}
	if after, _ := w.dump(t); after != before {
		t.Error("one of them changed something")
	}
	_, code := w.begun(t, r.ID)
	fatal(t, w.Desk.Enrol(ctx, own, code))
	if shows(t, w, own) != 1 {
		t.Error("the desk did not enrol")
	}
	if err := w.Enrolment.Enrol(ctx, own, mac); err != nil {
		t.Errorf("whose screen it is opens the notice again: %v", err)
	}
	if err := w.Enrolment.Enrol(ctx, other, mac); err != error(insurer.ErrNotByNotice) {
		t.Errorf("another's login, afterwards: %v", err)
	}
}

// The file of somebody whose data are withheld holds no address, of now or of before; a look at it is
// audited.
func TestTheAddressOfWithheldPeopleIsALookOfItsOwn(t *testing.T) {
	w := newWorld(t)
	r, _ := withheld(t, w)
	file, err := w.Register.PersonFile(ctx, deskClerk, r.ID)
	fatal(t, err)
	all := append([]insurer.PersonRecord{file.PersonRecord}, file.Older...)
	if len(all) != 2 {
		t.Fatalf("%d versions", len(all))
	}
	for _, one := range all {
		if p := one.Person; p.PostCode+p.Address+p.MailPostCode+p.MailAddress != "" || p.Name == "" {
			t.Errorf("version %d: %+v", one.Version, p)
		}
	}
	record, err := w.Register.Addresses(ctx, deskClerk, r.ID)
	if err != nil || record.Person.Address != "大阪府架空市隠町7" || record.Person.MailAddress != "京都府架空市送町5" {
		t.Errorf("%+v %v", record.Person, err)
	}
	file, err = w.Register.PersonFile(ctx, deskClerk, r.ID)
	fatal(t, err)
	looks := 0
	for _, e := range file.Entries {
		if e.Action == "people.address" && e.Actor == deskClerk.Actor() {
			looks++
		}
	}
	if looks != 1 {
		t.Errorf("%d looks are audited", looks)
	}
	open, err := w.Register.PersonFile(ctx, deskClerk, w.person.ID)
	if err != nil || open.Person.Address == "" {
		t.Errorf("anybody else's file has no address: %v", err)
	}
}
