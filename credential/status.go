package credential

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"time"
)

// The revocation of saved copies. For consoles an issuer publishes one whole, compressed, signed list a day, in the form of a
// Token Status List (IETF draft-ietf-oauth-status-list): fetching it tells nobody which copy was looked up. For verifiers of
// SMART Health Cards it publishes the list of that specification, a file a key.

const (
	statusType = "statuslist+jwt"
	// StatusLife is how long a status list counts; past it a console says that later revocations are unknown.
	StatusLife = 7 * 24 * time.Hour
	// StatusEvery is how often consoles fetch it.
	StatusEvery = 24 * time.Hour
	// maxStatus bounds a list's text: 2^27 indices at random would be 16 MB raw, 21 MB as base64, 29 MB in a JWT.
	maxStatus = 32 << 20
)

// Checkpoint is the head of the issuer's audit chain, published with the list so that consoles hold what an issuer might
// later want to have looked different (DESIGN.md 3).
type Checkpoint struct {
	Sequence int64  `json:"seq"`
	Hash     string `json:"hash"` // base64url
	At       int64  `json:"at"`
}

// StatusList says which saved copies of one issuer are revoked. It keeps their indices, not the bits: 4 bytes a revoked
// copy instead of 16 MB an issuer.
type StatusList struct {
	ISS       string
	IssuedAt  time.Time
	ExpiresAt time.Time
	Chain     Checkpoint
	revoked   []uint32 // ascending
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
	return SignJWT(key, statusType, statusClaims{Subject: StatusURL(iss), Issuer: iss, IAT: now.Unix(), EXP: now.Add(StatusLife).Unix(),
		TTL: int64(StatusEvery.Seconds()), List: statusBits{1, b64.EncodeToString(packed)}, Chain: chain})
}

// packBits writes one bit an index up to the highest one, zlib at its best level.
func packBits(revoked []uint32) ([]byte, error) {
	sorted := slices.Clone(revoked)
	slices.Sort(sorted)
	size := 1
	if len(sorted) > 0 {
		if sorted[len(sorted)-1] >= MaxRID {
			return nil, errors.New("credential: a rid is not below 2^27")
		}
		size = int(sorted[len(sorted)-1])/8 + 1
	}
	raw := make([]byte, size)
	for _, i := range sorted {
		raw[i/8] |= 1 << (i % 8)
	}
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, zlib.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(raw); err != nil {
		return nil, fmt.Errorf("compressing the status list: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compressing the status list: %w", err)
	}
	return b.Bytes(), nil
}

// OpenStatusList verifies the list of an issuer with its keys. It refuses another issuer's list, one from the future, and one
// whose life is longer than StatusLife; a list past its end is read, since an old list still knows what it knows.
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
	if err := noDuplicates(body); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatusList, err)
	}
	var c statusClaims
	if err := json.Unmarshal(body, &c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatusList, err)
	}
	life := time.Duration(c.EXP-c.IAT) * time.Second
	switch {
	case c.Issuer != iss || c.Subject != StatusURL(iss):
		return nil, fmt.Errorf("%w: it is of %q", ErrStatusList, c.Issuer)
	case c.List.Bits != 1 || life <= 0 || life > StatusLife || c.IAT <= 0 || c.EXP > 1<<40:
		return nil, fmt.Errorf("%w: its form or life is wrong", ErrStatusList)
	case time.Unix(c.IAT, 0).After(now.Add(60 * time.Second)):
		return nil, fmt.Errorf("%w: it is from the future", ErrStatusList)
	}
	packed, err := b64.DecodeString(c.List.List)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatusList, err)
	}
	revoked, err := unpackBits(packed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatusList, err)
	}
	return &StatusList{ISS: iss, IssuedAt: time.Unix(c.IAT, 0), ExpiresAt: time.Unix(c.EXP, 0), Chain: c.Chain, revoked: revoked}, nil
}

// unpackBits reads the indices of the set bits without ever holding all bits.
func unpackBits(packed []byte) ([]uint32, error) {
	source := bytes.NewReader(packed)
	r, err := zlib.NewReader(source)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var revoked []uint32
	at := uint32(0)
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		for _, b := range buf[:n] {
			if at >= MaxRID {
				return nil, errors.New("more bits than indices")
			}
			for ; b != 0; b &= b - 1 {
				revoked = append(revoked, at+uint32(bits.TrailingZeros8(b)))
			}
			at += 8
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	if source.Len() > 0 {
		return nil, errors.New("bytes behind the list")
	}
	return revoked, nil
}

// Revoked reports whether the copy with this index is revoked.
func (l *StatusList) Revoked(index uint32) bool {
	_, found := slices.BinarySearch(l.revoked, index)
	return found
}

// Count returns how many copies are revoked.
func (l *StatusList) Count() int { return len(l.revoked) }

func (l *StatusList) stale(at time.Time) bool { return at.After(l.ExpiresAt) }

// RevocationFile returns the revocation list of the SMART Health Cards specification for one key: ISS/.well-known/crl/KID.json.
// counter grows with every change; the same number stands as crlVersion beside the key.
func RevocationFile(kid string, counter int, rids []string) ([]byte, error) {
	if rids == nil {
		rids = []string{}
	}
	return json.Marshal(struct {
		KID    string   `json:"kid"`
		Method string   `json:"method"`
		CTR    int      `json:"ctr"`
		RIDs   []string `json:"rids"`
	}{kid, "rid", counter, rids})
}

// ReadRevocationFile reads the list that RevocationFile wrote, as it stood at a time. It is not signed: whoever hands it over
// vouches for it. Entries that are no index of ours, and the form rid.timestamp, are left out.
func ReadRevocationFile(data []byte, at time.Time) (*StatusList, error) {
	var file struct {
		Method string   `json:"method"`
		RIDs   []string `json:"rids"`
	}
	if err := noDuplicates(data); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatusList, err)
	}
	if err := json.Unmarshal(data, &file); err != nil || file.Method != "rid" {
		return nil, fmt.Errorf("%w: not a revocation list by rid", ErrStatusList)
	}
	list := &StatusList{IssuedAt: at, ExpiresAt: at.Add(StatusLife)}
	for _, rid := range file.RIDs {
		if index, err := DecodeRID(rid); err == nil {
			list.revoked = append(list.revoked, index)
		}
	}
	slices.Sort(list.revoked)
	return list, nil
}
