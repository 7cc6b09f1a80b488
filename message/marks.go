package message

import (
	"fmt"
	"strings"
)

// Kind is what a Piece of a sentence is.
type Kind byte

const (
	Plain Kind = iota // bare text
	Place             // {name}: a value is put in when the sentence is shown
	Ruby              // {漢字|かんじ}: characters with their reading (furigana), written by hand
	// [[資格確認書]]: a Japanese term inside another language, so that its reader can point at it
	Term
)

// Piece is a part of a sentence of the catalogue: bare text or one of the three marks.
type Piece struct {
	Kind    Kind
	Text    string // bare text, a place's name, or characters
	Reading string // of Ruby
}

// Marks parts a sentence of the catalogue into its pieces. A mark that is not closed, is empty or stands
// inside another is an error. A bracket of the sentence itself stands behind a backslash.
func Marks(s string) ([]Piece, error) {
	var all []Piece
	for s != "" {
		bare, rest := untilMark(s)
		if bare != "" {
			all = append(all, Piece{Text: bare})
		}
		if s = rest; s == "" {
			return all, nil
		}
		open, shut := "{", "}"
		if strings.HasPrefix(s, "[[") {
			open, shut = "[[", "]]"
		}
		inside, rest, closed := strings.Cut(strings.TrimPrefix(s, open), shut)
		if !strings.HasPrefix(s, open) || !closed || inside == "" || strings.ContainsAny(inside, `{}[]<>\`) {
			return nil, fmt.Errorf("message: a mark is not in order at %q", s)
		}
		s = rest
		base, reading, ruby := strings.Cut(inside, "|")
		switch {
		case open == "[[" && !ruby:
			all = append(all, Piece{Kind: Term, Text: inside})
		case open == "[[" || ruby && (base == "" || reading == "" || strings.Contains(reading, "|")):
			return nil, fmt.Errorf("message: a mark is not in order: %q", inside)
		case ruby:
			all = append(all, Piece{Kind: Ruby, Text: base, Reading: reading})
		default:
			all = append(all, Piece{Kind: Place, Text: inside})
		}
	}
	return all, nil
}

// untilMark parts a text before its first bracket that no backslash precedes; the backslashes are left out.
func untilMark(s string) (bare, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && strings.IndexByte("{}[]", s[i+1]) >= 0:
			i++
		case strings.IndexByte("{}[]", s[i]) >= 0:
			return b.String(), s[i:]
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}
