package virtual_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/card/virtual"
	"madoguchi/eligibility"
)

// The holder of docs/facts/pcsc.md#test-card: key 050331, 照合番号B 05033120301234.
var born = eligibility.MustDate("1993-03-31")

func insert(t testing.TB, d virtual.Description) *virtual.Card {
	t.Helper()
	if d.BirthDate.IsZero() {
		d.BirthDate, d.ExpiryYear = born, 2030
	}
	c, err := virtual.New(d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ask sends commands (hexadecimal; text in quotes stands for its bytes) and returns the last answer.
func ask(t testing.TB, c *virtual.Card, commands ...string) string {
	t.Helper()
	answer := ""
	for _, text := range commands {
		command := encode(t, text)
		response, err := c.Transmit(context.Background(), command)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		answer = strings.ToUpper(hex.EncodeToString(response))
	}
	return answer
}

func encode(t testing.TB, text string) []byte {
	t.Helper()
	var out []byte
	for i, part := range strings.Split(text, "'") {
		if i%2 == 1 {
			out = append(out, part...)
			continue
		}
		b, err := hex.DecodeString(strings.ReplaceAll(part, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b...)
	}
	return out
}

const (
	jpki   = "00A4040C0A D392F000260100000001"
	visual = "00A4040C0A D3921000310001010402"
	text   = "00A4040C0A D3921000310001010408"
	common = "00A4040C0A D3921000310001010100"
)

func ef(id string) string { return "00A4020C02" + id }

// The rules of docs/facts/my-number-card.md#virtual-card, one by one.
func TestCardAnswersAsTheFactsSay(t *testing.T) {
	for _, c := range []struct {
		name     string
		commands []string
		want     string
	}{
		{"application", []string{jpki}, "9000"},
		{"unknown application", []string{"00A4040C0A D3921000310001010499"}, "6A82"},
		{"half an AID", []string{"00A4040C05 D392F00026"}, "6A82"},
		{"application with FCI wanted", []string{"00A404000A D392F000260100000001"}, "6A86"},
		{"no master file after reset", []string{"00A40000"}, "6A82"},
		{"master file later does nothing", []string{jpki, "00A40000"}, "9000"},
		{"file with P1 09", []string{jpki, "00A4090C020006"}, "6A86"},
		{"unknown file", []string{jpki, ef("0099")}, "6A82"},
		{"file without application", []string{ef("0006")}, "6A82"},
		{"read without file", []string{jpki, "00B0000000"}, "6986"},
		{"read a key", []string{jpki, ef("0018"), "00B0000000"}, "6981"},
		{"read past the end", []string{jpki, ef("0006"), "00B000A000"}, "6B00"},
		{"read the end", []string{jpki, ef("0006"), "00B0009F00"}, "009000"},
		{"read by short id", []string{jpki, "00B0860004"}, hexOf("JPKI") + "9000"},
		{"short id selects", []string{jpki, "00B0860004", "00B0000404"}, hexOf("APIC") + "9000"},
		{"label", []string{jpki, ef("0006"), "00B0000020"},
			hexOf("JPKIAPICCTOKEN2                 ") + "9000"},
		{"certificates present", []string{jpki, ef("0008"), "00B0000002"}, "8F8F9000"},
		{"another channel", []string{"01A4040C0A D392F000260100000001"}, "6881"},
		{"unknown class", []string{"40A4040C0A D392F000260100000001"}, "6E00"},
		{"unknown instruction", []string{"00FF0000"}, "6D00"},
		{"user PIN's counter", []string{jpki, ef("0018"), "00200080"}, "63C3"},
		{"password's counter", []string{jpki, ef("001B"), "00200080"}, "63C5"},
		{"counter by short id", []string{jpki, "00200098"}, "63C3"},
		{"照合番号B's counter", []string{text, ef("0015"), "00200080"}, "63CA"},
		{"blocked from the factory", []string{text, ef("0012"), "00200080"}, "6984"},
		{"wrong PIN", []string{jpki, ef("0018"), "0020008004'0000'"}, "63C2"},
		{"asking costs nothing", []string{jpki, ef("0018"), "00200080", "00200080", "00200080"}, "63C3"},
		{"right PIN resets", []string{jpki, ef("0018"), "0020008004'0000'", "0020008004'1234'", "00200080"},
			"63C3"},
		{"last miss", []string{jpki, ef("0018"), "0020008004'0000'", "0020008004'0000'", "0020008004'0000'"},
			"63C0"},
		{"after the last miss", []string{jpki, ef("0018"), "0020008004'0000'", "0020008004'0000'",
			"0020008004'0000'", "0020008004'1234'"}, "6984"},
		{"VERIFY of a plain file", []string{jpki, ef("0006"), "00200080"}, "6981"},
		{"user certificate is free", []string{jpki, ef("000A"), "00B0000002"}, "30829000"},
		{"its CA is free", []string{jpki, ef("000B"), "00B0000002"}, "30829000"},
		{"signature certificate is closed", []string{jpki, ef("0001"), "00B0000002"}, "6982"},
		{"the PIN does not open it", []string{jpki, ef("0018"), "0020008004'1234'", ef("0001"), "00B0000002"},
			"6982"},
		{"the password opens it", []string{jpki, ef("001B"), "0020008006'ABC123'", ef("0001"), "00B0000002"},
			"30829000"},
		{"birth date record is closed", []string{visual, ef("0001"), "00B0000005"}, "6982"},
		{"era date opens it", []string{visual, ef("0011"), "0020008006'050331'", ef("0001"), "00B0000002"},
			"FF109000"},
		{"western date burns a try", []string{visual, ef("0011"), "0020008006'930331'"}, "63C9"},
		{"another application closes it",
			[]string{visual, ef("0011"), "0020008006'050331'", text, visual, ef("0001"), "00B0000002"},
			"6982"},
		{"birth date does not open the face",
			[]string{visual, ef("0011"), "0020008006'050331'", ef("0002"), "00B0000002"}, "6982"},
		{"照合番号B opens the face",
			[]string{visual, ef("0012"), "002000800E'05033120301234'", ef("0002"), "00B0000002"}, "FF209000"},
		{"照合番号B opens the text",
			[]string{text, ef("0015"), "002000800E'05033120301234'", ef("0002"), "00B0000002"}, "FF209000"},
		{"照合番号B opens the hashes",
			[]string{text, ef("0015"), "002000800E'05033120301234'", ef("0003"), "00B0000002"}, "FF309000"},
		{"照合番号B does not open the number",
			[]string{text, ef("0015"), "002000800E'05033120301234'", ef("0001"), "00B0000002"}, "6982"},
		{"nor its picture",
			[]string{visual, ef("0012"), "002000800E'05033120301234'", ef("0005"), "00B0000002"}, "6982"},
		{"the text PIN opens the text",
			[]string{text, ef("0011"), "0020008004'1234'", ef("0002"), "00B0000002"}, "FF209000"},
		{"the text's information is free", []string{text, ef("0005"), "00B0000009"},
			"FF40820025DF4182009000"},
		{"issuing certificate is free", []string{text, ef("0004"), "00B0000002"}, "7F219000"},
		{"visual's is free", []string{visual, ef("0004"), "00B0000002"}, "7F219000"},
		{"signing needs the PIN", []string{jpki, ef("0017"), "802A008001 41 00"}, "6982"},
		{"signing with a plain file", []string{jpki, ef("0006"), "802A008001 41 00"}, "6981"},
		{"JPKI has no key without PIN", []string{jpki, "802A000001 41 00"}, "6985"},
		{"nothing to sign", []string{visual, "802A00000000"}, "6985"},
		{"wrong length for a digest", []string{visual, "802A020001 41 00"}, "6985"},
		{"common record", []string{common, ef("0001"), "00B2010400"},
			"011C" + hexOf("000000000000001"+"13000"+"20300331") + "9000"},
		{"no second record", []string{common, ef("0001"), "00B2020400"}, "6A83"},
		{"a record file has no offsets", []string{common, ef("0001"), "00B0000000"}, "6981"},
		{"住基 PIN's counter", []string{common, ef("001C"), "00200080"}, "63C3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ask(t, insert(t, virtual.Description{}), c.commands...); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func hexOf(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) }

func TestCountersSurviveThePowerAndOpenedKeysDoNot(t *testing.T) {
	c := insert(t, virtual.Description{})
	if got := ask(t, c, visual, ef("0011"), "0020008006'050332'"); got != "63C9" {
		t.Fatal(got)
	}
	c.Reset()
	if got := ask(t, c, visual, ef("0011"), "00200080"); got != "63C9" {
		t.Errorf("after a reset: %s", got)
	}
	ask(t, c, "0020008006'050331'")
	c.Reset()
	if got := ask(t, c, visual, ef("0001"), "00B0000002"); got != "6982" {
		t.Errorf("the key stayed open: %s", got)
	}
	if c.TriesLeft().BirthDate != 10 {
		t.Errorf("%+v", c.TriesLeft())
	}
}

func TestVariantsDifferWhereTheyShould(t *testing.T) {
	label := []string{jpki, ef("0006"), "00B000000F"}
	for _, c := range []struct {
		variant  virtual.Variant
		commands []string
		want     string
	}{
		{virtual.Phone, label, hexOf("JPKIAPGPSETOKEN") + "9000"},
		{virtual.IPhone, label, hexOf("JPKIAPIOSTOKEN ") + "9000"},
		{virtual.OldCard, label, hexOf("JPKIAPICCTOKEN ") + "9000"},
		{virtual.OtherCard, []string{jpki}, "6A82"},
		{virtual.Pinless, []string{jpki, ef("0018"), "00200080"}, "6984"},
	} {
		t.Run(fmt.Sprint(c.variant), func(t *testing.T) {
			got := ask(t, insert(t, virtual.Description{Variant: c.variant}), c.commands...)
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	phone := insert(t, virtual.Description{Variant: virtual.Phone})
	if got := ask(t, phone, visual); got != "6A82" {
		t.Errorf("a phone has the visual application: %s", got)
	}
	if got := ask(t, phone, jpki, ef("000A"), "00B0000002"); got != "6982" {
		t.Errorf("a phone's certificate is open: %s", got)
	}
	pinless := insert(t, virtual.Description{Variant: virtual.Pinless})
	if got := ask(t, pinless, jpki, ef("0001")); got != "6A82" {
		t.Errorf("a card without PIN has a signature certificate: %s", got)
	}
	got := ask(t, insert(t, virtual.Description{EmptyPastEnd: true}), jpki, ef("0006"), "00B000A000")
	if got != "9000" {
		t.Errorf("empty past the end: %s", got)
	}
}

// The double needs a number so that tests can watch over it; it is another in each card and fits the check
// digit.
func TestNumberIsMadeWithEachCard(t *testing.T) {
	a, hash := insert(t, virtual.Description{}).ForbiddenNumber()
	b, _ := insert(t, virtual.Description{}).ForbiddenNumber()
	if a == b || !eligibility.HoldsMyNumber(a) || hash == [32]byte{} {
		t.Error("the number is not fresh or not one")
	}
}

func TestPeopleOfTheDemoAreCards(t *testing.T) {
	files, err := filepath.Glob("people/*.json")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := virtual.Parse(data); err != nil {
			t.Errorf("%s: %v", file, err)
		} else if _, err := d.NumberB(); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestWrongDescriptionsAreRefused(t *testing.T) {
	number, _ := insert(t, virtual.Description{}).ForbiddenNumber()
	for _, c := range []struct {
		name string
		data string
	}{
		{"no birth date", `{"name":"試験 太郎"}`},
		{"partial birth date", `{"birthDate":"1993-03"}`},
		{"unknown variant", `{"birthDate":"1993-03-31","variant":"x"}`},
		{"unknown member", `{"birthDate":"1993-03-31","pin":"1"}`},
		{"odd ATR", `{"birthDate":"1993-03-31","atr":"3B0"}`},
		{"no JSON", `x`},
		{"a My Number", `{"birthDate":"1993-03-31","address":"` + number + `"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := virtual.Parse([]byte(c.data)); err == nil {
				t.Errorf("%s was accepted", c.name)
			}
		})
	}
}

func TestSlowCardTakesItsTime(t *testing.T) {
	c := insert(t, virtual.Description{Faults: virtual.Faults{Slow: true}})
	start := time.Now()
	ask(t, c, visual, visual)
	if took := time.Since(start); took < 50*time.Millisecond {
		t.Errorf("two commands took %v", took)
	}
	start = time.Now()
	ask(t, c, "802A000001 41 00")
	if took := time.Since(start); took < 275*time.Millisecond {
		t.Errorf("a signature took %v", took)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	if answer, err := c.Transmit(ctx, []byte{0, 0, 0, 0}); err == nil {
		t.Errorf("%X came after its time", answer)
	}
}

func FuzzTransmitNeverPanics(f *testing.F) {
	for _, seed := range []string{jpki + "00A4020C020018" + "0020008004'1234'", visual + "00B0810005",
		"802A00000101"} {
		f.Add(encode(f, seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c := insert(t, virtual.Description{Variant: virtual.Phone})
		for command := range bytes.SplitSeq(data, []byte{0xFE}) {
			if answer, err := c.Transmit(context.Background(), command); err != nil || len(answer) < 2 {
				t.Errorf("%X: %X %v", command, answer, err)
			}
		}
	})
}
