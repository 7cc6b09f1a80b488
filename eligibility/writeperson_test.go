package eligibility

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

// writeBothWays returns a person's JSON, which must be the same by encoding/json, which knows nothing of the
// short way.
func writeBothWays(t testing.TB, p Person) []byte {
	t.Helper()
	want, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	got, err := WritePerson(p)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%v\n%s, encoding/json says\n%s", err, got, want)
	}
	return got
}

// A field that is added to Person, or left out when empty, must be written so in the short way too.
func TestEveryFieldOfAPersonIsWrittenAsEncodingJSONDoes(t *testing.T) {
	writeBothWays(t, Person{})
	whole := wholePerson(t)
	writeBothWays(t, whole)
	for i := range reflect.TypeFor[Person]().NumField() {
		alone, without := Person{}, whole
		reflect.ValueOf(&alone).Elem().Field(i).Set(reflect.ValueOf(whole).Field(i))
		writeBothWays(t, alone)
		reflect.ValueOf(&without).Elem().Field(i).SetZero()
		writeBothWays(t, without)
	}
}

// Every character that encoding/json may escape, alone and among others, and what is no text at all.
func TestTextsOfAPersonAreWrittenAsEncodingJSONDoes(t *testing.T) {
	texts := []string{"\xff", "髙\xff", "\xed\xa0\x80", "髙\xf0\x9f", "\ufffd", "a\ufffdb", "\U0010ffff"}
	for r := rune(0); r < 0x3000; r++ {
		texts = append(texts, string(r))
	}
	for _, text := range texts {
		writeBothWays(t, Person{Name: text})
		writeBothWays(t, Person{Name: "髙橋 " + text + "一", Kana: text})
	}
}

// A date that no calendar has, a share below nothing: what is written is what was held.
func TestWhatNoCalendarHasIsWrittenAsEncodingJSONDoes(t *testing.T) {
	for _, text := range []string{"1950", "1950-02", "1950-02-03", "0001-01-01", "9999-12-31"} {
		writeBothWays(t, Person{BirthDate: MustDate(text), LostOn: MustDate(text)})
	}
	for _, share := range []int{-1, 0, 1, 20, 100, 1 << 40} {
		writeBothWays(t, Person{AssignedShare: share})
	}
	writeBothWays(t, Person{BirthDate: Date{year: 12345, month: 1, day: 1}, LostOn: Date{year: -5}})
}

func BenchmarkWritePerson(b *testing.B) {
	p := wholePerson(b)
	b.Run("encoding/json", func(b *testing.B) {
		for b.Loop() {
			if _, err := json.Marshal(p); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("WritePerson", func(b *testing.B) {
		for b.Loop() {
			if _, err := WritePerson(p); err != nil {
				b.Fatal(err)
			}
		}
	})
}
