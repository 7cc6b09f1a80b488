package counter

import (
	"testing"

	"madoguchi/card"
	"madoguchi/message"
	"madoguchi/server/counter"
)

// A way's form has a birth date that was typed, and no screen: the card's check says so.
func TestTheCardsCheckNamesAScreenOnlyWhereThereIsOne(t *testing.T) {
	confirmed := &card.Result{Stored: message.ToStored(message.New("card.confirmed", nil))}
	screen, way := counter.CaseView{}, counter.CaseView{}
	screen.Card, way.Card, way.Way = confirmed, confirmed, &counter.WayNote{}
	for _, c := range []struct {
		name string
		view counter.CaseView
		want string
	}{
		{"a screen", screen, "card.confirmed"},
		{"a way", way, "console.paper.same_birth_date"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := cardInWords(c.view).Key; got != c.want {
				t.Errorf("the check says %s", got)
			}
			if got := inWordsFor(c.view, confirmed.Stored).Key; got != c.want {
				t.Errorf("the reading says %s", got)
			}
		})
	}
}
