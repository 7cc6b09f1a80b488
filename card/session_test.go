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
	const text, visual, jpki = "00A4040C0AD3921000310001010408", "00A4040C0AD3921000310001010402", "00A4040C0AD392F000260100000001"
	for name, commands := range map[string][]string{
		"My Number file":                    {text, "00A4020C020001"},
		"照合番号A, text":                       {text, "00A4020C020014"},
		"My Number picture":                 {visual, "00A4020C020005"},
		"照合番号A, visual":                     {visual, "00A4020C020013"},
		"照合番号B of the other application":    {text, "00A4020C020012"},
		"text PIN":                          {text, "00A4020C020011"},
		"authentication PIN":                {jpki, "00A4020C020018"},
		"signature password":                {jpki, "00A4020C02001B"},
		"signature certificate":             {jpki, "00A4020C020001"},
		"My Number file by short id":        {text, "00B0810000"},
		"VERIFY by short id":                {text, "0020009400"},
		"VERIFY of twelve digits":           {text, "00A4020C020015", "002000800C313131313131313131313131"},
		"a key that was not asked for":      {text, "00A4020C020015", "002000800E3131313131313131313131313131"},
		"VERIFY of a plain file":            {text, "00A4020C020002", "00200080"},
		"PIN change":                        {text, "00A4020C020015", "0024018004313131313131313131"},
		"signing with a PIN's key":          {jpki, "802A00800131" + "00"},
		"JPKI signs nothing":                {jpki, "802A00000131" + "00"},
		"住基 application":                    {"00A4040C0AD3921000310001010401"},
		"common application":                {"00A4040C0AD3921000310001010100"},
		"master file":                       {"00A40000"},
		"unnamed file without application":  {"00A4020C020006"},
		"another channel":                   {"01B0000000"},
		"internal authentication":           {"0088000000"},
		"selection with room for an answer": {"00A404000AD392100031000101040800"},
		"two commands in one":               {text + "00A4020C020001"},
		"half a command":                    {"00A4"},
	} {
		card := &scripted{answers: []string{"9000", "9000", "9000", "9000"}}
		s := Open(card)
		for i, c := range commands {
			_, _, err := s.send(context.Background(), bytesOf(t, c)...)
			last := i == len(commands)-1
			if !last && err != nil || last && (err == nil || !errors.Is(err, errForbidden)) {
				t.Errorf("%s, command %d: %v", name, i, err)
			}
		}
		if len(card.sent) != len(commands)-1 {
			t.Errorf("%s: sent %v", name, card.sent)
		}
	}
}

// A digit in the place of an Le would be another key: the repetition would cost a second try.
func TestVerifyAnsweredWithWrongLengthIsNotRepeated(t *testing.T) {
	card := &scripted{answers: []string{"9000", "9000", "63CA", "6C35"}}
	s := Open(card)
	if _, err := s.application(t.Context(), appVisual); err != nil {
		t.Fatal(err)
	}
	err := s.open(t.Context(), keyBirthDate, "550217", ErrBirthDate, ErrBlocked, ErrFewTries)
	if !errors.Is(err, errAnswer) || len(card.sent) != 4 {
		t.Errorf("%v after %v", err, card.sent)
	}
}

// 61xx: xx bytes wait for GET RESPONSE; 6Cxx: again with this Le (ISO 7816-3 10.3, 7816-4 5.6).
func TestLongAnswersAreFetchedAndWrongLengthsCorrected(t *testing.T) {
	card := &scripted{answers: []string{"9000", "9000", "6C0A", "FF10056104", "01026102", "0304FFFF9000"}}
	s := Open(card)
	if _, err := s.application(t.Context(), appVisual); err != nil {
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
	for name, answer := range map[string]string{"always more": "6110", "always another length": "6C10", "nothing at all": "", "one byte": "90"} {
		card := &scripted{answers: []string{"9000", "9000"}}
		for range 400 {
			card.answers = append(card.answers, answer)
		}
		s := Open(card)
		if _, err := s.application(t.Context(), appText); err != nil {
			t.Fatal(err)
		}
		if _, err := s.read(t.Context(), fileIssuing); !errors.Is(err, errAnswer) || len(card.sent) > 20 {
			t.Errorf("%s: %v after %d commands", name, err, len(card.sent))
		}
	}
}

func TestFilesEndWithAnyOfTheKnownStatusWords(t *testing.T) {
	for name, answers := range map[string][]string{
		"whole at once":     {"DF1103010203FFFF9000"},
		"in small pieces":   {"DF9000", "119000", "03019000", "029000", "039000"},
		"6282 at the end":   {"DF1103016282", "02036282"},
		"length not by DER": {"DF11820003010203FF9000"},
	} {
		card := &scripted{answers: append([]string{"9000", "9000"}, answers...)}
		s := Open(card)
		if _, err := s.application(t.Context(), appText); err != nil {
			t.Fatal(err)
		}
		data, err := s.read(t.Context(), fileIssuing)
		if o, ok := readObject(data); err != nil || !ok || o.tag != 0xDF11 || hex.EncodeToString(o.value) != "010203" {
			t.Errorf("%s: %X %v", name, data, err)
		}
	}
	for name, answers := range map[string][]string{
		"file shorter than its object, 6B00": {"DF11039000", "6B00"},
		"file shorter, empty 9000":           {"DF11039000", "9000"},
		"file shorter, empty 6282":           {"DF11039000", "6282"},
		"empty file":                         {"6B00"},
		"not allowed":                        {"6982"},
	} {
		card := &scripted{answers: append([]string{"9000", "9000"}, answers...)}
		s := Open(card)
		if _, err := s.application(t.Context(), appText); err != nil {
			t.Fatal(err)
		}
		if data, err := s.read(t.Context(), fileIssuing); !errors.Is(err, errAnswer) {
			t.Errorf("%s: %X %v", name, data, err)
		}
	}
}

// 63Cx, 6983 and 6984 per docs/facts/my-number-card.md#commands-and-status-words; 9000 would mean that
// the key is already open, which nobody asked for.
func TestCounterIsAskedBeforeAnyKeyIsPresented(t *testing.T) {
	for answer, want := range map[string]struct {
		err     error
		commits bool
	}{
		"63CA": {nil, true}, "63C3": {nil, true}, "63C2": {ErrFewTries, false}, "63C1": {ErrFewTries, false}, "63C0": {ErrBlocked, false},
		"6984": {ErrBlocked, false}, "6983": {ErrBlocked, false}, "9000": {errAnswer, false}, "6982": {errAnswer, false},
	} {
		card := &scripted{answers: []string{"9000", "9000", answer, "9000"}}
		s := Open(card)
		if _, err := s.application(t.Context(), appVisual); err != nil {
			t.Fatal(err)
		}
		err := s.open(t.Context(), keyBirthDate, "550217", ErrBirthDate, ErrBlocked, ErrFewTries)
		if want.err == nil && err != nil || want.err != nil && !errors.Is(err, want.err) {
			t.Errorf("%s: %v", answer, err)
		}
		if presented := len(card.sent) == 4; presented != want.commits {
			t.Errorf("%s: sent %v", answer, card.sent)
		}
		if card.sent[2] != "00200080" {
			t.Errorf("the counter was asked with %s", card.sent[2])
		}
	}
}

func TestWhatIsReadBrieflyIsOverwrittenWhereverItStood(t *testing.T) {
	// Two READs, the second by GET RESPONSE: every way in which pieces are put together.
	card := &keeping{scripted: scripted{answers: []string{"9000", "9000", "FF308120" + strings.Repeat("AB", 8) + "9000", strings.Repeat("CD", 8) + "6110", strings.Repeat("EF", 16) + "9000"}}}
	s := Open(card)
	if _, err := s.application(t.Context(), appText); err != nil {
		t.Fatal(err)
	}
	var kept []byte
	err := s.readBriefly(t.Context(), fileHashes, func(data []byte) {
		if hex.EncodeToString(data[4:]) != strings.Repeat("ab", 8)+strings.Repeat("cd", 8)+strings.Repeat("ef", 16) {
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
	for name, want := range map[string]error{"second key": errSecondKey, "western dates": ErrKeyForm} {
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
		if name == "western dates" {
			s.WesternDates = true
		} else if _, _, err := s.send(t.Context(), key...); err != nil {
			t.Fatal(err)
		}
		s.left = 10
		sent := len(card.sent)
		if _, _, err := s.send(t.Context(), key...); !errors.Is(err, want) || len(card.sent) != sent {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadersOwnSentenceIsHandedOn(t *testing.T) {
	own := &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.unplugged"}
	s := Open(failing{own})
	if _, err := s.application(t.Context(), appJPKI); !errors.Is(err, own) {
		t.Error(err)
	}
	if r := Fault(own); r.Outcome != Failed || r.Text("ja") != own.Ja() {
		t.Errorf("%+v", r)
	}
}

type failing struct{ err error }

func (f failing) Transmit(context.Context, []byte) ([]byte, error) { return nil, f.err }
