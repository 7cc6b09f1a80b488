package store

import (
	"context"
	"time"

	"madoguchi/server/agents"
	"madoguchi/server/instances"
)

// placeStore implements agents.Places. Its rows are not vouched for: an instance that is asked about an agent
// looks whether it is there.
type placeStore struct{ *core }

// AgentPlaces returns to which instance each agent is connected.
func AgentPlaces(s *Store) agents.Places { return placeStore{s.core} }

// PutPlace implements agents.Places.
func (s placeStore) PutPlace(ctx context.Context, p agents.Place) error {
	_, err := s.write.ExecContext(ctx, `INSERT INTO agent_places (agent, facility, instance, conn, at,
		is_virtual, oqs, version, program, pushed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (agent) DO UPDATE SET facility = excluded.facility, instance = excluded.instance,
		conn = excluded.conn, at = excluded.at, is_virtual = excluded.is_virtual, oqs = excluded.oqs,
		version = excluded.version, program = excluded.program, pushed_at = excluded.pushed_at`,
		p.Agent, p.Facility, p.Instance, p.Conn, toMillis(p.At), flag(p.Virtual), flag(p.OQS), p.Version,
		p.Program, millisOrZero(p.PushedAt))
	return storageError(err)
}

// DropPlace implements agents.Places.
func (s placeStore) DropPlace(ctx context.Context, agent, conn string) error {
	_, err := s.write.ExecContext(ctx, `DELETE FROM agent_places WHERE agent = $1 AND conn = $2`, agent, conn)
	return storageError(err)
}

// Places implements agents.Places.
func (s placeStore) Places(
	ctx context.Context, facility string, at time.Time,
) (all []agents.Place, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		p := agents.Place{Facility: facility}
		var since, pushed int64
		var virtual, oqs int
		err := scan(&p.Agent, &p.Instance, &p.Conn, &since, &virtual, &oqs, &p.Version, &p.Program, &pushed)
		p.At, p.PushedAt = fromMillis(since), timeOrNone(pushed)
		p.Virtual, p.OQS = virtual != 0, oqs != 0
		all = append(all, p)
		return err
	}, `SELECT agent, instance, conn, at, is_virtual, oqs, version, program, pushed_at FROM agent_places
		WHERE facility = $1 AND instance IN (SELECT name FROM instances
			WHERE until > $2 AND until <= $3) ORDER BY agent`,
		facility, toMillis(at), toMillis(at.Add(instances.LongestLease)))
	return all, storageError(err)
}
