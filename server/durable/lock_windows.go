package durable

import (
	"errors"
	"syscall"
	"time"
)

// errSharing is ERROR_SHARING_VIOLATION: somebody else has the file open.
const errSharing = syscall.Errno(32)

// retryEvery is how often a waiting Lock tries again: CreateFile cannot wait.
const retryEvery = 20 * time.Millisecond

// lock opens the file with no sharing (CreateFile's dwShareMode is 0), which Windows grants to one holder.
func lock(path string, wait bool) (release func(), err error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	for {
		file, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
			syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
		switch {
		case err == nil:
			return func() { syscall.CloseHandle(file) }, nil
		case !errors.Is(err, errSharing):
			return nil, err
		case !wait:
			return nil, ErrHeld
		}
		time.Sleep(retryEvery) // another process holds it: Windows has no call that waits for that
	}
}
