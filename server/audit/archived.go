package audit

import (
	"context"
	"errors"

	"madoguchi/credential"
)

// Archived is the signed manifest of rows that were written to a file, one month each.
type Archived struct {
	Chain    string `json:"chain"` // as Checkpoint.Chain
	Month    string `json:"month"` // 2026-01: of their dates in Japan
	File     string `json:"file"`  // its name, without a folder
	SHA256   string `json:"sha256"`
	First    int64  `json:"first"`
	Last     int64  `json:"last"`
	Previous string `json:"prev"` // hash of the row before the first
	Hash     string `json:"hash"` // of the last
	At       int64  `json:"at"`   // when it was signed, seconds since 1970
}

const archiveType = "madoguchi-audit-archive+jwt"

var errEnough = errors.New("audit: no more rows are wanted")

// end is the last row.
func (a Archived) end() Point {
	h, _ := readHash(a.Hash)
	return Point{a.Last, h}
}

// begin is the row before the first.
func (a Archived) begin() Point {
	h, _ := readHash(a.Previous)
	return Point{a.First - 1, h}
}

// OpenArchived verifies a manifest.
func OpenArchived(key credential.PublicKey, text string) (a Archived, err error) {
	err = credential.OpenJWT(key, archiveType, text, &a)
	_, begins := readHash(a.Previous)
	_, ends := readHash(a.Hash)
	if err != nil || !begins || !ends || a.First < 1 || a.Last < a.First {
		return a, &Fault{Kind: ErrArchive, File: a.File}
	}
	return a, nil
}

// readArchives verifies the manifests of what left the database: signed, and each behind the one before.
func readArchives(ctx context.Context, chain Chain, key credential.PublicKey) (all []Archived, err error) {
	texts, err := chain.Archives(ctx)
	if err != nil {
		return nil, err
	}
	var last Point
	for _, text := range texts {
		a, err := OpenArchived(key, text)
		if err != nil {
			return nil, err
		}
		if a.begin() != last {
			return nil, &Fault{Kind: ErrArchive, Row: last.Sequence + 1, Last: a.First - 1, File: a.File}
		}
		all, last = append(all, a), a.end()
	}
	return all, nil
}
