package credential

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"madoguchi/eligibility"
)

// Verdict is what verifying found, as data: every check with its result, the worst first.
type Verdict struct {
	Valid       bool      `json:"valid"`
	Tier        Tier      `json:"tier,omitempty"`
	Issuer      string    `json:"issuer,omitempty"`     // of an unverified code: whom it claims
	IssuerName  string    `json:"issuerName,omitempty"` // from the trust list
	IssuedAt    time.Time `json:"issuedAt,omitzero"`
	ExpiresAt   time.Time `json:"expiresAt,omitzero"`
	RID         string    `json:"rid,omitempty"`
	DeviceKeyID string    `json:"holderKeyId,omitempty"`
	// Representative says that the phone is a representative's (代理の方の端末): the card must be the person's.
	Representative bool         `json:"representative,omitempty"`
	Checks         []Check      `json:"checks"`
	Eligibility    *Eligibility `json:"eligibility,omitempty"` // only what a verified signature covers
}

// Verifier is what a verifier knows apart from the code that it verifies: clock, trust list, keys, status
// lists. Nothing in it comes from that code.
type Verifier struct {
	Now       time.Time  // this computer's clock
	ClockSkew ClockSkew  // how far that clock is ahead, as measured
	Trust     *TrustList // nil: nobody vouches for the issuer
	Keys      KeySet     // keys that the caller vouches for as the issuer's own, besides those of Trust
	// Status returns the newest status list of an issuer, nil when there is none. A nil Status means none of
	// any.
	Status func(iss string) *StatusList
}

// signatureSize is that of ES256: R and S of 32 bytes each (RFC 7518 section 3.4).
const signatureSize = 64

// formFault is what is wrong with a JWS that is not of the form: characters that did not arrive, where its
// header cannot be read, or where it can and is ours, and the signature is too short or the payload cannot be
// read.
func formFault(jws string) check {
	if !looksLikeJWS(jws) {
		return checkForm
	}
	parts := strings.Split(jws, ".")
	head, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil || !json.Valid(head) {
		return checkDamagedForm
	}
	var h header
	if readExactly(head, &h) != nil || h.Alg != "ES256" || h.KID == "" || h.Zip != "DEF" || h.Type != "" {
		return checkForm
	}
	packed, err1 := base64.RawURLEncoding.DecodeString(parts[1])
	signature, err2 := base64.RawURLEncoding.DecodeString(parts[2])
	if err1 != nil || err2 != nil || lacks(packed, signature) {
		return checkDamaged
	}
	return checkForm
}

// lacks reports whether a payload or signature shows that a part of it did not arrive.
func lacks(packed, signature []byte) bool { return len(signature) < signatureSize || !readable(packed) }

// Verify checks a JWS. It never fails: whatever is wrong is a failed check with its sentence, and what
// cannot be looked at is "not checked" with the reason. The order is that of
// docs/facts/smart-health-card.md#order-of-verification: header pinned, key by kid from the keys of
// known issuers, signature, and only then the content is inflated, within a cap.
func (b Verifier) Verify(jws string) Verdict {
	v := Verdict{}
	if len(jws) > maxText {
		v.fail(checkForm)
		return v.sorted()
	}
	h, input, packed, signature, err := splitJWS(jws)
	if err != nil || h.Zip != "DEF" || h.Type != "" {
		v.fail(formFault(jws))
		return v.sorted()
	}
	v.pass(checkForm)
	key, owners, known := b.findKey(h.KID)
	if !known && lacks(packed, signature) {
		v.fail(checkDamaged)
		return v.sorted()
	}
	if !known {
		b.unknownKey(&v, packed)
		return v.sorted()
	}
	if err := jwt.SigningMethodES256.Verify(input, signature, key.Key); err != nil {
		if len(owners) == 1 {
			v.Issuer, v.IssuerName = owners[0].ISS, owners[0].Name // whose key the code names
		}
		fault := checkSignature
		if lacks(packed, signature) {
			fault = checkDamaged
		}
		v.fail(fault)
		return v.sorted()
	}
	p, err := readPayload(packed)
	if err != nil || !isISS(p.ISS) {
		v.pass(checkSignature)
		v.fail(checkContent)
		return v.sorted()
	}
	v.Issuer = p.ISS
	owner, ok := b.issuerOf(p.ISS, owners)
	if !ok {
		v.fail(checkIssuer)
		return v.sorted()
	}
	v.pass(checkSignature)
	v.passIssuer(b, owner)
	tier, shaped := p.tier()
	e, readable := p.eligibilityOf()
	if !shaped || !readable {
		v.fail(checkContent)
		return v.sorted()
	}
	v.pass(checkContent)
	v.Tier, v.IssuedAt, v.ExpiresAt = tier, time.Unix(p.NBF, 0).Add(backdate), time.Unix(p.EXP, 0)
	v.RID, v.Representative = p.VC.RID, p.shownByRepresentative()
	if p.HCNF != nil {
		v.DeviceKeyID = p.HCNF.KID
	}
	if !v.judgeInsurer(owner, b.Trust != nil, e.Insurer) {
		return v.sorted()
	}
	v.Eligibility = &e
	v.judgeTime(p, tier, b.clocks(p.ISS))
	if tier == TierOffline {
		v.skip(checkHolder)
	}
	v.judgeRevocation(b, p)
	return v.sorted()
}

// findKey returns the key with this id and every issuer of the trust list that publishes it; known is false
// when neither the trust list nor the caller's own keys have it.
func (b Verifier) findKey(kid string) (key PublicKey, owners []TrustedIssuer, known bool) {
	if b.Trust != nil {
		key, owners = b.Trust.keyWithIssuers(kid)
		known = len(owners) > 0
	}
	if !known {
		key, known = b.Keys.Find(kid)
	}
	return key, owners, known
}

// issuerOf returns the issuer that a verified payload names, if it is one of those whose key signed. A key
// that the caller vouches for speaks for the named issuer: with a trust list only for one that stands in it.
func (b Verifier) issuerOf(iss string, owners []TrustedIssuer) (TrustedIssuer, bool) {
	for _, o := range owners {
		if o.ISS == iss {
			return o, true
		}
	}
	switch {
	case len(owners) > 0:
		return TrustedIssuer{}, false
	case b.Trust != nil:
		return b.Trust.IssuerByISS(iss)
	}
	return TrustedIssuer{ISS: iss}, true
}

// unknownKey records why a code signed by an unknown key cannot be verified. The content is opened, within
// the cap, only to tell staff whom the code claims to be from; nothing of it is believed.
func (b Verifier) unknownKey(v *Verdict, packed []byte) {
	if body, err := inflate(packed); err == nil {
		var claimed struct {
			ISS string `json:"iss"`
		}
		if readStrict(body, &claimed) == nil && isISS(claimed.ISS) {
			v.Issuer = claimed.ISS
		}
	}
	if b.Trust == nil && len(b.Keys) == 0 {
		v.skip(checkIssuer)
		v.skip(checkSignature)
		return
	}
	v.fail(checkIssuer)
	v.skip(checkSignature)
}

// passIssuer passes the issuer check, with its own sentence when the trust list has expired or the caller
// supplied the key.
func (v *Verdict) passIssuer(b Verifier, owner TrustedIssuer) {
	v.IssuerName = owner.Name
	switch {
	case b.Trust == nil:
		v.passWith(checkIssuer, checkIssuerByKeys)
	case b.Trust.overdue(b.clocks(owner.ISS).day()):
		v.skip(checkIssuerOverdue)
	case b.Trust.stale(b.clocks(owner.ISS).day()):
		v.passWith(checkIssuer, checkIssuerStale)
	default:
		v.pass(checkIssuer)
	}
}

// judgeInsurer checks that the issuer may speak for the number; the Verdict goes on only when nothing failed.
// Without a trust list an issuer speaks for the number that its own address ends with (HOST/i/NNNNNNNN,
// docs/facts/smart-health-card.md#trust).
func (v *Verdict) judgeInsurer(owner TrustedIssuer, listed bool, number eligibility.InsurerNumber) bool {
	switch {
	case listed && !owner.MayIssueFor(number):
		v.fail(checkInsurer)
		return false
	case listed, strings.HasSuffix(owner.ISS, "/i/"+string(number)):
		v.pass(checkInsurer)
	default:
		v.skip(checkInsurer)
	}
	return true
}

// judgeTime judges nbf and exp. What lives for seconds must be in its time by this computer's own clock and
// by what was measured; what lives for days goes by the corrected clock. Where the error is too large to be
// corrected, both must agree, and a screen is looked at again once the clock is set.
func (v *Verdict) judgeTime(p payload, tier Tier, c clocks) {
	measured := p.timeFault(tier, c.measured)
	own := measured
	if c.skew != 0 && (tier == TierLive || !c.correctable()) {
		own = p.timeFault(tier, c.own)
	}
	switch {
	case measured != nil && (own != nil || c.correctable()):
		v.fail(*measured)
		v.noteClock(c)
	case own != nil || measured != nil || tier != TierSaved && !c.correctable():
		v.failUntilClockIsSet(c)
		v.skip(checkFresh)
	default:
		v.pass(checkFresh)
		v.noteClock(c)
	}
}

// timeFault returns what is wrong with the time of a payload, with the tier's leeway, by a clock; nil when
// nothing is.
func (p payload) timeFault(tier Tier, at time.Time) *check {
	claims := jwt.RegisteredClaims{NotBefore: jwt.NewNumericDate(time.Unix(p.NBF, 0)),
		ExpiresAt: jwt.NewNumericDate(time.Unix(p.EXP, 0))}
	validator := jwt.NewValidator(jwt.WithExpirationRequired(), jwt.WithLeeway(tier.leeway()),
		jwt.WithTimeFunc(func() time.Time { return at }))
	switch err := validator.Validate(claims); {
	case errors.Is(err, jwt.ErrTokenExpired):
		return map[Tier]*check{
			TierLive:    &checkFresh,
			TierOffline: &checkDay,
			TierSaved:   &checkSavedCopy,
		}[tier]
	case err != nil:
		return &checkFuture
	}
	return nil
}

// judgeRevocation looks a saved copy up in its issuer's status list. Live and screen codes end by themselves.
func (v *Verdict) judgeRevocation(b Verifier, p payload) {
	if v.Tier != TierSaved {
		v.skip(checkEndsItself)
		return
	}
	var list *StatusList
	if b.Status != nil {
		list = b.Status(p.ISS)
	}
	index, err := DecodeRID(p.VC.RID)
	switch {
	case list == nil || err != nil:
		v.skip(checkRevocation)
	case list.revokes(index, p.NBF):
		v.fail(checkRevocation)
	case list.stale(b.clocks(p.ISS).day()):
		v.skip(checkRevocationOld.withDate(list.IssuedAt))
	default:
		v.pass(checkRevocation.withDate(list.IssuedAt))
	}
}

// Opened is a credential whose signature by one known key was verified; its time was not looked at.
type Opened struct {
	Tier        Tier
	ExpiresAt   time.Time
	Eligibility Eligibility
}

// Open reads a credential that iss itself signed with one of its keys, whatever the time: for an insurer to
// whom a counter sends one of its own screens.
func Open(jws, iss string, keys KeySet) (Opened, error) {
	_, packed, err := openJWS(jws, func(h header) (PublicKey, bool) {
		key, ok := keys.Find(h.KID)
		return key, ok && h.Zip == "DEF" && h.Type == ""
	})
	if err != nil {
		return Opened{}, err
	}
	p, err := readPayload(packed)
	if err != nil {
		return Opened{}, err
	}
	tier, ok := p.tier()
	e, shaped := p.eligibilityOf()
	if p.ISS != iss || !ok || !shaped {
		return Opened{}, errJSON
	}
	return Opened{Tier: tier, ExpiresAt: time.Unix(p.EXP, 0), Eligibility: e}, nil
}

// readPayload inflates and reads a verified payload.
func readPayload(packed []byte) (payload, error) {
	body, err := inflate(packed)
	if err != nil {
		return payload{}, err
	}
	var p payload
	return p, readExactly(body, &p)
}

// tier tells a payload's tier: exactly one of no extra claim, hcnf, vc.rid, with that tier's life. Shorter is
// a pdf's right only, since it ends at the next change of share.
func (p payload) tier() (Tier, bool) {
	if !validLifetime(p.NBF, p.EXP, longestPDF) {
		return "", false
	}
	life := time.Duration(p.EXP-p.NBF) * time.Second
	switch {
	case p.HCNF != nil && p.VC.RID != "":
		return "", false
	case p.HCNF != nil:
		return TierOffline, life == screenSpan && len(p.HCNF.KID) == deviceKeyIDLength
	case p.VC.RID != "":
		_, err := DecodeRID(p.VC.RID)
		return TierSaved, err == nil && p.EXP <= LatestEnd(time.Unix(p.NBF, 0).Add(backdate)).Unix()
	}
	return TierLive, life == liveSpan
}
