package trust

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/durable"
	"madoguchi/server/keys"
)

// Refusals of the operator's commands.
var (
	// ErrDays is returned for a life that a list may not have.
	ErrDays = &eligibility.Error{Code: eligibility.Invalid, Key: "trust.days", Field: "--days"}
	// ErrList is returned when a signed list cannot be verified.
	ErrList = &eligibility.Error{Code: eligibility.Invalid, Key: "trust.list", Field: "FILE"}
	// ErrVersion is returned when a list would not be newer than the one that was published before.
	ErrVersion = &eligibility.Error{Code: eligibility.Conflict, Key: "trust.version", Field: "--version"}
	// ErrWrite is returned when the signed list cannot be written.
	ErrWrite = &eligibility.Error{Code: eligibility.Invalid, Key: "output.write", Field: "--out"}
)

// Publication is a list to be signed and published.
type Publication struct {
	Draft   credential.TrustList
	Root    credential.Key
	Folder  string // where ListFile and RootFile are written, for consoles
	Version int    // 0: one more than the list that lies in Folder
	Days    int    // until it must be renewed, 1 to 30
	Now     time.Time
}

// SignDraft publishes the text of a draft (ReadDraft), signed with the root key of the operator's key folder,
// which is made on the first use. The publication says where and for how long.
func SignDraft(draft []byte, folder string, p Publication) (*credential.TrustList, error) {
	err := CheckDays(p.Days)
	if err != nil {
		return nil, err
	}
	if p.Draft, err = ReadDraft(draft); err != nil {
		return nil, err
	}
	ring, err := keys.Open(folder)
	if err != nil {
		return nil, err
	}
	if p.Root, err = ring.SigningKey(keys.Trust); err != nil {
		return nil, err
	}
	return p.Publish()
}

// Publish signs the draft and writes both files, each whole or not at all. It returns the list as it was
// signed; ErrDays, ErrList (what lies in Folder is another signer's), ErrVersion or ErrWrite.
func (p Publication) Publish() (*credential.TrustList, error) {
	if err := CheckDays(p.Days); err != nil {
		return nil, err
	}
	last, err := lastVersion(p.Folder, p.Root.Public())
	if err != nil {
		return nil, err
	}
	list := p.Draft
	if list.Version = p.Version; p.Version == 0 {
		list.Version = last + 1
	}
	if list.Version <= last {
		return nil, ErrVersion
	}
	list.IssuedAt, list.ExpiresAt = p.Now.Unix(), p.Now.AddDate(0, 0, p.Days).Unix()
	if list.ExpiresAt-list.IssuedAt > int64(credential.MaxTrustLife.Seconds()) {
		list.ExpiresAt = list.IssuedAt + int64(credential.MaxTrustLife.Seconds())
	}
	signed, err := credential.SignTrustList(list, p.Root)
	if err != nil {
		return nil, err
	}
	if err := writePublication(p.Folder, signed, p.Root.Public()); err != nil {
		return nil, ErrWrite.Because(err)
	}
	return &list, nil
}

// CheckDays refuses a life that a list may not have.
func CheckDays(days int) error {
	if days < 1 || days > 30 {
		return ErrDays
	}
	return nil
}

// lastVersion returns the version of the list that lies in a folder; 0 when there is none.
func lastVersion(folder string, root credential.PublicKey) (int, error) {
	old, err := durable.ReadFile(filepath.Join(folder, ListFile))
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, ErrList.Because(err)
	}
	list, err := credential.OpenTrustListAtAnyTime(strings.TrimSpace(string(old)), root, 0)
	if err != nil {
		return 0, ErrList.In("--out").Because(err)
	}
	return list.Version, nil
}

// writePublication writes the list and the root key for consoles, each whole or not at all.
func writePublication(folder, signed string, root credential.PublicKey) error {
	public, err := json.Marshal(credential.KeySet{root})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	readable := durable.Options{Mode: 0o644}
	if err := durable.WriteFile(filepath.Join(folder, RootFile), public, readable); err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(folder, ListFile), []byte(signed), readable)
}
