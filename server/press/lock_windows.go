package press

import (
	"errors"
	"syscall"
)

// errSharing is ERROR_SHARING_VIOLATION: somebody else has the file open.
const errSharing = syscall.Errno(32)

// lock holds a run's folder against other processes until release; it does not wait. A crash releases it.
func lock(path string) (release func(), err error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, errFolder.Because(err)
	}
	file, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, errSharing) {
		return nil, ErrBusy
	}
	if err != nil {
		return nil, errFolder.Because(err)
	}
	return func() { syscall.CloseHandle(file) }, nil
}

// syncFolder has nothing to do: NTFS logs names itself.
func syncFolder(string) error { return nil }
