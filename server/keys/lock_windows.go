package keys

import (
	"errors"
	"syscall"
	"time"
)

// errSharing is ERROR_SHARING_VIOLATION: somebody else has the file open.
const errSharing = syscall.Errno(32)

// lock holds a file against every other holder, in this process and in others, until release: it is opened with no
// sharing. A crash releases it, so no stale lock is ever left for somebody to clear away.
func lock(path string) (release func(), err error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	for {
		file, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
		if err == nil {
			return func() { syscall.CloseHandle(file) }, nil
		}
		if !errors.Is(err, errSharing) {
			return nil, err
		}
		time.Sleep(20 * time.Millisecond)
	}
}
