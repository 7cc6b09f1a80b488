// Command build bundles the front end into pwa/dist: go run ./pwa/build (or go generate ./pwa).
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"madoguchi/pwa/build/bundle"
)

func main() {
	files, err := bundle.Make("pwa")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	dist := filepath.Join("pwa", "dist")
	if err := os.RemoveAll(dist); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dist, name), data, 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
