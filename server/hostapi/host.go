// Package hostapi is what a counter's server and an insurer's server say to each other: paths, bodies, the
// assertion by which a counter proves itself, the caller's side (Client), and receipts.
package hostapi

import (
	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// Host is the principal of a call between servers: a counter server of the trust list that proved itself for
// one insurer of this server.
type Host struct {
	Server  Caller
	Insurer eligibility.InsurerNumber // of the address that was called, for which the assertion is
}

// Actor is the counter server as the insurer's audit chain names one: without its name, for which clinic saw
// whom is not the insurer's business.
func (Host) Actor() audit.Actor { return audit.ActorCounter }
