package card_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"testing"

	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
)

var (
	tokuichi = eligibility.MustDate("1955-07-01")
	today    = eligibility.MustDate("2026-11-25")
)

// insert makes a virtual card; the birth date is Tokuichi's unless given.
func insert(t testing.TB, d virtual.Description) *virtual.Card {
	t.Helper()
	if d.BirthDate.IsZero() {
		d.BirthDate = tokuichi
	}
	c, err := virtual.New(d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func challenge(n byte) [32]byte {
	return card.Challenge([32]byte{n}, []byte("agent"), "1319999991", "CASE", sha256.Sum256([]byte("jws")))
}

func numberB(t testing.TB, birth eligibility.Date, year int, code string) card.NumberB {
	t.Helper()
	b, err := card.NewNumberB(birth, year, code)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// watched stands between an operation and a card: it knows what is selected, fails the test for whatever must
// never be asked, counts, and may change what files contain.
type watched struct {
	t         testing.TB
	card      card.Transmitter
	change    func(at place, content []byte) []byte // nil: nothing
	at        place
	verifies  int
	files     []place
	responses [][]byte // those of the last text 0003
}

// place is a selected file, e.g. {"text", 0x0002}.
type place struct {
	application string
	file        uint16
}

var names = map[string]string{
	"D392F000260100000001": "jpki", "D3921000310001010402": "visual", "D3921000310001010408": "text",
}

// forbidden: the My Number's files and 照合番号A (番号法 19条, 20条; docs/facts/my-number-card.md#hard-rules).
var forbidden = map[place]bool{
	{"text", 0x0001}:   true,
	{"text", 0x0014}:   true,
	{"visual", 0x0005}: true,
	{"visual", 0x0013}: true,
}

func (w *watched) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	w.t.Helper()
	switch {
	case command[1] == 0xA4 && command[2] == 0x04:
		name := names[hexOf(command[5:])]
		if name == "" {
			w.t.Errorf("application %X was selected", command[5:])
		}
		w.at = place{name, 0}
	case command[1] == 0xA4:
		w.at.file = uint16(command[5])<<8 | uint16(command[6])
		w.files = append(w.files, w.at)
		if command[2] != 0x02 || forbidden[w.at] {
			w.t.Errorf("%s %04X was selected", w.at.application, w.at.file)
		}
	case command[1] == 0xB0 && command[2]&0x80 != 0, command[1] == 0x20 && command[3] != 0x80,
		command[1] == 0x2A && command[3] != 0x00:
		w.t.Errorf("a short file id was used: %X", command[:4])
	case command[1] == 0x20 && len(command) > 4:
		w.verifies++
		if command[4] == 12 {
			w.t.Error("twelve digits were presented")
		}
	case command[1] != 0xB0 && command[1] != 0x20 && command[1] != 0x2A && command[1] != 0xC0:
		w.t.Errorf("command %X was sent", command[:4])
	}
	answer, err := w.card.Transmit(ctx, command)
	if err != nil || command[1] != 0xB0 {
		return answer, err
	}
	if w.change != nil && len(answer) > 2 {
		answer = w.changed(command, answer)
	}
	if w.at == (place{"text", 0x0003}) {
		w.responses = append(w.responses, answer)
	}
	return answer, nil
}

// changed puts the changed content of a file in the place of the true one.
func (w *watched) changed(command, answer []byte) []byte {
	offset := int(command[2])<<8 | int(command[3])
	whole := rawFile(w.t, w.card, command)
	content := w.change(w.at, whole)
	if content == nil {
		return answer
	}
	return append(bytes.Clone(content[min(offset, len(content)):min(offset+256, len(content))]), 0x90, 0x00)
}

// rawFile reads the selected file to its end, filler included.
func rawFile(t testing.TB, c card.Transmitter, _ []byte) []byte {
	t.Helper()
	var whole []byte
	for {
		answer, err := c.Transmit(context.Background(), []byte{0x00, 0xB0, byte(len(whole) >> 8),
			byte(len(whole)), 0x00})
		if err != nil {
			t.Fatal(err)
		}
		if len(answer) == 2 {
			return whole
		}
		whole = append(whole, answer[:len(answer)-2]...)
	}
}

func hexOf(b []byte) string {
	const digits = "0123456789ABCDEF"
	var out []byte
	for _, c := range b {
		out = append(out, digits[c>>4], digits[c&15])
	}
	return string(out)
}

// open returns a watched session of one human action.
func open(t testing.TB, c card.Transmitter) (*card.Session, *watched) {
	w := &watched{t: t, card: c}
	return card.Open(w), w
}
