package trust

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/input"
)

// Open verifies the signed list of a file, or of the folder that holds it, by its root key, whatever the
// time. Without a root key's file it is RootFile beside the list. It returns ErrList.
func Open(file, rootFrom string) (*credential.TrustList, error) {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		file = filepath.Join(file, ListFile)
	}
	if rootFrom == "" {
		rootFrom = filepath.Join(filepath.Dir(file), RootFile)
	}
	signed, err := input.ReadBounded(file)
	if err != nil {
		return nil, ErrList.Because(err)
	}
	data, err := input.ReadBounded(rootFrom)
	if err != nil {
		return nil, ErrList.In("--root").Because(err)
	}
	root, err := credential.ReadOnlyKey(input.WithoutMark(data))
	if err != nil {
		return nil, ErrList.In("--root").Because(err)
	}
	list, err := credential.OpenTrustListAtAnyTime(strings.TrimSpace(string(signed)), root, 0)
	if err != nil {
		return nil, ErrList.Because(err)
	}
	return list, nil
}

// Inspection is a list as people and programs read it: the written contract of `trust inspect`, to which
// fields may be added.
type Inspection struct {
	Version   int             `json:"version"`
	IssuedAt  time.Time       `json:"issuedAt"`
	ExpiresAt time.Time       `json:"expiresAt"`
	State     string          `json:"state"` // valid, grace, expired
	Issuers   []ListedIssuer  `json:"issuers"`
	Counters  []ListedCounter `json:"counters"`
}

// ListedIssuer is what a list allows an issuer.
type ListedIssuer struct {
	ISS       string                      `json:"iss"`
	Name      string                      `json:"name"`
	Numbers   []eligibility.InsurerNumber `json:"insurerNumbers"`
	Keys      []string                    `json:"keys"`
	Addresses []string                    `json:"addresses,omitempty"` // in a closed network
}

// ListedCounter is a counter server that may ask the list's issuers.
type ListedCounter struct {
	URL      string   `json:"url"`
	Name     string   `json:"name"`
	Facility string   `json:"facility"`
	Keys     []string `json:"keys"`
}

// Inspect says what a list allows, and in which state it is at a time.
func Inspect(list *credential.TrustList, now time.Time) Inspection {
	out := Inspection{
		Version:   list.Version,
		IssuedAt:  time.Unix(list.IssuedAt, 0).In(eligibility.Japan),
		ExpiresAt: time.Unix(list.ExpiresAt, 0).In(eligibility.Japan),
		State:     "valid",
		Issuers:   []ListedIssuer{},
		Counters:  []ListedCounter{},
	}
	switch {
	case now.After(out.ExpiresAt.Add(credential.TrustGrace)):
		out.State = "expired"
	case now.After(out.ExpiresAt):
		out.State = "grace"
	}
	for _, i := range list.Issuers {
		out.Issuers = append(out.Issuers, ListedIssuer{
			ISS:       i.ISS,
			Name:      i.Name,
			Numbers:   i.InsurerNumbers,
			Keys:      keyIDs(i.JWKS),
			Addresses: i.Addresses,
		})
	}
	for _, c := range list.Counters {
		out.Counters = append(out.Counters, ListedCounter{
			URL:      c.URL,
			Name:     c.Name,
			Facility: c.Facility,
			Keys:     keyIDs(c.JWKS),
		})
	}
	return out
}

func keyIDs(set credential.KeySet) []string {
	ids := []string{}
	for _, k := range set {
		ids = append(ids, k.ID)
	}
	return ids
}
