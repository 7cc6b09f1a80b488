package desk

import (
	"context"
	"crypto/ecdh"
	"strconv"
	"strings"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
)

// ReceiptLife is how long an insurer keeps a sealed receipt (docs/phone.md).
const ReceiptLife = 90 * 24 * time.Hour

// What an insurer takes of a receipt without reading it.
const (
	// receiptsADay is how often a counter may leave a receipt for the same screen on one day: once, and again when an answer
	// was lost on its way.
	receiptsADay = 3
)

var errReceiptForm = &eligibility.Error{Code: eligibility.Invalid, Key: "receipt.form", Field: "sealed",
	Ja: "受付の記録の形が正しくないため、預かりませんでした。受付サーバーの版を確かめてください。",
	En: "The receipts are not of the form that is taken, so none was stored. Check the counter server's version."}

// checkSealed refuses what a counter cannot have sealed for phones: none or too many, another form, something larger.
func checkSealed(sealed map[string][]byte) error {
	if len(sealed) == 0 || len(sealed) > MaxReceiptPhones {
		return errReceiptForm
	}
	for id, data := range sealed {
		if !phoneID(id) || len(data) <= pointBytes+tagBytes || len(data) > MaxReceipt {
			return errReceiptForm
		}
		if _, err := ecdh.P256().NewPublicKey(data[:pointBytes]); err != nil {
			return errReceiptForm.Because(err)
		}
	}
	return nil
}

// Receipts returns the sealed receipts that lie here for one phone of this login.
func (o *Office) Receipts(ctx context.Context, subject, keyID string) ([]SealedReceipt, error) {
	return o.Store.Receipts(ctx, subject, keyID, o.Now().Add(-ReceiptLife))
}

// ReceiptKeys answers a counter server that shows a screen of ours: the keys of the phones that may read its receipt.
func (o *Office) ReceiptKeys(ctx context.Context, insurer eligibility.InsurerNumber, jws string) (map[string][]byte, error) {
	record, err := o.ownCredential(ctx, insurer, jws)
	if err != nil {
		return nil, err
	}
	return o.Store.PhoneKeys(ctx, record.ID)
}

// LeaveReceipt stores what a counter sealed for the phones that show a screen of ours. It cannot be read here, and who left it
// is not kept: whose word it is stands inside, signed.
func (o *Office) LeaveReceipt(
	ctx context.Context, insurer eligibility.InsurerNumber, jws string, caller Caller, sealed map[string][]byte,
) error {
	if err := checkSealed(sealed); err != nil {
		return err
	}
	record, err := o.ownCredential(ctx, insurer, jws)
	if err != nil {
		return err
	}
	if err := o.receiptTurn(ctx, jws, caller); err != nil {
		return err
	}
	entry := Entry{At: o.Now(), Actor: ActorCounter, Action: "receipt.leave", Person: record.ID}
	return o.Store.PutReceipts(ctx, record.ID, sealed, entry)
}

// receiptTurn counts the receipts that a counter leaves for one screen on one day, by keyed hashes that are gone the day after.
func (o *Office) receiptTurn(ctx context.Context, jws string, caller Caller) error {
	signed := jws[:strings.LastIndexByte(jws, '.')+1] // one screen may have several signatures
	day := eligibility.DateOf(o.Now()).String()
	for turn := range receiptsADay {
		mac := o.Notices.mac("madoguchi-receipt-turn-1", signed, caller.URL, day, strconv.Itoa(turn))
		if first, err := o.Store.UseNonce(ctx, mac, o.Now().Add(24*time.Hour)); err != nil || first {
			return err
		}
	}
	return auth.ErrTooMany
}

// FirstUse reports whether a counter server's assertion was not used before, and remembers it until ends by a keyed hash.
func (o *Office) FirstUse(ctx context.Context, counter, jti string, ends time.Time) (bool, error) {
	return o.Store.UseNonce(ctx, o.Notices.mac("madoguchi-assertion-1", counter, jti), ends)
}
