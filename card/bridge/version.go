package main

import "runtime/debug"

// release is set by the linker when a release is built (make bridge VERSION=…).
var release string

// programVersion says which version of the agent this is, for the counter's list of computers and the
// doctor's: the release, else what Go has noted of the source.
func programVersion() string {
	if release != "" {
		return release
	}
	built, ok := debug.ReadBuildInfo()
	if !ok || built.Main.Version == "" || built.Main.Version == "(devel)" {
		return "devel"
	}
	return built.Main.Version
}
