package datafolder

import (
	"context"
	"log/slog"

	"madoguchi/server/insurer"
)

// Sweep removes what is over. What it cannot remove is said in the log, and tried again at the next call.
func (f *DataFolder) Sweep(ctx context.Context) {
	if _, err := f.Store.Sessions().ExpireSessions(ctx, f.Now()); err != nil {
		slog.Warn("sweeping sessions", "error", err)
	}
	if err := f.Store.ExpireStaff(ctx, f.Now()); err != nil {
		slog.Warn("sweeping invitations", "error", err)
	}
	if _, err := f.Store.ExpireReceipts(ctx, f.Now().Add(-insurer.ReceiptLife)); err != nil {
		slog.Warn("sweeping receipts", "error", err)
	}
	if err := f.Store.ExpireDevices(ctx, f.Now(), f.Now().Add(-insurer.DeviceGrantRetention)); err != nil {
		slog.Warn("sweeping phones", "error", err)
	}
}
