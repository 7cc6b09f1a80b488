package main

import (
	"context"
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
	"madoguchi/eligibility"
)

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
	var root credential.PublicKey
	data, err := os.ReadFile(filepath.Join(folder, rootFile))
	if err == nil {
		root, err = credential.ReadOnlyKey(data)
	}
	if err != nil {
		return nil, errTrustFile.Because(err)
	}
	if url != "" && !strings.HasPrefix(url, "https://") {
		return nil, errTrustFile.Because(errors.New("MADOGUCHI_TRUST_URL is not https"))
	}
	t := &trustReader{folder: folder, version: versions, url: url, now: now, root: root}
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

var errTrustFile = &eligibility.Error{Code: eligibility.Invalid, Key: "settings.trust", Field: "MADOGUCHI_TRUST",
	Ja: "受付サーバーには信頼リストが必要です。保険者側の data/demo にある trust.jwt と trust-root.json をコピーし、そのフォルダーを MADOGUCHI_TRUST に指定してください。",
	En: "A counter server needs a trust list. Copy trust.jwt and trust-root.json from the insurer's data/demo and name their folder in MADOGUCHI_TRUST."}
