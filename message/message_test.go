package message

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

func TestAMessageIsPutIntoEachLanguage(t *testing.T) {
	wait := New("request.too_many", Args{"wait": Wait(3 * time.Minute)})
	for _, c := range []struct {
		name, lang string
		of         Message
		sentence   string
		next       string
		text       string
	}{
		{"Japanese", "ja", wait, "短い間に操作が続きました。", "3分ほど待ってから、もう一度お試しください。",
			"短い間に操作が続きました。3分ほど待ってから、もう一度お試しください。"},
		{"English", "en", wait, "Too many tries in a short time.", "Wait about 3 minutes and try again.",
			"Too many tries in a short time. Wait about 3 minutes and try again."},
		{"Vietnamese", "vi", wait, "Có quá nhiều thao tác trong thời gian ngắn.",
			"Hãy đợi khoảng 3\u00a0phút rồi thử lại.",
			"Có quá nhiều thao tác trong thời gian ngắn. Hãy đợi khoảng 3\u00a0phút rồi thử lại."},
		{"a language that the entry lacks", "vi", New("card.none", nil), "There is no card on the reader.",
			"Put it there and check again.", "There is no card on the reader. Put it there and check again."},
		{"やさしい日本語 that the entry lacks", "ja-easy", New("card.juki", nil), "住基カードです。",
			"マイナンバーカードを置いてください。", "住基カードです。マイナンバーカードを置いてください。"},
		{"no next step", "en", New("card.confirmed", nil),
			"The card is genuine and its birth date is the screen's.", "",
			"The card is genuine and its birth date is the screen's."},
		{"a key of a newer version", "en", New("card.of_tomorrow", nil), "card.of_tomorrow", "",
			"card.of_tomorrow"},
		{"nothing", "ja", Message{}, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			sentence, next, text := c.of.Sentence(c.lang), c.of.NextStep(c.lang), c.of.Text(c.lang)
			if sentence != c.sentence || next != c.next || text != c.text {
				t.Errorf("%q, %q, %q", sentence, next, text)
			}
		})
	}
}

func TestValuesReadAsTheirLanguageWritesThem(t *testing.T) {
	for _, c := range []struct {
		name   string
		value  Value
		ja, en string
		json   string
	}{
		{"a text", Text("issuer-00138990.json"), "issuer-00138990.json", "issuer-00138990.json",
			`"issuer-00138990.json"`},
		{"an empty text", Value{}, "", "", `""`},
		{"a number", Number(12), "12", "12", `12`},
		{"a thousand", Number(1000), "1,000", "1,000", `1000`},
		{"less than a thousand", Number(-999), "-999", "-999", `-999`},
		{"millions", Number(-1234567), "-1,234,567", "-1,234,567", `-1234567`},
		{"a place in an order", Ordinal(20001), "20001", "20001", `"20001"`},
		{"a wait", Wait(3 * time.Minute), "3分", "3 minutes", `{"seconds":180}`},
		{"a wait of one", Wait(time.Second), "1秒", "1 second", `{"seconds":1}`},
		{"no wait", Wait(0), "1秒", "1 second", `{"seconds":0}`},
		{"a day", Day(2026, 11, 3), "11月3日", "2026-11-03", `{"day":"2026-11-03"}`},
		{"a list", List([]string{"氏名", "番号"}), "氏名」「番号", "氏名, 番号", `{"list":["氏名","番号"]}`},
		{"another message", Nested(New("import.place", Args{"line": Number(3)})), "3行目", "Line 3",
			`{"key":"import.place","args":{"line":3}}`},
		{"a writing", Writing("2割・3割", "20%, 30%"), "2割・3割", "20%, 30%", `{"ja":"2割・3割","en":"20%, 30%"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if ja, en := c.value.In("ja"), c.value.In("en"); ja != c.ja || en != c.en {
				t.Errorf("%q, %q", ja, en)
			}
			data, err := json.Marshal(c.value)
			if err != nil || string(data) != c.json {
				t.Errorf("%s, %v", data, err)
			}
			var back Value
			if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(back, c.value) {
				t.Errorf("%+v, %v", back, err)
			}
		})
	}
}

// Records of versions before the catalogue hold sentences, some of them a key beside; they are shown as
// they are.
func TestSentencesOfOlderRecordsAreShown(t *testing.T) {
	for _, c := range []struct {
		name, stored                   string
		sentence, next, text, japanese string
	}{
		{"a key", `{"key":"card.none"}`, "There is no card on the reader.", "Put it there and check again.",
			"There is no card on the reader. Put it there and check again.",
			"リーダーにカードがありません。カードを置いて、もう一度確認してください。"},
		{"sentences alone", `{"ja":"カードです。見てください。","en":"A card. Look."}`, "A card. Look.", "",
			"A card. Look.",
			"カードです。見てください。"},
		{"an unknown key with sentences", `{"key":"card.gone","ja":"だめです。","en":"No."}`, "No.", "", "No.",
			"だめです。"},
		{"a key with the sentences of then", `{"key":"card.none","ja":"ない。","en":"None."}`,
			"There is no card on the reader.",
			"Put it there and check again.", "There is no card on the reader. Put it there and check again.",
			"リーダーにカードがありません。カードを置いて、もう一度確認してください。"},
		{"Japanese alone", `{"ja":"だめです。"}`, "だめです。", "", "だめです。", "だめです。"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s Stored
			if err := json.Unmarshal([]byte(c.stored), &s); err != nil {
				t.Fatal(err)
			}
			if s.Sentence("en") != c.sentence || s.NextStep("en") != c.next || s.Text("en") != c.text ||
				s.Text("ja") != c.japanese {
				t.Errorf("%q, %q, %q, %q", s.Sentence("en"), s.NextStep("en"), s.Text("en"), s.Text("ja"))
			}
		})
	}
	if data, err := json.Marshal(ToStored(New("card.none", nil))); err != nil ||
		string(data) != `{"key":"card.none"}` {
		t.Errorf("%s, %v", data, err)
	}
}
