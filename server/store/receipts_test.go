package store

import (
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// sealedFor are receipts that a counter left for phones.
func sealedFor(phones ...string) insurer.LeftReceipts {
	left := insurer.LeftReceipts{Sealed: map[string][]byte{}}
	for _, phone := range phones {
		left.Sealed[phone] = []byte("sealed")
	}
	return left
}

func TestReceiptsReachThePhonesOfThePersonOnly(t *testing.T) {
	storetest.Engines(t, testReceiptsReachThePhonesOfThePersonOnly)
}

func testReceiptsReachThePhonesOfThePersonOnly(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	r, err := s.Issuer.PersonByKey(ctx, "06139992", "k1")
	if err != nil {
		t.Fatal(err)
	}
	e := audit.Entry{At: noon, Actor: "patient", Action: "x", Person: r.ID}
	if _, err := s.Enrolment.EnsureNotice(ctx, ofKumiai(r.ID), func(int64) []byte { return []byte("m") },
		e); err != nil {
		t.Fatal(err)
	}
	if err := s.Enrolment.Enrol(ctx, []byte("m"), "op|a", e); err != nil {
		t.Fatal(err)
	}
	if err := s.Devices.PutReceiptKey(ctx, "op|a", "phone", []byte("public"),
		entry("phone.add")); err != nil {
		t.Fatal(err)
	}
	keys, err := s.Receipts.ReceiptKeys(ctx, ofKumiai(r.ID), noon)
	if err != nil || string(keys["phone"]) != "public" || len(keys) != 1 {
		t.Fatalf("%v %v", keys, err)
	}
	if err := s.Receipts.PutReceipts(ctx, ofKumiai(r.ID), sealedFor("phone"), e); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Receipts.Receipts(ctx, "op|a", "phone", noon); err != nil ||
		len(got) != 1 || string(got[0].Sealed) != "sealed" {
		t.Errorf("%v %v", got, err)
	}
	if got, err := s.Receipts.Receipts(ctx, "op|b", "phone", noon); err != nil ||
		len(got) != 0 {
		t.Errorf("another login reads %v %v", got, err)
	}
	if n, err := s.ExpireReceipts(ctx, noon.Add(time.Second)); err != nil || n != 1 {
		t.Errorf("%d %v", n, err)
	}
}

// Two logins of one person read their own phones' receipts only. What lay for an ended login's phones is
// gone, also when the same login is enrolled again with the same phone; what lies for the other stays.
func TestReceiptsAreOfOneLoginAndDoNotComeBackAfterItsEnd(t *testing.T) {
	storetest.Engines(t, testReceiptsAreOfOneLoginAndDoNotComeBackAfterItsEnd)
}

func testReceiptsAreOfOneLoginAndDoNotComeBackAfterItsEnd(t *testing.T) {
	s, _ := open(t)
	hanakoID, _ := twoEnrolled(t, s)
	if _, err := s.Enrolment.ReissueNotice(ctx, ofKumiai(hanakoID),
		func(int64) []byte { return []byte("second") }, entry("notice.reissue")); err != nil {
		t.Fatal(err)
	}
	if err := s.Enrolment.Enrol(ctx, []byte("second"), "op|mother", entry("notice.enrol")); err != nil {
		t.Fatal(err)
	}
	grant(t, s, "op|hanako", "P", noon)
	grant(t, s, "op|mother", "M", noon)
	if err := s.Receipts.PutReceipts(ctx, ofKumiai(hanakoID), sealedFor("P", "M"),
		entry("receipt.leave")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ subject, phone string }{
		{"op|hanako", "M"}, // the other's
		{"op|mother", "P"},
	} {
		t.Run(c.subject+" on the other's phone", func(t *testing.T) {
			got, err := s.Receipts.Receipts(ctx, c.subject, c.phone, noon)
			if err != nil || len(got) != 0 {
				t.Errorf("%d receipts, %v", len(got), err)
			}
		})
	}
	file, err := s.Register.PersonFile(ctx, ofKumiai(hanakoID), noon, 10)
	if err != nil || len(file.Logins) != 2 {
		t.Fatal(file.Logins, err)
	}
	if err := s.Enrolment.EndLogin(ctx, ofKumiai(hanakoID), file.Logins[0].ID,
		entry("login.end")); err != nil { // the older one
		t.Fatal(err)
	}
	if _, err := s.Enrolment.ReissueNotice(ctx, ofKumiai(hanakoID),
		func(int64) []byte { return []byte("third") }, entry("notice.reissue")); err != nil {
		t.Fatal(err)
	}
	if err := s.Enrolment.Enrol(ctx, []byte("third"), "op|hanako", entry("notice.enrol")); err != nil {
		t.Fatal(err)
	}
	grant(t, s, "op|hanako", "P", noon)
	for _, c := range []struct {
		subject, phone string
		want           int
	}{
		{"op|hanako", "P", 0},
		{"op|mother", "M", 1},
	} {
		t.Run(c.subject+" on the own phone", func(t *testing.T) {
			got, err := s.Receipts.Receipts(ctx, c.subject, c.phone, noon)
			if err != nil || len(got) != c.want {
				t.Errorf("%d receipts, %v", len(got), err)
			}
		})
	}
}

// A receipt key goes with the last grant on its phone (docs/phone.md), also when that ends by its age.
func TestAReceiptKeyGoesWithTheLastGrantOfItsPhone(t *testing.T) {
	storetest.Engines(t, testAReceiptKeyGoesWithTheLastGrantOfItsPhone)
}

func testAReceiptKeyGoesWithTheLastGrantOfItsPhone(t *testing.T) {
	s, _ := open(t)
	hanakoID, _ := twoEnrolled(t, s)
	long := noon.AddDate(0, -6, 0)
	for i, phone := range []string{"old", "new"} {
		login := []time.Time{long, noon}[i]
		if err := s.Devices.PutReceiptKey(ctx, "op|hanako", phone, []byte("public"),
			audit.Entry{At: login, Actor: "test", Action: "phone.add"}); err != nil {
			t.Fatal(err)
		}
		if err := s.Devices.PutDeviceGrants(ctx, insurer.DeviceGrant{Subject: "op|hanako", DeviceID: phone,
			KeyID:  "key",
			Public: []byte("public"), LoginAt: login, At: login}, entry("phone.holder")); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Devices.PutReceiptKey(ctx, "op|hanako", "just being added", []byte("public"),
		entry("phone.add")); err != nil {
		t.Fatal(err)
	}
	if err := s.ExpireDevices(ctx, noon, noon.Add(-insurer.DeviceGrantRetention)); err != nil {
		t.Fatal(err)
	}
	keys, err := s.Receipts.ReceiptKeys(ctx, ofKumiai(hanakoID), noon)
	if err != nil || len(keys) != 2 || keys["old"] != nil {
		t.Errorf("%v %v", keys, err)
	}
}

// receiptRows counts what lies there, readable or not.
func receiptRows(t *testing.T, s *opened) (n int) {
	t.Helper()
	if err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM receipts`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A counter takes minutes between asking for the keys and leaving a receipt; a phone that has gone meanwhile
// gets none.
func TestNoReceiptIsKeptForAPhoneThatHasGone(t *testing.T) {
	storetest.Engines(t, testNoReceiptIsKeptForAPhoneThatHasGone)
}

func testNoReceiptIsKeptForAPhoneThatHasGone(t *testing.T) {
	for _, c := range []struct {
		name string
		goes func(s *opened, person audit.PersonID) error
	}{
		{"erased", func(s *opened, _ audit.PersonID) error {
			return s.Enrolment.EraseSubject(ctx, "op|hanako", entry("subject.erase"))
		}},
		{"ended", func(s *opened, _ audit.PersonID) error {
			phone := insurer.DeviceGrantQuery{DeviceID: "P"}
			_, err := s.Devices.EndDeviceGrants(ctx, insurer.DeviceGrantEnd{DeviceGrantQuery: phone},
				entry("phone.end"))
			return err
		}},
		{"ended by the insurer", func(s *opened, person audit.PersonID) error {
			file, err := s.Register.PersonFile(ctx, ofKumiai(person), noon, 1)
			if err != nil {
				return err
			}
			return s.Enrolment.EndLogin(ctx, ofKumiai(person), file.Logins[0].ID, entry("login.end"))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := open(t)
			hanakoID, _ := twoEnrolled(t, s)
			grant(t, s, "op|hanako", "P", noon)
			leave := func() {
				t.Helper()
				if err := s.Receipts.PutReceipts(ctx, ofKumiai(hanakoID),
					sealedFor("P", "nobody's"),
					entry("receipt.leave")); err != nil {
					t.Fatal(err)
				}
			}
			leave()
			if n := receiptRows(t, s); n != 1 {
				t.Errorf("%d receipts for one phone", n)
			}
			if err := c.goes(s, hanakoID); err != nil {
				t.Fatal(err)
			}
			if n := receiptRows(t, s); n != 0 {
				t.Errorf("%d receipts stay", n)
			}
			leave()
			if n := receiptRows(t, s); n != 0 {
				t.Errorf("%d receipts come after", n)
			}
		})
	}
}

// A counter that did not hear the answer leaves its receipts again: they lie here once. Those without a mark,
// of servers of before, are each their own.
func TestReceiptsOfOneMarkAreStoredOnce(t *testing.T) {
	storetest.Engines(t, testReceiptsOfOneMarkAreStoredOnce)
}

func testReceiptsOfOneMarkAreStoredOnce(t *testing.T) {
	s, _ := open(t)
	hanakoID, _ := twoEnrolled(t, s)
	grant(t, s, "op|hanako", "P", noon)
	grant(t, s, "op|hanako", "Q", noon)
	for i, c := range []struct {
		mark  []byte
		rows  int // afterwards
		known bool
	}{
		{[]byte("first"), 2, true}, {[]byte("first"), 2, true}, {[]byte("second"), 4, true},
		{nil, 6, false}, {nil, 8, false},
	} {
		left := sealedFor("P", "Q")
		left.Mark = c.mark
		if err := s.Receipts.PutReceipts(ctx, ofKumiai(hanakoID), left, entry("receipt.leave")); err != nil {
			t.Fatal(err)
		}
		known, err := s.Receipts.HasReceipts(ctx, c.mark)
		if n := receiptRows(t, s); err != nil || n != c.rows || known != c.known {
			t.Errorf("after call %d: %d receipts, known: %v, %v", i+1, n, known, err)
		}
	}
	if known, err := s.Receipts.HasReceipts(ctx, []byte("third")); err != nil || known {
		t.Errorf("%v %v", known, err)
	}
}
