package store

import (
	"context"
	"net"
	"time"
)

// lostTime is how long a connection to a server may go without a sign of life while one is due: what is sent
// is not acknowledged, or a probe of a quiet connection (RFC 5482). TCP's own patience is a quarter of an
// hour, and a statement that began is waited for (postgresConn.steady): a host that failed over without a
// word would keep everybody from storing for as long, and this instance would count as dead.
const lostTime = 30 * time.Second

// dialWithin dials as net does, and has a connection given up after so long without a sign of life.
func dialWithin(lost time.Duration) func(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{
			Enable:   true,
			Idle:     lost / 2,
			Interval: max(time.Second, lost/6),
			Count:    3,
		},
		Control: giveUpAfter(lost),
	}
	return d.DialContext
}
