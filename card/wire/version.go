package wire

import "slices"

// Versions of these messages; another one is refused with a sentence. Version 3 added Reply.Statements,
// version 4 the key and arguments of Refused, version 5 Hello.Program, FaceTries and Face.
//
// Programs refuse members that they do not know, so both sides agree on a version before the first message:
// from version 5 on by the WebSocket subprotocol (RFC 6455 1.9), of which the agent offers all that it speaks
// and the server takes the newest up. Where none is agreed, one side is of version 4 or before: the agent
// says what those servers read (UnagreedVersion), and the server reads what those agents say. So either side
// may be updated first.
const (
	Version       = 5
	OldestVersion = 2
	FaceVersion   = 5 // the first whose agents are asked FaceTries and Face

	// UnagreedVersion is the newest that is spoken where no subprotocol was agreed.
	UnagreedVersion = 4
	keyedVersion    = 4 // the first whose agents read Refused.Message
)

// protocols are the subprotocols of the versions after UnagreedVersion, the newest first.
var protocols = []string{"madoguchi.bridge.5"}

// Protocols returns the subprotocols to offer or to take up, the newest first.
func Protocols() []string { return slices.Clone(protocols) }

// AgreedVersion is the version that both sides speak by the subprotocol that they agreed on; 0 where they
// agreed on none.
func AgreedVersion(protocol string) int {
	if i := slices.Index(protocols, protocol); i >= 0 {
		return Version - i
	}
	return 0
}

// Speaks reports whether an agent may say that it is of a version, where both sides agreed on one or, by 0,
// on none.
func Speaks(version, agreed int) bool {
	if agreed != 0 {
		return version == agreed
	}
	return version >= OldestVersion && version <= UnagreedVersion
}
