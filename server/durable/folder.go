package durable

import "os"

// SyncFolder makes the names in a folder durable. Windows has nothing to do: NTFS logs names itself, and
// cannot open a folder for it.
func SyncFolder(dir string) error {
	if os.PathSeparator != '/' {
		return nil
	}
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}
