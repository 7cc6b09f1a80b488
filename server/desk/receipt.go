package desk

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/roster"
)

// ReceiptLife is how long an insurer keeps a sealed receipt (DESIGN.md 3.8).
const ReceiptLife = 90 * 24 * time.Hour

// Receipt is what a counter tells the patient's phone, and nobody else, about a check.
type Receipt struct {
	Facility string    `json:"facility"`
	At       time.Time `json:"at"`
	Outcome  Outcome   `json:"outcome"`
	Method   string    `json:"method"` // code of rules.md 1.2
}

// SealReceipt seals a receipt to a phone's P-256 public key (65 bytes, uncompressed): an ephemeral public key followed by
// AES-256-GCM under HKDF-SHA-256 of the ECDH secret. The key is used once, so the nonce is zero.
func SealReceipt(r Receipt, phone []byte) ([]byte, error) {
	to, err := ecdh.P256().NewPublicKey(phone)
	if err != nil {
		return nil, fmt.Errorf("reading the phone's key: %w", err)
	}
	once, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	secret, err := once.ECDH(to)
	if err != nil {
		return nil, fmt.Errorf("agreeing on a key: %w", err)
	}
	public := once.PublicKey().Bytes()
	key, err := hkdf.Key(sha256.New, secret, append(append([]byte{}, public...), phone...), "madoguchi-receipt-1", 32)
	if err != nil {
		return nil, fmt.Errorf("deriving a key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return seal.Seal(public, make([]byte, seal.NonceSize()), text, nil), nil
}

var errPhoneKey = &eligibility.Error{Code: eligibility.Invalid, Key: "phone.key", Field: "key",
	Ja: "この端末を登録できませんでした。ページを開き直してください。",
	En: "This phone could not be registered. Reload the page."}

// PutPhone stores the key under which counters seal receipts for this phone. x and y are base64url. A key that is new to the
// login needs a fresh one: a stolen session must not learn where its owner goes.
func (o *Office) PutPhone(ctx context.Context, login auth.Identity, id, x, y string) error {
	bx, err1 := base64.RawURLEncoding.DecodeString(x)
	by, err2 := base64.RawURLEncoding.DecodeString(y)
	if err1 != nil || err2 != nil || len(bx) != 32 || len(by) != 32 || !phoneID(id) {
		return errPhoneKey
	}
	point := append(append([]byte{4}, bx...), by...)
	if _, err := ecdh.P256().NewPublicKey(point); err != nil {
		return errPhoneKey.Because(err)
	}
	known, err := o.Store.HasPhoneKey(ctx, login.Subject, id)
	if err != nil || known {
		return err
	}
	if !fresh(login, o.Now()) {
		return errLoginAgain
	}
	return o.Store.PutPhoneKey(ctx, login.Subject, id, point, Entry{At: o.Now(), Actor: ActorPatient, Action: "phone.add"})
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

// LeaveReceipt stores what a counter sealed for the phones that show a screen of ours. It cannot be read here.
func (o *Office) LeaveReceipt(ctx context.Context, insurer eligibility.InsurerNumber, jws, counter string, sealed map[string][]byte) error {
	record, err := o.ownCredential(ctx, insurer, jws)
	if err != nil {
		return err
	}
	return o.Store.PutReceipts(ctx, record.ID, sealed, Entry{At: o.Now(), Actor: ActorCounter, Action: "receipt.leave", Person: record.ID})
}

var errForeignCredential = &eligibility.Error{Code: eligibility.Denied, Key: "receipt.credential",
	Ja: "この画面はこの保険者が発行したものと確かめられませんでした。",
	En: "This screen was not issued by this insurer, or is too old for a receipt."}

// receiptWindow is how long after a live screen's end a counter may still leave its receipt: a case takes minutes.
const receiptWindow = 2 * time.Hour

// ownCredential finds the person of a credential that this insurer signed with any key that it publishes: a screen may come
// back just after a rotation.
func (o *Office) ownCredential(ctx context.Context, insurer eligibility.InsurerNumber, jws string) (PersonRecord, error) {
	keys, err := o.Keys.Issuer(insurer, o.Now())
	if err != nil {
		return PersonRecord{}, err
	}
	read, err := credential.Open(jws, o.ISS(insurer), keys.Set)
	if err != nil {
		return PersonRecord{}, errForeignCredential.Because(err)
	}
	if o.Now().After(read.ExpiresAt.Add(receiptWindow)) || read.Eligibility.Insurer != insurer {
		return PersonRecord{}, errForeignCredential
	}
	e := read.Eligibility
	return o.Store.PersonByKey(ctx, insurer, roster.Key(eligibility.Person{Insurer: e.Insurer, Symbol: e.Symbol, Number: e.Number,
		BranchNumber: e.BranchNumber, BirthDate: e.BirthDate, Name: e.Name}))
}
