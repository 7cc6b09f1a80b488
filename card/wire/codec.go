package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// Encode writes a message.
func Encode(m Message) ([]byte, error) { return json.Marshal(m) }

// ErrMessage is returned for anything that is not a message of this version. It quotes nothing of what came,
// since errors reach logs.
var ErrMessage = errors.New("wire: not a message")

// Decode reads a message. It refuses unknown members, a missing body, a body of another type and anything
// behind it.
func Decode(data []byte) (Message, error) {
	if len(data) > MaxFaceMessage {
		return Message{}, ErrMessage
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var m Message
	if err := d.Decode(&m); err != nil {
		return Message{}, ErrMessage
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Message{}, ErrMessage
	}
	bodies := map[string]bool{
		"challenge": m.Challenge != nil,
		"hello":     m.Hello != nil,
		"pair":      m.Pair != nil,
		"ready":     m.Ready != nil,
		"check":     m.Check != nil,
		"text":      m.Text != nil,
		"dates":     m.Dates != nil,
		"oqs":       m.OQS != nil,
		"faceTries": m.FaceTries != nil,
		"face":      m.Face != nil,
		"reply":     m.Reply != nil,
		"refused":   m.Refused != nil,
	}
	for name, there := range bodies {
		if there != (name == m.Type) {
			return Message{}, ErrMessage
		}
	}
	if len(data) > MaxMessage && (m.Reply == nil || m.Reply.Face == nil) {
		return Message{}, ErrMessage
	}
	if _, known := bodies[m.Type]; !known {
		return Message{}, ErrMessage
	}
	return m, nil
}
