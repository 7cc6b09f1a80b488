package durable

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// lock locks the file's first byte, which Windows grants to one holder. Others may open the file meanwhile: a
// virus scanner is no holder.
func lock(path string, wait bool) (release func(), err error) {
	file, err := open(path, wait)
	if err != nil {
		return nil, err
	}
	how := uint32(windows.LOCKFILE_EXCLUSIVE_LOCK)
	if !wait {
		how |= windows.LOCKFILE_FAIL_IMMEDIATELY
	}
	err = windows.LockFileEx(windows.Handle(file.Fd()), how, 0, 1, 0, &windows.Overlapped{})
	switch {
	case err == nil:
		return func() { file.Close() }, nil
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION), errors.Is(err, windows.ERROR_IO_PENDING):
		err = ErrHeld
	}
	file.Close()
	return nil, err
}

// open opens the lock's file. Somebody who has opened it for himself alone, as holders of earlier versions
// do, is waited for as a holder is.
func open(path string, wait bool) (*os.File, error) {
	for {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, lockMode)
		switch {
		case !errors.Is(err, windows.ERROR_SHARING_VIOLATION):
			return file, err
		case !wait:
			return nil, ErrHeld
		}
		time.Sleep(retryEvery)
	}
}
