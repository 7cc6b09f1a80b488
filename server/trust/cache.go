package trust

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"madoguchi/credential"
	"madoguchi/server/durable"
)

// Cache is what a counter server keeps on its disk, so that it can check for days without network: what each
// issuer publishes (its key set, what its keys say of newer ones) and its newest list of revoked copies.
type Cache struct {
	Folder string                                // where the files lie
	Listed func() (*credential.TrustList, error) // the trust list as it was signed
	Calls  Publications
	// ClockSkew measures how far this computer's clock is ahead; nil: it is taken as right.
	ClockSkew func() credential.ClockSkew
	Now       func() time.Time

	mu       sync.Mutex
	lists    map[string]*credential.StatusList // by iss
	keys     map[string]cachedKeySet
	endorsed map[string]cachedEndorsements
	asked    map[string]time.Time // when an issuer's new keys were last asked for out of turn
	stored   bool                 // what lies on the disk has been read
	view     *credential.TrustList
	viewOf   viewOrigin // what view was made of
}

// Publications are what an issuer's server publishes (hostapi.Client asks for it). None of it is verified.
type Publications interface {
	Status(ctx context.Context, iss string) (string, error)
	Keys(ctx context.Context, iss string) (credential.KeySet, error)
	Endorsements(ctx context.Context, iss string) (string, error)
}

// cachedKeySet is an issuer's key set as it was published at a time. It is not signed: it can only take keys
// away.
type cachedKeySet struct {
	ISS string            `json:"iss"`
	At  time.Time         `json:"at"`
	Set credential.KeySet `json:"jwks"`
}

const (
	keptEvery = 24 * time.Hour
	// askAgain is how long an issuer is not asked again for a key that it did not have.
	askAgain = 5 * time.Minute
)

// load reads the kept key sets once; what cannot be read is as if it were not there.
func (k *Cache) load() {
	if k.stored {
		return
	}
	k.stored = true
	k.lists, k.keys = map[string]*credential.StatusList{}, map[string]cachedKeySet{}
	k.asked = map[string]time.Time{}
	k.endorsed = map[string]cachedEndorsements{}
	for _, set := range readCached[cachedKeySet](k.Folder, "jwks-*.json") {
		k.keys[set.ISS] = set
	}
	for _, e := range readCached[cachedEndorsements](k.Folder, "keys-*.json") {
		k.endorsed[e.ISS] = e
	}
}

// readCached reads the files of one kind.
func readCached[T any](dir, pattern string) []T {
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		return nil
	}
	var all []T
	for _, file := range files {
		var one T
		data, err := durable.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(data, &one)
		}
		if err != nil {
			slog.Warn("a kept file cannot be used", "file", file, "error", err)
			continue
		}
		all = append(all, one)
	}
	return all
}

// writeCached stores a file of one issuer.
func (k *Cache) writeCached(kind, iss string, what any) error {
	data, err := json.Marshal(what)
	if err != nil {
		return err
	}
	if err := durable.WriteFile(k.cachePath(kind, iss), data, durable.Options{}); err != nil {
		return fmt.Errorf("keeping what an issuer publishes: %w", err)
	}
	return nil
}

// Status returns the newest list of an issuer that is at hand, nil when there is none. A list is read from
// the disk once.
func (k *Cache) Status(iss string) *credential.StatusList {
	trust, err := k.TrustList()
	if err != nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if list, known := k.lists[iss]; known {
		return list
	}
	text, err := durable.ReadFile(k.cachePath("status", iss))
	if err == nil {
		k.lists[iss], err = k.openStatusList(trust, iss, string(text))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		slog.Warn("a kept status list cannot be used", "iss", iss, "error", err)
	}
	return k.lists[iss]
}

// follows refuses a list that goes back behind the one at hand: in time, or in the issuer's audit chain,
// whose head it carries. At the same number the chain must have the same hash. One at hand that is of the
// future was taken, and perhaps signed, by a clock that was wrong: its time says nothing.
func follows(old, list *credential.StatusList, now time.Time) error {
	switch {
	case old == nil:
		return nil
	case list.IssuedAt.Before(old.IssuedAt) && !isOfFuture(old, now):
		return fmt.Errorf("its list is older than the one at hand (%s)", old.IssuedAt.Format(time.RFC3339))
	case list.Chain.Sequence < old.Chain.Sequence:
		return fmt.Errorf("its audit chain went back from entry %d to %d: some were cut off",
			old.Chain.Sequence, list.Chain.Sequence)
	case list.Chain.Sequence == old.Chain.Sequence && list.Chain.Hash != old.Chain.Hash:
		return fmt.Errorf("its audit chain was rewritten: entry %d has another hash", old.Chain.Sequence)
	}
	return nil
}

// isOfFuture reports a list that would not be taken now (credential.OpenStatusList).
func isOfFuture(list *credential.StatusList, now time.Time) bool {
	return list.IssuedAt.After(now.Add(time.Minute))
}

// cachePath names an issuer's file by a hash: an iss holds slashes.
func (k *Cache) cachePath(kind, iss string) string {
	sum := sha256.Sum256([]byte(iss))
	ending := map[string]string{"status": ".jwt", "jwks": ".json", "keys": ".json"}[kind]
	return filepath.Join(k.Folder, kind+"-"+hex.EncodeToString(sum[:12])+ending)
}

// openStatusList verifies a list with its issuer's keys.
func (k *Cache) openStatusList(
	trust *credential.TrustList, iss, text string,
) (*credential.StatusList, error) {
	issuer, ok := trust.IssuerByISS(iss)
	if !ok {
		return nil, errors.New("the issuer is not on the trust list")
	}
	return credential.OpenStatusList(text, iss, issuer.JWKS, k.Now())
}

// View returns what is believed now. Without a trust list it returns its error, and what is known of the
// clock.
func (k *Cache) View() (Beliefs, error) {
	view := Beliefs{Statuses: k.Status}
	if k.ClockSkew != nil {
		view.ClockSkew = k.ClockSkew()
	}
	var err error
	view.List, err = k.TrustList()
	return view, err
}

// Refresh fetches keys and lists that are older than a day, and those of an issuer that had taken a listed
// key away, since that may have been somebody's mistake. An issuer that does not answer keeps its old ones;
// one whose list went back in time is not believed.
func (k *Cache) Refresh(ctx context.Context) {
	signed, err := k.Listed()
	if err != nil {
		slog.Warn("no trust list, so no status lists", "error", err)
		return
	}
	for _, issuer := range signed.Issuers {
		old := k.Status(issuer.ISS)
		if now := k.Now(); old != nil && now.Sub(old.IssuedAt) < keptEvery && !isOfFuture(old, now) &&
			!k.hasMissingKey(signed, issuer) {
			continue
		}
		err := errors.Join(k.fetchEndorsements(ctx, issuer.ISS), k.fetchKeys(ctx, issuer.ISS),
			k.fetchStatus(ctx, issuer.ISS, old))
		if err != nil {
			slog.Warn("fetching what an issuer publishes", "iss", issuer.ISS, "error", err)
		}
	}
}

// RefreshKeys asks an issuer of the trust list, out of turn, what its keys say of newer ones, since a code
// names one that is not known; it reports whether it is worth looking again. An issuer is asked once in
// askAgain at most, whatever codes say, and nothing that it answers counts unless a key that is believed
// signed it.
func (k *Cache) RefreshKeys(ctx context.Context, iss string) bool {
	signed, err := k.Listed()
	if err != nil {
		return false
	}
	if _, ok := signed.IssuerByISS(iss); !ok {
		return false
	}
	k.mu.Lock()
	k.load()
	wait := k.Now().Sub(k.asked[iss]).Abs() < askAgain
	if !wait {
		k.asked[iss] = k.Now()
	}
	before := k.endorsed[iss].Text
	k.mu.Unlock()
	if wait {
		return false
	}
	if err := k.fetchEndorsements(ctx, iss); err != nil {
		slog.Warn("asking an issuer for its new keys", "iss", iss, "error", err)
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.endorsed[iss].Text != before
}

func (k *Cache) fetchKeys(ctx context.Context, iss string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	set, err := k.Calls.Keys(ctx, iss)
	if err != nil {
		return err
	}
	if len(set) == 0 {
		return errors.New("the issuer publishes no key")
	}
	newest := cachedKeySet{ISS: iss, At: k.Now(), Set: set}
	if err := k.writeCached("jwks", iss, newest); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys[iss], k.view = newest, nil
	return nil
}

func (k *Cache) fetchStatus(ctx context.Context, iss string, old *credential.StatusList) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	text, err := k.Calls.Status(ctx, iss)
	if err != nil {
		return err
	}
	trust, err := k.TrustList()
	if err != nil {
		return err
	}
	list, err := k.openStatusList(trust, iss, text)
	if err != nil {
		return err
	}
	if err := follows(old, list, k.Now()); err != nil {
		return err
	}
	if err := durable.WriteFile(k.cachePath("status", iss), []byte(text), durable.Options{}); err != nil {
		return fmt.Errorf("keeping the list: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.lists[iss] = list
	return nil
}
