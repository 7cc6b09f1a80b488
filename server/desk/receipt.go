package desk

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/roster"
)

// ReceiptLife is how long an insurer keeps a sealed receipt (docs/phone.md).
const ReceiptLife = 90 * 24 * time.Hour

// What an insurer takes of a receipt without reading it.
const (
	MaxReceipt       = 1000 // bytes of a sealed receipt
	MaxReceiptPhones = 20   // of one person, by all logins: as many keys are handed out, the newest
	pointBytes       = 65   // an uncompressed P-256 point (SEC 1 2.3.3)
	tagBytes         = 16   // of AES-256-GCM
	// receiptsADay is how often a counter may leave a receipt for the same screen on one day: once, and again when an answer
	// was lost on its way.
	receiptsADay = 3
)

// receiptType is the typ of a receipt's JWS.
const receiptType = "receipt+jwt"

// Receipt is what a counter tells the patient's phone, and nobody else, about a check.
type Receipt struct {
	At      time.Time
	Outcome Outcome
	Ground  Ground // of an accepted case
	Method  string // code of rules.md 1.2
}

// receiptClaims are what the counter signs. The facility's name is none of them: phones take it from the trust list, by iss.
type receiptClaims struct {
	Issuer   string  `json:"iss"` // URL of the counter server
	Audience string  `json:"aud"` // base64url SHA-256 of the phone's public key: it is good on that phone only
	IssuedAt int64   `json:"iat"`
	Outcome  Outcome `json:"outcome"`
	Ground   Ground  `json:"ground,omitempty"`
	Method   string  `json:"method"`
}

// ReceiptSigner is the counter server that a receipt is of.
type ReceiptSigner struct {
	URL string // as the trust list names it
	Key credential.Key
}

// Seal signs a receipt and seals it to a phone's P-256 public key (65 bytes, uncompressed).
func (s ReceiptSigner) Seal(r Receipt, phone []byte) ([]byte, error) {
	sum := sha256.Sum256(phone)
	text, err := credential.SignJWT(s.Key, receiptType, receiptClaims{
		Issuer:   s.URL,
		Audience: base64.RawURLEncoding.EncodeToString(sum[:]),
		IssuedAt: r.At.Unix(),
		Outcome:  r.Outcome,
		Ground:   r.Ground,
		Method:   r.Method,
	})
	if err != nil {
		return nil, err
	}
	sealed, err := seal([]byte(text), phone)
	if err == nil && len(sealed) > MaxReceipt {
		err = fmt.Errorf("a receipt of %d bytes is larger than insurers take", len(sealed))
	}
	return sealed, err
}

// seal encrypts a text to a P-256 public key: an ephemeral public key followed by AES-256-GCM under HKDF-SHA-256 of the ECDH
// secret. The key is used once, so the nonce is zero.
func seal(text, phone []byte) ([]byte, error) {
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
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return aead.Seal(public, make([]byte, aead.NonceSize()), text, nil), nil
}

var errReceiptForm = &eligibility.Error{Code: eligibility.Invalid, Key: "receipt.form", Field: "sealed"}

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

var errPhoneKey = &eligibility.Error{Code: eligibility.Invalid, Key: "phone.key", Field: "key"}

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
	grants, err := o.Store.Grants(ctx, GrantQuery{Subject: login.Subject, Phone: id})
	if err != nil {
		return err
	}
	keys, err := o.Store.CountPhoneKeys(ctx, login.Subject)
	switch {
	case err != nil:
		return err
	case len(grants) == 0 && keys >= MaxPhones: // a phone that shows somebody has its place among MaxPhones already
		return errManyPhones
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
		mac := o.mac("madoguchi-receipt-turn-1", signed, caller.URL, day, strconv.Itoa(turn))
		if first, err := o.Store.UseNonce(ctx, mac, o.Now().Add(24*time.Hour)); err != nil || first {
			return err
		}
	}
	return auth.ErrTooMany
}

// FirstUse reports whether a counter server's assertion was not used before, and remembers it until ends by a keyed hash.
func (o *Office) FirstUse(ctx context.Context, counter, jti string, ends time.Time) (bool, error) {
	return o.Store.UseNonce(ctx, o.mac("madoguchi-assertion-1", counter, jti), ends)
}

// mac is a keyed hash of texts, each behind its length, for one purpose.
func (o *Office) mac(purpose string, texts ...string) []byte {
	h := hmac.New(sha256.New, o.Notices.Index)
	h.Write([]byte(purpose))
	for _, text := range texts {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(text))))
		h.Write([]byte(text))
	}
	return h.Sum(nil)
}

var errForeignCredential = &eligibility.Error{Code: eligibility.Denied, Key: "receipt.credential"}

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
