//go:build unix

package durable

import (
	"errors"
	"os"
	"syscall"
)

func lock(path string, wait bool) (release func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, lockMode)
	if err != nil {
		return nil, err
	}
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	for {
		err = syscall.Flock(int(file.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	switch {
	case err == nil:
		return func() { file.Close() }, nil
	case errors.Is(err, syscall.EWOULDBLOCK):
		err = ErrHeld
	}
	file.Close()
	return nil, err
}
