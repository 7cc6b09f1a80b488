package insurer

import (
	"context"
	"fmt"
	"strings"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// CopySelection says which saved copies are meant: one by its index, all of a person, or all made before a
// time.
type CopySelection struct {
	RID    uint32
	Person audit.PersonID
	Before time.Time
}

// Revoke takes saved copies of the insurer back. Live and screen codes need no revoking: they end by
// themselves.
func (i *Issuer) Revoke(ctx context.Context, by staff.ForInsurer, which CopySelection) (int, error) {
	insurer := by.InsurerNumber()
	e := audit.Entry{At: i.now(), Actor: by.Actor(), Action: "paper.revoke"}
	switch {
	case which.Person != "":
		if _, err := i.store.Person(ctx, insurer, which.Person); err != nil {
			return 0, notFoundAs(err, ErrNoPerson)
		}
		e.Person, e.Detail = which.Person, "person"
	case !which.Before.IsZero():
		e.Detail = "before " + which.Before.UTC().Format(time.RFC3339)
	default:
		e.Detail = "rid " + credential.EncodeRID(which.RID)
	}
	return i.store.Revoke(ctx, insurer, which, e)
}

// StatusList signs the insurer's list of revoked copies for consoles, with the head of the audit chain. It is
// made anew at every revocation and every day, and when the clock was set back behind it: consoles refuse one
// of the future. In between the same text is handed out.
func (i *Issuer) StatusList(ctx context.Context, insurer eligibility.InsurerNumber) (string, error) {
	now := i.now()
	counter, err := i.store.Revocations(ctx, insurer)
	if err != nil {
		return "", err
	}
	keys, err := i.keys.Issuer(insurer, now)
	if err != nil {
		return "", err
	}
	key := keys.Current
	list, err := i.lists.get(insurer, func(l madeList) bool {
		age := now.Sub(l.at)
		return l.counter == counter && l.key == key.ID && age >= 0 && age < credential.StatusEvery
	}, func() (madeList, error) {
		rids, counter, err := i.store.Revoked(ctx, insurer, now)
		if err != nil {
			return madeList{}, err
		}
		chain, err := i.store.Checkpoint(ctx)
		if err != nil {
			return madeList{}, err
		}
		text, err := credential.SignStatusList(i.ISS(insurer), key, rids, chain, now)
		return madeList{text, counter, key.ID, now}, err
	})
	return list.text, err
}

// madeList is a status list that was signed, and what it depends on.
type madeList struct {
	text    string
	counter int
	key     string
	at      time.Time
}

// revocationKey names a revocation file.
type revocationKey struct {
	insurer eligibility.InsurerNumber
	kid     string
}

// madeCRL is a revocation file that was made, and what it depends on.
type madeCRL struct {
	file    []byte
	counter int
	at      time.Time
}

// RevocationFile returns the list of the SMART Health Cards specification for one of the insurer's keys.
// Every key's list names every revoked copy: which key signed a copy is not remembered. As the status list it
// is made anew at every revocation and every day; in between the same bytes are handed out.
func (i *Issuer) RevocationFile(
	ctx context.Context,
	insurer eligibility.InsurerNumber,
	kid string,
) ([]byte, error) {
	keys, err := i.PublishedKeys(ctx, insurer)
	if err != nil {
		return nil, err
	}
	key, ok := keys.Find(kid)
	if !ok {
		return nil, errNoKey
	}
	now, name := i.now(), revocationKey{insurer, kid}
	made, err := i.files.get(name, func(f madeCRL) bool {
		age := now.Sub(f.at)
		return f.counter == key.CRLVersion && age >= 0 && age < credential.StatusEvery
	}, func() (madeCRL, error) {
		rids, counter, err := i.store.Revoked(ctx, insurer, now)
		if err != nil {
			return madeCRL{}, err
		}
		names := make([]string, len(rids))
		for i, rid := range rids {
			names[i] = credential.EncodeRID(rid)
		}
		file, err := credential.RevocationFile(kid, counter, names)
		return madeCRL{file, counter, now}, err
	})
	return made.file, err
}

var errNoKey = &eligibility.Error{Code: eligibility.NotFound, Key: "keys.unknown"}

// PublishedKeys returns what the insurer's key set says: each key with the counter of its revocation list.
func (i *Issuer) PublishedKeys(
	ctx context.Context,
	insurer eligibility.InsurerNumber,
) (credential.KeySet, error) {
	keys, err := i.keys.Issuer(insurer, i.now())
	if err != nil {
		return nil, err
	}
	counter, err := i.store.Revocations(ctx, insurer)
	if err != nil {
		return nil, fmt.Errorf("reading the revocation counter: %w", err)
	}
	for i := range keys.Set { // which key signed a copy is not remembered, so every list counts on
		keys.Set[i].CRLVersion = counter
	}
	return keys.Set, nil
}

var errNoEndorsements = &eligibility.Error{Code: eligibility.NotFound, Key: "keys.no_endorsements"}

// Endorsements returns what the insurer's keys say of those that came after them, one a line, the oldest
// first (docs/trust.md, "New keys").
func (i *Issuer) Endorsements(insurer eligibility.InsurerNumber) (string, error) {
	keys, err := i.keys.Issuer(insurer, i.now())
	if err != nil {
		return "", err
	}
	if len(keys.Endorsements) == 0 {
		return "", errNoEndorsements
	}
	return strings.Join(keys.Endorsements, "\n") + "\n", nil
}

// SignTime signs this server's time for a question, with the insurer's key (docs/trust.md, "Clocks").
func (i *Issuer) SignTime(insurer eligibility.InsurerNumber, nonce string) (string, error) {
	now := i.now()
	keys, err := i.keys.Issuer(insurer, now)
	if err != nil {
		return "", err
	}
	return credential.SignTime(i.ISS(insurer), keys.Current, nonce, now)
}

// CountCopies returns how many copies Revoke would list now.
func (i *Issuer) CountCopies(ctx context.Context, by staff.ForInsurer, which CopySelection) (int, error) {
	if which.Person != "" {
		if _, err := i.store.Person(ctx, by.InsurerNumber(), which.Person); err != nil {
			return 0, notFoundAs(err, ErrNoPerson)
		}
	}
	return i.store.CountCopies(ctx, by.InsurerNumber(), which, i.now())
}
