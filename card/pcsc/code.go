package pcsc

import "fmt"

// code is a PC/SC error. The values are the same in winscard.h and pcsclite.h; Windows also returns its own,
// small ones.
type code uint32

const (
	codeCancelled         code = 0x80100002
	codeInvalidHandle     code = 0x80100003
	codeInsufficient      code = 0x80100008
	codeUnknownReader     code = 0x80100009
	codeTimeout           code = 0x8010000A
	codeSharing           code = 0x8010000B
	codeNoCard            code = 0x8010000C
	codeUnknownCard       code = 0x8010000D
	codeProtocol          code = 0x8010000F
	codeNotReady          code = 0x80100010
	codeSystemCancelled   code = 0x80100012
	codeComm              code = 0x80100013 // pcscd's end of the line is gone
	codeNotTransacted     code = 0x80100016
	codeReaderUnavailable code = 0x80100017
	codeShutdown          code = 0x80100018
	codeNoService         code = 0x8010001D
	codeServiceStopped    code = 0x8010001E
	codeNoAccess          code = 0x80100027
	codeNoReaders         code = 0x8010002E
	codeTooBusy           code = 0x80100031
	codeUnsupportedCard   code = 0x80100065
	codeUnresponsive      code = 0x80100066
	codeUnpowered         code = 0x80100067
	codeReset             code = 0x80100068
	codeRemoved           code = 0x80100069
	codeSecurity          code = 0x8010006A

	codeWinInvalidHandle code = 0x6  // ERROR_INVALID_HANDLE: the service restarted under us
	codeWinBrokenPipe    code = 0x6D // ERROR_BROKEN_PIPE: the service is not there
)

var codeNames = map[code]string{
	codeCancelled:         "cancelled",
	codeInvalidHandle:     "invalid handle",
	codeInsufficient:      "insufficient buffer",
	codeUnknownReader:     "unknown reader",
	codeTimeout:           "time-out",
	codeSharing:           "sharing violation",
	codeNoCard:            "no smart card",
	codeUnknownCard:       "unknown card",
	codeProtocol:          "protocol mismatch",
	codeNotReady:          "not ready",
	codeSystemCancelled:   "cancelled by the system",
	codeComm:              "communication error",
	codeNotTransacted:     "not transacted",
	codeReaderUnavailable: "reader unavailable",
	codeShutdown:          "shut down",
	codeNoService:         "no service",
	codeServiceStopped:    "service stopped",
	codeNoAccess:          "no access",
	codeNoReaders:         "no readers available",
	codeTooBusy:           "server too busy",
	codeUnsupportedCard:   "unsupported card",
	codeUnresponsive:      "unresponsive card",
	codeUnpowered:         "unpowered card",
	codeReset:             "card was reset",
	codeRemoved:           "card was removed",
	codeSecurity:          "security violation",
	codeWinInvalidHandle:  "invalid handle (Windows)",
	codeWinBrokenPipe:     "broken pipe (Windows)",
}

// Error names the code as PC/SC's documents do.
func (c code) Error() string {
	if name, ok := codeNames[c]; ok {
		return fmt.Sprintf("PC/SC %s (0x%08X)", name, uint32(c))
	}
	return fmt.Sprintf("PC/SC error 0x%08X", uint32(c))
}
