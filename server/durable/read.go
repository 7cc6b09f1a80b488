package durable

import "os"

// ReadFile is os.ReadFile for a file that another process may be replacing at this moment, which Windows
// answers with an error: it is read again.
func ReadFile(path string) (data []byte, err error) {
	err = patiently(func() error {
		data, err = os.ReadFile(path)
		return err
	})
	return data, err
}

// Remove is os.Remove for a file that another program may have open for a moment, with which Windows does not
// remove it.
func Remove(path string) error { return patiently(func() error { return os.Remove(path) }) }
