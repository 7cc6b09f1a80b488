package web

import (
	"testing"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// personsOfReceipts are those whose receipts a phone is given, with how many.
func (h *testApp) personsOfReceipts(t *testing.T, key string) map[string]int {
	t.Helper()
	n := map[string]int{}
	for _, r := range answer[struct{ Receipts []struct{ Person string } }](t,
		h.ask(t, "GET", "/api/v1/receipts?key="+key, nil), 200).Receipts {
		n[r.Person]++
	}
	return n
}

func (h *testApp) leave(t *testing.T, phone string, people ...insurer.PersonRecord) {
	t.Helper()
	for _, r := range people {
		if err := h.store.Receipts.PutReceipts(ctx, keyOf(r),
			insurer.LeftReceipts{Sealed: map[string][]byte{phone: []byte("sealed")}},
			audit.Entry{At: h.now, Actor: "t", Action: "receipt.leave"}); err != nil {
			t.Fatal(err)
		}
	}
}

func (h *testApp) addReceiptKey(t *testing.T, id string) {
	t.Helper()
	w := h.ask(t, "PUT", "/api/v1/phone", map[string]any{
		"id":  id,
		"key": holderBody(h.holder(t, id, newPhone(t)))["key"],
	})
	if w.Code != 204 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
}

// A family shares a phone; who was at which clinic is each one's own. The phone must know whose a receipt is.
func TestEachReceiptNamesItsPerson(t *testing.T) {
	h, _ := connected(t)
	tokuichi := h.patientOf(t, h.now)
	phone := newPhone(t)
	h.add(t, "A", phone)
	h.addReceiptKey(t, "A")
	h.signedOut()
	hanako := h.hanako(t, h.now)
	h.add(t, "A", phone)
	h.addReceiptKey(t, "A")
	h.leave(t, "A", tokuichi, hanako, hanako)
	if got := h.personsOfReceipts(t, "A"); len(got) != 1 || got[string(hanako.ID)] != 2 {
		t.Errorf("her login gets %v", got)
	}
	h.enter(t, "A", phone)
	if got := h.personsOfReceipts(t, "A"); len(got) != 2 || got[string(tokuichi.ID)] != 1 ||
		got[string(hanako.ID)] != 2 {
		t.Errorf("their phone gets %v", got)
	}
}

// One login, two insurances: the one that was taken off the phone is silent there.
func TestAPersonTakenOffAPhoneLeavesNoReceiptsThere(t *testing.T) {
	h, _ := connected(t)
	first := h.patientOf(t, h.now)
	p := eligibility.Person{
		Insurer:      "06139992",
		Symbol:       "１２",
		Number:       "３４",
		BranchNumber: "00",
		Name:         "髙橋 德一",
		Kana:         "ﾀｶﾊｼ ﾄｸｲﾁ",
		BirthDate:    first.Person.BirthDate,
	}
	if _, err := h.store.Importer.ImportPeople(ctx, "06139992",
		func(yield func(string, eligibility.Person) bool) { yield("second", p) },
		audit.Entry{At: h.now, Actor: "t", Action: "people.import"}); err != nil {
		t.Fatal(err)
	}
	second, err := h.store.Issuer.PersonByKey(ctx, "06139992", "second")
	if err != nil {
		t.Fatal(err)
	}
	paper, err := h.insurer.Enrolment.NoticePaper(ctx, clerkOf(second.Person.Insurer), second.ID)
	if err != nil {
		t.Fatal(err)
	}
	login := &auth.Identity{Subject: "s", Name: p.Name, BirthDate: p.BirthDate, At: h.now}
	if err := h.insurer.Enrolment.Enrol(ctx, insurer.Viewer{Login: login},
		h.notices.MAC(paper.Code)); err != nil {
		t.Fatal(err)
	}
	phone := newPhone(t)
	h.add(t, "A", phone)
	h.addReceiptKey(t, "A")
	h.signedOut()
	h.enter(t, "A", phone)
	if w := h.ask(t, "POST", "/api/v1/people/"+string(second.ID)+"/remove", struct{}{}); w.Code != 204 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	h.leave(t, "A", first, second) // a counter that had the keys already
	if got := h.personsOfReceipts(t, "A"); len(got) != 1 || got[string(first.ID)] != 1 {
		t.Errorf("%v", got)
	}
	if me := answer[meAnswer](t, h.ask(t, "GET", "/api/v1/me", nil), 200); len(me.People) != 1 ||
		me.People[0].ID != string(first.ID) {
		t.Errorf("%+v", me)
	}
}
