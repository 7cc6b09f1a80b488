//go:build nodemo

package main

const demoBuilt = false
