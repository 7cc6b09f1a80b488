package desk

import (
	"context"
	"iter"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// Store keeps what the insurer's half must not lose. Each method is one transaction: it happens whole, audit entry included, or
// not at all. A missing thing is an *eligibility.Error with code NotFound.
type Store interface {
	InsurerStore
	PeopleStore
	StatisticsStore
	PreviewStore
	NoticeStore
	PhoneStore
	CodeStore
	PaperStore
	RunStore
}

// InsurerStore keeps the insurers of this server and their insured.
type InsurerStore interface {
	Insurers(ctx context.Context) ([]Insurer, error)
	PutInsurer(ctx context.Context, in Insurer, e Entry) error
	// Logo returns an insurer's mark (PNG), nil where there is none.
	Logo(ctx context.Context, insurer eligibility.InsurerNumber) ([]byte, error)
	// PutSettings stores an insurer and its mark together: nil keeps the old mark, an empty one is none. The
	// entry's detail is what changed (SettingsChange).
	PutSettings(ctx context.Context, in Insurer, png []byte, e Entry) error

	// ImportPeople stores each person under its key (roster.Key): a new key is a new person, other values under a known
	// key are its next version, equal values change nothing. All rows and the entry are stored together, or none.
	ImportPeople(ctx context.Context, insurer eligibility.InsurerNumber, people iter.Seq2[string, eligibility.Person], e Entry) (ImportCount, error)
	Person(ctx context.Context, id PersonID) (PersonRecord, error)
	PersonByKey(ctx context.Context, insurer eligibility.InsurerNumber, key string) (PersonRecord, error)
	// FindPeople returns at most q.Limit people of one insurer, newest first, whose 番号, 記号 and 番号 (parted by a blank or a
	// dot), whole name, kana or birth date is q.Text, or all when q.Text is empty. Width, blanks, leading zeros and variant
	// characters do not count.
	FindPeople(ctx context.Context, q PeopleQuery) ([]PersonRecord, error)
	CountFound(ctx context.Context, q PeopleQuery) (int, error) // all of them
	CountPeople(ctx context.Context, insurer eligibility.InsurerNumber) (int, error)
	// ErasePerson removes a person, every version, notice, enrolment and receipt, and the key of its
	// pseudonym, and ends the sessions of those who could show it; the audit chain stays whole.
	ErasePerson(ctx context.Context, id PersonID, e Entry) error
	// Note appends an entry that belongs to no other change.
	Note(ctx context.Context, e Entry) error
}

// NoticeStore keeps which notice code opens whose enrolment. Codes are known only as MACs.
type NoticeStore interface {
	// EnsureNotice returns the serial of the person's current notice; when there is none, or it is void, it
	// stores the next serial with the MAC that mac returns for it.
	EnsureNotice(ctx context.Context, person PersonID, mac func(serial int64) []byte, e Entry) (serial int64, err error)
	// ReissueNotice voids the current notice and stores the next serial.
	ReissueNotice(ctx context.Context, person PersonID, mac func(serial int64) []byte, e Entry) (serial int64, err error)
	// Notice returns the notice whose code has this MAC.
	Notice(ctx context.Context, mac []byte) (Notice, error)
	// Enrol binds a login's subject to the notice's person and uses the notice up. The same subject again is no error;
	// another subject gets ErrNoticeUsed, a voided notice ErrNoticeVoid.
	Enrol(ctx context.Context, noticeMAC []byte, subject string, e Entry) error
	Enrolled(ctx context.Context, subject string) ([]PersonRecord, error)
}

// PhoneStore keeps the public keys of phones and what counters left for them.
type PhoneStore interface {
	// PutPhoneKey stores a phone's P-256 ECDH public key (65 bytes, uncompressed) for each of subject's people; again is no error.
	PutPhoneKey(ctx context.Context, subject, keyID string, public []byte, e Entry) error
	HasPhoneKey(ctx context.Context, subject, keyID string) (bool, error)
	CountPhoneKeys(ctx context.Context, subject string) (int, error)
	// PhoneKeys returns the keys of the phones that show this person.
	PhoneKeys(ctx context.Context, person PersonID) (map[string][]byte, error)
	// PutReceipts stores sealed receipts, one a phone key, for phones that still show this person; their content is unreadable here.
	PutReceipts(ctx context.Context, person PersonID, sealed map[string][]byte, e Entry) error
	// Receipts returns what lies there of subject's people for one phone key of subject, newest first, without those older than since.
	Receipts(ctx context.Context, subject, keyID string, since time.Time) ([]SealedReceipt, error)
	// PutGrants stores the grant for each of its subject's people, in the place of those that the phone had for them; At stays
	// that of the first. It is no error when the subject has no people.
	PutGrants(ctx context.Context, g Grant, e Entry) error
	Grants(ctx context.Context, q GrantQuery) ([]Grant, error) // newest first
	// EndGrants removes grants and returns how many; sessions and online codes go with them, and the receipt
	// key of a phone with a subject's last grant on it. The entry is made for each of them, with its person.
	EndGrants(ctx context.Context, end GrantEnd, e Entry) (int, error)
	// UseNonce keeps a nonce (of a phone, or of a counter server's assertion) until it ends; false when it was kept before.
	UseNonce(ctx context.Context, nonce []byte, ends time.Time) (first bool, err error)
	// ExpireDevices removes nonces that ended before now, grants whose login lies before lastLogin, and with a phone's last grant
	// its receipt key.
	ExpireDevices(ctx context.Context, now, lastLogin time.Time) error
	// EraseSubject removes all that is kept about a login: enrolments, grants, keys, codes, its sessions and
	// those of its phones, receipts for its phones.
	EraseSubject(ctx context.Context, subject string, e Entry) error
	// ExpireReceipts removes receipts older than before and returns how many.
	ExpireReceipts(ctx context.Context, before time.Time) (int, error)
}

// CodeStore keeps online codes, known only as MACs.
type CodeStore interface {
	// PutCode stores an open code of subject's person; the last one of the same is void. It returns ErrCodeTaken when the spoken
	// form is another's code.
	PutCode(ctx context.Context, code OnlineCode, subject string) error
	Code(ctx context.Context, mac []byte) (OnlineCode, error)
	// CodeOf returns the code that subject last made for this person.
	CodeOf(ctx context.Context, subject string, person PersonID) (OnlineCode, error)
	// StepCode moves a code on if it is still in the state of from; false when somebody else did before. Who asks is kept,
	// sealed, in the states asked and allowed, and is gone in all others.
	StepCode(ctx context.Context, from OnlineCode, to CodeState, asker Caller, e Entry) (bool, error)
}

// PaperStore keeps which saved copies (PDF) were made, so that they can be revoked by their index.
type PaperStore interface {
	// PutPaper notes a copy under its insurer's revocation index; it returns ErrRIDTaken when that index is in use.
	PutPaper(ctx context.Context, person PersonID, insurer eligibility.InsurerNumber, rid uint32, issued, expires time.Time, e Entry) error
	// Revoke lists the copies of an insurer that are meant and have not ended, and returns how many were not listed before.
	Revoke(ctx context.Context, insurer eligibility.InsurerNumber, which Copies, e Entry) (int, error)
	// Revoked returns the indices of revoked copies that have not ended at a time, ascending, and a counter that grows with
	// every revocation.
	Revoked(ctx context.Context, insurer eligibility.InsurerNumber, at time.Time) (rids []uint32, counter int, err error)
	// Revocations returns that counter alone.
	Revocations(ctx context.Context, insurer eligibility.InsurerNumber) (counter int, err error)
	// Checkpoint returns the head of the audit chain.
	Checkpoint(ctx context.Context) (credential.Checkpoint, error)
}

// CounterStore keeps the records of counters. Insurers' keys cannot open them.
type CounterStore interface {
	// PutCase stores a new case (version 0), or a change of the version that was read; it returns ErrCaseMoved when somebody
	// else changed the case since.
	PutCase(ctx context.Context, c Case, e Entry) error
	Case(ctx context.Context, facility, id string) (Case, error)
	Cases(ctx context.Context, facility string, day eligibility.Date) ([]Case, error) // of one day, newest first
}

// Entry is one line of the audit chain: who did what, when, to whom. Detail holds no personal data.
type Entry struct {
	At     time.Time
	Actor  Actor
	Action string   // "people.import", "notice.enrol", "screen.issue", "case.record", …
	Person PersonID // whose record it concerns, or empty; stored only as a pseudonym under the person's own key
	Detail string   // counts, outcomes, file hashes
}

// PersonID names a person's record: 26 random Base32 letters, made by the store.
type PersonID string

// Insurer is a 保険者 that issues through this server.
type Insurer struct {
	Number    eligibility.InsurerNumber `json:"number"`
	Name      string                    `json:"name"`      // 保険者名
	Issuer    string                    `json:"issuer"`    // 交付者名, as it signs papers
	Telephone string                    `json:"telephone"` // shown on every page and error
	Look      PaperLook                 `json:"look"`
}

// PaperLook is how an insurer's papers are signed and coloured; every field may be empty.
type PaperLook struct {
	Unit    string `json:"unit,omitempty"`    // 担当部署
	Address string `json:"address,omitempty"` // where people write to
	Hours   string `json:"hours,omitempty"`   // when the telephone is answered
	Colour  string `json:"colour,omitempty"`  // of certificates, #rrggbb
	State   string `json:"state,omitempty"`   // what code ① says; empty means マイナポータル's own address
}

// PersonRecord is a person as stored.
type PersonRecord struct {
	ID           PersonID
	Person       eligibility.Person
	Version      int       // 1, 2, …
	RegisteredAt time.Time // when this version was imported: 「資格は○月○日 登録分」
}

// PeopleQuery asks for people of one insurer.
type PeopleQuery struct {
	Insurer eligibility.InsurerNumber
	Text    string
	Limit   int
	Skip    int // how many to leave out, for the pages after the first
}

// ImportCount says what an import changed.
type ImportCount struct{ New, Changed, Unchanged int }

// Notice is a notice code as stored.
type Notice struct {
	Person PersonID
	Serial int64
	Void   bool   // a later notice was issued, or the login that used it was ended
	UsedBy string // the subject that enrolled with it, or empty
}

// SealedReceipt is a counter's receipt, readable only by the phone whose key it was sealed to.
type SealedReceipt struct {
	Person PersonID // whose check it tells of
	At     time.Time
	Sealed []byte
}

// Case is one patient at one counter, from the scan to the recorded outcome. Body is sealed at rest.
type Case struct {
	Facility string
	ID       string // 26 random Base32 letters
	At       time.Time
	Outcome  Outcome
	Body     []byte // JSON, the desk's own
	Version  int    // how often it was stored; 0 before the first time
}

// Outcome is how a case ended. The zero value means it is still open.
type Outcome string

const (
	Open     Outcome = ""
	Accepted Outcome = "accepted" // 受け付けた
	Refused  Outcome = "refused"  // この方法では受け付けなかった
	Parked   Outcome = "parked"   // 会計まで保留
)

// Errors of the store that callers tell apart.
var (
	ErrRIDTaken   = &eligibility.Error{Code: eligibility.Conflict, Key: "paper.rid"}
	ErrNoticeUsed = &eligibility.Error{Code: eligibility.Conflict, Key: "notice.used"}
	ErrNoticeVoid = &eligibility.Error{Code: eligibility.Conflict, Key: "notice.void"}
)
