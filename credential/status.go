package credential

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The revocation of saved copies. For consoles an issuer publishes one whole, compressed, signed list a day,
// in the form of a Token Status List (IETF draft-ietf-oauth-status-list): fetching it tells nobody which copy
// was looked up. For verifiers of SMART Health Cards it publishes the list of that specification, a file a
// key.

const (
	statusType = "statuslist+jwt"
	// StatusLife is how long a status list counts; past it a console says that later revocations are unknown.
	StatusLife = 7 * 24 * time.Hour
	// StatusEvery is how often consoles fetch it.
	StatusEvery = 24 * time.Hour
	// maxStatus bounds a list's text: 2^27 indices at random would be 16 MB raw, 21 MB as base64, 29 MB in a
	// JWT.
	maxStatus = 32 << 20
)

// Checkpoint is the head of the issuer's audit chain, published with the list so that consoles hold
// what an issuer might later want to have looked different (docs/trust.md#copies-that-are-taken-back).
type Checkpoint struct {
	Sequence int64  `json:"seq"`
	Hash     string `json:"hash"` // base64url
	At       int64  `json:"at"`
}

// StatusList says which saved copies of one issuer are revoked. It keeps their indices, 4 bytes a revoked
// copy, and only where that would be more than the bits themselves, 16 MB, the bits.
type StatusList struct {
	ISS       string
	IssuedAt  time.Time
	ExpiresAt time.Time
	Chain     Checkpoint
	set       indexSet
	// from a revocation file: copies with this index and an earlier nbf are revoked
	before map[uint32]int64
}

type statusClaims struct {
	Subject string     `json:"sub"` // ISS/status.jwt
	Issuer  string     `json:"iss"`
	IAT     int64      `json:"iat"`
	EXP     int64      `json:"exp"`
	TTL     int64      `json:"ttl"`
	List    statusBits `json:"status_list"`
	Chain   Checkpoint `json:"chain"`
}

type statusBits struct {
	Bits int    `json:"bits"`
	List string `json:"lst"` // base64url of zlib of the bits, the lowest index in a byte's lowest bit
}

// ErrStatusList is wrapped by every refusal of a status list.
var ErrStatusList = errors.New("credential: the status list is not acceptable")

// StatusURL returns where an issuer publishes its list.
func StatusURL(iss string) string { return iss + "/status.jwt" }

// SignStatusList signs the list of iss at a time. revoked are indices below MaxRID in any order.
func SignStatusList(iss string, key Key, revoked []uint32, chain Checkpoint, now time.Time) (string, error) {
	packed, err := packBits(revoked)
	if err != nil {
		return "", err
	}
	return SignJWT(key, statusType, statusClaims{
		Subject: StatusURL(iss),
		Issuer:  iss,
		IAT:     now.Unix(),
		EXP:     now.Add(StatusLife).Unix(),
		TTL:     int64(StatusEvery.Seconds()),
		List:    statusBits{1, b64.EncodeToString(packed)},
		Chain:   chain,
	})
}

// OpenStatusList verifies the list of an issuer with its keys. It refuses another issuer's list, one from the
// future, and one whose life is longer than StatusLife; an expired list is read too, since its revocations
// still hold.
func OpenStatusList(jws, iss string, keys KeySet, now time.Time) (*StatusList, error) {
	if len(jws) > maxStatus {
		return nil, fmt.Errorf("%w: it is too large", ErrStatusList)
	}
	_, body, err := openJWS(jws, func(h header) (PublicKey, bool) {
		key, ok := keys.Find(h.KID)
		return key, ok && h.Type == statusType && h.Zip == ""
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatusList, err)
	}
	var c statusClaims
	if err := readStrict(body, &c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatusList, err)
	}
	switch {
	case c.Issuer != iss || c.Subject != StatusURL(iss):
		return nil, fmt.Errorf("%w: it is of %q", ErrStatusList, c.Issuer)
	case c.List.Bits != 1 || !validLifetime(c.IAT, c.EXP, StatusLife):
		return nil, fmt.Errorf("%w: its form or life is wrong", ErrStatusList)
	case time.Unix(c.IAT, 0).After(now.Add(60 * time.Second)):
		return nil, fmt.Errorf("%w: it is from the future", ErrStatusList)
	}
	packed, err := fromBase64(c.List.List)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatusList, err)
	}
	set, err := unpackBits(packed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatusList, err)
	}
	return &StatusList{
		ISS:       iss,
		IssuedAt:  time.Unix(c.IAT, 0),
		ExpiresAt: time.Unix(c.EXP, 0),
		Chain:     c.Chain,
		set:       set,
	}, nil
}

// Revoked reports whether the copy with this index is revoked.
func (l *StatusList) Revoked(index uint32) bool { return l.set.has(index) }

// Packed returns the revoked indices as the signed list carries them (status_list of the Token Status List):
// one bit each, the lowest index in a byte's lowest bit, zlib.
func (l *StatusList) Packed() ([]byte, error) { return l.set.pack() }

// revokes reports whether the copy with this index and nbf is revoked.
func (l *StatusList) revokes(index uint32, nbf int64) bool {
	return l.Revoked(index) || nbf < l.before[index]
}

// Count returns how many copies are revoked.
func (l *StatusList) Count() int { return l.set.count }

func (l *StatusList) stale(at time.Time) bool { return at.After(l.ExpiresAt) }

// RevocationFile returns the revocation list of the SMART Health Cards specification for one key:
// ISS/.well-known/crl/KID.json. counter grows with every change; the same number stands as crlVersion beside
// the key.
func RevocationFile(kid string, counter int, rids []string) ([]byte, error) {
	if rids == nil {
		rids = []string{}
	}
	return json.Marshal(revocationFile{kid, "rid", counter, rids})
}

type revocationFile struct {
	KID    string   `json:"kid"`
	Method string   `json:"method"`
	CTR    int      `json:"ctr"`
	RIDs   []string `json:"rids"`
}

// ReadRevocationFile reads the list that RevocationFile wrote, as it stood at a time. It is not signed:
// whoever hands it over vouches for it. Entries that are no index of ours are left out; rid.timestamp revokes
// the copies issued before that time.
func ReadRevocationFile(data []byte, at time.Time) (*StatusList, error) {
	var file revocationFile
	if err := readStrict(data, &file); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatusList, err)
	}
	if file.Method != "rid" {
		return nil, fmt.Errorf("%w: not a revocation list by rid", ErrStatusList)
	}
	list := &StatusList{IssuedAt: at, ExpiresAt: at.Add(StatusLife), before: map[uint32]int64{}}
	var revoked []uint32
	for _, entry := range file.RIDs {
		rid, until, dated := strings.Cut(entry, ".")
		index, err := DecodeRID(rid)
		if err != nil {
			continue
		}
		if seconds, err := strconv.ParseInt(until, 10, 64); dated && err == nil {
			list.before[index] = max(list.before[index], seconds)
			continue
		}
		revoked = append(revoked, index)
	}
	slices.Sort(revoked)
	revoked = slices.Compact(revoked)
	list.set = indexSet{count: len(revoked), few: revoked}
	return list, nil
}
