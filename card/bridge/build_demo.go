//go:build !nodemo

package main

// demoBuilt reports whether this program knows demo mode. Releases for live use are built with -tags nodemo.
const demoBuilt = true
