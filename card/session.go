package card

import (
	"fmt"
	"slices"

	"madoguchi/eligibility"
)

// Session is one exclusive connection to the card in a reader, and the guard in front of it. Every command
// passes the guard, which lets through a short list only: three applications, the files named in files below,
// reading, asking a counter, presenting one of two keys, and signing with the application's own key.
//
// A key is presented at most once for each human action, and a session stands for one action: the next one
// connects again and opens a session of its own. Whoever connects must disconnect with a reset, since what a
// key opened stays open until then.
type Session struct {
	// WesternDates says that the card's front prints the date of birth in western years, as cards of foreign
	// nationals do. Which form of the date opens them is not established, so no key is presented.
	WesternDates bool

	card          Transmitter
	mayPresentKey bool
	current       application
	key           uint16 // the key file that is selected, or 0
	lastTries     int    // its tries as the card said, or -1
	shownTries    *int   // what a person has been shown of them, where that counts
}

// Open returns the session of a connection that a person's action has just made.
func Open(card Transmitter) *Session { return &Session{card: card, mayPresentKey: true, lastTries: -1} }

// ready reports, before any byte is sent, whether an operation that presents a key may begin.
func (s *Session) ready() error {
	if s.WesternDates {
		return ErrKeyForm
	}
	if !s.mayPresentKey {
		return errSecondKey
	}
	return nil
}

// application is the full AID of a card application, as it must be selected.
type application string

const (
	appJPKI   application = "\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01" // 公的個人認証
	appVisual application = "\xD3\x92\x10\x00\x31\x00\x01\x01\x04\x02" // 券面事項確認
	appText   application = "\xD3\x92\x10\x00\x31\x00\x01\x01\x04\x08" // 券面事項入力補助
)

// Files that this package reads or whose key it presents. Key numbers of 照合番号B differ between the
// applications: the neighbours 0014 (text) and 0013 (visual) are 照合番号A, the My Number.
const (
	fileToken           uint16 = 0x0006 // JPKI
	fileUserCertificate uint16 = 0x000A // JPKI

	fileIssuing uint16 = 0x0004 // text and visual: CV certificate

	fileBirthDate       uint16 = 0x0001 // visual
	fileFace            uint16 = 0x0002 // visual
	keyBirthDate        uint16 = 0x0011 // visual
	keyNumberBForVisual uint16 = 0x0012 // visual

	filePerson        uint16 = 0x0002 // text
	fileHashes        uint16 = 0x0003 // text
	fileCardKey       uint16 = 0x0007 // text
	keyNumberBForText uint16 = 0x0015 // text
)

// allowedFiles is the guard's list. Never on it: text 0001 and visual 0005 (the My Number), text 0014 and
// visual 0013 (照合番号A).
var allowedFiles = map[application][]uint16{
	appJPKI:   {fileToken, fileUserCertificate},
	appVisual: {fileIssuing, fileBirthDate, fileFace, keyBirthDate, keyNumberBForVisual},
	appText:   {fileIssuing, filePerson, fileHashes, fileCardKey, keyNumberBForText},
}

// keyLengths are the lengths of the keys that may be presented. 照合番号A has twelve digits and is on no list.
var keyLengths = map[application]map[uint16]int{
	appVisual: {keyBirthDate: 6, keyNumberBForVisual: 14},
	appText:   {keyNumberBForText: 14},
}

const (
	insVerify      = 0x20
	insSign        = 0x2A
	insSelect      = 0xA4
	insRead        = 0xB0
	insGetResponse = 0xC0
)

// minTries is the number of tries below which no attempt is made: the counters are never restored by
// themselves.
const minTries = 3

// errForbidden and errSecondKey are faults of this program, seen before any byte is sent.
var (
	errForbidden = &eligibility.Error{Code: eligibility.Internal, Key: "card.forbidden"}
	errSecondKey = &eligibility.Error{Code: eligibility.Internal, Key: "card.second_key"}
)

// allow lets a command through or returns why it is never sent.
func (s *Session) allow(command []byte) error {
	if len(command) < 4 {
		return errForbidden
	}
	switch [2]byte{command[0], command[1]} {
	case [2]byte{0x00, insSelect}:
		return s.allowSelect(command)
	case [2]byte{0x00, insRead}:
		if len(command) == 5 && command[2]&0x80 == 0 { // no short file id, which would select past this guard
			return nil
		}
	case [2]byte{0x80, insSign}:
		if command[2] == 0 && command[3] == 0 && (s.current == appVisual || s.current == appText) {
			return nil
		}
	case [2]byte{0x00, insVerify}:
		if command[2] == 0 && command[3] == 0x80 {
			return s.allowKey(command[4:])
		}
	}
	return errForbidden.Because(fmt.Errorf("command %02X %02X", command[0], command[1]))
}

func (s *Session) allowSelect(command []byte) error {
	if len(command) < 6 || command[3] != 0x0C || len(command) != 5+int(command[4]) {
		return errForbidden
	}
	body := command[5:]
	switch command[2] {
	case 0x04:
		if _, ok := allowedFiles[application(body)]; ok {
			s.current, s.key, s.lastTries = application(body), 0, -1
			return nil
		}
	case 0x02:
		if len(body) != 2 {
			return errForbidden
		}
		id := uint16(body[0])<<8 | uint16(body[1])
		if slices.Contains(allowedFiles[s.current], id) {
			s.key, s.lastTries = 0, -1
			if keyLengths[s.current][id] > 0 {
				s.key = id
			}
			return nil
		}
	}
	return errForbidden
}

// allowKey decides on a VERIFY. Without data it only asks the counter.
func (s *Session) allowKey(data []byte) error {
	if s.key == 0 {
		return errForbidden
	}
	if len(data) == 0 {
		return nil
	}
	length := keyLengths[s.current][s.key]
	switch {
	case len(data) != 1+length || int(data[0]) != length:
		return errForbidden
	case s.WesternDates:
		return ErrKeyForm
	case s.lastTries < minTries:
		return errForbidden
	case !s.mayPresentKey:
		return errSecondKey
	}
	s.mayPresentKey = false
	s.lastTries = -1
	return nil
}
