package wire

import (
	"madoguchi/card"
	"madoguchi/eligibility"
)

// Faults of the agent's own work, which it names by their keys.
var (
	// ErrBusy: the agent works on another operation.
	ErrBusy = &eligibility.Error{Code: eligibility.Conflict, Key: "bridge.busy"}
	// ErrRequest: the operation is not for this agent, or its numbers have the wrong length.
	ErrRequest = &eligibility.Error{Code: eligibility.Unavailable, Key: "bridge.request"}
	// ErrNoFace: the agent's program is of a version before FaceVersion.
	ErrNoFace = &eligibility.Error{Code: eligibility.Unavailable, Key: "bridge.no_face"}
	// ErrNoOQS: no OQS folder is set on the agent's PC.
	ErrNoOQS = &eligibility.Error{Code: eligibility.Unavailable, Key: "oqs.none"}
	// ErrOQSFolder: the folder cannot be read.
	ErrOQSFolder = &eligibility.Error{Code: eligibility.Unavailable, Key: "oqs.folder"}
	// ErrOQSOld: there is no answer file younger than ten minutes.
	ErrOQSOld = &eligibility.Error{Code: eligibility.NotFound, Key: "oqs.no_file"}
	// ErrOQSFile: the newest file cannot be read, or holds an error or no result.
	ErrOQSFile = &eligibility.Error{Code: eligibility.Unavailable, Key: "oqs.file"}
)

// FaultError returns the error that a reply's key stands for, one of these or of package card's; a key that
// nobody knows is a card's unexpected answer.
func FaultError(key string) error {
	known := []*eligibility.Error{ErrBusy, ErrRequest, ErrNoOQS, ErrOQSFolder, ErrOQSOld, ErrOQSFile}
	for _, e := range known {
		if e.Key == key {
			return e
		}
	}
	return card.KnownFault(key)
}
