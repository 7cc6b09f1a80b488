package insurer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// NoticeKeys derives and recognises the codes that paper notices carry. Derive makes codes, Index makes the
// MACs under which the store knows them; each is 32 secret bytes.
type NoticeKeys struct {
	Derive []byte
	Index  []byte
}

var noticeAlphabet = base32.StdEncoding.WithPadding(base32.NoPadding)

// noticeCodeLetters is the length of a code: 80 bits in Base32 (RFC 4648 section 6).
const noticeCodeLetters = 16

// ErrNoticeCode is returned for a text that cannot be a notice code, and for a code that no notice has: the
// two answers are the same so that guessing teaches nothing.
var ErrNoticeCode = &eligibility.Error{Code: eligibility.NotFound, Key: "notice.unknown", Field: "code"}

// Code returns the code of a person's notice with this serial: the same for the same inputs, so that a
// repeated print job prints the same paper.
func (k NoticeKeys) Code(person audit.PersonID, serial int64) string {
	mac := hmac.New(sha256.New, k.Derive)
	mac.Write([]byte("madoguchi-notice-1\x00" + string(person) + "\x00"))
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(serial)))
	return noticeAlphabet.EncodeToString(mac.Sum(nil)[:10])
}

// MAC returns what the store keeps in a code's place.
func (k NoticeKeys) MAC(code string) []byte {
	mac := hmac.New(sha256.New, k.Index)
	mac.Write([]byte("madoguchi-notice-code-1\x00" + code))
	return mac.Sum(nil)
}

// ReadNoticeCode reads a code as people type it: any case, full width, blanks and hyphens anywhere, 0 for O,
// 1 for I and 8 for B (Base32 has none of those digits). It returns ErrNoticeCode for anything else.
func ReadNoticeCode(text string) (string, error) {
	var b strings.Builder
	for _, r := range text {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		switch {
		case r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		case r == '0':
			r = 'O'
		case r == '1':
			r = 'I'
		case r == '8':
			r = 'B'
		case r == ' ' || r == '　' || r == '-' || r == 'ー' || r == '−' || r == '‐' || r == '\t':
			continue
		}
		if (r < 'A' || r > 'Z') && (r < '2' || r > '7') {
			return "", ErrNoticeCode
		}
		b.WriteRune(r)
		if b.Len() > noticeCodeLetters {
			return "", ErrNoticeCode
		}
	}
	if b.Len() != noticeCodeLetters {
		return "", ErrNoticeCode
	}
	return b.String(), nil
}

// GroupNoticeCode prints a code in groups of four.
func GroupNoticeCode(code string) string {
	var groups []string
	for len(code) > 4 {
		groups = append(groups, code[:4])
		code = code[4:]
	}
	return strings.Join(append(groups, code), "-")
}

// mac is a keyed hash of texts, each behind its length, for one purpose.
func (k NoticeKeys) mac(purpose string, texts ...string) []byte {
	h := hmac.New(sha256.New, k.Index)
	h.Write([]byte(purpose))
	for _, text := range texts {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(text))))
		h.Write([]byte(text))
	}
	return h.Sum(nil)
}
