package message

import (
	"slices"
	"testing"
)

func TestSeveralMessagesAreOneText(t *testing.T) {
	none := New("card.none", nil) // "There is no card on the reader." "Put it there and check again."
	step := New("step.card_first", nil)
	for _, c := range []struct {
		name   string
		text   interface{ Text(lang string) string }
		ja, en string
	}{
		{"sentences without their next steps", Sentences{none, step},
			"リーダーにカードがありません。先に、マイナンバーカードをカードリーダーで読み取ってください。",
			"There is no card on the reader. First read the My Number card on the card reader."},
		{"next steps, and an entry that is itself a step", Steps{none, step},
			"カードを置いて、もう一度確認してください。先に、マイナンバーカードをカードリーダーで読み取ってください。",
			"Put it there and check again. First read the My Number card on the card reader."},
		{"no sentence", Sentences(nil), "", ""},
		{"no step", Steps(nil), "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if ja, en := c.text.Text("ja"), c.text.Text("en"); ja != c.ja || en != c.en {
				t.Errorf("%q, %q", ja, en)
			}
		})
	}
	both := Sentences{none, step}
	if each := both.Each("en"); !slices.Equal(each, []string{both[:1].En(), both[1:].En()}) {
		t.Errorf("%q", each)
	}
}
