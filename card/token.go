package card

import (
	"bytes"
	"context"
)

// Labels of JPKI 0006 that tell the kinds of token apart (docs/facts/my-number-card.md#jpki-files).
const (
	labelCard    = "JPKIAPICCTOKEN2"
	labelAndroid = "JPKIAPGPSETOKEN"
	labelIPhone  = "JPKIAPIOSTOKEN"
	labelOld     = "JPKIAPICCTOKEN"
)

// identify tells a My Number card from a phone, an old card and anything else, and returns the label. No ATR
// is looked at: new cards bring new ones.
func (s *Session) identify(ctx context.Context) ([]byte, error) {
	found, err := s.selectApplication(ctx, appJPKI)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, ErrNotMyNumberCard
	}
	if err := s.selectFile(ctx, fileToken); err != nil {
		return nil, err
	}
	label, sw, err := s.send(ctx, 0x00, insRead, 0x00, 0x00, 0x20)
	if err != nil {
		return nil, err
	}
	if err := statusError("READ BINARY", sw); err != nil {
		return nil, err
	}
	return label, tokenRefusal(label)
}

// tokenRefusal returns why a token with this label cannot be checked, or nil for a My Number card.
func tokenRefusal(label []byte) error {
	switch string(bytes.TrimRight(label, " \x00")) {
	case labelCard:
		return nil
	case labelAndroid, labelIPhone:
		return ErrPhone
	case labelOld:
		return ErrOldCard
	}
	return ErrNotMyNumberCard
}
