package counter

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"sync"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
	"madoguchi/server/trust"
)

// A console that was opened in the morning works until the evening without this server (docs/offline.md). It
// verifies screens by what it fetched then (Beliefs), and records cases itself: each record is signed by the
// console's own key, holds the hash of the one before, and waits in the console until this server has it.
// Nobody can check here what a console says of its time and of who sat there: both are as claimed, and the
// case says so. What does not fit is never dropped: it is stored with a mark, for the administrator.

// OfflineDay takes what a facility's consoles recorded while they could not reach this server.
type OfflineDay struct {
	store    OfflineStore
	of       *Service
	receives sync.Mutex // one batch after the other: each is judged by the records before it
}

// NewOfflineDay returns the offline day of a service's consoles.
func NewOfflineDay(of *Service, store OfflineStore) *OfflineDay {
	return &OfflineDay{store: store, of: of}
}

// OfflineStore keeps consoles' keys, and what they recorded.
type OfflineStore interface {
	// PutOfflineKey stores a console's key; one that is there already stays as it was.
	PutOfflineKey(ctx context.Context, k OfflineKey, e audit.Entry) error
	// OfflineKey returns a key of a facility's, or NotFound.
	OfflineKey(ctx context.Context, facility, id string) (OfflineKey, error)
	// OfflineKeys returns the keys that were registered since a time, the oldest first.
	OfflineKeys(ctx context.Context, facility string, since time.Time) ([]OfflineKey, error)
	// OfflineRecords returns what came of one key, in the order in which it came.
	OfflineRecords(ctx context.Context, facility, key string) ([]OfflineRecord, error)
	// PutOffline stores a record with all that follows from it, or nothing.
	PutOffline(ctx context.Context, a OfflineArrival, e audit.Entry) error
}

// OfflineKey is the key by which one console signs its records for one day.
type OfflineKey struct {
	ID       string // RFC 7638 thumbprint
	Facility string
	Public   []byte // uncompressed P-256 point
	From     time.Time
	Ends     time.Time
	By       string // in whose session it was registered
}

// OfflineRecord is a record as it is kept. Body is sealed at rest.
type OfflineRecord struct {
	Facility   string
	Key        string
	Seq        int64  // as claimed
	Hash       []byte // SHA-256 of its text, by which it is known again
	ReceivedAt time.Time
	Body       []byte // JSON, this package's own
}

// OfflineArrival is a record, and the case that follows from it, with what its patient's phone is owed.
type OfflineArrival struct {
	Record OfflineRecord
	Case   *Case // nil: none
}

// offlineKeyLife is how long a console's key counts: a clinic's day from its opening to its last patient.
const offlineKeyLife = 12 * time.Hour

var (
	errOfflineKey = &eligibility.Error{Code: eligibility.Invalid, Key: "counter.offline_key", Field: "key"}
	// errOfflineStranger is for a key that this facility does not have.
	errOfflineStranger = &eligibility.Error{
		Code:  eligibility.NotFound,
		Key:   "counter.offline_stranger",
		Field: "key",
	}
)

// ConsoleKey is the public half of a console's key: its coordinates, base64url.
type ConsoleKey struct {
	X string `json:"x"`
	Y string `json:"y"`
}

// Register notes a console's key for the reception's facility. A key that the facility has already stays as
// it was: asking twice makes no day longer.
func (o *OfflineDay) Register(
	ctx context.Context, reception staff.Reception, key ConsoleKey,
) (OfflineKey, error) {
	facility, err := o.of.FacilityOf(ctx, reception)
	if err != nil {
		return OfflineKey{}, err
	}
	public, err := credential.ReadDeviceKey(key.X, key.Y)
	if err != nil {
		return OfflineKey{}, errOfflineKey.Because(err)
	}
	point, err := public.Key.Bytes()
	if err != nil {
		return OfflineKey{}, errOfflineKey.Because(err)
	}
	now := o.of.Now()
	entry := audit.Entry{At: now, Actor: reception.Actor(), Action: "offline.key", Detail: public.ID}
	err = o.store.PutOfflineKey(ctx, OfflineKey{
		ID:       public.ID,
		Facility: facility.Code,
		Public:   point,
		From:     now,
		Ends:     now.Add(offlineKeyLife),
		By:       reception.Staff,
	}, entry)
	if err != nil {
		return OfflineKey{}, err
	}
	return o.keyOf(ctx, facility.Code, public.ID)
}

func (o *OfflineDay) keyOf(ctx context.Context, facility, id string) (OfflineKey, error) {
	key, err := o.store.OfflineKey(ctx, facility, id)
	if isNotFound(err) {
		return OfflineKey{}, errOfflineStranger
	}
	return key, err
}

func isNotFound(err error) bool {
	var e *eligibility.Error
	return errors.As(err, &e) && e.Code == eligibility.NotFound
}

// Beliefs are what a console of the reception's facility verifies by while it is without this server.
func (o *OfflineDay) Beliefs(ctx context.Context, reception staff.Reception) (trust.Beliefs, error) {
	if _, err := o.of.FacilityOf(ctx, reception); err != nil {
		return trust.Beliefs{}, err
	}
	return o.of.Believed()
}

// OfflineNote says of a case that a console recorded it without this server.
type OfflineNote struct {
	Key        string        `json:"key"`
	Seq        int64         `json:"seq"`
	At         time.Time     `json:"at"` // as the console claims
	ReceivedAt time.Time     `json:"receivedAt"`
	SentBy     string        `json:"sentBy"` // whose session brought it; who recorded it is as claimed
	Marks      []OfflineMark `json:"marks,omitempty"`
}

// OfflineMark says what does not fit of a record.
type OfflineMark string

const (
	// MarkForged is of a record that its key did not sign as it came: it is no case.
	MarkForged OfflineMark = "forged"
	// MarkGap: the record before it did not come.
	MarkGap OfflineMark = "gap"
	// MarkFork: another record has its number, or it follows another one than came before it.
	MarkFork OfflineMark = "fork"
	// MarkDoubled: its case was recorded before; it is no second one.
	MarkDoubled OfflineMark = "doubled"
	// MarkBackdated: it claims a time before one that the console is known to have passed.
	MarkBackdated OfflineMark = "backdated"
	// MarkFuture: it claims a time after it came.
	MarkFuture OfflineMark = "future"
	// MarkEnded: it claims a time at which the console's key had ended.
	MarkEnded OfflineMark = "ended"
	// MarkScreen: what was accepted is not valid by this server's lists.
	MarkScreen OfflineMark = "screen"
	// MarkGround: it was accepted without what an acceptance must stand on.
	MarkGround OfflineMark = "ground"
	// MarkReason: its reason may not be stored, and was left out.
	MarkReason OfflineMark = "reason"
)

// offlineBody is what is kept of a record. A record that became a case lies there; of another one the text is
// kept, so that the administrator can hand it on.
type offlineBody struct {
	Prev    string          `json:"prev"`
	At      time.Time       `json:"at,omitzero"`
	Heard   time.Time       `json:"heard,omitzero"`
	Outcome hostapi.Outcome `json:"outcome,omitempty"`
	Staff   string          `json:"staff,omitempty"`
	Case    string          `json:"case,omitempty"`
	Marks   []OfflineMark   `json:"marks,omitempty"`
	SentBy  string          `json:"sentBy"`
	Text    string          `json:"text,omitempty"`
}

func hashOf(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// nameOf is a hash as records and answers write it.
func nameOf(hash []byte) string { return base64.RawURLEncoding.EncodeToString(hash) }
