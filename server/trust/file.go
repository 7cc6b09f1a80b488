package trust

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/durable"
	"madoguchi/server/hostclient"
)

// Names of the two files that a counter server needs: the signed list and its signer's root key.
const (
	ListFile = "trust.jwt"
	RootFile = "trust-root.json"
)

// FileConfig says where a trust list lies.
type FileConfig struct {
	Folder  string // with ListFile and RootFile
	Version string // file with the highest version seen
	URL     string // https address where the newest list is fetched; may be empty
	// Addresses are those that the host of URL may have although they are not the internet's, by the
	// operator's setting.
	Addresses []netip.Addr
	Now       func() time.Time
}

// File reads the list that somebody else signed, for a counter server of its own. It never goes back to an
// older version, also not after a restart, and reads again whenever it is asked, so that a newer copy counts
// at once.
type File struct {
	FileConfig
	client *http.Client

	mu   sync.Mutex
	root credential.PublicKey
	seen int
}

// OpenFile reads the root key and the highest version seen. It returns ErrFile when either cannot be read, or
// when URL is not https.
func OpenFile(c FileConfig) (*File, error) {
	var root credential.PublicKey
	data, err := durable.ReadFile(filepath.Join(c.Folder, RootFile))
	if err == nil {
		root, err = credential.ReadOnlyKey(data)
	}
	if err != nil {
		return nil, ErrFile.Because(err)
	}
	if c.URL != "" && !strings.HasPrefix(c.URL, "https://") {
		return nil, ErrFile.Because(errors.New("MADOGUCHI_TRUST_URL is not https"))
	}
	t := &File{FileConfig: c, root: root}
	t.client = hostclient.New(hostclient.Config{Inside: t.InsideAddresses, Time: time.Minute})
	text, err := durable.ReadFile(c.Version)
	if err == nil {
		t.seen, err = strconv.Atoi(strings.TrimSpace(string(text)))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, ErrFile.Because(fmt.Errorf("reading the version last seen: %w", err))
	}
	return t, nil
}

// TrustList returns the list that lies in the folder.
func (t *File) TrustList() (*credential.TrustList, error) {
	signed, err := durable.ReadFile(filepath.Join(t.Folder, ListFile))
	if err != nil {
		return nil, ErrFile.Because(err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.accept(string(signed))
}

// Look returns the list that lies in the folder as TrustList does, without noting its version.
func (t *File) Look() (*credential.TrustList, error) {
	signed, err := durable.ReadFile(filepath.Join(t.Folder, ListFile))
	if err != nil {
		return nil, ErrFile.Because(err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.verify(string(signed))
}

// LookOutside fetches the newest list by a client, verifies it, and keeps nothing of it.
func (t *File) LookOutside(ctx context.Context, client *http.Client) (*credential.TrustList, error) {
	signed, err := t.fetchSigned(ctx, client)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.verify(signed)
}

// verify verifies a list that is no older than the newest seen.
func (t *File) verify(signed string) (*credential.TrustList, error) {
	list, err := credential.OpenTrustListInGrace(strings.TrimSpace(signed), t.root, t.Now(), t.seen)
	if err != nil {
		return nil, ErrFile.Because(err)
	}
	return list, nil
}

// accept verifies a list and notes its version, so that an older one is refused from now on.
func (t *File) accept(signed string) (*credential.TrustList, error) {
	list, err := t.verify(signed)
	if err != nil {
		return nil, err
	}
	if list.Version > t.seen {
		seen := []byte(strconv.Itoa(list.Version) + "\n")
		if err := durable.WriteFile(t.Version, seen, durable.Options{}); err != nil {
			return nil, fmt.Errorf("noting the trust list's version: %w", err)
		}
		t.seen = list.Version
	}
	return list, nil
}

// Fetch gets the newest list; whatever is wrong with it, the one at hand stays.
func (t *File) Fetch(ctx context.Context) {
	if t.URL == "" {
		return
	}
	signed, err := t.fetchSigned(ctx, t.client)
	if err == nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		if _, err = t.accept(signed); err == nil {
			err = durable.WriteFile(filepath.Join(t.Folder, ListFile), []byte(signed),
				durable.Options{Mode: 0o644})
		}
	}
	if err != nil {
		slog.Warn("fetching the trust list", "error", err)
	}
}

// InsideAddresses returns the addresses that the operator's own settings name for a host: the one in
// MADOGUCHI_TRUST_URL itself, and MADOGUCHI_TRUST_ADDRESSES for the name in it.
func (t *File) InsideAddresses(host string) []netip.Addr {
	u, err := url.Parse(t.URL)
	if err != nil || !strings.EqualFold(u.Hostname(), host) {
		return nil
	}
	if literal, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{literal}
	}
	return t.Addresses
}

// maxTrust bounds a trust list: a national one of 3,400 issuers has about 2 MB.
const maxTrust = 4 << 20

// fetchSigned fetches the newest list's text.
func (t *File) fetchSigned(ctx context.Context, client *http.Client) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.URL, nil)
	if err != nil {
		return "", err
	}
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the answer is %s", res.Status)
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, maxTrust+1))
	if err == nil && len(text) > maxTrust {
		err = hostclient.ErrTooLarge
	}
	return string(text), err
}

// ErrFile is returned when there is no trust list that counts.
var ErrFile = &eligibility.Error{Code: eligibility.Invalid, Key: "settings.trust", Field: "MADOGUCHI_TRUST"}
