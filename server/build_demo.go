//go:build !nodemo

package main

// demoBuilt reports whether this program can run the demo. Releases for live use are built with -tags nodemo.
const demoBuilt = true
