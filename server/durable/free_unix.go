//go:build unix

package durable

import "golang.org/x/sys/unix"

// Free is the space that this user may still use where a folder is.
func Free(folder string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil
}
