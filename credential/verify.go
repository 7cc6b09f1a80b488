package credential

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Verdict is what verifying found, as data: every check with its result, the worst first.
type Verdict struct {
	Valid       bool         `json:"valid"`
	Tier        Tier         `json:"tier,omitempty"`
	Issuer      string       `json:"issuer,omitempty"`
	IssuerName  string       `json:"issuerName,omitempty"` // from the trust list
	IssuedAt    time.Time    `json:"issuedAt,omitzero"`
	ExpiresAt   time.Time    `json:"expiresAt,omitzero"`
	RID         string       `json:"rid,omitempty"`
	HolderKeyID string       `json:"holderKeyId,omitempty"`
	Checks      []Check      `json:"checks"`
	Eligibility *Eligibility `json:"eligibility,omitempty"` // only what a verified signature covers
}

// Opened is a credential whose signature by a known key was verified; its time was not looked at.
type Opened struct {
	Tier        Tier
	ExpiresAt   time.Time
	Eligibility Eligibility
}

// Open reads a credential that iss itself signed with one of its keys, whatever the time: for an insurer that gets its own
// card back.
func Open(jws, iss string, keys ...PublicKey) (Opened, error) {
	_, packed, err := openJWS(jws, func(h header) (PublicKey, bool) {
		key, ok := KeySet(keys).Find(h.KID)
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
	if err := noDuplicates(body); err != nil {
		return payload{}, err
	}
	var p payload
	if err := json.Unmarshal(body, &p); err != nil {
		return payload{}, errors.Join(errJSON, err)
	}
	return p, nil
}

// tier tells a payload's tier: exactly one of no extra claim, hcnf, vc.rid, with that tier's life. Shorter is a pdf's right
// only, since it ends at the next change of share.
func (p payload) tier() (Tier, bool) {
	life := time.Duration(p.EXP-p.NBF) * time.Second
	if p.NBF <= 0 || p.EXP > 1<<40 || life <= 0 {
		return "", false
	}
	switch {
	case p.HCNF != nil && p.VC.RID != "":
		return "", false
	case p.HCNF != nil:
		return Screen, life == screenSpan && len(p.HCNF.KID) == 16
	case p.VC.RID != "":
		_, err := DecodeRID(p.VC.RID)
		return PDF, err == nil && life <= pdfSpan
	}
	return Live, life == liveSpan
}

// Verify checks a JWS against the trust list at a time (already corrected by the measured clock offset). It never fails:
// whatever is wrong is a failed check with its sentence. What needs the network (revocation) is not checked here.
func Verify(jws string, trust *TrustList, at time.Time) Verdict {
	v := Verdict{}
	h, input, packed, signature, err := splitJWS(jws)
	if err != nil || h.Zip != "DEF" || h.Type != "" {
		v.fail(checkForm)
		return v.sorted()
	}
	v.pass(checkForm)
	// The issuer's name stands inside the compressed payload, so the key is first found by its id among the keys of the
	// trust list; that iss owns this very key is checked once the signature holds.
	owner, key, known := trust.owner(h.KID)
	if !known {
		v.fail(checkIssuer)
		return v.sorted()
	}
	if err := jwt.SigningMethodES256.Verify(input, signature, key.Key); err != nil {
		v.fail(checkSignature)
		return v.sorted()
	}
	p, err := readPayload(packed)
	if err != nil {
		v.fail(checkContent)
		return v.sorted()
	}
	v.Issuer = p.ISS
	if p.ISS != owner.ISS {
		v.fail(checkIssuer)
		return v.sorted()
	}
	v.pass(checkSignature)
	v.pass(checkIssuer)
	v.IssuerName = owner.Name
	tier, shaped := p.tier()
	e, readable := p.eligibilityOf()
	if !shaped || !readable || len(p.VC.Type) != 1 || p.VC.Type[0] != healthCardType {
		v.fail(checkContent)
		return v.sorted()
	}
	v.pass(checkContent)
	v.Tier, v.IssuedAt, v.ExpiresAt = tier, time.Unix(p.NBF, 0).Add(backdate), time.Unix(p.EXP, 0)
	v.RID = p.VC.RID
	if p.HCNF != nil {
		v.HolderKeyID = p.HCNF.KID
	}
	if !owner.SpeaksFor(e.Insurer) {
		v.fail(checkInsurer)
		return v.sorted()
	}
	v.pass(checkInsurer)
	v.Eligibility = &e
	v.time(p, tier, at)
	switch tier {
	case Screen:
		v.skip(checkHolder)
	case PDF:
		v.skip(checkRevocation)
	}
	return v.sorted()
}

// owner returns the issuer that publishes the key with this id.
func (t *TrustList) owner(kid string) (TrustedIssuer, PublicKey, bool) {
	if t == nil {
		return TrustedIssuer{}, PublicKey{}, false
	}
	for _, issuer := range t.Issuers {
		if key, ok := issuer.JWKS.Find(kid); ok {
			return issuer, key, true
		}
	}
	return TrustedIssuer{}, PublicKey{}, false
}

// time judges nbf and exp with the tier's leeway.
func (v *Verdict) time(p payload, tier Tier, at time.Time) {
	claims := jwt.RegisteredClaims{NotBefore: jwt.NewNumericDate(time.Unix(p.NBF, 0)), ExpiresAt: jwt.NewNumericDate(time.Unix(p.EXP, 0))}
	validator := jwt.NewValidator(jwt.WithExpirationRequired(), jwt.WithLeeway(tier.leeway()), jwt.WithTimeFunc(func() time.Time { return at }))
	switch err := validator.Validate(claims); {
	case errors.Is(err, jwt.ErrTokenExpired):
		v.fail(map[Tier]check{Live: checkFresh, Screen: checkDay, PDF: checkPaper}[tier])
	case err != nil:
		v.fail(checkFuture)
	default:
		v.pass(checkFresh)
	}
}
