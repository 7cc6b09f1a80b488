package main

import (
	"context"
	"time"

	"madoguchi/server/auditing"
	"madoguchi/server/insurer"
	"madoguchi/server/output"
	"madoguchi/server/settings"
)

// auditHost is what the commands about the audit chain (server/auditing) have of this program.
var auditHost = auditing.Host{
	Now: func() time.Time { return clock() },
	In: func(s *settings.Settings, role string, do auditing.InFolder) (output.Told, error) {
		return inFolder(s, openExisting, role, func(ctx context.Context, a *app) (output.Told, error) {
			return do(ctx, a.Store, func() (*insurer.Services, error) { return a.insurerServices(ctx, "") })
		})
	},
}
