package trust

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"madoguchi/credential"
)

// Which keys of an issuer a counter believes: those of the signed trust list and those that they vouch for,
// without the ones that the issuer publishes no more. Nothing unsigned ever adds one (docs/trust.md, "New
// keys").

// cachedEndorsements are an issuer's statements on its newer keys as they were last accepted. They are
// verified again at every start and with every trust list.
type cachedEndorsements struct {
	ISS     string               `json:"iss"`
	Version int64                `json:"version"` // the highest that counted: a text of less is refused
	Text    string               `json:"text"`
	Known   map[string]time.Time `json:"known"` // by kid, when this counter first knew the key
}

// setCached is how old a key set may be that a cache on the way still hands out, with room to spare: it is
// published for five minutes (server/web). A set from just after a key became known does not say that the key
// was taken away.
const setCached = 10 * time.Minute

// viewOrigin names the trust list that a view was made of.
type viewOrigin struct {
	version  int
	issuedAt int64
}

// TrustList returns the signed trust list with the keys that count now. Which issuers there are, and for whom
// they speak, the signed list alone says.
func (k *Cache) TrustList() (*credential.TrustList, error) {
	signed, err := k.Listed()
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.load()
	if len(k.keys) == 0 && len(k.endorsed) == 0 {
		return signed, nil
	}
	of := viewOrigin{signed.Version, signed.IssuedAt}
	if k.view == nil || k.viewOf != of {
		list := *signed
		list.Issuers = slices.Clone(signed.Issuers)
		for i, issuer := range list.Issuers {
			list.Issuers[i].JWKS, _ = k.believedKeys(signed, issuer)
		}
		k.view, k.viewOf = &list, of
	}
	return k.view, nil
}

// believedKeys returns the keys of an issuer that count, and whether a listed one does not any more.
func (k *Cache) believedKeys(
	signed *credential.TrustList, issuer credential.TrustedIssuer,
) (set credential.KeySet, missing bool) {
	gone := k.goneKeys(signed, issuer)
	for _, key := range issuer.JWKS {
		if gone(key.ID) {
			missing = true
		} else {
			set = append(set, key)
		}
	}
	if k.endorsed[issuer.ISS].Text == "" {
		return set, missing
	}
	said, err := k.endorsementCheck(signed, issuer).Open(k.endorsed[issuer.ISS].Text)
	if err != nil { // by a key that is gone, or from before the list
		return set, missing
	}
	for _, e := range said {
		for _, key := range e.Keys {
			if _, known := set.Find(key.ID); !known {
				set = append(set, key)
			}
		}
	}
	return set, missing
}

// endorsementCheck is what an issuer's statements are judged by.
func (k *Cache) endorsementCheck(
	signed *credential.TrustList,
	issuer credential.TrustedIssuer,
) credential.EndorsementCheck {
	return credential.EndorsementCheck{
		ISS:    issuer.ISS,
		Listed: issuer.JWKS,
		Since:  time.Unix(signed.IssuedAt, 0),
		Gone:   k.goneKeys(signed, issuer),
		Now:    k.Now(),
	}
}

// goneKeys tells keys that the issuer published no more when its set was last fetched, after the key was
// known here: by the trust list or by an endorsement.
func (k *Cache) goneKeys(
	signed *credential.TrustList, issuer credential.TrustedIssuer,
) func(kid string) bool {
	published, fetched := k.keys[issuer.ISS]
	e := k.endorsed[issuer.ISS]
	return func(kid string) bool {
		known := time.Unix(signed.IssuedAt, 0)
		if _, listed := issuer.JWKS.Find(kid); !listed {
			first, ok := e.Known[kid]
			if !ok {
				return false
			}
			known = first.Add(setCached)
		}
		_, there := published.Set.Find(kid)
		return fetched && !there && published.At.After(known)
	}
}

// hasMissingKey reports whether an issuer had taken away a key of the trust list when it was last asked.
func (k *Cache) hasMissingKey(signed *credential.TrustList, issuer credential.TrustedIssuer) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.load()
	_, missing := k.believedKeys(signed, issuer)
	return missing
}

// fetchEndorsements asks an issuer what its keys say of newer ones, and keeps it where it leads from a
// believed key to another and is no step back.
func (k *Cache) fetchEndorsements(ctx context.Context, iss string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	text, err := k.Calls.Endorsements(ctx, iss)
	if err != nil || text == "" {
		return err
	}
	signed, err := k.Listed()
	if err != nil {
		return err
	}
	issuer, _ := signed.IssuerByISS(iss)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.load()
	old := k.endorsed[iss]
	said, err := k.endorsementCheck(signed, issuer).Open(text)
	if err != nil {
		return err
	}
	newest := cachedEndorsements{
		ISS:     iss,
		Version: said[len(said)-1].Version,
		Text:    text,
		Known:   maps.Clone(old.Known), // also of keys that are gone: they stay so
	}
	if newest.Known == nil {
		newest.Known = map[string]time.Time{}
	}
	if newest.Version < old.Version {
		return fmt.Errorf("its key endorsements went back from version %d to %d", old.Version, newest.Version)
	}
	for _, e := range said {
		for _, key := range e.Keys {
			if _, known := newest.Known[key.ID]; !known {
				newest.Known[key.ID] = k.Now()
			}
		}
	}
	if text == old.Text {
		return nil
	}
	if err := k.writeCached("keys", iss, newest); err != nil {
		return err
	}
	k.endorsed[iss], k.view = newest, nil
	return nil
}
