//go:build unix

package press

import (
	"errors"
	"os"
	"syscall"
)

// lock holds a run's folder against other processes until release; it does not wait. A crash releases it.
func lock(path string) (release func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, errFolder.Because(err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrBusy
		}
		return nil, errFolder.Because(err)
	}
	return func() { file.Close() }, nil
}

// syncFolder makes a folder's names durable.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return errFolder.Because(err)
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil {
		return errFolder.Because(err)
	}
	return nil
}
