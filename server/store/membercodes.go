package store

import (
	"context"
	"database/sql"
	"fmt"

	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

// endCodes ends the codes that an insurer's member made for people and that nobody has used yet, of the desk
// and for representatives: a link to a person must not outlive the right of whoever saw the papers.
func (s memberReader) endCodes(ctx context.Context, tx *sql.Tx, m staff.Member) error {
	if m.Organisation.Kind != staff.KindInsurer {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM desk_codes WHERE staff = $1 AND state = $2`, m.Staff(),
		insurer.DeskOpen); err != nil {
		return fmt.Errorf("ending a member's codes of the desk: %w", err)
	}
	codes := representativesStore{core: s.core}
	macs, err := codes.macsOf(ctx, tx, m.Organisation)
	if err != nil {
		return err
	}
	for _, mac := range macs {
		code, _, err := codes.codeWhere(ctx, tx, `represent_codes.code_mac = $1`, mac)
		if err != nil {
			return err
		}
		if code.Staff != m.Staff() {
			continue
		}
		if err := codes.useUp(ctx, tx, mac); err != nil {
			return err
		}
	}
	return nil
}

// macsOf returns the MACs of an insurer's codes for representatives; each lives for minutes.
func (s representativesStore) macsOf(
	ctx context.Context, tx *sql.Tx, of staff.Organisation,
) (macs [][]byte, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT code_mac FROM represent_codes
		JOIN people ON people.id = represent_codes.person_id WHERE people.insurer = $1`, of.Number)
	if err != nil {
		return nil, fmt.Errorf("reading codes for representatives: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var mac []byte
		if err := rows.Scan(&mac); err != nil {
			return nil, err
		}
		macs = append(macs, mac)
	}
	return macs, rows.Err()
}
