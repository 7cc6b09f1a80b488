package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"madoguchi/credential"
)

// kept is what a counter server keeps on its disk, so that it can check for days without network: the newest trust list, its
// version, which never goes back, and each issuer's newest list of revoked copies.
type kept struct {
	dir   string // versions and status lists
	trust func() (*credential.TrustList, error)
	calls interface {
		Status(ctx context.Context, iss string) (string, error)
	}
	now func() time.Time

	mu    sync.Mutex
	lists map[string]*credential.StatusList // by iss
}

// Status returns the newest list of an issuer that is at hand, nil when there is none. A list is read from the disk once.
func (k *kept) Status(iss string) *credential.StatusList {
	k.mu.Lock()
	defer k.mu.Unlock()
	if list, known := k.lists[iss]; known {
		return list
	}
	if k.lists == nil {
		k.lists = map[string]*credential.StatusList{}
	}
	text, err := os.ReadFile(k.path(iss))
	if err == nil {
		k.lists[iss], err = k.open(iss, string(text))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		slog.Warn("a kept status list cannot be used", "iss", iss, "error", err)
	}
	return k.lists[iss]
}

// path names an issuer's list by a hash: an iss holds slashes.
func (k *kept) path(iss string) string {
	sum := sha256.Sum256([]byte(iss))
	return filepath.Join(k.dir, "status-"+hex.EncodeToString(sum[:12])+".jwt")
}

// open verifies a list with the keys that the trust list gives to its issuer.
func (k *kept) open(iss, text string) (*credential.StatusList, error) {
	trust, err := k.trust()
	if err != nil {
		return nil, err
	}
	issuer, ok := trust.Issuer(iss)
	if !ok {
		return nil, errors.New("the issuer is not on the trust list")
	}
	return credential.OpenStatusList(text, iss, issuer.JWKS, k.now())
}

// refresh fetches the lists that are older than a day. An issuer that does not answer keeps its old list; one whose list went
// back in time is not believed.
func (k *kept) refresh(ctx context.Context) {
	trust, err := k.trust()
	if err != nil {
		slog.Warn("no trust list, so no status lists", "error", err)
		return
	}
	for _, issuer := range trust.Issuers {
		old := k.Status(issuer.ISS)
		if old != nil && k.now().Sub(old.IssuedAt) < credential.StatusEvery {
			continue
		}
		if err := k.fetch(ctx, issuer.ISS, old); err != nil {
			slog.Warn("fetching a status list", "iss", issuer.ISS, "error", err)
		}
	}
}

func (k *kept) fetch(ctx context.Context, iss string, old *credential.StatusList) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	text, err := k.calls.Status(ctx, iss)
	if err != nil {
		return err
	}
	list, err := k.open(iss, text)
	if err != nil {
		return err
	}
	if old != nil && (list.IssuedAt.Before(old.IssuedAt) || list.Chain.Sequence < old.Chain.Sequence) {
		return fmt.Errorf("it is older than the one at hand (%s)", old.IssuedAt.Format(time.RFC3339))
	}
	if err := replaceFile(k.path(iss), []byte(text), 0o600); err != nil {
		return fmt.Errorf("keeping the list: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.lists[iss] = list
	return nil
}

// every runs work now and then after each span, until the context ends.
func every(ctx context.Context, span time.Duration, work func(context.Context)) {
	tick := time.NewTicker(span)
	defer tick.Stop()
	for {
		work(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// trustReader reads the list that somebody else signed, for a counter server of its own. It never goes back to an older
// version, also not after a restart, and reads again whenever it is asked, so that a newer copy counts at once.
type trustReader struct {
	folder  string // trust.jwt and trust-root.json
	version string // file with the highest version seen
	url     string // where the newest list is fetched; may be empty
	now     func() time.Time

	mu   sync.Mutex
	root credential.PublicKey
	seen int
}

func newTrustReader(folder, versions, url string, now func() time.Time) (*trustReader, error) {
	var roots credential.KeySet
	data, err := os.ReadFile(filepath.Join(folder, rootFile))
	if err == nil {
		err = json.Unmarshal(data, &roots)
	}
	if err != nil || len(roots) != 1 {
		return nil, errTrustFile.Because(err)
	}
	if url != "" && !strings.HasPrefix(url, "https://") {
		return nil, errTrustFile.Because(errors.New("MADOGUCHI_TRUST_URL is not https"))
	}
	t := &trustReader{folder: folder, version: versions, url: url, now: now, root: roots[0]}
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
	list, err := credential.OpenKeptTrustList(strings.TrimSpace(signed), t.root, t.now(), t.seen)
	if err != nil {
		return nil, errTrustFile.Because(err)
	}
	if list.Version > t.seen {
		if err := replaceFile(t.version, []byte(strconv.Itoa(list.Version)+"\n"), 0o600); err != nil {
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
	signed, err := get(ctx, t.url)
	if err == nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		if _, err = t.take(signed); err == nil {
			err = replaceFile(filepath.Join(t.folder, trustFile), []byte(signed), 0o644)
		}
	}
	if err != nil {
		slog.Warn("fetching the trust list", "error", err)
	}
}

// get reads a small text over https.
func get(ctx context.Context, address string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("the answer is %s", res.Status)
	}
	return string(text), err
}
