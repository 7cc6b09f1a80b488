//go:build unix

package keys

import (
	"errors"
	"os"
	"syscall"
)

// lock holds a file against every other holder, in this process and in others, until release. A crash releases it, so no
// stale lock is ever left for somebody to clear away.
func lock(path string) (release func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return func() { file.Close() }, nil
}
