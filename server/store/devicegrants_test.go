package store

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// twoEnrolled enrols two logins, each as one person.
func twoEnrolled(t *testing.T, s *opened) (hanakoID, taichiID audit.PersonID) {
	t.Helper()
	taichi := hanako
	taichi.Name, taichi.BranchNumber, taichi.BirthDate = "試験 太一", "00", eligibility.MustDate("1985-06-20")
	importPeople(t, s, map[string]eligibility.Person{"hanako": hanako, "taichi": taichi})
	ids := map[string]audit.PersonID{}
	for _, key := range []string{"hanako", "taichi"} {
		r, err := s.Issuer.PersonByKey(ctx, "06139992", key)
		if err != nil {
			t.Fatal(err)
		}
		ids[key] = r.ID
		if _, err := s.Enrolment.EnsureNotice(ctx, ofKumiai(r.ID),
			func(int64) []byte { return []byte("mac of " + key) }, entry("notice.issue")); err != nil {
			t.Fatal(err)
		}
		if err := s.Enrolment.Enrol(ctx, []byte("mac of "+key), "op|"+key,
			entry("notice.enrol")); err != nil {
			t.Fatal(err)
		}
	}
	return ids["hanako"], ids["taichi"]
}

func grant(t *testing.T, s *opened, subject, phone string, login time.Time) {
	t.Helper()
	if err := s.Devices.PutReceiptKey(ctx, subject, phone, []byte("public"), entry("phone.add")); err != nil {
		t.Fatal(err)
	}
	err := s.Devices.PutDeviceGrants(ctx, insurer.DeviceGrant{Subject: subject, DeviceID: phone, KeyID: "key",
		Public: []byte("public"), LoginAt: login, At: login}, entry("phone.holder"))
	if err != nil {
		t.Fatal(err)
	}
}

func grants(t *testing.T, s *opened, q insurer.DeviceGrantQuery) []insurer.DeviceGrant {
	t.Helper()
	found, err := s.Devices.DeviceGrants(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAFamilysGrantsOnOnePhoneEndOneByOne(t *testing.T) {
	storetest.Engines(t, testAFamilysGrantsOnOnePhoneEndOneByOne)
}

func testAFamilysGrantsOnOnePhoneEndOneByOne(t *testing.T) {
	s, _ := open(t)
	hanakoID, taichiID := twoEnrolled(t, s)
	grant(t, s, "op|hanako", "P", noon)
	grant(t, s, "op|taichi", "P", noon.Add(time.Minute))
	both := grants(t, s, insurer.DeviceGrantQuery{DeviceID: "P", KeyID: "key"})
	if len(both) != 2 || both[0].Person != taichiID || both[0].Subject != "op|taichi" ||
		both[1].Subject != "op|hanako" || !both[1].LoginAt.Equal(noon) {
		t.Fatalf("%+v", both)
	}
	if err := s.Receipts.PutReceipts(ctx, ofKumiai(hanakoID),
		insurer.LeftReceipts{Sealed: map[string][]byte{"P": []byte("hers")}},
		entry("receipt.leave")); err != nil {
		t.Fatal(err)
	}
	if err := s.Receipts.PutReceipts(ctx, ofKumiai(taichiID),
		insurer.LeftReceipts{Sealed: map[string][]byte{"P": []byte("his")}},
		entry("receipt.leave")); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Devices.EndDeviceGrants(ctx,
		insurer.DeviceGrantEnd{DeviceGrantQuery: insurer.DeviceGrantQuery{DeviceID: "P", KeyID: "key",
			Person: hanakoID}}, entry("phone.end")); err != nil || n != 1 {
		t.Fatalf("%d %v", n, err)
	}
	if left := grants(t, s, insurer.DeviceGrantQuery{DeviceID: "P", KeyID: "key"}); len(left) != 1 ||
		left[0].Person != taichiID {
		t.Errorf("%+v", left)
	}
	for _, c := range []struct {
		subject string
		want    int
	}{
		{"op|hanako", 0},
		{"op|taichi", 1},
	} {
		t.Run(c.subject, func(t *testing.T) {
			got, err := s.Receipts.Receipts(ctx, c.subject, "P", noon)
			if err != nil || len(got) != c.want {
				t.Errorf("%d receipts, %v", len(got), err)
			}
			known, err := s.Devices.HasReceiptKey(ctx, c.subject, "P")
			if err != nil || known != (c.want == 1) {
				t.Errorf("receipt key: %v, %v", known, err)
			}
		})
	}
	if n, err := s.VerifyAudit(ctx); err != nil || n == 0 {
		t.Errorf("audit: %d %v", n, err)
	}
}

func TestALaterLoginMovesAGrantsEndAndNotItsBeginning(t *testing.T) {
	storetest.Engines(t, testALaterLoginMovesAGrantsEndAndNotItsBeginning)
}

func testALaterLoginMovesAGrantsEndAndNotItsBeginning(t *testing.T) {
	s, _ := open(t)
	twoEnrolled(t, s)
	grant(t, s, "op|hanako", "P", noon)
	grant(t, s, "op|hanako", "P", noon.AddDate(0, 1, 0))
	got := grants(t, s, insurer.DeviceGrantQuery{Subject: "op|hanako"})
	if len(got) != 1 || !got[0].At.Equal(noon) || !got[0].LoginAt.Equal(noon.AddDate(0, 1, 0)) ||
		!got[0].Until().Equal(noon.AddDate(0, 1, 0).Add(90*24*time.Hour)) {
		t.Errorf("%+v", got)
	}
	if all := grants(t, s, insurer.DeviceGrantQuery{}); len(all) != 0 {
		t.Errorf("a query for nobody found %d", len(all))
	}
}

func TestAnErasedLoginTakesNothingFromTheFamily(t *testing.T) {
	storetest.Engines(t, testAnErasedLoginTakesNothingFromTheFamily)
}

func testAnErasedLoginTakesNothingFromTheFamily(t *testing.T) {
	s, path := open(t)
	hanakoID, taichiID := twoEnrolled(t, s)
	grant(t, s, "op|hanako", "P", noon)
	grant(t, s, "op|taichi", "P", noon)
	for _, person := range []audit.PersonID{hanakoID, taichiID} {
		if err := s.Receipts.PutReceipts(ctx, ofKumiai(person),
			insurer.LeftReceipts{Sealed: map[string][]byte{"P": []byte("of " + person)}},
			entry("receipt.leave")); err != nil {
			t.Fatal(err)
		}
	}
	for i, subject := range []string{"op|hanako", "op|taichi"} {
		if err := s.Sessions().PutSession(ctx, auth.Session{Hash: [32]byte{byte(i)}, Kind: auth.Patient,
			Subject: subject, CreatedAt: noon, UsedAt: noon}, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Enrolment.EraseSubject(ctx, "op|hanako", entry("subject.erase")); err != nil {
		t.Fatal(err)
	}
	for i, subject := range []string{"op|hanako", "op|taichi"} {
		people, err := s.Enrolment.Enrolled(ctx, subject, noon)
		if err != nil || len(people) != i {
			t.Errorf("%s: %d people, %v", subject, len(people), err)
		}
		if n := len(grants(t, s, insurer.DeviceGrantQuery{Subject: subject})); n != i {
			t.Errorf("%s: %d grants", subject, n)
		}
		if _, err := s.Sessions().Session(ctx, [32]byte{byte(i)}); (err == nil) != (i == 1) {
			t.Errorf("session of %s: %v", subject, err)
		}
	}
	var receipts int
	if err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM receipts`).Scan(&receipts); err != nil ||
		receipts != 1 {
		t.Errorf("%d receipts, %v", receipts, err)
	}
	if err := s.Enrolment.Enrol(ctx, []byte("mac of hanako"), "op|hanako again",
		entry("notice.enrol")); err != nil {
		t.Errorf("the notice again: %v", err)
	}
	if n, err := s.VerifyAudit(ctx); err != nil || n == 0 {
		t.Errorf("audit: %d %v", n, err)
	}
	if databaseHolds(t, path, "op|taichi") {
		t.Error("it holds a login's subject in clear")
	}
}

func TestANonceIsKeptUntilItEnds(t *testing.T) { storetest.Engines(t, testANonceIsKeptUntilItEnds) }

func testANonceIsKeptUntilItEnds(t *testing.T) {
	s, _ := open(t)
	for i, want := range []bool{true, false} {
		if first, err := s.Devices.UseNonce(ctx, []byte("nonce"), noon.Add(2*time.Minute)); err != nil ||
			first != want {
			t.Errorf("use %d: %v %v", i+1, first, err)
		}
	}
	twoEnrolled(t, s)
	grant(t, s, "op|hanako", "old", noon.AddDate(0, -6, 0))
	grant(t, s, "op|taichi", "new", noon)
	if err := s.ExpireDevices(ctx, noon.Add(time.Minute),
		noon.Add(-insurer.DeviceGrantRetention)); err != nil {
		t.Fatal(err)
	}
	if first, err := s.Devices.UseNonce(ctx, []byte("nonce"), noon.Add(2*time.Minute)); err != nil || first {
		t.Errorf("swept before its end: %v", err)
	}
	if n := len(grants(t, s, insurer.DeviceGrantQuery{DeviceID: "old"})); n != 0 {
		t.Errorf("%d grants of half a year ago", n)
	}
	if n := len(grants(t, s, insurer.DeviceGrantQuery{DeviceID: "new"})); n != 1 {
		t.Errorf("%d grants of today", n)
	}
}

// The insurer's ending of a login counts for its phones too: none keeps a right to renew.
func TestALoginThatTheInsurerEndedLeavesNoGrant(t *testing.T) {
	storetest.Engines(t, testALoginThatTheInsurerEndedLeavesNoGrant)
}

func testALoginThatTheInsurerEndedLeavesNoGrant(t *testing.T) {
	s, _ := open(t)
	hanakoID, taichiID := twoEnrolled(t, s)
	grant(t, s, "op|hanako", "P", noon)
	grant(t, s, "op|taichi", "P", noon)
	file, err := s.Register.PersonFile(ctx, ofKumiai(hanakoID), noon, 10)
	if err != nil || len(file.Logins) != 1 {
		t.Fatal(file.Logins, err)
	}
	if err := s.Enrolment.EndLogin(ctx, ofKumiai(hanakoID), file.Logins[0].ID,
		entry("login.end")); err != nil {
		t.Fatal(err)
	}
	if left := grants(t, s, insurer.DeviceGrantQuery{DeviceID: "P"}); len(left) != 1 ||
		left[0].Person != taichiID {
		t.Errorf("%+v", left)
	}
	if known, err := s.Devices.HasReceiptKey(ctx, "op|hanako", "P"); err != nil || known {
		t.Error("the key for receipts is still there", err)
	}
}

// A query that names nobody means nobody, not everybody.
func TestAQueryThatNamesNobodyFindsAndEndsNothing(t *testing.T) {
	storetest.Engines(t, testAQueryThatNamesNobodyFindsAndEndsNothing)
}

func testAQueryThatNamesNobodyFindsAndEndsNothing(t *testing.T) {
	s, _ := open(t)
	twoEnrolled(t, s)
	grant(t, s, "op|hanako", "P", noon)
	grant(t, s, "op|taichi", "Q", noon)
	if found := grants(t, s, insurer.DeviceGrantQuery{}); len(found) != 0 {
		t.Errorf("found %+v", found)
	}
	if n, err := s.Devices.EndDeviceGrants(ctx, insurer.DeviceGrantEnd{Logins: true},
		entry("phone.end")); err != nil ||
		n != 0 {
		t.Errorf("%d ended, %v", n, err)
	}
	for _, phone := range []string{"P", "Q"} {
		if left := grants(t, s, insurer.DeviceGrantQuery{DeviceID: phone}); len(left) != 1 {
			t.Errorf("%s: %+v", phone, left)
		}
	}
}

// A thief of a fresh session might bury a phone below others; the clerk's end of all phones means all.
func TestEndingAllPhonesEndsThemAll(t *testing.T) {
	storetest.Engines(t, testEndingAllPhonesEndsThemAll)
}

func testEndingAllPhonesEndsThemAll(t *testing.T) {
	s, _ := open(t)
	hanakoID, _ := twoEnrolled(t, s)
	const phones = 103
	for i := range phones {
		grant(t, s, "op|hanako", fmt.Sprint("P", i), noon)
	}
	hers := insurer.DeviceGrantQuery{Person: hanakoID}
	if n, err := s.Devices.EndDeviceGrants(ctx, insurer.DeviceGrantEnd{DeviceGrantQuery: hers},
		entry("phone.end")); err != nil || n != phones {
		t.Errorf("%d ended, %v", n, err)
	}
	if left := grants(t, s, insurer.DeviceGrantQuery{Person: hanakoID}); len(left) != 0 {
		t.Errorf("%d left", len(left))
	}
	if n, err := s.VerifyAudit(ctx); err != nil || n == 0 {
		t.Errorf("audit: %d %v", n, err)
	}
}

// An end counts at once: a number that the phone had just told a counter opens nothing any more.
func TestAnEndedGrantTakesItsOnlineCodeAlong(t *testing.T) {
	storetest.Engines(t, testAnEndedGrantTakesItsOnlineCodeAlong)
}

func testAnEndedGrantTakesItsOnlineCodeAlong(t *testing.T) {
	s, _ := open(t)
	hanakoID, taichiID := twoEnrolled(t, s)
	for i, person := range []audit.PersonID{hanakoID, taichiID} {
		subject := []string{"op|hanako", "op|taichi"}[i]
		grant(t, s, subject, "P", noon)
		if err := s.OnlineCodes.PutCode(ctx,
			insurer.OnlineCode{MAC: []byte("code of " + subject), HiddenMAC: []byte("printed"),
				Person: person, ExpiresAt: noon.Add(time.Minute)}, subject); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Devices.EndDeviceGrants(ctx,
		insurer.DeviceGrantEnd{DeviceGrantQuery: insurer.DeviceGrantQuery{DeviceID: "P", Person: hanakoID}},
		entry("phone.end")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.OnlineCodes.Code(ctx, []byte("code of op|hanako")); err == nil {
		t.Error("her code is still good")
	}
	if _, err := s.OnlineCodes.Code(ctx, []byte("code of op|taichi")); err != nil {
		t.Errorf("his is gone: %v", err)
	}
}

// Several of the same at once: one wins.
func TestOfManyAtOnceOneEnrolsAndOneAnswersANonce(t *testing.T) {
	storetest.Engines(t, testOfManyAtOnceOneEnrolsAndOneAnswersANonce)
}

func testOfManyAtOnceOneEnrolsAndOneAnswersANonce(t *testing.T) {
	s, _ := open(t)
	twoEnrolled(t, s)
	if err := s.Enrolment.EraseSubject(ctx, "op|hanako",
		entry("subject.erase")); err != nil { // her notice serves again
		t.Fatal(err)
	}
	var enrolled, answered atomic.Int32
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			err := s.Enrolment.Enrol(ctx, []byte("mac of hanako"), fmt.Sprint("op|", i),
				entry("notice.enrol"))
			if err == nil {
				enrolled.Add(1)
			} else if !errors.Is(err, insurer.ErrNoticeUsed) {
				t.Error(err)
			}
			if first, err := s.Devices.UseNonce(ctx, []byte("nonce"), noon); err != nil {
				t.Error(err)
			} else if first {
				answered.Add(1)
			}
		})
	}
	all.Wait()
	if enrolled.Load() != 1 || answered.Load() != 1 {
		t.Errorf("%d enrolled, %d answered", enrolled.Load(), answered.Load())
	}
}
