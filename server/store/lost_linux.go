package store

import (
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// giveUpAfter sets for how long what was sent may stay without an acknowledgement (tcp(7), TCP_USER_TIMEOUT).
func giveUpAfter(lost time.Duration) func(network, address string, conn syscall.RawConn) error {
	return func(network, _ string, conn syscall.RawConn) (err error) {
		if !strings.HasPrefix(network, "tcp") { // a socket of this computer
			return nil
		}
		bad := conn.Control(func(fd uintptr) {
			most := int(lost.Milliseconds())
			err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, most)
		})
		if bad != nil {
			return bad
		}
		return err
	}
}
