package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"madoguchi/credential"
)

// kept is what a counter server keeps on its disk, so that it can check for days without network: each issuer's newest key
// set and its newest list of revoked copies.
type kept struct {
	dir    string
	listed func() (*credential.TrustList, error) // the trust list as it was signed
	calls  interface {
		Status(ctx context.Context, iss string) (string, error)
		Keys(ctx context.Context, iss string) (credential.KeySet, error)
	}
	now func() time.Time

	mu     sync.Mutex
	lists  map[string]*credential.StatusList // by iss
	keys   map[string]keptKeys
	asked  map[string]time.Time // when an issuer's keys were last asked for out of turn
	stored bool                 // what lies on the disk has been read
}

// keptKeys is an issuer's key set as it was published at a time.
type keptKeys struct {
	ISS string            `json:"iss"`
	At  time.Time         `json:"at"`
	Set credential.KeySet `json:"jwks"`
}

const (
	keptEvery = 24 * time.Hour
	// askAgain is how long an issuer is not asked again for a key that it did not have.
	askAgain = 5 * time.Minute
)

// TrustList returns the trust list in which each issuer has its newest keys: those that it published itself over https since
// the list was signed count instead of the list's, so that a rotated key is known and a leaked one forgotten within a day.
// Which issuers there are, and for whom they speak, the list alone says.
func (k *kept) TrustList() (*credential.TrustList, error) {
	signed, err := k.listed()
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.load()
	if len(k.keys) == 0 {
		return signed, nil
	}
	list := *signed
	list.Issuers = slices.Clone(signed.Issuers)
	for i, issuer := range list.Issuers {
		if newer, ok := k.keys[issuer.ISS]; ok && newer.At.After(time.Unix(signed.IssuedAt, 0)) {
			list.Issuers[i].JWKS = newer.Set
		}
	}
	return &list, nil
}

// load reads the kept key sets once; what cannot be read is as if it were not there.
func (k *kept) load() {
	if k.stored {
		return
	}
	k.stored = true
	k.lists, k.keys, k.asked = map[string]*credential.StatusList{}, map[string]keptKeys{}, map[string]time.Time{}
	files, err := filepath.Glob(filepath.Join(k.dir, "jwks-*.json"))
	if err != nil {
		return
	}
	for _, file := range files {
		var set keptKeys
		data, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(data, &set)
		}
		if err != nil {
			slog.Warn("kept keys cannot be used", "error", err)
			continue
		}
		k.keys[set.ISS] = set
	}
}

// Status returns the newest list of an issuer that is at hand, nil when there is none. A list is read from the disk once.
func (k *kept) Status(iss string) *credential.StatusList {
	trust, err := k.TrustList()
	if err != nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if list, known := k.lists[iss]; known {
		return list
	}
	text, err := os.ReadFile(k.path("status", iss))
	if err == nil {
		k.lists[iss], err = k.open(trust, iss, string(text))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		slog.Warn("a kept status list cannot be used", "iss", iss, "error", err)
	}
	return k.lists[iss]
}

// path names an issuer's file by a hash: an iss holds slashes.
func (k *kept) path(kind, iss string) string {
	sum := sha256.Sum256([]byte(iss))
	return filepath.Join(k.dir, kind+"-"+hex.EncodeToString(sum[:12])+map[string]string{"status": ".jwt", "jwks": ".json"}[kind])
}

// open verifies a list with its issuer's keys.
func (k *kept) open(trust *credential.TrustList, iss, text string) (*credential.StatusList, error) {
	issuer, ok := trust.Issuer(iss)
	if !ok {
		return nil, errors.New("the issuer is not on the trust list")
	}
	return credential.OpenStatusList(text, iss, issuer.JWKS, k.now())
}

// refresh fetches keys and lists that are older than a day. An issuer that does not answer keeps its old ones; one whose list
// went back in time is not believed.
func (k *kept) refresh(ctx context.Context) {
	trust, err := k.TrustList()
	if err != nil {
		slog.Warn("no trust list, so no status lists", "error", err)
		return
	}
	for _, issuer := range trust.Issuers {
		old := k.Status(issuer.ISS)
		if old != nil && k.now().Sub(old.IssuedAt) < keptEvery {
			continue
		}
		if err := errors.Join(k.fetchKeys(ctx, issuer.ISS), k.fetchStatus(ctx, issuer.ISS, old)); err != nil {
			slog.Warn("fetching what an issuer publishes", "iss", issuer.ISS, "error", err)
		}
	}
}

// Learn asks an issuer of the trust list for its keys out of turn, since a code names one that is not known; it reports whether
// it is worth looking again. An issuer is asked once in askAgain at most, whatever codes say.
func (k *kept) Learn(ctx context.Context, iss string) bool {
	trust, err := k.TrustList()
	if err != nil {
		return false
	}
	if _, ok := trust.Issuer(iss); !ok {
		return false
	}
	k.mu.Lock()
	wait := k.now().Sub(k.asked[iss]) < askAgain
	if !wait {
		k.asked[iss] = k.now()
	}
	k.mu.Unlock()
	if wait {
		return false
	}
	if err := k.fetchKeys(ctx, iss); err != nil {
		slog.Warn("asking an issuer for its keys", "iss", iss, "error", err)
		return false
	}
	return true
}

func (k *kept) fetchKeys(ctx context.Context, iss string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	set, err := k.calls.Keys(ctx, iss)
	if err != nil {
		return err
	}
	if len(set) == 0 {
		return errors.New("the issuer publishes no key")
	}
	newest := keptKeys{ISS: iss, At: k.now(), Set: set}
	data, err := json.Marshal(newest)
	if err != nil {
		return err
	}
	if err := replaceFile(k.path("jwks", iss), data, 0o600); err != nil {
		return fmt.Errorf("keeping the keys: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys[iss] = newest
	return nil
}

func (k *kept) fetchStatus(ctx context.Context, iss string, old *credential.StatusList) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	text, err := k.calls.Status(ctx, iss)
	if err != nil {
		return err
	}
	trust, err := k.TrustList()
	if err != nil {
		return err
	}
	list, err := k.open(trust, iss, text)
	if err != nil {
		return err
	}
	if old != nil && (list.IssuedAt.Before(old.IssuedAt) || list.Chain.Sequence < old.Chain.Sequence) {
		return fmt.Errorf("its list is older than the one at hand (%s)", old.IssuedAt.Format(time.RFC3339))
	}
	if err := replaceFile(k.path("status", iss), []byte(text), 0o600); err != nil {
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
