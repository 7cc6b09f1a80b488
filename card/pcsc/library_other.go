//go:build !windows && (!linux || android || !(amd64 || arm64))

package pcsc

import "madoguchi/card"

// load says that this system is not supported.
func load() (library, error) { return nil, card.ErrReaderSystem }
