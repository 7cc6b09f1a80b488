// Package wiretest holds a conversation between a bridge agent and a counter's server that both spoke version
// 4 of the messages (package wire), recorded as the bytes on the line, and reads messages as strictly as the
// programs of that version do: a member that they did not know is refused. Tests alone use it.
package wiretest

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
)

//go:embed testdata/version4.txt
var version4 string

// Line is a recorded message.
type Line struct {
	From string // agent or server
	Type string
	Text []byte
}

// Version4 returns the recorded conversation.
func Version4(t *testing.T) (lines []Line) {
	t.Helper()
	for text := range strings.Lines(version4) {
		from, data, _ := strings.Cut(strings.TrimSpace(text), " ")
		m, err := Read4([]byte(data))
		if err != nil {
			t.Fatalf("what version 4 said is none of its messages: %v\n%s", err, text)
		}
		lines = append(lines, Line{from, m.Type, []byte(data)})
	}
	return lines
}

// Said4 returns what one side said in the recorded conversation, the first of a type.
func Said4(t *testing.T, from, kind string) []byte {
	t.Helper()
	for _, line := range Version4(t) {
		if line.From == from && line.Type == kind {
			return line.Text
		}
	}
	t.Fatalf("the %s of version 4 said no %s", from, kind)
	return nil
}

// Message4 is a message as the programs of version 4 knew it.
type Message4 struct {
	Type      string
	Challenge *struct {
		Version int
		Nonce   []byte
		Time    string
	}
	Hello *struct {
		Version        int
		Name           string
		Key, Signature []byte
		Virtual, OQS   bool
	}
	Pair  *struct{ Code string }
	Ready *struct{ Facility, Code string }
	Check *struct {
		binding4
		BirthDate string
	}
	Text *struct {
		binding4
		BirthDate  string
		ExpiryYear int
		Code       string
	}
	Dates *struct{ ID, Facility, Day string }
	OQS   *struct {
		ID, Facility string
		Items        struct {
			Insurer, Symbol, Number, BranchNumber, Name, BirthDate, Sex string
			Share                                                       int
		}
	}
	Reply   *reply4
	Refused *struct {
		Key, Ja, En string
		Args        map[string]any
		Retry       int
	}
}

type binding4 struct {
	ID             string
	Nonce          []byte
	Facility, Case string
	JWS            []byte
}

type verdict4 struct{ Outcome, Key string }

type reply4 struct {
	ID, Fault string
	Evidence  *struct{ Label, Certificate, Record, Signature []byte }
	Text      *struct {
		verdict4
		Reading   *struct{ Name, Address, BirthDate, Sex string }
		TriesLeft *int
	}
	Dates *struct {
		verdict4
		From, Until string
	}
	Compared   []struct{ Name, Result string }
	Statements []string
}

var errMessage4 = errors.New("not a message of version 4")

// Read4 reads a message as version 4 did: no member that it does not know, at most 16 KB, exactly the body
// that the type names, and nothing behind it.
func Read4(data []byte) (m Message4, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return m, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) || len(data) > 16<<10 {
		return m, errMessage4
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
		"reply":     m.Reply != nil,
		"refused":   m.Refused != nil,
	}
	_, known := bodies[m.Type]
	for name, there := range bodies {
		known = known && there == (name == m.Type)
	}
	if !known {
		return m, errMessage4
	}
	return m, nil
}
