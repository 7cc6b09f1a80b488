package eligibility

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// wholePerson has something in every field.
func wholePerson(t testing.TB) Person {
	t.Helper()
	var p Person
	v := reflect.ValueOf(&p).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString("値" + v.Type().Field(i).Name + "髙\U000E0101")
		case reflect.Int:
			f.SetInt(20)
		default:
			f.Set(reflect.ValueOf(MustDate("1950-02-03").AddDays(i)))
		}
		if v.Field(i).IsZero() {
			t.Fatalf("%s is empty", v.Type().Field(i).Name)
		}
	}
	return p
}

// A field that is added to Person must be read in the short way too.
func TestEveryFieldOfAPersonIsReadInTheShortWay(t *testing.T) {
	want := wholePerson(t)
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := readPlainPerson(data); !ok || got != want {
		t.Errorf("%t\n%+v\n%+v", ok, got, want)
	}
	if got, err := ReadPerson(data); err != nil || got != want {
		t.Errorf("%v\n%+v\n%+v", err, got, want)
	}
}

// personTexts are what a person's JSON may be, or is not.
var personTexts = []string{
	``, `{`, `}`, `{}`, `null`, `[]`, `"a"`, `{"name":"a"}`, ` {"name":"a"} `, `{"name": "a"}`,
	`{"name":"a"}x`,
	`{"name":"a"}{}`, `{"name":"a",}`, `{"name":"a"`, `{"name":"a`, `{"name"`, `{"name":`, `{"name":}`,
	`{"name":"a","name":"b"}`, `{"Name":"a"}`, `{"NAME":"a","name":"b"}`, `{"nobody":"a"}`, `{"":"a"}`,
	`{"name":"a\nb"}`, `{"name":"\u9AD9"}`, `{"name":"a` + "\n" + `b"}`, `{"name":"` + "\x7f" + `"}`,
	`{"name":"` + "\xff" + `"}`, `{"name":"` + "\xed\xa0\x80" + `"}`, `{"\u006eame":"a"}`, `{"name":null}`,
	`{"name":1}`, `{"name":["a"]}`, `{"name":true}`, `{"assignedShare":20}`, `{"assignedShare":0}`,
	`{"assignedShare":-1}`, `{"assignedShare":007}`, `{"assignedShare":00}`, `{"assignedShare":1e1}`,
	`{"assignedShare":1.0}`, `{"assignedShare":"20"}`, `{"assignedShare":}`, `{"assignedShare":20x}`,
	`{"assignedShare":9223372036854775808}`, `{"assignedShare":1000}`, `{"birthDate":"1950-02-03"}`,
	`{"birthDate":"1950-02"}`, `{"birthDate":"1950"}`, `{"birthDate":""}`, `{"birthDate":"1950-02-30"}`,
	`{"birthDate":"昭和25年"}`, `{"birthDate":"1950-02-03","birthDate":""}`, `{"birthDate":19500203}`,
	`{"birthDate":null}`, `{"name":"a","birthDate":"x"}`, `{"name":"a" "kana":"b"}`, `{"name","a"}`,
	`{,}`, `{"name":"a";"kana":"b"}`, `{'name':'a'}`, "\xef\xbb\xbf" + `{"name":"a"}`,
}

// What one reads, the other reads, and the same: the short way and encoding/json, which knows nothing of it.
func readBothWays(t testing.TB, data []byte) {
	t.Helper()
	var want Person
	wrong := json.Unmarshal(data, &want)
	got, err := ReadPerson(data)
	if (err == nil) != (wrong == nil) || err != nil && err.Error() != wrong.Error() {
		t.Fatalf("%q: %v, encoding/json says %v", data, err, wrong)
	}
	if got != want {
		t.Fatalf("%q:\n%+v, encoding/json says\n%+v", data, got, want)
	}
}

func TestAPersonIsReadAsEncodingJSONDoes(t *testing.T) {
	for _, text := range personTexts {
		readBothWays(t, []byte(text))
	}
	whole, err := json.Marshal(wholePerson(t))
	if err != nil {
		t.Fatal(err)
	}
	for end := range whole { // cut off anywhere
		readBothWays(t, whole[:end])
	}
	random := rand.New(rand.NewPCG(20261201, 7))
	const signs = "\"\\{}[]:, \n\x00\x1f\xff\xe90-9aN漢"
	short := 0
	for range 100_000 {
		data := []byte(personTexts[random.IntN(len(personTexts))])
		if random.IntN(3) > 0 {
			data = append([]byte(nil), whole...)
		}
		for range random.IntN(3) {
			if len(data) == 0 {
				break
			}
			at := random.IntN(len(data))
			switch random.IntN(3) {
			case 0:
				data[at] = signs[random.IntN(len(signs))]
			case 1:
				data = append(data[:at], data[at+1:]...)
			default:
				data = []byte(string(data[:at]) + signs[:1+random.IntN(3)] + string(data[at:]))
			}
		}
		readBothWays(t, data)
		if _, ok := readPlainPerson(data); ok {
			short++
		}
	}
	if short < 10_000 { // else nothing would be compared
		t.Errorf("%d of them were read in the short way", short)
	}
}

// Of people as insurers have them, some escaped.
func TestPeopleOfAllKindsAreReadAsEncodingJSONDoes(t *testing.T) {
	random := rand.New(rand.NewPCG(20261201, 8))
	letters := []rune("髙﨑渡邉 　ｱァー一-0&<>\"\\/\u2028\U0002000B\U000E0100a漢")
	for range 20_000 {
		var p Person
		v := reflect.ValueOf(&p).Elem()
		for i := range v.NumField() {
			if random.IntN(3) == 0 {
				continue
			}
			switch f := v.Field(i); f.Kind() {
			case reflect.String:
				var b strings.Builder
				for range random.IntN(8) {
					b.WriteRune(letters[random.IntN(len(letters))])
				}
				f.SetString(b.String())
			case reflect.Int:
				f.SetInt(int64(random.IntN(120) - 10))
			default:
				f.Set(reflect.ValueOf(MustDate("1950-01-01").AddDays(random.IntN(40_000))))
			}
		}
		readBothWays(t, writeBothWays(t, p))
	}
}

func BenchmarkReadPerson(b *testing.B) {
	data, err := json.Marshal(wholePerson(b))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("encoding/json", func(b *testing.B) {
		for b.Loop() {
			var p Person
			if err := json.Unmarshal(data, &p); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ReadPerson", func(b *testing.B) {
		for b.Loop() {
			if _, err := ReadPerson(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}
