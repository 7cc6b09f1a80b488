package main

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
	"os"
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

// trustReader reads the list that somebody else signed, for a counter server of its own. It never goes back to an older
// version, also not after a restart, and reads again whenever it is asked, so that a newer copy counts at once.
type trustReader struct {
	folder  string // trust.jwt and trust-root.json
	version string // file with the highest version seen
	url     string // where the newest list is fetched; may be empty
	now     func() time.Time
	client  *http.Client
	// addresses are those that the host of url may have although they are not the internet's, by the
	// operator's setting.
	addresses []netip.Addr

	mu   sync.Mutex
	root credential.PublicKey
	seen int
}

func newTrustReader(folder, versions, address string, now func() time.Time) (*trustReader, error) {
	var root credential.PublicKey
	data, err := os.ReadFile(filepath.Join(folder, rootFile))
	if err == nil {
		root, err = credential.ReadOnlyKey(data)
	}
	if err != nil {
		return nil, errTrustFile.Because(err)
	}
	if address != "" && !strings.HasPrefix(address, "https://") {
		return nil, errTrustFile.Because(errors.New("MADOGUCHI_TRUST_URL is not https"))
	}
	t := &trustReader{folder: folder, version: versions, url: address, now: now, root: root}
	t.client = hostclient.New(hostclient.Config{Inside: t.inside, Time: time.Minute})
	text, err := os.ReadFile(versions)
	if err == nil {
		t.seen, err = strconv.Atoi(strings.TrimSpace(string(text)))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errTrustFile.Because(fmt.Errorf("reading the version last seen: %w", err))
	}
	return t, nil
}

// TrustList returns the list that lies in the folder.
func (t *trustReader) TrustList() (*credential.TrustList, error) {
	signed, err := os.ReadFile(filepath.Join(t.folder, trustFile))
	if err != nil {
		return nil, errTrustFile.Because(err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.take(string(signed))
}

// take verifies a list and notes its version, so that an older one is refused from now on.
func (t *trustReader) take(signed string) (*credential.TrustList, error) {
	list, err := credential.OpenTrustListInGrace(strings.TrimSpace(signed), t.root, t.now(), t.seen)
	if err != nil {
		return nil, errTrustFile.Because(err)
	}
	if list.Version > t.seen {
		if err := durable.WriteFile(t.version, []byte(strconv.Itoa(list.Version)+"\n"), durable.Options{}); err != nil {
			return nil, fmt.Errorf("noting the trust list's version: %w", err)
		}
		t.seen = list.Version
	}
	return list, nil
}

// fetch gets the newest list; whatever is wrong with it, the one at hand stays.
func (t *trustReader) fetch(ctx context.Context) {
	if t.url == "" {
		return
	}
	signed, err := t.get(ctx)
	if err == nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		if _, err = t.take(signed); err == nil {
			err = durable.WriteFile(filepath.Join(t.folder, trustFile), []byte(signed),
				durable.Options{Mode: 0o644})
		}
	}
	if err != nil {
		slog.Warn("fetching the trust list", "error", err)
	}
}

// inside returns the addresses that the operator's own settings name for a host: the one in
// MADOGUCHI_TRUST_URL itself, and MADOGUCHI_TRUST_ADDRESSES for the name in it.
func (t *trustReader) inside(host string) []netip.Addr {
	u, err := url.Parse(t.url)
	if err != nil || !strings.EqualFold(u.Hostname(), host) {
		return nil
	}
	if literal, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{literal}
	}
	return t.addresses
}

// maxTrust bounds a trust list: a national one of 3,400 issuers has about 2 MB.
const maxTrust = 4 << 20

// get fetches the newest list's text.
func (t *trustReader) get(ctx context.Context) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.url, nil)
	if err != nil {
		return "", err
	}
	res, err := t.client.Do(req)
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

var errTrustFile = &eligibility.Error{Code: eligibility.Invalid, Key: "settings.trust", Field: "MADOGUCHI_TRUST"}
