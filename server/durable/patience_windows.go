package durable

import (
	"errors"
	"time"

	"golang.org/x/sys/windows"
)

const (
	retryEvery = 10 * time.Millisecond
	retries    = 200 // two seconds: longer than a virus scanner or an indexer keeps a small file
)

// patiently does what Windows refuses while another program has the file open, as a virus scanner has every
// new file for a moment, and a reader has the one that is replaced: it is tried again until they let go.
func patiently(act func() error) (err error) {
	for range retries {
		if err = act(); !errors.Is(err, windows.ERROR_SHARING_VIOLATION) &&
			!errors.Is(err, windows.ERROR_ACCESS_DENIED) {
			return err
		}
		time.Sleep(retryEvery)
	}
	return err
}
