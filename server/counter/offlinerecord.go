package counter

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/json"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"madoguchi/server/hostapi"
)

// offlineType is the typ of a record: a JWS by the console's key (pwa/src/counter/offlinechain.ts).
const offlineType = "offline+jwt"

// offlineClaims are what a console signs of a case that it recorded.
type offlineClaims struct {
	jwt.RegisteredClaims
	Seq   int64  `json:"seq"`   // 1, 2, 3 …
	Prev  string `json:"prev"`  // base64url SHA-256 of the record before; empty in the first
	Case  string `json:"case"`  // 26 random Base32 letters: of a case that this server opened, or its own
	At    int64  `json:"at"`    // ms, by the console's clock as it was corrected
	Read  int64  `json:"read"`  // ms: when it verified the screen; 0 where this server had
	Heard int64  `json:"heard"` // ms: the last time that this server told it
	// ms that ran in the page since it heard that; below zero where it cannot tell, after a restart
	Since   int64           `json:"since"`
	Outcome hostapi.Outcome `json:"outcome"`
	Reason  string          `json:"reason,omitempty"`
	Visual  []string        `json:"visual,omitempty"`
	Staff   string          `json:"staff"`           // nobody's PIN was asked
	Text    string          `json:"text,omitempty"`  // what was read
	Proof   string          `json:"proof,omitempty"` // the phone's second code
	Nonce   string          `json:"nonce,omitempty"` // the number that the console gave for it
	Valid   bool            `json:"valid"`           // what the console found
}

const (
	caseIDLength = 26
	maxStaffID   = 100 // characters
	maxSeq       = 1 << 31
	maxTicks     = 10
	maxTick      = 20
)

var errOfflineForm = errors.New("it is no record of a console")

// readOffline returns the claims of a record that the key signed, and errOfflineForm or what is wrong with
// the signature for any other text.
func readOffline(text string, key OfflineKey) (offlineClaims, error) {
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), key.Public)
	if err != nil {
		return offlineClaims{}, err
	}
	var c offlineClaims
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"ES256"}), jwt.WithStrictDecoding(),
		jwt.WithoutClaimsValidation()) // its times are judged one by one
	_, err = parser.ParseWithClaims(text, &c, func(t *jwt.Token) (any, error) {
		if t.Header["typ"] != offlineType || t.Header["kid"] != key.ID || len(t.Header) != 3 {
			return nil, errOfflineForm
		}
		return public, nil
	})
	if err == nil && !c.shaped() {
		err = errOfflineForm
	}
	return c, err
}

// shaped reports whether the claims are ones that a console makes.
func (c offlineClaims) shaped() bool {
	ends := []hostapi.Outcome{hostapi.Accepted, hostapi.Parked, hostapi.Refused}
	return c.Seq >= 1 && c.Seq < maxSeq && c.At > 0 && c.At < 1<<46 && c.Heard > 0 && c.Heard < 1<<46 &&
		c.Read >= 0 && c.Read < 1<<46 &&
		slices.Contains(ends, c.Outcome) && isCaseID(c.Case) &&
		utf8.RuneCountInString(c.Staff) <= maxStaffID && len(c.Visual) <= maxTicks &&
		!slices.ContainsFunc(c.Visual, func(tick string) bool { return len(tick) > maxTick })
}

// isCaseID reports whether a text is 26 letters of Base32 (RFC 4648 section 6).
func isCaseID(id string) bool {
	other := func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '2' || r > '7') }
	return len(id) == caseIDLength && !slices.ContainsFunc([]rune(id), other)
}

func (c offlineClaims) at() time.Time { return time.UnixMilli(c.At) }

// verifiedAt is when the console verified the screen: a live one has run out by the time that staff record.
func (c offlineClaims) verifiedAt() time.Time {
	if c.Read == 0 {
		return c.at()
	}
	return time.UnixMilli(c.Read)
}

func (c offlineClaims) heard() time.Time { return time.UnixMilli(c.Heard) }

// offlineChain is what came of one key so far, by which the next record is judged.
type offlineChain struct {
	key   OfflineKey
	known map[string]bool // by hash: what came, good or not
	bySeq map[int64]offlineLink
}

// offlineLink is a record that its key signed.
type offlineLink struct {
	hash      string
	at, heard time.Time
}

func chainOf(key OfflineKey, records []OfflineRecord) (offlineChain, error) {
	chain := offlineChain{key, map[string]bool{}, map[int64]offlineLink{}}
	for _, r := range records {
		var body offlineBody
		if err := json.Unmarshal(r.Body, &body); err != nil {
			return chain, err
		}
		chain.add(r, body)
	}
	return chain, nil
}

// add puts a stored record in its place. Where two have one number, the first that came stays.
func (c offlineChain) add(r OfflineRecord, body offlineBody) {
	c.known[nameOf(r.Hash)] = true
	if _, taken := c.bySeq[r.Seq]; !taken && !slices.Contains(body.Marks, MarkForged) {
		c.bySeq[r.Seq] = offlineLink{nameOf(r.Hash), body.At, body.Heard}
	}
}

// How much a console's clock may be off without a mark: it is corrected by what the server told it.
const (
	offlineLeeway = time.Minute
	// chainLeeway is for two records that follow each other: a correction of the clock between them
	chainLeeway = 5 * time.Second
)

// judge returns what does not fit of a record's place and time.
func (c offlineChain) judge(r offlineClaims, received time.Time) (marks []OfflineMark) {
	before, there := c.bySeq[r.Seq-1]
	_, taken := c.bySeq[r.Seq]
	switch {
	case taken, r.Seq == 1 && r.Prev != "", there && r.Prev != before.hash:
		marks = append(marks, MarkFork)
	case !there && r.Seq > 1:
		marks = append(marks, MarkGap)
	}
	if !there { // over a gap, time still runs one way
		before, there = c.lastBelow(r.Seq)
	}
	at, heard := r.at(), r.heard()
	ran := heard.Add(time.Duration(r.Since) * time.Millisecond)
	switch {
	case at.Before(c.key.From.Add(-offlineLeeway)), r.verifiedAt().Before(c.key.From.Add(-offlineLeeway)),
		at.Before(r.verifiedAt().Add(-chainLeeway)), heard.Before(c.key.From.Add(-offlineLeeway)),
		at.Before(heard.Add(-chainLeeway)),
		r.Since >= 0 && at.Before(ran.Add(-2*offlineLeeway)),
		there && (at.Before(before.at.Add(-chainLeeway)) || heard.Before(before.heard.Add(-chainLeeway))):
		marks = append(marks, MarkBackdated)
	case at.After(received.Add(offlineLeeway)), heard.After(received.Add(offlineLeeway)):
		marks = append(marks, MarkFuture)
	}
	if at.After(c.key.Ends) {
		marks = append(marks, MarkEnded)
	}
	return marks
}

// lastBelow returns the record of the highest number below one.
func (c offlineChain) lastBelow(seq int64) (last offlineLink, there bool) {
	highest := int64(0)
	for n, link := range c.bySeq {
		if n < seq && n > highest {
			highest, last, there = n, link, true
		}
	}
	return last, there
}

// isUntimely reports whether a claimed time cannot be believed.
func isUntimely(marks []OfflineMark) bool {
	return slices.Contains(marks, MarkBackdated) || slices.Contains(marks, MarkFuture)
}
