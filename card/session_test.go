package card

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"madoguchi/eligibility"
)

// scripted answers with the given responses in turn and notes what was sent.
type scripted struct {
	answers []string // hexadecimal
	sent    []string
}

func (s *scripted) Transmit(_ context.Context, command []byte) ([]byte, error) {
	s.sent = append(s.sent, strings.ToUpper(hex.EncodeToString(command)))
	if len(s.answers) == 0 {
		return nil, errors.New("no more answers")
	}
	answer, err := hex.DecodeString(s.answers[0])
	s.answers = s.answers[1:]
	return answer, err
}

func bytesOf(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestGuardSendsNoForbiddenCommand(t *testing.T) {
	const (
		text   = "00A4040C0AD3921000310001010408"
		visual = "00A4040C0AD3921000310001010402"
		jpki   = "00A4040C0AD392F000260100000001"
	)
	for _, row := range []struct {
		name     string
		commands []string
	}{
		{"My Number file", []string{text, "00A4020C020001"}},
		{"照合番号A, text", []string{text, "00A4020C020014"}},
		{"My Number picture", []string{visual, "00A4020C020005"}},
		{"照合番号A, visual", []string{visual, "00A4020C020013"}},
		{"照合番号B of the other application", []string{text, "00A4020C020012"}},
		{"text PIN", []string{text, "00A4020C020011"}},
		{"authentication PIN", []string{jpki, "00A4020C020018"}},
		{"signature password", []string{jpki, "00A4020C02001B"}},
		{"signature certificate", []string{jpki, "00A4020C020001"}},
		{"My Number file by short id", []string{text, "00B0810000"}},
		{"VERIFY by short id", []string{text, "0020009400"}},
		{"VERIFY of twelve digits", []string{text, "00A4020C020015", "002000800C313131313131313131313131"}},
		{"a key that was not asked for", []string{text, "00A4020C020015",
			"002000800E3131313131313131313131313131"}},
		{"VERIFY of a plain file", []string{text, "00A4020C020002", "00200080"}},
		{"PIN change", []string{text, "00A4020C020015", "0024018004313131313131313131"}},
		{"signing with a PIN's key", []string{jpki, "802A00800131" + "00"}},
		{"JPKI signs nothing", []string{jpki, "802A00000131" + "00"}},
		{"住基 application", []string{"00A4040C0AD3921000310001010401"}},
		{"common application", []string{"00A4040C0AD3921000310001010100"}},
		{"master file", []string{"00A40000"}},
		{"unnamed file without application", []string{"00A4020C020006"}},
		{"another channel", []string{"01B0000000"}},
		{"internal authentication", []string{"0088000000"}},
		{"selection with room for an answer", []string{"00A404000AD392100031000101040800"}},
		{"two commands in one", []string{text + "00A4020C020001"}},
		{"half a command", []string{"00A4"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			card := &scripted{answers: []string{"9000", "9000", "9000", "9000"}}
			s := Open(card)
			for i, c := range row.commands {
				_, _, err := s.send(context.Background(), bytesOf(t, c)...)
				last := i == len(row.commands)-1
				if !last && err != nil || last && (err == nil || !errors.Is(err, errForbidden)) {
					t.Errorf("%s, command %d: %v", row.name, i, err)
				}
			}
			if len(card.sent) != len(row.commands)-1 {
				t.Errorf("sent %v", card.sent)
			}
		})
	}
}

// A digit in the place of an Le would be another key: the repetition would cost a second try.
func TestVerifyAnsweredWithWrongLengthIsNotRepeated(t *testing.T) {
	card := &scripted{answers: []string{"9000", "9000", "63CA", "6C35"}}
	s := Open(card)
	if _, err := s.selectApplication(t.Context(), appVisual); err != nil {
		t.Fatal(err)
	}
	err := s.presentKey(t.Context(), keyBirthDate, "550217", ErrBirthDate, ErrBlocked, ErrFewTries)
	if !errors.Is(err, errAnswer) || len(card.sent) != 4 {
		t.Errorf("%v after %v", err, card.sent)
	}
}

// 61xx: xx bytes wait for GET RESPONSE; 6Cxx: again with this Le (ISO 7816-3 10.3, 7816-4 5.6).
func TestLongAnswersAreFetchedAndWrongLengthsCorrected(t *testing.T) {
	card := &scripted{answers: []string{"9000", "9000", "6C0A", "FF10056104", "01026102", "0304FFFF9000"}}
	s := Open(card)
	if _, err := s.selectApplication(t.Context(), appVisual); err != nil {
		t.Fatal(err)
	}
	data, err := s.read(t.Context(), fileIssuing)
	if err != nil || hex.EncodeToString(data) != "ff100501020304ff" {
		t.Errorf("%X %v", data, err)
	}
	want := "00B0000000 00B000000A 00C0000004 00C0000002"
	if got := strings.Join(card.sent[2:], " "); got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
}

func TestAnswersThatNeverEndAreGivenUp(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer string
	}{
		{"always more", "6110"},
		{"always another length", "6C10"},
		{"nothing at all", ""},
		{"one byte", "90"},
	} {
		t.Run(c.name, func(t *testing.T) {
			card := &scripted{answers: []string{"9000", "9000"}}
			for range 400 {
				card.answers = append(card.answers, c.answer)
			}
			s := Open(card)
			if _, err := s.selectApplication(t.Context(), appText); err != nil {
				t.Fatal(err)
			}
			if _, err := s.read(t.Context(), fileIssuing); !errors.Is(err, errAnswer) || len(card.sent) > 20 {
				t.Errorf("%v after %d commands", err, len(card.sent))
			}
		})
	}
}

func TestFilesEndWithAnyOfTheKnownStatusWords(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []string
	}{
		{"whole at once", []string{"DF1103010203FFFF9000"}},
		{"in small pieces", []string{"DF9000", "119000", "03019000", "029000", "039000"}},
		{"6282 at the end", []string{"DF1103016282", "02036282"}},
		{"length not by DER", []string{"DF11820003010203FF9000"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			card := &scripted{answers: append([]string{"9000", "9000"}, c.answers...)}
			s := Open(card)
			if _, err := s.selectApplication(t.Context(), appText); err != nil {
				t.Fatal(err)
			}
			data, err := s.read(t.Context(), fileIssuing)
			o, ok := readObject(data)
			if err != nil || !ok || o.tag != 0xDF11 || hex.EncodeToString(o.value) != "010203" {
				t.Errorf("%X %v", data, err)
			}
		})
	}
	for _, c := range []struct {
		name    string
		answers []string
	}{
		{"file shorter than its object, 6B00", []string{"DF11039000", "6B00"}},
		{"file shorter, empty 9000", []string{"DF11039000", "9000"}},
		{"file shorter, empty 6282", []string{"DF11039000", "6282"}},
		{"empty file", []string{"6B00"}},
		{"not allowed", []string{"6982"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			card := &scripted{answers: append([]string{"9000", "9000"}, c.answers...)}
			s := Open(card)
			if _, err := s.selectApplication(t.Context(), appText); err != nil {
				t.Fatal(err)
			}
			if data, err := s.read(t.Context(), fileIssuing); !errors.Is(err, errAnswer) {
				t.Errorf("%X %v", data, err)
			}
		})
	}
}

// 63Cx, 6983 and 6984 per docs/facts/my-number-card.md#commands-and-status-words; 9000 would mean that
// the key is already open, which nobody asked for.
func TestCounterIsAskedBeforeAnyKeyIsPresented(t *testing.T) {
	for _, want := range []struct {
		answer  string
		err     error
		commits bool
	}{
		{"63CA", nil, true},
		{"63C3", nil, true},
		{"63C2", ErrFewTries, false},
		{"63C1", ErrFewTries, false},
		{"63C0", ErrBlocked, false},
		{"6984", ErrBlocked, false},
		{"6983", ErrBlocked, false},
		{"9000", errAnswer, false},
		{"6982", errAnswer, false},
	} {
		t.Run(want.answer, func(t *testing.T) {
			card := &scripted{answers: []string{"9000", "9000", want.answer, "9000"}}
			s := Open(card)
			if _, err := s.selectApplication(t.Context(), appVisual); err != nil {
				t.Fatal(err)
			}
			err := s.presentKey(t.Context(), keyBirthDate, "550217", ErrBirthDate, ErrBlocked, ErrFewTries)
			if want.err == nil && err != nil || want.err != nil && !errors.Is(err, want.err) {
				t.Errorf("%v", err)
			}
			if presented := len(card.sent) == 4; presented != want.commits {
				t.Errorf("sent %v", card.sent)
			}
			if card.sent[2] != "00200080" {
				t.Errorf("the counter was asked with %s", card.sent[2])
			}
		})
	}
}

func TestWhatIsReadBrieflyIsOverwrittenWhereverItStood(t *testing.T) {
	// Two READs, the second by GET RESPONSE: every way in which pieces are put together.
	card := &keeping{scripted: scripted{answers: []string{"9000", "9000",
		"FF308120" + strings.Repeat("AB", 8) + "9000", strings.Repeat("CD", 8) + "6110",
		strings.Repeat("EF", 16) + "9000"}}}
	s := Open(card)
	if _, err := s.selectApplication(t.Context(), appText); err != nil {
		t.Fatal(err)
	}
	var kept []byte
	err := s.readBriefly(t.Context(), fileHashes, func(data []byte) {
		if hex.EncodeToString(data[4:]) != strings.Repeat("ab", 8)+strings.Repeat("cd", 8)+
			strings.Repeat("ef", 16) {
			t.Errorf("read %X", data)
		}
		kept = data
	})
	if err != nil || len(kept) != 36 {
		t.Fatal(err)
	}
	for i, b := range append(card.kept, kept[:cap(kept)]) {
		if len(b) > 2 && len(strings.Trim(string(b[:len(b)-2]), "\x00")) > 0 {
			t.Errorf("piece %d still holds %X", i, b)
		}
	}
}

// keeping keeps every response that it gave.
type keeping struct {
	scripted
	kept [][]byte
}

func (k *keeping) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	answer, err := k.scripted.Transmit(ctx, command)
	k.kept = append(k.kept, answer)
	return answer, err
}

// The operations look before they begin; the guard looks again at the command itself.
func TestGuardItselfHoldsBackASecondKeyAndOneOfUnknownForm(t *testing.T) {
	key := bytesOf(t, "0020008006303530333331")
	for _, c := range []struct {
		name string
		want error
	}{
		{"second key", errSecondKey},
		{"western dates", ErrKeyForm},
	} {
		t.Run(c.name, func(t *testing.T) {
			card := &scripted{answers: []string{"9000", "9000", "63CA", "9000", "63CA", "9000"}}
			s := Open(card)
			for _, command := range []string{"00A4040C0AD3921000310001010402", "00A4020C020011", "00200080"} {
				if _, _, err := s.send(t.Context(), bytesOf(t, command)...); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := s.triesLeft(t.Context()); err == nil {
				t.Error("9000 was taken for a counter")
			}
			if _, err := s.triesLeft(t.Context()); err != nil {
				t.Fatal(err)
			}
			if c.name == "western dates" {
				s.WesternDates = true
			} else if _, _, err := s.send(t.Context(), key...); err != nil {
				t.Fatal(err)
			}
			s.lastTries = 10
			sent := len(card.sent)
			if _, _, err := s.send(t.Context(), key...); !errors.Is(err, c.want) || len(card.sent) != sent {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestReadersOwnSentenceIsHandedOn(t *testing.T) {
	own := &eligibility.Error{
		Code: eligibility.Unavailable,
		Key:  "reader.unplugged",
	}
	s := Open(failing{own})
	if _, err := s.selectApplication(t.Context(), appJPKI); !errors.Is(err, own) {
		t.Error(err)
	}
	if r := FaultResult(own); r.Outcome != Failed || r.Text("ja") != own.Ja() {
		t.Errorf("%+v", r)
	}
}

type failing struct{ err error }

func (f failing) Transmit(context.Context, []byte) ([]byte, error) { return nil, f.err }
