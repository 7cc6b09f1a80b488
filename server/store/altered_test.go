package store

import (
	"errors"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/agents"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/store/storetest"
)

// filled is a store with two people, each with a login, a notice, a phone, an online code and a session, and
// with a counter's case and reader.
type filled struct {
	*opened
	hanako, taichi audit.PersonID
}

// Sessions of the two logins, by the hashes of their ids.
const (
	herSession = `x'0100000000000000000000000000000000000000000000000000000000000000'`
	hisSession = `x'0200000000000000000000000000000000000000000000000000000000000000'`
)

const agentID = "0123456789abcdef0"

func fill(t *testing.T) filled {
	t.Helper()
	s, _ := open(t)
	f := filled{opened: s}
	f.hanako, f.taichi = twoEnrolled(t, s)
	moved := hanako
	moved.Address = "大阪府架空市新町1"
	importPeople(t, s, map[string]eligibility.Person{"hanako": moved})
	for i, subject := range []string{"op|hanako", "op|taichi"} {
		grant(t, s, subject, "P", noon)
		person := []audit.PersonID{f.hanako, f.taichi}[i]
		code := insurer.OnlineCode{
			MAC:       []byte("code of " + subject),
			HiddenMAC: []byte("printed code of " + subject),
			Person:    person,
			ExpiresAt: noon.Add(time.Minute),
		}
		if err := s.OnlineCodes.PutCode(ctx, code, subject); err != nil {
			t.Fatal(err)
		}
		session := auth.Session{Hash: [32]byte{byte(i + 1)}, Kind: auth.Patient, Subject: subject,
			CreatedAt: noon, UsedAt: noon, Data: []byte("data")}
		if err := s.Sessions().PutSession(ctx, session, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Enrolment.ReissueNotice(ctx, ofKumiai(f.taichi),
		func(int64) []byte { return []byte("mac of the next") },
		entry("notice.reissue")); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"CASE", "OTHER"} {
		if err := s.ForCounter().PutCase(ctx, counter.Case{Facility: "1319999991", ID: id, At: noon,
			Body: []byte("body of " + id), Outcome: hostapi.Refused, Staff: []string{"鈴木"},
			Number: "1234"}, entry("case.open")); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.ForAgents().PutAgent(ctx, agents.Agent{ID: agentID, Facility: "1319999991", Name: "受付1",
		Key: []byte("key"), PairedAt: noon, PairedBy: "鈴木"}, entry("agent.pair")); err != nil {
		t.Fatal(err)
	}
	preview := insurer.KeptFile{ID: "FILE", Insurer: "06139992", Clerk: "鈴木", Until: noon.Add(time.Hour),
		File: fileParts{[]byte("番号,氏名")}}
	if err := s.Importer.PutPreview(ctx, preview, entry("preview.keep")); err != nil {
		t.Fatal(err)
	}
	return f
}

// What a caller does with a row.
// caseOf reads the case by its facility.
func caseOf(facility string) func(filled) error {
	return func(f filled) error { _, err := f.ForCounter().Case(ctx, facility, "CASE"); return err }
}

var (
	useSession   = func(f filled) error { _, err := f.Sessions().Session(ctx, [32]byte{1}); return err }
	touchSession = func(
		f filled) error {
		return f.Sessions().TouchSession(ctx, [32]byte{1}, noon, noon.Add(time.Hour))
	}
	showHanako = func(f filled) error { _, err := f.Register.Person(ctx, "06139992", f.hanako); return err }
	showMoved  = func(f filled) error { _, err := f.Register.Person(ctx, "01139997", f.hanako); return err }
	hersAre    = func(f filled) error { _, err := f.Enrolment.Enrolled(ctx, "op|hanako", noon); return err }
	hisAre     = func(f filled) error { _, err := f.Enrolment.Enrolled(ctx, "op|taichi", noon); return err }
	readNotice = func(f filled) error {
		_,
			err := f.Enrolment.Notice(ctx, []byte("mac of hanako"))
		return err
	}
	enrol = func(f filled) error {
		return f.Enrolment.Enrol(ctx, []byte("mac of hanako"), "op|evil", entry("notice.enrol"))
	}
	readCode = func(f filled) error {
		_,
			err := f.OnlineCodes.Code(ctx, []byte("code of op|hanako"))
		return err
	}
	comeByKey = func(f filled) error {
		_,
			err := f.Devices.DeviceGrants(ctx, insurer.DeviceGrantQuery{DeviceID: "P"})
		return err
	}
	readCase     = caseOf("1319999991")
	otherPlace   = caseOf("1310000000")
	agentComes   = func(f filled) error { _, err := f.ForAgents().Agent(ctx, agentID); return err }
	agentsListed = func(f filled) error { _, err := f.ForAgents().Agents(ctx, "1319999991"); return err }
	keysOf       = func(f filled) error {
		_, err := f.Receipts.ReceiptKeys(ctx, ofKumiai(f.hanako), noon)
		return err
	}
	readOlder = func(f filled) error {
		_, err := f.People.PersonVersion(ctx, ofKumiai(f.hanako), 1)
		return err
	}
	addPhone = func(f filled) error {
		return f.Devices.PutDeviceGrants(ctx, insurer.DeviceGrant{
			Subject:  "op|taichi",
			DeviceID: "Q",
			KeyID:    "key",
			Public:   []byte("public"),
			LoginAt:  noon,
			At:       noon,
		}, entry("phone.holder"))
	}
	leaveReceipt = func(f filled) error {
		return f.Receipts.PutReceipts(ctx, ofKumiai(f.hanako), sealedFor("P"), entry("receipt.leave"))
	}
	importAgain = func(f filled) error {
		_, err := f.Importer.ImportPeople(ctx, "06139992", func(yield func(string, eligibility.Person) bool) {
			other := hanako
			other.Address = "大阪府架空市遠町9"
			yield("taichi", other)
		}, entry("people.import"))
		return err
	}
	openFile  = func(f filled) error { return openFileOf(f, clerkOf("鈴木")) }
	openMoved = func(f filled) error { return openFileOf(f, staff.Clerk{Staff: "鈴木", Insurer: "01139997"}) }
)

func openFileOf(f filled, clerk staff.Clerk) error {
	p, err := f.Importer.Preview(ctx, clerk, "FILE", noon)
	if err == nil {
		_, err = p.File.Part(0)
	}
	return err
}

// alterations are what somebody writes who has the database and no key. $1 is 花子's ref, $2 is 太一's.
var alterations = []struct {
	name string
	sql  []string
	use  func(f filled) error
}{
	{"a patient's session becomes a clerk's", []string{`UPDATE sessions SET kind = 'clerk'
		WHERE hash = ` + herSession}, useSession},
	{"a phone's session becomes a login's", []string{`UPDATE sessions SET kind = 'device'
		WHERE hash = ` + herSession}, useSession},
	{"a session begins later", []string{`UPDATE sessions SET created_at = created_at + 31536000000`},
		useSession},
	{"a session was used just now", []string{`UPDATE sessions SET used_at = used_at + 31536000000`},
		useSession},
	{"a session lives a year", []string{`UPDATE sessions SET expires_at = expires_at + 31536000000`},
		useSession},
	{"a session lives a year and is then used", []string{`UPDATE sessions
		SET expires_at = expires_at + 31536000000`}, touchSession},
	{"a session is no more found by its login", []string{`UPDATE sessions SET subject_mac = x'00'
		WHERE hash = ` + herSession}, useSession},
	{"a session gets another's content", []string{`UPDATE sessions SET body = (SELECT body FROM sessions
		WHERE hash = ` + hisSession + `)`}, useSession},
	{"a session answers to another cookie", []string{`DELETE FROM sessions WHERE hash = ` + herSession,
		`UPDATE sessions SET hash = ` + herSession}, useSession},
	{"a session of the old form", []string{`UPDATE sessions SET body = x'00' || substr(body, 2)`},
		useSession},

	{"an enrolment moves to another person", []string{`DELETE FROM enrolments WHERE person_id = (SELECT id
		FROM people WHERE ref = $2)`,
		`UPDATE enrolments SET person_id = (SELECT id FROM people WHERE ref = $2)`}, hersAre},
	{"an enrolment becomes another login's",
		[]string{`INSERT INTO enrolments (subject_mac, person_id, created_at, proof)
		SELECT b.subject_mac, a.person_id, a.created_at, a.proof FROM enrolments a, enrolments b
		WHERE a.person_id = (SELECT id FROM people WHERE ref = $1) AND b.person_id = (SELECT id FROM people
			WHERE ref = $2)`}, hisAre},
	{"an enrolment without a proof", []string{`INSERT INTO enrolments (subject_mac, person_id, created_at)
		SELECT subject_mac, (SELECT id FROM people WHERE ref = $1), 0 FROM enrolments
			WHERE person_id = (SELECT id FROM people WHERE ref = $2)`}, hisAre},
	{"an enrolment copied, then a phone added",
		[]string{`INSERT INTO enrolments (subject_mac, person_id, created_at, proof)
		SELECT subject_mac, (SELECT id FROM people WHERE ref = $1), created_at, proof FROM enrolments
			WHERE person_id = (SELECT id FROM people WHERE ref = $2)`}, addPhone},
	{"an enrolment copied, then a counter asks for keys",
		[]string{`INSERT INTO enrolments (subject_mac, person_id, created_at, proof)
		SELECT subject_mac, (SELECT id FROM people WHERE ref = $1), created_at, proof FROM enrolments
			WHERE person_id = (SELECT id FROM people WHERE ref = $2)`}, keysOf},
	{"an enrolment copied, then a receipt comes",
		[]string{`INSERT INTO enrolments (subject_mac, person_id, created_at, proof)
		SELECT subject_mac, (SELECT id FROM people WHERE ref = $1), created_at, proof FROM enrolments
			WHERE person_id = (SELECT id FROM people WHERE ref = $2)`}, leaveReceipt},
	{"two people's refs change places", []string{`UPDATE people SET ref = 'x' WHERE ref = $1`, `UPDATE people
		SET ref = $1 WHERE ref = $2`, `UPDATE people SET ref = $2 WHERE ref = 'x'`,
		`UPDATE people SET body = (SELECT body FROM people p WHERE p.ref <> people.ref
			AND length(p.body) > 0 LIMIT 1)`}, hersAre},
	{"two people's whole rows change numbers", []string{`PRAGMA foreign_keys = 0`,
		`UPDATE people SET id = id + 1000 WHERE ref = $1`,
		`UPDATE people SET id = (SELECT person_id FROM enrolments WHERE person_id NOT IN (SELECT id
			FROM people))
			WHERE ref = $2`}, hersAre},

	{"a good notice is void", []string{`UPDATE notices SET void = 1 WHERE serial = 1`}, readNotice},
	{"a void notice is good again", []string{`UPDATE notices SET void = 0`}, func(f filled) error {
		return f.Enrolment.Enrol(ctx, []byte("mac of taichi"), "op|taichi", entry("notice.enrol"))
	}},
	{"a void notice is good again, then used", []string{`UPDATE notices SET void = 1 - void, used_by = NULL`},
		enrol},
	{"a used notice is as new", []string{`UPDATE notices SET used_by = NULL`}, enrol},
	{"a notice was used by somebody else", []string{`UPDATE notices SET used_by = x'0102'`}, readNotice},
	{"a notice opens another person", []string{`DELETE FROM notices WHERE person_id = (SELECT id FROM people
		WHERE ref = $2)`, `UPDATE notices SET person_id = (SELECT id FROM people
		WHERE ref = $2)`}, readNotice},
	{"a notice takes another's code", []string{`UPDATE notices SET code_mac = 'x'
		WHERE code_mac = CAST('mac of hanako' AS BLOB)`, `UPDATE notices
		SET code_mac = CAST('mac of hanako' AS BLOB)
		WHERE code_mac = CAST('mac of taichi' AS BLOB)`}, readNotice},
	{"a notice has another serial", []string{`UPDATE notices SET serial = 9 WHERE serial = 1`}, readNotice},
	{"a notice of the enemy's own", []string{`DELETE FROM notices`,
		`INSERT INTO notices (person_id, serial, code_mac, void, created_at)
		SELECT id, 1, CAST('mac of hanako' AS BLOB), 0, 0 FROM people WHERE ref = $1`}, enrol},

	{"a person gets another's record", []string{`UPDATE people SET body = (SELECT body FROM people
		WHERE ref = $2) WHERE ref = $1`}, showHanako},
	{"a person gets her own older record", []string{`UPDATE people SET body = (SELECT body
		FROM person_versions WHERE person_id = people.id) WHERE ref = $1`}, showHanako},
	{"a person gets her own older record and version", []string{`UPDATE people
		SET version = 1, body = (SELECT body FROM person_versions WHERE person_id = people.id)
		WHERE ref = $1`}, showHanako},
	{"a record's version", []string{`UPDATE people SET version = 7`}, showHanako},
	{"a record's day", []string{`UPDATE people SET registered_at = registered_at + 86400000`}, showHanako},
	{"a person moves to another insurer", []string{`UPDATE people SET insurer = '01139997' WHERE ref = $1`},
		showMoved},
	{"a record is the pseudonym's key", []string{`UPDATE people SET body = pseudonym`}, showHanako},
	{"an import is led to another person", []string{`UPDATE people SET key_mac = x'00' WHERE ref = $2`,
		`UPDATE people SET key_mac = (SELECT 'x' || key_mac FROM people WHERE ref = $2)
		WHERE ref = $1`}, showHanako},
	{"an older version under another number", []string{`UPDATE person_versions
		SET version = 1, registered_at = registered_at + 1`}, readOlder},
	{"an older version is the current one", []string{`UPDATE person_versions SET body = (SELECT body
		FROM people WHERE people.id = person_id)`}, readOlder},

	{"a code that was only asked for is allowed", []string{`UPDATE codes SET state = 'allowed'`}, readCode},
	{"a code is allowed for another counter", []string{`UPDATE codes SET asker = x'00'`}, readCode},
	{"a spoken code counts as scanned", []string{`UPDATE codes SET hidden_mac = code_mac`}, readCode},
	{"a code lives longer", []string{`UPDATE codes SET expires_at = expires_at + 3600000`}, readCode},
	{"a code opens another person", []string{`UPDATE codes SET person_id = (SELECT id FROM people
		WHERE ref = $2)`}, readCode},
	{"a code is another login's to answer", []string{`UPDATE codes SET subject_mac = x'00'`}, readCode},

	{"a phone's time begins anew", []string{`UPDATE device_grants SET login_at = login_at + 7776000000`},
		comeByKey},
	{"a phone's key is another", []string{`UPDATE device_grants SET public = CAST('evil' AS BLOB)`},
		comeByKey},
	{"a phone's key has another name", []string{`UPDATE device_grants SET key_id = 'evil'`}, comeByKey},
	{"a phone shows another person", []string{`DELETE FROM device_grants WHERE person_id = (SELECT id
		FROM people WHERE ref = $2)`, `UPDATE device_grants SET person_id = (SELECT id FROM people
		WHERE ref = $2)`}, comeByKey},
	{"another phone has a phone's right", []string{`UPDATE device_grants SET phone = 'Q'`,
		`UPDATE device_grants SET phone = 'P' WHERE 1 = 0`}, func(f filled) error {
		_, err := f.Devices.DeviceGrants(ctx, insurer.DeviceGrantQuery{DeviceID: "Q"})
		return err
	}},
	{"receipts are sealed to another key", []string{`UPDATE phone_keys SET public = CAST('evil' AS BLOB)`},
		keysOf},
	{"receipts go to another login's phone", []string{`DELETE FROM phone_keys
		WHERE subject_mac = (SELECT subject_mac FROM enrolments WHERE person_id = (SELECT id FROM people
		WHERE ref = $1))`,
		`UPDATE phone_keys SET subject_mac = (SELECT subject_mac FROM enrolments WHERE person_id = (SELECT id
			FROM people WHERE ref = $1))`}, keysOf},

	{"a refused case was accepted", []string{`UPDATE cases SET outcome = 'accepted'`}, readCase},
	{"a case of another time", []string{`UPDATE cases SET at = at + 86400000`}, readCase},
	{"a case stored more often", []string{`UPDATE cases SET version = 5`}, readCase},
	{"a case of another facility", []string{`UPDATE cases SET facility = '1310000000'`}, otherPlace},
	{"a case of another day", []string{`UPDATE cases SET day = '2026-01-01'`}, readCase},
	{"a case of another colleague", []string{`UPDATE cases SET staff = '|佐藤|'`}, readCase},
	{"a case that ends later", []string{`UPDATE cases SET ended = '2099-01-01'`}, readCase},
	{"a case of another patient number", []string{`UPDATE cases SET number_mac = x'00'`}, readCase},
	{"a case without its patient number", []string{`UPDATE cases SET number_mac = NULL`}, readCase},
	{"a case as an older program left it", []string{`UPDATE cases SET ended = '', staff = '',
		number_mac = NULL`}, readCase},
	{"a case gets another's content", []string{`UPDATE cases SET body = (SELECT body FROM cases
		WHERE ref = 'OTHER')`}, readCase},
	{"a reader's agent has another key", []string{`UPDATE agents SET public = CAST('evil' AS BLOB)`},
		agentComes},
	{"a reader's agent of another facility", []string{`UPDATE agents SET facility = '1310000000'`},
		agentComes},
	{"an agent of the enemy's own", []string{`UPDATE agents SET proof = NULL`}, agentComes},
	{"an agent was ended by nobody", []string{`UPDATE agents SET ended_at = 1`}, agentComes},
	{"an agent says another release", []string{`UPDATE agents SET program = '9.9'`}, agentsListed},
	{"an agent's reader had another trouble", []string{`UPDATE agents SET trouble = 'card.none'`},
		agentsListed},
	{"an agent was seen at another time", []string{`UPDATE agents SET last_seen = 1`}, agentsListed},
	{"a waiting file becomes another insurer's", []string{`UPDATE previews SET insurer = '01139997'`},
		openMoved},
}

// Whoever can write the database but has no keys changes nothing that decides (associated.go).
func TestAlteredRowsAreRefused(t *testing.T) { storetest.Engines(t, testAlteredRowsAreRefused) }

func testAlteredRowsAreRefused(t *testing.T) {
	testenv.Refused(t, testenv.Stored, len(alterations)+1)
	for _, use := range []func(f filled) error{useSession, touchSession, showHanako, hersAre, hisAre,
		readNotice, readCode, comeByKey, readCase, agentComes, agentsListed, keysOf, readOlder,
		addPhone, leaveReceipt, importAgain, openFile} {
		if err := use(fill(t)); err != nil {
			t.Fatalf("before anything was altered: %v", err)
		}
	}
	for _, a := range alterations {
		t.Run(a.name, func(t *testing.T) {
			f := fill(t)
			for _, text := range a.sql {
				if _, err := f.tamper(text, f.hanako, f.taichi); err != nil {
					t.Fatalf("%s: %v", text, err)
				}
			}
			if err := a.use(f); !errors.Is(err, errAltered) {
				t.Errorf("%v", err)
			}
		})
	}
	t.Run("an import that would write one person's record over another's", func(t *testing.T) {
		f := fill(t)
		var his []byte
		if err := f.read.QueryRow(`SELECT key_mac FROM people WHERE ref = $1`,
			f.taichi).Scan(&his); err != nil {
			t.Fatal(err)
		}
		if _, err := f.tamper(`UPDATE people SET key_mac = x'00' WHERE ref = $1`, f.taichi); err != nil {
			t.Fatal(err)
		}
		if _, err := f.tamper(`UPDATE people SET key_mac = $1 WHERE ref = $2`, his,
			f.hanako); err != nil {
			t.Fatal(err)
		}
		if err := importAgain(f); !errors.Is(err, errAltered) {
			t.Errorf("%v", err)
		}
	})
}

// What somebody wrote into the database is no reason to keep it: an ending ends it too, and makes nothing of
// it good.
func TestAlteredRowsCanBeEnded(t *testing.T) { storetest.Engines(t, testAlteredRowsCanBeEnded) }

func testAlteredRowsCanBeEnded(t *testing.T) {
	f := fill(t)
	if _, err := f.tamper(`UPDATE notices SET void = 0, used_by = (SELECT subject_mac FROM enrolments
		WHERE person_id = (SELECT id FROM people
		WHERE ref = $1)), serial = serial + 3`, f.hanako); err != nil {
		t.Fatal(err)
	}
	if _, err := f.tamper(`UPDATE enrolments SET created_at = 1`); err != nil {
		t.Fatal(err)
	}
	if err := f.Enrolment.EraseSubject(ctx, "op|hanako", entry("subject.erase")); err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"mac of hanako", "mac of taichi"} {
		if n, err := f.Enrolment.Notice(ctx, []byte(code)); err == nil && !n.Void {
			t.Errorf("%s: %+v", code, n)
		}
	}
	if err := f.Register.ErasePerson(ctx, "06139992", f.taichi, entry("person.erase")); err != nil {
		t.Error(err)
	}
	if people, err := f.Enrolment.Enrolled(ctx, "op|hanako", noon); err != nil || len(people) != 0 {
		t.Errorf("%d people, %v", len(people), err)
	}
}
