package insurer

import (
	"context"
	"crypto/ecdh"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
)

// Receipts keeps what counters leave for phones, sealed to each phone.
type Receipts struct {
	Issuer *Issuer

	store   ReceiptsStore
	notices NoticeKeys
	now     func() time.Time
}

// ReceiptsStore is what Receipts keeps. Each method is one transaction: it happens whole, audit entry
// included, or not at all. A missing thing is an *eligibility.Error with code NotFound.
type ReceiptsStore interface {
	// ReceiptKeys returns the keys of the phones that show this person at a time.
	ReceiptKeys(ctx context.Context, person PersonKey, at time.Time) (map[string][]byte, error)
	// HasReceipts reports whether receipts of this mark lie here.
	HasReceipts(ctx context.Context, mark []byte) (bool, error)
	// PutReceipts stores sealed receipts, one a phone key, for phones that show this person at the entry's
	// time; their content is unreadable here. Where receipts of the same mark lie already it stores none.
	PutReceipts(ctx context.Context, person PersonKey, left LeftReceipts, e audit.Entry) error
	// Receipts returns what lies there at a time, of the people whom subject shows then, for one phone key of
	// subject, newest first, without those older than ReceiptLife.
	Receipts(ctx context.Context, subject, keyID string, at time.Time) ([]SealedReceipt, error)
	// UseNonce keeps a nonce (of a phone, or of a counter server's assertion) until it ends; false when it
	// was kept before.
	UseNonce(ctx context.Context, nonce []byte, ends time.Time) (first bool, err error)
}

// LeftReceipts are the receipts that a counter left in one call.
type LeftReceipts struct {
	Mark   []byte            // keyed hash of what the counter calls them; nil: it does not say
	Sealed map[string][]byte // by the phone's key id
}

// ReceiptLife is how long an insurer keeps a sealed receipt (docs/phone.md).
const ReceiptLife = 90 * 24 * time.Hour

// What an insurer takes of a receipt without reading it.
const (
	// receiptsADay is how often a counter may leave a receipt for the same screen on one day: once, again
	// when a record was corrected, and when a server of before lost the answer on its way.
	receiptsADay = 3
)

var errReceiptForm = &eligibility.Error{Code: eligibility.Invalid, Key: "receipt.form", Field: "sealed"}

// checkSealed refuses what a counter cannot have sealed for phones: none or too many, another form, something
// larger.
func checkSealed(sealed map[string][]byte) error {
	if len(sealed) == 0 || len(sealed) > hostapi.MaxReceiptDevices {
		return errReceiptForm
	}
	for id, data := range sealed {
		if !isDeviceID(id) || len(data) <= hostapi.PointBytes+hostapi.TagBytes ||
			len(data) > hostapi.MaxReceipt {
			return errReceiptForm
		}
		if _, err := ecdh.P256().NewPublicKey(data[:hostapi.PointBytes]); err != nil {
			return errReceiptForm.Because(err)
		}
	}
	return nil
}

// Receipts returns the sealed receipts that lie here for one phone, newest first: of the people whom the
// viewer shows now, to their login or to the phone itself. It returns ErrNotEnrolled to who shows nobody on
// that phone.
func (r *Receipts) Receipts(ctx context.Context, viewer Viewer, keyID string) ([]SealedReceipt, error) {
	now := r.now()
	var subjects []string
	if viewer.Login != nil {
		subjects = append(subjects, viewer.Login.Subject)
	}
	for _, g := range viewer.People {
		if g.DeviceID == keyID && now.Before(g.Until()) && !slices.Contains(subjects, g.Subject) {
			subjects = append(subjects, g.Subject)
		}
	}
	if len(subjects) == 0 {
		return nil, ErrNotEnrolled
	}
	var all []SealedReceipt
	for _, subject := range subjects {
		sealed, err := r.store.Receipts(ctx, subject, keyID, now)
		if err != nil {
			return nil, err
		}
		for _, r := range sealed {
			if _, shown, _ := viewer.mayShow(r.Person, subject, now); shown { // not taken off this phone
				all = append(all, r)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b SealedReceipt) int { return b.At.Compare(a.At) })
	return all, nil
}

// ReceiptKeys answers a counter server that shows a screen of ours: the keys of the phones that may read its
// receipt.
func (r *Receipts) ReceiptKeys(
	ctx context.Context, host hostapi.Host, jws string,
) (map[string][]byte, error) {
	record, err := r.Issuer.ownCredential(ctx, host.Insurer, jws)
	if err != nil {
		return nil, err
	}
	return r.store.ReceiptKeys(ctx, PersonKey{host.Insurer, record.ID}, r.now())
}

// LeaveReceipt stores what a counter sealed for the phones that show a screen of ours. It cannot be read
// here, and who left it is not kept: whose word it is stands inside, signed. A delivery that lies here
// already is taken again, as nothing new: its answer was lost.
func (r *Receipts) LeaveReceipt(ctx context.Context, host hostapi.Host, d hostapi.Delivery) error {
	if err := checkSealed(d.Sealed); err != nil {
		return err
	}
	record, err := r.Issuer.ownCredential(ctx, host.Insurer, d.Credential)
	if err != nil {
		return err
	}
	mark, err := r.receiptMark(d.ID, record.ID, host.Server)
	if err != nil {
		return err
	}
	if mark != nil {
		if known, err := r.store.HasReceipts(ctx, mark); err != nil || known {
			return err
		}
	}
	if err := r.receiptTurn(ctx, d.Credential, host.Server); err != nil {
		return err
	}
	entry := audit.Entry{At: r.now(), Actor: host.Actor(), Action: "receipt.leave", Person: record.ID}
	return r.store.PutReceipts(ctx, PersonKey{host.Insurer, record.ID}, LeftReceipts{mark, d.Sealed}, entry)
}

var deliveryID = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// receiptMark is by which a delivery of one counter for one person is known again: nil where the counter does
// not name it. It tells nothing without that name, which nobody keeps here.
func (r *Receipts) receiptMark(id string, person audit.PersonID, caller hostapi.Caller) ([]byte, error) {
	switch {
	case id == "":
		return nil, nil
	case !deliveryID.MatchString(id):
		return nil, errReceiptForm.In("id")
	}
	return r.notices.mac("madoguchi-receipt-mark-1", id, string(person), caller.URL), nil
}

// receiptTurn counts the receipts that a counter leaves for one screen on one day, by keyed hashes that are
// gone the day after.
func (r *Receipts) receiptTurn(ctx context.Context, jws string, caller hostapi.Caller) error {
	signed := jws[:strings.LastIndexByte(jws, '.')+1] // one screen may have several signatures
	day := eligibility.DateOf(r.now()).String()
	for turn := range receiptsADay {
		mac := r.notices.mac("madoguchi-receipt-turn-1", signed, caller.URL, day, strconv.Itoa(turn))
		if first, err := r.store.UseNonce(ctx, mac, r.now().Add(24*time.Hour)); err != nil || first {
			return err
		}
	}
	return auth.ErrTooMany
}

// FirstUse reports whether a counter server's assertion was not used before, and remembers it until ends by a
// keyed hash.
func (r *Receipts) FirstUse(ctx context.Context, counter, jti string, ends time.Time) (bool, error) {
	return r.store.UseNonce(ctx, r.notices.mac("madoguchi-assertion-1", counter, jti), ends)
}
