package oqs

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// IANA's character sets list the aliases of Shift_JIS (MS_Kanji, csShiftJIS) and of Windows-31J
// (csWindows31J); x-sjis and MS932 are what browsers and Java call them. XML 1.0 appendix F.1 finds UTF-16
// without its mark.
func TestAnswersInEveryCodingAreRead(t *testing.T) {
	little, big := unicode.LittleEndian, unicode.BigEndian
	cases := []struct {
		name, declared string
		in             encoding.Encoding
		end            string
	}{
		{"Shift_JIS", "Shift_JIS", japanese.ShiftJIS, ""},
		{"x-sjis", "x-sjis", japanese.ShiftJIS, ""},
		{"csShiftJIS", "csShiftJIS", japanese.ShiftJIS, ""},
		{"windows-31j", "windows-31j", japanese.ShiftJIS, ""},
		{"MS932", "MS932", japanese.ShiftJIS, ""},
		{"CP932", "CP932", japanese.ShiftJIS, ""},
		{"MS_Kanji", "MS_Kanji", japanese.ShiftJIS, ""},
		{"csWindows31J", "csWindows31J", japanese.ShiftJIS, ""},
		{"SJIS", "SJIS", japanese.ShiftJIS, ""},
		{"Shift_JIS that says UTF-8", "UTF-8", japanese.ShiftJIS, ""},
		{"Shift_JIS that says UTF-16", "UTF-16", japanese.ShiftJIS, ""},
		{"UTF-8 that says x-sjis", "x-sjis", encoding.Nop, ""},
		{"UTF-8 in small letters", "utf-8", encoding.Nop, ""},
		{"UTF-16LE with its mark", "UTF-16", unicode.UTF16(little, unicode.UseBOM), ""},
		{"UTF-16BE with its mark", "UTF-16", unicode.UTF16(big, unicode.UseBOM), ""},
		{"UTF-16LE without", "UTF-16", unicode.UTF16(little, unicode.IgnoreBOM), ""},
		{"UTF-16BE without", "UTF-16BE", unicode.UTF16(big, unicode.IgnoreBOM), ""},
		{"UTF-16 that says UTF-8", "UTF-8", unicode.UTF16(little, unicode.UseBOM), ""},
		{"UTF-16 that says Shift_JIS", "Shift_JIS", unicode.UTF16(little, unicode.UseBOM), ""},
		{"UTF-8, Ctrl+Z", "UTF-8", encoding.Nop, "\x1a"},
		{"Shift_JIS, Ctrl+Z", "Shift_JIS", japanese.ShiftJIS, "\r\n\x1a"},
		{"several", "Shift_JIS", japanese.ShiftJIS, "\x1a\x1a\x1a\r\n"},
		{"UTF-16, one byte behind", "UTF-16", unicode.UTF16(little, unicode.UseBOM), "\x1a"},
		{"UTF-16, Ctrl+Z", "UTF-16", unicode.UTF16(big, unicode.UseBOM), "\x00\x1a"},
		{"UTF-16LE without, Ctrl+Z", "UTF-16", unicode.UTF16(little, unicode.IgnoreBOM), "\x1a\x00"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text, err := c.in.NewEncoder().String(answerFile(c.declared, "1",
				ok+"<ResultList>"+result2+"</ResultList>"))
			if err != nil {
				t.Fatal(err)
			}
			f, err := Read([]byte(text + c.end))
			if err != nil || len(f.Answers) != 1 || len(f.Answers[0].Results) != 1 ||
				f.Answers[0].Results[0].Name != "試験　花子" {
				t.Errorf("%+v %v", f, err)
			}
		})
	}
	spoilt := strings.Replace(
		answerFile("UTF-8", "1", ok+"<ResultList>"+result2+"</ResultList>"),
		"花子",
		"花\xff",
		1,
	)
	if f, err := Read([]byte(spoilt)); err != nil || f.Answers[0].Results[0].Name != "試験　花"+lost {
		t.Errorf("UTF-8 with a spoilt byte: %+v %v", f, err)
	}
}

// What a program could not write (a question mark, a box, U+FFFD) comes through as it stands: the comparison
// of names takes it for a lost character.
func TestLostCharactersOfNamesComeThrough(t *testing.T) {
	for _, sign := range []string{"?", "？", "□", "\ufffd", "●"} {
		text := answerFile("UTF-8", "1", ok+"<ResultList>"+strings.Replace(result2, "試験　花子", "試験　花"+sign, 1)+
			"</ResultList>")
		if f, err := Read([]byte(text)); err != nil || f.Answers[0].Results[0].Name != "試験　花"+sign {
			t.Errorf("%q: %+v %v", sign, f, err)
		}
	}
}
