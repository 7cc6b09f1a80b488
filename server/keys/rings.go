package keys

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// IssuerKeys are an insurer's keys at a moment.
type IssuerKeys struct {
	Current credential.Key // signs
	// what the insurer publishes: current, next and retired keys; the caller's own copy
	Set credential.KeySet
	// Endorsements are what its keys say of those that came after them, the oldest first.
	Endorsements []string
}

// ErrLost says that the private half of an insurer's current key is gone or damaged. Nothing can be
// signed until Replace(Lost) has been called or the file is back.
var ErrLost = &eligibility.Error{Code: eligibility.Internal, Key: "keys.lost"}

var errOldest = &eligibility.Error{Code: eligibility.Internal, Key: "keys.unreadable"}

// held is a ring in memory with its signer. It counts while the file is the one that info describes.
type held struct {
	info fs.FileInfo
	ring ring
	key  credential.Key
}

// Rings are the insurers' signing keys, one ring of them an insurer.
type Rings struct {
	files *files

	mu   sync.Mutex
	held map[eligibility.InsurerNumber]held
}

// Issuer returns an insurer's keys at now. The first call for an insurer makes its first key, or takes over
// the one that an older version of this program made. A change by another process counts from the next call
// on. It returns ErrLost when the current key's private half cannot be used.
func (s *Rings) Issuer(insurer eligibility.InsurerNumber, now time.Time) (IssuerKeys, error) {
	h, err := s.hold(insurer)
	if errors.Is(err, errNoRing) {
		err = s.files.locked(func() error {
			_, err := s.ringOf(insurer, now)
			return err
		})
		if err != nil {
			return IssuerKeys{}, err
		}
		h, err = s.hold(insurer)
	}
	if err != nil {
		return IssuerKeys{}, err
	}
	keys := IssuerKeys{Current: h.key, Set: h.ring.published(now)}
	for _, e := range h.ring.Endorsements {
		keys.Endorsements = append(keys.Endorsements, e.JWT)
	}
	return keys, nil
}

// Existing is Issuer for whoever only looks: it makes no key and no register. ok is false for an insurer that
// has no register yet.
func (s *Rings) Existing(
	insurer eligibility.InsurerNumber, now time.Time,
) (keys IssuerKeys, ok bool, err error) {
	h, err := s.hold(insurer)
	if errors.Is(err, errNoRing) {
		return IssuerKeys{}, false, nil
	}
	if err != nil {
		return IssuerKeys{}, false, err
	}
	return IssuerKeys{Current: h.key, Set: h.ring.published(now)}, true, nil
}

// IssuerKey returns the key that an insurer signs with, made on the first call: for callers that publish
// nothing.
func (s *Rings) IssuerKey(insurer eligibility.InsurerNumber) (credential.Key, error) {
	h, err := s.hold(insurer)
	if err == nil {
		return h.key, nil
	}
	if !errors.Is(err, errNoRing) {
		return credential.Key{}, err
	}
	if err := s.files.checks.mayMake(ringFile(insurer)); err != nil {
		return credential.Key{}, err
	}
	var private *ecdsa.PrivateKey
	err = s.files.locked(func() error {
		_, private, err = s.oldest(insurer)
		return err
	})
	if err != nil {
		return credential.Key{}, err
	}
	return credential.NewKey(private)
}

// Listed is a key with whether its private half lies in the folder, whole.
type Listed struct {
	Entry
	Private bool `json:"private"`
}

// List returns the keys of an insurer, current first.
func (s *Rings) List(insurer eligibility.InsurerNumber, now time.Time) ([]Listed, error) {
	var listed []Listed
	err := s.files.locked(func() error {
		r, err := s.ringOf(insurer, now)
		for _, e := range r.Keys {
			_, missing := s.private(insurer, e)
			listed = append(listed, Listed{e, missing == nil})
		}
		return err
	})
	return listed, err
}

// verify compares the ring of a file that the database knows.
func (s *Rings) verify(file string) error {
	insurer := eligibility.InsurerNumber(strings.TrimSuffix(strings.TrimPrefix(file, "issuer-"), ".json"))
	r, err := s.readRing(insurer)
	if errors.Is(err, errNoRing) {
		return aboutFile(ErrGone, file)
	}
	if err != nil {
		return err
	}
	return s.files.checks.checkRing(r)
}

// hold returns the ring from memory, or reads it when the file has changed.
func (s *Rings) hold(insurer eligibility.InsurerNumber) (held, error) {
	path := filepath.Join(s.files.dir, ringFile(insurer))
	for {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return held{}, errNoRing
		}
		if err != nil {
			return held{}, fmt.Errorf("looking for the key register: %w", err)
		}
		s.mu.Lock()
		h, ok := s.held[insurer]
		s.mu.Unlock()
		if ok && sameFile(h.info, info) {
			return h, nil
		}
		r, err := s.readRing(insurer)
		if err == nil {
			err = s.files.checks.checkRing(r)
		}
		if err != nil {
			return held{}, err
		}
		key, err := s.private(insurer, *r.at(Current))
		if err != nil {
			// Another process may have rotated between the two reads, and removed the file of the key that
			// was.
			if again, bad := os.Stat(path); bad == nil && !sameFile(info, again) {
				continue
			}
			return held{}, err
		}
		h = held{info, r, key}
		s.mu.Lock()
		s.held[insurer] = h
		s.mu.Unlock()
		return h, nil
	}
}

// sameFile compares a file with what it was: a replaced one is another file, written at another time.
func sameFile(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

// private loads the private half of a ring's key and compares it with the public one. It returns ErrLost when
// it is gone, damaged, or another key's.
func (s *Rings) private(insurer eligibility.InsurerNumber, e Entry) (credential.Key, error) {
	data, err := s.files.read(e.File)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return credential.Key{}, err // a disk that does not answer has lost nothing yet
	}
	var private *ecdsa.PrivateKey
	if err == nil {
		private, err = readP256(e.File, data)
	}
	var key credential.Key
	if err == nil {
		key, err = credential.NewKey(private)
	}
	if err == nil && key.ID != e.JWK.ID {
		err = fmt.Errorf("%s holds the key %s instead of %s", e.File, key.ID, e.JWK.ID)
	}
	if err != nil {
		return credential.Key{}, about(ErrLost, "insurer", string(insurer), "file", e.File).Because(err)
	}
	return key, nil
}

// ringOf returns the ring under the lock. Without one it makes one whose current key is the oldest that lies
// there: retired keys have no file, so that is the key that signed last.
func (s *Rings) ringOf(insurer eligibility.InsurerNumber, now time.Time) (ring, error) {
	r, err := s.readRing(insurer)
	if !errors.Is(err, errNoRing) {
		return r, err
	}
	if err := s.files.checks.mayMake(ringFile(insurer)); err != nil {
		return ring{}, err
	}
	name, private, err := s.oldest(insurer)
	if err != nil {
		return ring{}, err
	}
	key, err := credential.NewKey(private)
	if err != nil {
		return ring{}, err
	}
	found := whole(now)
	r = ring{
		Insurer: insurer,
		Keys:    []Entry{{State: Current, File: name, Published: found, Signs: found, JWK: key.Public()}},
	}
	return r, s.writeRing(r, now)
}

// oldest returns the insurer's oldest private key under the lock, made when there is none.
func (s *Rings) oldest(
	insurer eligibility.InsurerNumber,
) (name string, private *ecdsa.PrivateKey, err error) {
	files, err := s.keyFiles(insurer)
	if err != nil {
		return "", nil, err
	}
	name = keyFile(insurer, 1)
	if len(files) > 0 {
		name = files[0]
	}
	data, err := s.files.loadLocked(name, newPEM)
	if err != nil {
		return "", nil, err
	}
	if private, err = readP256(name, data); err != nil {
		return "", nil, about(errOldest, "file", name).Because(err)
	}
	return name, private, nil
}

// whole rounds up to a second in Japan's time, as the register shows it: up, so that a day since then is
// never short.
func whole(t time.Time) time.Time {
	s := t.Truncate(time.Second)
	if s.Before(t) {
		s = s.Add(time.Second)
	}
	return s.In(eligibility.Japan)
}
