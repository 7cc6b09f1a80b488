package credential

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/klauspost/compress/flate"

	"madoguchi/eligibility"
)

// MaxJWS is the longest JWS that one QR of version 22 level L holds (SMART Health Cards specification).
const MaxJWS = 1195

// Request is what an insurer wants to state.
type Request struct {
	Person      eligibility.Person
	InsurerName string // as the counter should show it
	Share       int    // percent; 0 leaves it out
	Tier        Tier
	DeviceKeyID string    // screen: first 16 characters of the holder key's thumbprint
	RID         uint32    // pdf: revocation index below MaxRID
	Expires     time.Time // pdf: its end
	// Representative says that whoever shows it is the person's representative (代理人), not the person.
	Representative bool
}

// Issued is a signed credential.
type Issued struct {
	JWS       string
	ExpiresAt time.Time
	FitsQR    bool // at most MaxJWS characters; otherwise offer the CardFile
	NoSYL     bool // the kana's tag was dropped to fit
}

// ErrUnverifiable is returned for a record that no verifier would accept: a colon in the number, a control
// character in a name …
var ErrUnverifiable = errors.New(
	"credential: the record or the issuer's address is not of a form that can be verified")

// Issue signs a credential of iss (HOST/i/NNNNNNNN) at now. When it would exceed MaxJWS it compresses harder,
// then drops the kana's SYL tag, and otherwise says that only the file can carry it; nothing is ever cut off.
// It returns ErrUnverifiable rather than sign what Verify would refuse.
func Issue(iss string, key Key, r Request, now time.Time) (Issued, error) {
	nbf := now.Add(-backdate).Truncate(time.Second)
	var exp time.Time
	switch r.Tier {
	case TierLive:
		exp = nbf.Add(liveSpan)
	case TierOffline:
		exp = nbf.Add(screenSpan)
	case TierSaved:
		exp = r.Expires.Truncate(time.Second)
		if !exp.After(now) || exp.After(LatestEnd(nbf.Add(backdate))) || r.RID >= MaxRID {
			return Issued{}, errors.New("credential: a pdf needs an end by the first day of the fourth " +
				"month after and a rid below 2^27")
		}
	default:
		return Issued{}, fmt.Errorf("credential: unknown tier %q", r.Tier)
	}
	if r.Tier == TierOffline && len(r.DeviceKeyID) != deviceKeyIDLength {
		return Issued{}, errors.New("credential: a screen needs its holder key's id")
	}
	p := newPayload(iss, r, nbf, exp, true)
	if _, ok := p.eligibilityOf(); !ok || !isISS(iss) {
		return Issued{}, ErrUnverifiable
	}
	out := Issued{ExpiresAt: exp}
	room := issuing.Get().(*issueRoom)
	defer issuing.Put(room)
	// The last step is for the file alone, which has room for the tag.
	for _, step := range []struct {
		syl   bool
		level int
	}{{true, usualLevel}, {true, hardestLevel}, {false, hardestLevel}, {true, usualLevel}} {
		p.tagKana(step.syl)
		if err := room.pack(key.ID, p, step.level); err != nil {
			return Issued{}, err
		}
		out.NoSYL = !step.syl
		if out.FitsQR = len(room.input)+1+86 <= MaxJWS; out.FitsQR { // an ES256 signature is 86 characters
			break
		}
	}
	input := string(room.input)
	signature, err := key.Sign(input)
	if err != nil {
		return Issued{}, err
	}
	out.JWS = input + "." + signature
	return out, nil
}

// issueRoom is the memory in which credentials are made, one after the other.
type issueRoom struct {
	body   []byte       // the payload as JSON
	packed bytes.Buffer // and compressed
	head   []byte       // the JOSE header
	input  []byte       // what is signed
}

var issuing = sync.Pool{New: func() any { return new(issueRoom) }}

// pack makes what is signed of a payload.
func (room *issueRoom) pack(kid string, p payload, level int) error {
	room.body = p.appendJSON(room.body[:0])
	room.packed.Reset()
	if err := deflateTo(&room.packed, room.body, level); err != nil {
		return fmt.Errorf("compressing the payload: %w", err)
	}
	room.head = append(append(room.head[:0], `{"alg":"ES256","zip":"DEF","kid":"`...), kid...)
	room.head = append(room.head, `"}`...)
	room.input = append(b64.AppendEncode(room.input[:0], room.head), '.')
	room.input = b64.AppendEncode(room.input, room.packed.Bytes())
	return nil
}

// Sign returns the base64url ES256 signature over a signing input: by golang-jwt for a key in memory, else
// through the crypto.Signer (an HSM), whose DER signature becomes r‖s (RFC 7518 section 3.4).
func (k Key) Sign(input string) (string, error) {
	if private, ok := k.signer.(*ecdsa.PrivateKey); ok {
		signature, err := jwt.SigningMethodES256.Sign(input, private)
		if err != nil {
			return "", fmt.Errorf("signing: %w", err)
		}
		return b64.EncodeToString(signature), nil
	}
	digest := sha256.Sum256([]byte(input))
	der, err := k.signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("signing: %w", err)
	}
	var rs struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &rs); err != nil || len(rest) > 0 {
		return "", errors.New("credential: the signer's answer is not an ECDSA signature")
	}
	return b64.EncodeToString(append(rs.R.FillBytes(make([]byte, 32)), rs.S.FillBytes(make([]byte, 32))...)),
		nil
}

// encodeJSON writes minified JSON without HTML escapes and without a final newline.
func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("writing the payload: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// klauspost/compress at usualLevel packs a credential as small as the standard library's best level in less
// than half of its time; hardestLevel takes some five bytes less
// (TestTenThousandPeopleAreReadBackAsTheyAreRecorded prints how many it saves).
const (
	usualLevel   = 6
	hardestLevel = 9
)

var flateWriters = map[int]*sync.Pool{
	usualLevel:   flateWriterPool(usualLevel),
	hardestLevel: flateWriterPool(hardestLevel),
}

func flateWriterPool(level int) *sync.Pool {
	return &sync.Pool{New: func() any {
		w, _ := flate.NewWriter(nil, level) // the level is valid
		return w
	}}
}

// deflateTo compresses by raw DEFLATE (RFC 1951).
func deflateTo(b *bytes.Buffer, data []byte, level int) error {
	pool := flateWriters[level]
	w := pool.Get().(*flate.Writer)
	defer pool.Put(w)
	w.Reset(b)
	if _, err := w.Write(data); err != nil {
		return err
	}
	return w.Close()
}
