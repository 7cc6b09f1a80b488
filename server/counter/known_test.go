package counter_test

import (
	"context"
	"testing"

	"madoguchi/card"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
)

func storedOf(e *eligibility.Error) message.Stored { return message.ToStored(e.Message()) }

// What a case tells is not asked again: a genuine screen is here, its card was refused, or not read, or is
// locked.
func TestTheQuestionsBeginWithWhatTheCaseTells(t *testing.T) {
	for _, c := range []struct {
		name   string
		reader counter.CardReaders
		want   counter.Answers
		fact   string
	}{
		{"a screen alone", readers{}, counter.Answers{Shows: "insurerScreen"}, "console.known.screen"},
		{"another person's card", chipOf{}, counter.Answers{Card: "none", Shows: "insurerScreen"},
			"console.known.card_refused"},
		{"a card that was not read", ending{outcome: card.Failed},
			counter.Answers{Card: "fails", Shows: "insurerScreen"}, "console.known.card_failed"},
		{"a locked card", ending{outcome: card.Refused, because: card.ErrBlocked},
			counter.Answers{Card: "fails", Shows: "insurerScreen"}, "console.known.card_locked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			clinic := newClinic(t)
			clinic.Readers = c.reader
			if c.name != "a screen alone" {
				_, err := clinic.CheckCard(ctx, suzuki, "", clinic.live)
				fatal(t, err)
			}
			known, err := counter.NewWays(clinic.Service).Known(ctx, suzuki, clinic.live)
			fatal(t, err)
			if known.Answers != c.want {
				t.Errorf("%+v, want %+v", known.Answers, c.want)
			}
			told := map[string]bool{}
			for _, f := range known.Facts {
				told[f.Key] = true
			}
			if !told[c.fact] || !told["console.known.no_reader"] {
				t.Errorf("%+v", known.Facts)
			}
		})
	}
}

// ending is a reader whose check of the birth date ends in one way.
type ending struct {
	readers
	outcome card.Outcome
	because *eligibility.Error
}

func (e ending) CheckBirthDate(context.Context, counter.CardRequest) (card.Result, error) {
	out := card.Result{Outcome: e.outcome}
	if e.because != nil {
		out.Stored = storedOf(e.because)
	}
	return out, nil
}
