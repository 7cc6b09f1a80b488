//go:build unix

package durable

// patiently does what cannot meet another program's open file: here a name is changed whoever reads the file.
func patiently(act func() error) error { return act() }
