package audit

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"time"

	"madoguchi/credential"
)

// Checkpoint is what a key that the database's writer need not hold says of the chain: at this number stood
// this hash. Each names the one before, so that none can be taken out of a file unseen.
type Checkpoint struct {
	Chain    string `json:"chain"` // hash of the chain's first row, base64url as all hashes here
	Sequence int64  `json:"seq"`
	Hash     string `json:"hash"`
	At       int64  `json:"at"`             // seconds since 1970
	Previous string `json:"prev,omitempty"` // SHA-256 of the checkpoint before as it was signed
}

const checkpointType = "madoguchi-audit+jwt"

// signCheckpoint signs a checkpoint: a JWT (ES256).
func signCheckpoint(key credential.Key, c Checkpoint) (string, error) {
	return credential.SignJWT(key, checkpointType, c)
}

// openCheckpoint verifies a checkpoint; an error is a *Fault without its line.
func openCheckpoint(key credential.PublicKey, text string) (Checkpoint, error) {
	var c Checkpoint
	err := credential.OpenJWT(key, checkpointType, text, &c)
	if errors.Is(err, credential.ErrOtherKey) {
		return c, &Fault{Kind: ErrForeign}
	}
	if _, ok := readHash(c.Hash); err != nil || !ok || c.Sequence < 1 {
		return c, &Fault{Kind: ErrForged}
	}
	return c, nil
}

// point is where the checkpoint stands; it was verified.
func (c Checkpoint) point() Point {
	h, _ := readHash(c.Hash)
	return Point{c.Sequence, h}
}

// Time is when it was signed.
func (c Checkpoint) Time() time.Time { return time.Unix(c.At, 0) }

// digest is what the next checkpoint names this one by.
func digest(text string) string { return Hash(sha256.Sum256([]byte(text))).Text() }

// line is a checkpoint in its file: what is signed, and before it what people look for.
type line struct {
	Sequence int64  `json:"seq"`
	At       string `json:"at"`
	JWS      string `json:"jws"`
}

// lineOf writes a signed checkpoint as a line, with its end.
func lineOf(c Checkpoint, text string) ([]byte, error) {
	out, err := json.Marshal(line{c.Sequence, c.Time().UTC().Format(time.RFC3339), text})
	return append(out, '\n'), err
}

// readLine reads a line's signed checkpoint as text; it is not verified.
func readLine(raw []byte) (string, bool) {
	var l line
	err := json.Unmarshal(raw, &l)
	return l.JWS, err == nil && l.JWS != ""
}
