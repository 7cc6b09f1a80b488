//go:build !linux

package store

import (
	"syscall"
	"time"
)

// giveUpAfter sets nothing where the system has no such time: a connection on which nothing is sent is found
// lost by its probes there, another one by TCP's own patience.
func giveUpAfter(time.Duration) func(network, address string, conn syscall.RawConn) error { return nil }
