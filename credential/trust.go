package credential

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"madoguchi/eligibility"
)

// TrustList says which issuer may speak for which insurer number, and which counter servers may call
// insurers. Whoever operates the counters signs it; it is versioned, never backwards, and dated
// (docs/trust.md#the-trust-list).
type TrustList struct {
	Version   int              `json:"version"`
	IssuedAt  int64            `json:"iat"`
	ExpiresAt int64            `json:"exp"`
	Issuers   []TrustedIssuer  `json:"issuers"`
	Counters  []TrustedCounter `json:"counters"`

	issuersByKey map[string][]int // kid → places in Issuers, of a list that was opened
}

// TrustedIssuer is one insurer that may issue screens.
type TrustedIssuer struct {
	ISS            string                      `json:"iss"`
	Name           string                      `json:"name"`
	InsurerNumbers []eligibility.InsurerNumber `json:"insurerNumbers"`
	JWKS           KeySet                      `json:"jwks"`
	// Addresses are the ones that the iss's host may have although they are not the internet's: an insurer
	// inside a closed network.
	Addresses []string `json:"addresses,omitempty"`
}

// TrustedCounter is one counter server that may call insurers.
type TrustedCounter struct {
	URL      string `json:"url"`
	Name     string `json:"name"`
	Facility string `json:"facility"` // 医療機関コード
	JWKS     KeySet `json:"jwks"`
}

const (
	trustType = "trust+jwt"
	// MaxTrustLife is the longest exp − iat of a trust list.
	MaxTrustLife = 30 * 24 * time.Hour
	jwtLeeway    = 30 * time.Second
)

// Check reports what makes a list unfit to be signed: an iss or URL that is not https (loopback for a demo's
// counter), an iss named twice, an issuer without numbers or keys, a number that no insurer can have, an
// address that no server can have.
func (t *TrustList) Check() error {
	seen := map[string]bool{}
	for _, i := range t.Issuers {
		u, err := url.Parse(i.ISS)
		switch {
		case err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" ||
			u.Fragment != "" || strings.HasSuffix(i.ISS, "/"):
			return fmt.Errorf("iss %q is not https without a trailing slash", i.ISS)
		case seen[i.ISS]:
			return fmt.Errorf("iss %q stands twice", i.ISS)
		case i.Name == "" || len(i.InsurerNumbers) == 0 || len(i.JWKS) == 0:
			return fmt.Errorf("issuer %q lacks a name, insurer numbers or keys", i.ISS)
		}
		seen[i.ISS] = true
		if err := checkAddresses(i.Addresses); err != nil {
			return fmt.Errorf("issuer %q: %w", i.ISS, err)
		}
		for _, n := range i.InsurerNumbers {
			if parsed, err := eligibility.ParseInsurerNumber(string(n)); err != nil || parsed != n {
				return fmt.Errorf("issuer %q: %q is not an insurer number of eight digits", i.ISS, n)
			}
		}
	}
	for _, c := range t.Counters {
		u, err := url.Parse(c.URL)
		if err != nil || u.Host == "" ||
			u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost") || c.Name == "" ||
			len(c.JWKS) == 0 {
			return fmt.Errorf("counter %q lacks an https address, a name or keys", c.URL)
		}
	}
	return nil
}

// ReadTrustDraft reads a draft that somebody read and corrected. It refuses what Check does, nobody on the
// list, and any member that is not a trust list's own, stands twice or differs in case: the list that is
// signed must say what its reader saw.
func ReadTrustDraft(data []byte) (TrustList, error) {
	var t TrustList
	if err := readExactly(data, &t); err != nil {
		return TrustList{}, err
	}
	if len(t.Issuers) == 0 {
		return TrustList{}, errors.New("no issuer stands on it")
	}
	return t, t.Check()
}

// TrustGrace is how long after its end a console without network may still use its list; it says so with
// every check.
const TrustGrace = 7 * 24 * time.Hour

// stale reports whether the list is past its end at a time.
func (t *TrustList) stale(at time.Time) bool {
	return t.ExpiresAt != 0 && at.After(time.Unix(t.ExpiresAt, 0).Add(jwtLeeway))
}

// overdue reports whether the grace after the list's end (TrustGrace) is over too.
func (t *TrustList) overdue(at time.Time) bool {
	return t.ExpiresAt != 0 && at.After(time.Unix(t.ExpiresAt, 0).Add(TrustGrace))
}

// ErrTrustList is wrapped by every refusal of a trust list.
var ErrTrustList = errors.New("credential: the trust list is not acceptable")

// IssuerByISS returns the entry of iss.
func (t *TrustList) IssuerByISS(iss string) (TrustedIssuer, bool) {
	for _, i := range t.Issuers {
		if i.ISS == iss {
			return i, true
		}
	}
	return TrustedIssuer{}, false
}

// keyWithIssuers returns the key with this id and the issuers in whose key sets it stands. A national list
// has some 3,400 issuers: looking through them all would take as long as a signature.
func (t *TrustList) keyWithIssuers(kid string) (key PublicKey, issuers []TrustedIssuer) {
	note := func(i int) {
		if k, ok := t.Issuers[i].JWKS.Find(kid); ok {
			key, issuers = k, append(issuers, t.Issuers[i])
		}
	}
	if places, indexed := t.issuersByKey[kid]; indexed {
		for _, i := range places {
			if i < len(t.Issuers) {
				note(i)
			}
		}
		return key, issuers
	}
	for i := range t.Issuers {
		note(i)
	}
	return key, issuers
}

// indexKeys builds issuersByKey.
func (t *TrustList) indexKeys() {
	t.issuersByKey = make(map[string][]int, len(t.Issuers))
	for i, issuer := range t.Issuers {
		for _, k := range issuer.JWKS {
			t.issuersByKey[k.ID] = append(t.issuersByKey[k.ID], i)
		}
	}
}

// CounterByURL returns the entry of a counter server.
func (t *TrustList) CounterByURL(url string) (TrustedCounter, bool) {
	for _, c := range t.Counters {
		if c.URL == url {
			return c, true
		}
	}
	return TrustedCounter{}, false
}

// MayIssueFor reports whether the issuer may issue for an insurer number.
func (i TrustedIssuer) MayIssueFor(number eligibility.InsurerNumber) bool {
	for _, n := range i.InsurerNumbers {
		if n == number {
			return true
		}
	}
	return false
}

// SignTrustList signs a list with the operator's key.
func SignTrustList(t TrustList, key Key) (string, error) { return SignJWT(key, trustType, t) }

// OpenTrustList verifies a list with the pinned root key and returns it. It refuses another signer, another
// type, a list that is not valid at now, one that lives longer than MaxTrustLife, and one older than
// minVersion.
func OpenTrustList(jws string, root PublicKey, now time.Time, minVersion int) (*TrustList, error) {
	return openTrustList(jws, root, now, minVersion, jwtLeeway)
}

// OpenTrustListInGrace is OpenTrustList for a console that has had no network: it takes a list for TrustGrace
// past its end, and every Verdict then says that the list is old.
func OpenTrustListInGrace(jws string, root PublicKey, now time.Time, minVersion int) (*TrustList, error) {
	return openTrustList(jws, root, now, minVersion, TrustGrace)
}

func openTrustList(jws string, root PublicKey, now time.Time, minVersion int,
	grace time.Duration) (*TrustList, error) {
	t, err := OpenTrustListAtAnyTime(jws, root, minVersion)
	if err != nil {
		return nil, err
	}
	switch {
	case now.Before(time.Unix(t.IssuedAt, 0).Add(-jwtLeeway)):
		return nil, fmt.Errorf("%w: it was signed after this computer's time", ErrTrustList)
	case now.After(time.Unix(t.ExpiresAt, 0).Add(grace)):
		return nil,
			fmt.Errorf("%w: it ended on %s", ErrTrustList, eligibility.DateOf(time.Unix(t.ExpiresAt, 0)))
	}
	return t, nil
}

// OpenTrustListAtAnyTime is OpenTrustList without looking at the time.
func OpenTrustListAtAnyTime(jws string, root PublicKey, minVersion int) (*TrustList, error) {
	_, body, err := openJWS(jws, func(h header) (PublicKey, bool) {
		return root, h.KID == root.ID && h.Type == trustType && h.Zip == ""
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTrustList, err)
	}
	var t TrustList
	if err := readStrict(body, &t); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTrustList, err)
	}
	if !validLifetime(t.IssuedAt, t.ExpiresAt, MaxTrustLife) {
		return nil, fmt.Errorf("%w: it lives longer than 30 days", ErrTrustList)
	}
	if t.Version < minVersion {
		return nil, fmt.Errorf("%w: version %d is older than %d", ErrTrustList, t.Version, minVersion)
	}
	t.indexKeys()
	return &t, nil
}
