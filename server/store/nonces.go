package store

import (
	"context"
	"time"
)

// nonceStore keeps used nonces, of phones and of counter servers' assertions.
type nonceStore struct{ *core }

// UseNonce implements insurer.DevicesStore and insurer.ReceiptsStore.
func (s nonceStore) UseNonce(ctx context.Context, nonce []byte, ends time.Time) (bool, error) {
	done, err := s.write.ExecContext(ctx, `INSERT INTO used_nonces (nonce, expires_at) VALUES ($1, $2)
		ON CONFLICT DO NOTHING`, nonce, toMillis(ends))
	if err != nil {
		return false, storageError(err)
	}
	n, err := done.RowsAffected()
	return n == 1, storageError(err)
}
