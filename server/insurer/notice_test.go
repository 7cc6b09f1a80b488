package insurer

import (
	"errors"
	"testing"
)

var testNoticeKeys = NoticeKeys{Derive: make([]byte, 32), Index: append(make([]byte, 31), 1)}

func TestNoticeCodeIsSixteenBase32LettersAndTheSameEachTime(t *testing.T) {
	code := testNoticeKeys.Code("PERSON", 1)
	if code != testNoticeKeys.Code("PERSON", 1) {
		t.Error("a repeated job must print the same code")
	}
	if read, err := ReadNoticeCode(code); err != nil || read != code {
		t.Errorf("ReadNoticeCode(%q) = %q, %v", code, read, err)
	}
	if code == testNoticeKeys.Code("PERSON", 2) || code == testNoticeKeys.Code("OTHER", 1) {
		t.Error("another serial or person must have another code")
	}
}

func TestNoticeCodeIsReadAsPeopleTypeIt(t *testing.T) {
	for _, typed := range []string{"ABCD-EFGH-IJ2K-OLMB", "abcdefghij2kolmb", " ＡＢＣＤ　ＥＦＧＨ ij2k 0lm8 ",
		"ABCDーEFGHーIJ2KーOLMB", "abcd efgh 1j2k olmb"} {
		code, err := ReadNoticeCode(typed)
		if err != nil || code != "ABCDEFGHIJ2KOLMB" {
			t.Errorf("%q was read as %q, %v", typed, code, err)
		}
	}
}

func TestTextsThatAreNoNoticeCodeGetOneAnswer(t *testing.T) {
	for _, typed := range []string{"", "ABCD", "ABCDEFGHIJ2KOLMBX", "ABCDEFGHIJ2KOLM9", "ABCD_EFGH_IJ2K_OLMB",
		"日本語のコードではないもの", "ABCDEFGHIJ2KOLM\x00"} {
		if _, err := ReadNoticeCode(typed); !errors.Is(err, ErrNoticeCode) {
			t.Errorf("%q: got %v", typed, err)
		}
	}
}
