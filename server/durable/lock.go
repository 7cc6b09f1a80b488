package durable

import "errors"

// lockMode is the mode of a lock's file.
const lockMode = 0o600

// ErrHeld is returned by TryLock while somebody else holds the file.
var ErrHeld = errors.New("durable: the file is held by another holder")

// Lock makes the file if need be and holds it against every other holder, in this process and in others,
// until release. It waits for the holder before.
func Lock(path string) (release func(), err error) { return lock(path, true) }

// TryLock is Lock without the wait: it returns ErrHeld while somebody else holds the file.
func TryLock(path string) (release func(), err error) { return lock(path, false) }
