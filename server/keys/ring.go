package keys

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
)

// State is what a key of a ring is used for.
type State string

const (
	Current State = "current" // signs
	Next    State = "next"    // published, so that everybody knows it before it signs
	Retired State = "retired" // signs no more; published until the last copy that it signed has ended
	Dropped State = "dropped" // not published any more: leaked, or lost before it ever signed
)

// Entry is one key of an insurer's ring, as issuer-NNNNNNNN.json tells it.
type Entry struct {
	State State `json:"state"`
	// of the private half, which exists while the key is next or current
	File string `json:"file"`
	// since when it is in the JWKS, or when a key older than the ring was found
	Published time.Time `json:"published"`
	Signs     time.Time `json:"signsSince,omitzero"` // since when it is or was current
	Retired   time.Time `json:"retired,omitzero"`    // since when it is retired or dropped
	// when a retired or dropped key leaves the ring
	Until time.Time            `json:"keptUntil,omitzero"`
	Note  string               `json:"note,omitempty"` // why it left in an emergency
	JWK   credential.PublicKey `json:"jwk"`
}

// ring holds the keys of one insurer: exactly one current, at most one next, and those that were.
type ring struct {
	Insurer      eligibility.InsurerNumber `json:"insurer"`
	Keys         []Entry                   `json:"keys"`
	Endorsements []Endorsement             `json:"endorsements,omitempty"` // the oldest first
}

var (
	errRing   = &eligibility.Error{Code: eligibility.Internal, Key: "keys.ring"}
	errNoRing = errors.New("keys: this insurer has no ring yet")
)

// about fills the places of a sentence: pairs of a place's name and its value.
func about(e *eligibility.Error, pairs ...string) *eligibility.Error {
	args := message.Args{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = message.Text(pairs[i+1])
	}
	return e.With(args)
}

func ringFile(insurer eligibility.InsurerNumber) string { return "issuer-" + string(insurer) + ".json" }

// keyFile names the n-th key of an insurer. The first keeps the name that it had before there were rings.
func keyFile(insurer eligibility.InsurerNumber, n int) string {
	if n == 1 {
		return "issuer-" + string(insurer) + ".pem"
	}
	return fmt.Sprintf("issuer-%s-%d.pem", insurer, n)
}

var keyFileForm = regexp.MustCompile(`^issuer-([0-9]{8})(?:-([1-9][0-9]{0,5}))?\.pem$`)

// keyFileNumber undoes keyFile.
func keyFileNumber(name string) (insurer eligibility.InsurerNumber, n int, ok bool) {
	m := keyFileForm.FindStringSubmatch(name)
	if m == nil {
		return "", 0, false
	}
	n = 1
	if m[2] != "" {
		n, _ = strconv.Atoi(m[2]) // the form admits digits only
	}
	return eligibility.InsurerNumber(m[1]), n, true
}

// readRing returns errNoRing when the insurer has none.
func (s *Rings) readRing(insurer eligibility.InsurerNumber) (ring, error) {
	data, err := s.files.read(ringFile(insurer))
	if errors.Is(err, fs.ErrNotExist) {
		return ring{}, errNoRing
	}
	if err != nil {
		return ring{}, err
	}
	var r ring
	if err = json.Unmarshal(data, &r); err == nil {
		err = r.check(insurer)
	}
	if err != nil {
		return ring{}, about(errRing, "file", ringFile(insurer), "insurer", string(insurer)).Because(err)
	}
	return r, nil
}

// check refuses what no version of this program writes: somebody edited the file, or it is another insurer's.
func (r ring) check(insurer eligibility.InsurerNumber) error {
	if r.Insurer != insurer {
		return fmt.Errorf("it is the register of %q", r.Insurer)
	}
	count, seen := map[State]int{}, map[string]bool{}
	for _, e := range r.Keys {
		owner, _, ok := keyFileNumber(e.File)
		if !ok || owner != insurer || seen[e.File] || e.JWK.Key == nil || seen[e.JWK.ID] {
			return fmt.Errorf("the key of %q is incomplete or stands twice", e.File)
		}
		if over := e.State == Retired || e.State == Dropped; over == e.Until.IsZero() ||
			e.Published.IsZero() {
			return fmt.Errorf("the dates of %q do not fit its state", e.File)
		}
		count[e.State]++
		seen[e.File], seen[e.JWK.ID] = true, true
	}
	if count[Current] != 1 || count[Next] > 1 ||
		count[Current]+count[Next]+count[Retired]+count[Dropped] != len(r.Keys) {
		return errors.New("it must hold one current key, at most one next key, and no unknown state")
	}
	last := int64(0)
	for _, e := range r.Endorsements {
		if e.Version <= last || !seen[e.Signer] || !seen[e.Key] || e.JWT == "" {
			return errors.New("its endorsements are out of order or name other keys")
		}
		last = e.Version
	}
	return nil
}

// writeRing stores the ring: this moment makes a change real. Keys whose time is over leave it.
func (s *Rings) writeRing(r ring, now time.Time) error {
	r.Keys = slices.DeleteFunc(
		slices.Clone(r.Keys),
		func(e Entry) bool { return !e.Until.IsZero() && !now.Before(e.Until) },
	)
	r.forget()
	rank := map[State]int{Current: 0, Next: 1, Retired: 2, Dropped: 3}
	slices.SortStableFunc(r.Keys, func(a, b Entry) int {
		if a.State != b.State {
			return rank[a.State] - rank[b.State]
		}
		return b.Retired.Compare(a.Retired)
	})
	if err := r.check(r.Insurer); err != nil {
		return fmt.Errorf("keys: refusing to write a wrong register: %w", err)
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the key register: %w", err)
	}
	return s.files.replace(ringFile(r.Insurer), append(data, '\n'))
}

// at returns the key in a state of which there is at most one, or nil.
func (r *ring) at(state State) *Entry {
	for i := range r.Keys {
		if r.Keys[i].State == state {
			return &r.Keys[i]
		}
	}
	return nil
}

// published returns what the JWKS holds at now.
func (r ring) published(now time.Time) credential.KeySet {
	var set credential.KeySet
	for _, e := range r.Keys {
		if e.State == Current || e.State == Next || e.State == Retired && now.Before(e.Until) {
			set = append(set, e.JWK)
		}
	}
	return set
}

// free returns the name of the insurer's next key file: above all that stand in the ring, so that no name
// ever means two keys. A file of that name was made just before a crash and never published: it is used now.
func (r ring) free() string {
	last := 0
	for _, e := range r.Keys {
		_, n, _ := keyFileNumber(e.File)
		last = max(last, n)
	}
	return keyFile(r.Insurer, last+1)
}

// keyFiles returns the insurer's private key files, the oldest first.
func (s *Rings) keyFiles(insurer eligibility.InsurerNumber) ([]string, error) {
	all, err := s.files.names()
	if err != nil {
		return nil, err
	}
	var files []string
	for _, name := range all {
		if owner, _, ok := keyFileNumber(name); ok && owner == insurer {
			files = append(files, name)
		}
	}
	slices.SortFunc(files, func(a, b string) int {
		_, m, _ := keyFileNumber(a)
		_, n, _ := keyFileNumber(b)
		return m - n
	})
	return files, nil
}

// Insurers returns the insurers that have a key in this folder, in order.
func (s *Rings) Insurers() ([]eligibility.InsurerNumber, error) {
	all, err := s.files.names()
	if err != nil {
		return nil, err
	}
	var insurers []eligibility.InsurerNumber
	for _, name := range all {
		insurer, _, ok := keyFileNumber(name)
		if number, found := strings.CutSuffix(name, ".json"); found {
			insurer = eligibility.InsurerNumber(strings.TrimPrefix(number, "issuer-"))
			ok = ringFile(insurer) == name && keyFileForm.MatchString(keyFile(insurer, 1))
		}
		if ok {
			insurers = append(insurers, insurer)
		}
	}
	slices.Sort(insurers)
	return slices.Compact(insurers), nil
}
