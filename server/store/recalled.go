package store

import (
	"context"
	"encoding/hex"
	"slices"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/recall"
)

// RecallLife is how long a program that serves remembers what it read. A phone's page asks for everything
// that it shows within this time. A change in this process counts at once (writes.go); one by a command
// beside it, or by another instance whose word was lost, after this time.
const RecallLife = 2 * time.Second

// recallMost is how many values of each kind are remembered. A person's is the largest, about 1 kB.
const recallMost = 8192

// recalled is what is remembered of the database. All of it was verified when it was read.
type recalled struct {
	insurers *recall.Cache[eligibility.InsurerNumber, insurer.Insurer]
	sessions *recall.Cache[[32]byte, auth.Session]
	grants   *recall.Cache[insurer.DeviceGrantQuery, []insurer.DeviceGrant]
	// whom a login shows, by the MAC of its subject, among them those whose representation is over
	enrolled *recall.Cache[string, []insurer.PersonRecord]
	// who represents a person, or did
	represent *recall.Cache[insurer.PersonKey, []insurer.Representative]

	changes recall.Changes // nil: there is one instance
}

func newRecalled(o Options) *recalled {
	c := recall.Config{Most: recallMost, Now: o.Now}
	if o.Now != nil {
		c.Life = o.Recall
	}
	return &recalled{
		insurers:  recall.New[eligibility.InsurerNumber, insurer.Insurer](c),
		sessions:  recall.New[[32]byte, auth.Session](c),
		grants:    recall.New[insurer.DeviceGrantQuery, []insurer.DeviceGrant](c),
		enrolled:  recall.New[string, []insurer.PersonRecord](c),
		represent: recall.New[insurer.PersonKey, []insurer.Representative](c),
		changes:   o.Changes,
	}
}

// told forgets what a transaction of this process has changed, and tells other instances.
func (r *recalled) told(all writes) {
	for _, w := range all {
		key := hex.EncodeToString([]byte(w.key))
		r.forget(w.topic, w.key)
		if r.changes != nil {
			r.changes.Changed(string(w.topic), key)
		}
	}
}

// forget drops what a change may have made wrong. Most of what is remembered is read from several tables.
func (r *recalled) forget(t topic, key string) {
	switch t {
	case topicInsurers:
		r.insurers.ForgetAll()
	case topicSessions:
		if len(key) == len([32]byte{}) {
			r.sessions.Forget([32]byte([]byte(key)))
			return
		}
		r.sessions.ForgetAll()
	case topicGrants:
		r.grants.ForgetAll()
	case topicEnrolments:
		r.enrolled.ForgetAll()
		r.represent.ForgetAll()
	default: // people, on whom all of these rest
		r.grants.ForgetAll()
		r.enrolled.ForgetAll()
		r.represent.ForgetAll()
	}
}

// Changed forgets what another instance has changed (recall.Changes): a table, and of sessions one hash in
// hex. A word that this version does not know makes it forget everything.
func (s *Store) Changed(table, key string) {
	raw, err := hex.DecodeString(key)
	if err != nil {
		raw = nil
	}
	if slices.Contains(topics, topic(table)) {
		s.recalled.forget(topic(table), string(raw))
		return
	}
	for _, t := range topics {
		s.recalled.forget(t, "")
	}
}

// lookUp returns what is remembered, else what read returns of the database (untilDone).
func lookUp[K comparable, V any](
	ctx context.Context, s *core, remembered *recall.Cache[K, V], key K,
	read func(context.Context) (V, error),
) (V, error) {
	return remembered.Get(key, func() (none V, err error) {
		ctx, err := untilDone(ctx, s.engine)
		if err != nil {
			return none, storageError(err)
		}
		return read(ctx)
	})
}

// untilDone is the context of a look-up by an index for who asks in ctx; an error where ctx is over. In a
// file it ends sooner than it could be stopped, and database/sql and the driver each start a goroutine to
// watch a context that may end. A server may be slow or away: nobody waits for it who has gone.
func untilDone(ctx context.Context, e engine) (context.Context, error) {
	if _, file := e.(sqlite); file {
		return context.WithoutCancel(ctx), ctx.Err()
	}
	return ctx, nil
}

// Session returns a session by the hash of its id.
func (s sessionStore) Session(ctx context.Context, hash [32]byte) (auth.Session, error) {
	return lookUp(ctx, s.core, s.recalled.sessions, hash, func(ctx context.Context) (auth.Session, error) {
		return s.readSession(ctx, hash)
	})
}

// Insurer implements insurer.DirectoryStore.
func (s directoryStore) Insurer(
	ctx context.Context, number eligibility.InsurerNumber,
) (insurer.Insurer, error) {
	read := func(ctx context.Context) (insurer.Insurer, error) { return s.readInsurer(ctx, number) }
	return lookUp(ctx, s.core, s.recalled.insurers, number, read)
}

// DeviceGrants implements insurer.DevicesStore and insurer.IssuerStore.
func (s deviceGrantReader) DeviceGrants(
	ctx context.Context, q insurer.DeviceGrantQuery,
) ([]insurer.DeviceGrant, error) {
	read := func(ctx context.Context) ([]insurer.DeviceGrant, error) { return s.readDeviceGrants(ctx, q) }
	all, err := lookUp(ctx, s.core, s.recalled.grants, q, read)
	return slices.Clone(all), err
}

// Enrolled implements insurer.EnrolmentStore and insurer.DevicesStore.
func (s enrolledReader) Enrolled(
	ctx context.Context, subject string, at time.Time,
) (now []insurer.PersonRecord, err error) {
	mac := s.index.mac("subject", subject)
	read := func(ctx context.Context) ([]insurer.PersonRecord, error) { return s.readEnrolled(ctx, mac) }
	all, err := lookUp(ctx, s.core, s.recalled.enrolled, string(mac), read)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if !r.IsRepresented() || at.Before(r.RepresentedUntil) {
			now = append(now, r)
		}
	}
	return now, nil
}

// Representatives implements insurer.RepresentativesStore.
func (s representativesStore) Representatives(
	ctx context.Context, person insurer.PersonKey,
) ([]insurer.Representative, error) {
	read := func(ctx context.Context) ([]insurer.Representative, error) {
		return s.readRepresentatives(ctx, person)
	}
	all, err := lookUp(ctx, s.core, s.recalled.represent, person, read)
	return slices.Clone(all), err
}
