package card

import (
	"context"
	"fmt"

	"madoguchi/eligibility"
)

// Transmitter sends one command APDU to a card that is connected exclusively and returns the response with its status
// word (two bytes at the end).
type Transmitter interface {
	Transmit(ctx context.Context, command []byte) ([]byte, error)
}

// Application ids of the card (full AID, as it must be selected).
var (
	aidJPKI   = []byte{0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01}
	aidVisual = []byte{0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02}
)

// status is an ISO 7816-4 status word.
type status uint16

const (
	statusOK       status = 0x9000
	statusNotFound status = 0x6A82
	statusBlocked  status = 0x6984
	statusPastEnd  status = 0x6B00
)

// tries returns the x of 63Cx.
func (s status) tries() (int, bool) { return int(s & 0xF), s&0xFFF0 == 0x63C0 }

// ErrRemoved is returned when the card stopped answering.
var ErrRemoved = &eligibility.Error{Code: eligibility.Unavailable, Key: "card.removed",
	Ja: "カードが離れました。カードを置き直して、もう一度確認してください。",
	En: "The card was removed. Put it back and check again."}

// errAnswer is returned when the card answers what the protocol does not allow.
var errAnswer = &eligibility.Error{Code: eligibility.Unavailable, Key: "card.unexpected",
	Ja: "カードから思わぬ応答がありました。カードを置き直して、もう一度確認してください。",
	En: "The card gave an unexpected answer. Put it back and check again."}

// session is one exclusive connection during one operation.
type session struct {
	ctx  context.Context
	card Transmitter
}

// send transmits a command and follows 61xx (more to fetch) and 6Cxx (wrong length).
func (s session) send(command ...byte) ([]byte, status, error) {
	var data []byte
	for range 8 { // an answer of 2 KB takes eight fetches
		answer, err := s.card.Transmit(s.ctx, command)
		if err != nil {
			return nil, 0, ErrRemoved.Because(err)
		}
		if len(answer) < 2 {
			return nil, 0, errAnswer
		}
		sw := status(answer[len(answer)-2])<<8 | status(answer[len(answer)-1])
		data = append(data, answer[:len(answer)-2]...)
		switch sw >> 8 {
		case 0x61:
			command = []byte{0x00, 0xC0, 0x00, 0x00, byte(sw)}
		case 0x6C:
			command = append(append([]byte{}, command[:len(command)-1]...), byte(sw))
		default:
			return data, sw, nil
		}
	}
	return nil, 0, errAnswer
}

// application selects an application by its full AID; found is false when the card has none.
func (s session) application(aid []byte) (found bool, err error) {
	_, sw, err := s.send(append([]byte{0x00, 0xA4, 0x04, 0x0C, byte(len(aid))}, aid...)...)
	if err != nil || sw == statusNotFound {
		return false, err
	}
	return sw == statusOK, unexpected("SELECT application", sw)
}

// file selects an elementary file of the current application.
func (s session) file(id uint16) error {
	_, sw, err := s.send(0x00, 0xA4, 0x02, 0x0C, 0x02, byte(id>>8), byte(id))
	if err != nil {
		return err
	}
	return unexpected(fmt.Sprintf("SELECT %04X", id), sw)
}

// object reads the BER object at the start of the current file, in chunks of at most 256 bytes.
func (s session) object() ([]byte, error) {
	var data []byte
	for want := 256; len(data) < want; {
		if len(data) > 0x7FFF-256 {
			return nil, errAnswer
		}
		chunk, sw, err := s.send(0x00, 0xB0, byte(len(data)>>8), byte(len(data)), 0x00)
		if err != nil {
			return nil, err
		}
		if sw == statusPastEnd || sw == statusOK && len(chunk) == 0 {
			break
		}
		if err := unexpected("READ BINARY", sw); err != nil {
			return nil, err
		}
		data = append(data, chunk...)
		if n, ok := objectLength(data); ok {
			want = n
		}
	}
	n, ok := objectLength(data)
	if !ok || n > len(data) {
		return nil, errAnswer
	}
	return data[:n], nil
}

// triesLeft asks the current key's counter without using a try.
func (s session) triesLeft() (int, error) {
	_, sw, err := s.send(0x00, 0x20, 0x00, 0x80)
	if err != nil {
		return 0, err
	}
	if sw == statusBlocked {
		return 0, nil
	}
	if n, ok := sw.tries(); ok {
		return n, nil
	}
	return 0, unexpected("VERIFY without data", sw)
}

// verify presents a key's value once. ok is false and left says how many tries remain when it was wrong.
func (s session) verify(value string) (ok bool, left int, err error) {
	_, sw, err := s.send(append([]byte{0x00, 0x20, 0x00, 0x80, byte(len(value))}, value...)...)
	if err != nil {
		return false, 0, err
	}
	if n, wrong := sw.tries(); wrong {
		return false, n, nil
	}
	if sw == statusBlocked {
		return false, 0, nil
	}
	return sw == statusOK, 0, unexpected("VERIFY", sw)
}

// sign asks the current key, or with p2 = 0 the application's own, for a PKCS #1 v1.5 signature over a DigestInfo.
func (s session) sign(p2 byte, digestInfo []byte) ([]byte, error) {
	command := append([]byte{0x80, 0x2A, 0x00, p2, byte(len(digestInfo))}, digestInfo...)
	signature, sw, err := s.send(append(command, 0x00)...)
	if err != nil {
		return nil, err
	}
	return signature, unexpected("COMPUTE DIGITAL SIGNATURE", sw)
}

func unexpected(what string, sw status) error {
	if sw == statusOK {
		return nil
	}
	return errAnswer.Because(fmt.Errorf("%s: status %04X", what, uint16(sw)))
}
