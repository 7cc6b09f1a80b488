package message

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Args are the values for an entry's places, by name. A nil Args has none.
type Args map[string]Value

// Value fills a place of a sentence. Its zero value is an empty text. As JSON it is a string, a number,
// {"seconds": 180}, {"day":"2026-11-23"}, {"list":["氏名","番号"]}, {"ja":"2割","en":"20%"} or a Message;
// that form is stable, records keep it.
type Value struct {
	kind kind
	text string // of a text and of a day
	n    int    // of a number, and a wait's seconds
	list []string
	of   *Message
	en   string // of a writing: for every language but Japanese, whose text stands in text
}

type kind byte

const (
	text kind = iota
	number
	wait
	day
	list
	nested
	writing
)

// Text is a value that reads the same in every language: a name, a file, a number as it was typed.
func Text(s string) Value { return Value{text: s} }

// Number is a count. From a thousand on its digits stand in groups of three: 10,000.
func Number(n int) Value { return Value{kind: number, n: n} }

// Ordinal is a place in an order, or a version: people look for it as it stands there, so its digits stand
// together.
func Ordinal(n int) Value { return Text(strconv.Itoa(n)) }

// Wait is a time to wait, said as WaitUnits rounds it.
func Wait(d time.Duration) Value {
	return Value{kind: wait, n: int((d + time.Second - 1) / time.Second)}
}

// Day is a day of the calendar, written as Language.Day says: in Japanese month and day, the whole date
// elsewhere.
func Day(year int, month time.Month, dayOfMonth int) Value {
	return Value{kind: day, text: fmt.Sprintf("%04d-%02d-%02d", year, int(month), dayOfMonth)}
}

// List is several names with Language.List between: each in its own brackets 「」 in Japanese. The sentence
// holds the outermost brackets.
func List(names []string) Value { return Value{kind: list, list: names} }

// Nested is a value that is itself a sentence or a word of the catalogue.
func Nested(m Message) Value { return Value{kind: nested, of: &m} }

// Writing is a value that Japanese writes in its own way and every other language in another: a day of the
// Japanese calendar (令和8年7月31日, 2026-07-31), a share of the costs (2割, 20%).
func Writing(ja, en string) Value { return Value{kind: writing, text: ja, en: en} }

// In is the value in a language.
func (v Value) In(lang string) string {
	switch v.kind {
	case number:
		return language(lang).grouped(v.n)
	case wait:
		n, unit := WaitUnits(time.Duration(v.n) * time.Second)
		if n == 1 {
			unit += ".one"
		}
		return New("wait."+unit, Args{"n": Number(n)}).Text(lang)
	case day:
		if month, of, ok := monthAndDay(v.text); ok && language(lang).Day != "" {
			return strings.NewReplacer("{month}", strconv.Itoa(month), "{day}", strconv.Itoa(of)).
				Replace(language(lang).Day)
		}
	case list:
		return strings.Join(v.list, language(lang).List)
	case nested:
		return v.of.Text(lang)
	case writing:
		if !language(lang).Japanese() {
			return v.en
		}
	}
	return v.text
}

// monthAndDay reads what Day wrote.
func monthAndDay(text string) (month, day int, ok bool) {
	t, err := time.Parse(time.DateOnly, text)
	return int(t.Month()), t.Day(), err == nil
}

// WaitUnits says a wait as a number and its unit ("seconds", "minutes" or "hours"), rounded up so that it is
// never too short: in seconds up to a minute and a half, in minutes up to an hour and a half.
func WaitUnits(wait time.Duration) (n int, unit string) {
	up := func(unit time.Duration) int { return max(1, int((wait+unit-1)/unit)) }
	switch {
	case wait <= 90*time.Second:
		return up(time.Second), "seconds"
	case wait <= 90*time.Minute:
		return up(time.Minute), "minutes"
	}
	return up(time.Hour), "hours"
}

// The forms of a Value that is not a string or a number.
type valueJSON struct {
	Seconds *int     `json:"seconds,omitempty"`
	Day     string   `json:"day,omitempty"`
	List    []string `json:"list,omitempty"`
	Key     string   `json:"key,omitempty"`
	Args    Args     `json:"args,omitempty"`
	Ja      string   `json:"ja,omitempty"`
	En      string   `json:"en,omitempty"`
}

// MarshalJSON writes the value in its stable form.
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.kind {
	case number:
		return json.Marshal(v.n)
	case wait:
		return json.Marshal(valueJSON{Seconds: &v.n})
	case day:
		return json.Marshal(valueJSON{Day: v.text})
	case list:
		return json.Marshal(valueJSON{List: v.list})
	case nested:
		return json.Marshal(*v.of)
	case writing:
		return json.Marshal(valueJSON{Ja: v.text, En: v.en})
	}
	return json.Marshal(v.text)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (v *Value) UnmarshalJSON(data []byte) error {
	switch first := strings.TrimSpace(string(data)); {
	case strings.HasPrefix(first, `"`):
		*v = Value{}
		return json.Unmarshal(data, &v.text)
	case !strings.HasPrefix(first, "{"):
		*v = Value{kind: number}
		return json.Unmarshal(data, &v.n)
	}
	var form valueJSON
	if err := json.Unmarshal(data, &form); err != nil {
		return err
	}
	switch {
	case form.Seconds != nil:
		*v = Value{kind: wait, n: *form.Seconds}
	case form.Day != "":
		*v = Value{kind: day, text: form.Day}
	case form.Key != "":
		*v = Nested(Message{Key: form.Key, Args: form.Args})
	case form.Ja != "":
		*v = Writing(form.Ja, form.En)
	default:
		*v = List(form.List)
	}
	return nil
}
