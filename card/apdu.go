package card

import (
	"context"
	"errors"
	"fmt"

	"madoguchi/eligibility"
)

// Transmitter sends one command APDU to a card that is connected exclusively and returns the response with
// its status word (two bytes at the end). The response belongs to the caller, who overwrites it. An error
// that people should see as it is (reader unplugged, service stopped) is an *eligibility.Error; any other
// counts as a card that was taken away.
type Transmitter interface {
	Transmit(ctx context.Context, command []byte) ([]byte, error)
}

// status is an ISO 7816-4 status word.
type status uint16

const (
	statusOK         status = 0x9000
	statusEnd        status = 0x6282 // fewer bytes than asked: the file ended
	statusNotFound   status = 0x6A82
	statusBlockedISO status = 0x6983
	statusBlocked    status = 0x6984
	statusPastEnd    status = 0x6B00
)

// maxTries is the most that a card can say: 63Cx has four bits for it (ISO/IEC 7816-4).
const maxTries = 0xF

// PossibleTries reports whether a card can say that it has so many tries left.
func PossibleTries(n int) bool { return 0 <= n && n <= maxTries }

// tries returns the x of 63Cx.
func (s status) tries() (int, bool) { return int(s & maxTries), s&0xFFF0 == 0x63C0 }

func (s status) blocked() bool { return s == statusBlocked || s == statusBlockedISO }

// send transmits a command that the guard allows and follows 61xx (more to fetch) and 6Cxx (wrong length).
// 6Cxx is followed only where the last byte is an Le: in a VERIFY it would be a digit, and the repetition a
// lost try.
func (s *Session) send(ctx context.Context, command ...byte) (_ []byte, _ status, err error) {
	if err := s.allow(command); err != nil {
		return nil, 0, err
	}
	hasLe := command[1] == insRead || command[1] == insSign
	var data []byte
	defer func() {
		if err != nil {
			clear(data)
		}
	}()
	for range 8 { // an answer of 2 KB takes eight fetches
		answer, err := s.card.Transmit(ctx, command)
		if err != nil {
			return nil, 0, transmitError(err)
		}
		if len(answer) < 2 {
			return nil, 0, errAnswer
		}
		sw := status(answer[len(answer)-2])<<8 | status(answer[len(answer)-1])
		data = appendAndWipe(data, answer[:len(answer)-2])
		switch {
		case sw>>8 == 0x61:
			command, hasLe = []byte{0x00, insGetResponse, 0x00, 0x00, byte(sw)}, true
		case sw>>8 == 0x6C && hasLe:
			command = append(append([]byte{}, command[:len(command)-1]...), byte(sw))
		default:
			return data, sw, nil
		}
	}
	return nil, 0, errAnswer
}

// appendAndWipe appends b to a and wipes every other copy of either, since what is read may be secret.
func appendAndWipe(a, b []byte) []byte {
	if len(a)+len(b) <= cap(a) {
		a = append(a, b...)
		clear(b)
		return a
	}
	grown := make([]byte, 0, max(2*cap(a), len(a)+len(b), 1024))
	grown = append(append(grown, a...), b...)
	clear(a)
	clear(b)
	return grown
}

// transmitError converts a transmission error to the *eligibility.Error that people are shown.
func transmitError(err error) error {
	var known *eligibility.Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, context.DeadlineExceeded):
		return ErrTimeout.Because(err)
	}
	return ErrRemoved.Because(err)
}

// selectApplication selects an application by its full AID; found is false when the card has none.
func (s *Session) selectApplication(ctx context.Context, a application) (found bool, err error) {
	_, sw, err := s.send(ctx, append([]byte{0x00, insSelect, 0x04, 0x0C, byte(len(a))}, a...)...)
	if err != nil || sw == statusNotFound {
		return false, err
	}
	return sw == statusOK, statusError("SELECT application", sw)
}

// selectFile selects an elementary file of the current application.
func (s *Session) selectFile(ctx context.Context, id uint16) error {
	_, sw, err := s.send(ctx, 0x00, insSelect, 0x02, 0x0C, 0x02, byte(id>>8), byte(id))
	if err != nil {
		return err
	}
	return statusError(fmt.Sprintf("SELECT %04X", id), sw)
}

// read returns the BER object at the start of a file of the current application, without the filler behind
// it, in chunks of at most 256 bytes. The slice that it returns is the only copy.
func (s *Session) read(ctx context.Context, id uint16) (_ []byte, err error) {
	if err := s.selectFile(ctx, id); err != nil {
		return nil, err
	}
	var data []byte
	defer func() {
		if err != nil {
			clear(data)
		}
	}()
	for want := 1; len(data) < want; {
		if len(data) > maxOffset {
			return nil, errAnswer
		}
		chunk, sw, err := s.send(ctx, 0x00, insRead, byte(len(data)>>8), byte(len(data)), 0x00)
		if err != nil {
			return nil, err
		}
		if sw == statusPastEnd || (sw == statusOK || sw == statusEnd) && len(chunk) == 0 {
			break
		}
		if sw != statusEnd {
			if err := statusError("READ BINARY", sw); err != nil {
				return nil, err
			}
		}
		data = appendAndWipe(data, chunk)
		n, ok := objectLength(data)
		if !ok {
			n = len(data) + 1 // not even the header is there
		}
		want = n
	}
	n, ok := objectLength(data)
	if !ok || n > len(data) {
		return nil, errAnswer
	}
	return data[:n], nil
}

// readBriefly reads as read does, passes the object to use and overwrites it before it returns: only what use
// keeps remains.
func (s *Session) readBriefly(ctx context.Context, id uint16, use func([]byte)) error {
	data, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	defer clear(data)
	use(data)
	return nil
}

// maxOffset is the last offset that READ BINARY can name (P1 bit 8 means a short file id).
const maxOffset = 0x7FFF

// triesLeft asks the current key's counter without using a try.
func (s *Session) triesLeft(ctx context.Context) (int, error) {
	_, sw, err := s.send(ctx, 0x00, insVerify, 0x00, 0x80)
	if err != nil {
		return 0, err
	}
	left, ok := sw.tries()
	if !ok && !sw.blocked() {
		return 0, errAnswer.Because(fmt.Errorf("VERIFY without data: status %04X", uint16(sw)))
	}
	if sw.blocked() {
		left = 0
	}
	s.lastTries = left
	return left, nil
}

// verify presents a key's value once. ok is false and left says how many tries remain when it was wrong.
func (s *Session) verify(ctx context.Context, value string) (ok bool, left int, err error) {
	_, sw, err := s.send(ctx, append([]byte{0x00, insVerify, 0x00, 0x80, byte(len(value))}, value...)...)
	if err != nil {
		return false, 0, err
	}
	if n, wrong := sw.tries(); wrong {
		return false, n, nil
	}
	if sw.blocked() {
		return false, 0, nil
	}
	return sw == statusOK, 0, statusError("VERIFY", sw)
}

// sign asks the application's own key for a PKCS #1 v1.5 signature over a DigestInfo; no PIN is needed.
func (s *Session) sign(ctx context.Context, digestInfo []byte) ([]byte, error) {
	command := append([]byte{0x80, insSign, 0x00, 0x00, byte(len(digestInfo))}, digestInfo...)
	signature, sw, err := s.send(ctx, append(command, 0x00)...)
	if err != nil {
		return nil, err
	}
	return signature, statusError("COMPUTE DIGITAL SIGNATURE", sw)
}

func statusError(what string, sw status) error {
	if sw == statusOK {
		return nil
	}
	return errAnswer.Because(fmt.Errorf("%s: status %04X", what, uint16(sw)))
}
