// Package issuer serves other servers: an insurer's keys, revocation lists and signed time for anybody,
// online codes and receipts for the counter servers of the trust list.
package issuer

import (
	"madoguchi/credential"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// API is what an insurer's server answers other servers.
type API struct {
	*kit.Kit
	Insurer     *insurer.Services
	CounterCall hostapi.CounterCheck                  // who may look codes up and leave receipts
	Listed      func() (*credential.TrustList, error) // whose counters phones believe
}
