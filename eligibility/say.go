package eligibility

import (
	"strings"

	"madoguchi/message"
)

// What the rules tell staff stands in the catalogue, message/catalogue/rules; code and answers carry keys
// with their arguments. A text is made where it is shown.

// told are messages without arguments, made once with the table. They are as long as their array, so that
// append copies them: an answer never changes the table.
func told(keys ...string) []message.Message {
	all := make([]message.Message, len(keys))
	for i, key := range keys {
		all[i].Key = key
	}
	return all
}

// inFront puts one list of messages in front of another and changes neither.
func inFront(first, rest []message.Message) []message.Message {
	all := make([]message.Message, 0, len(first)+len(rest))
	return append(append(all, first...), rest...)
}

// ruleWords are what a rule says, made once from its row.
type ruleWords struct {
	name, reason  message.Sentences
	next, noPhoto message.Steps // noPhoto: for a card without a photo
	inApp         message.Steps // on visits and at a 資格確認限定型, whose app has other words
	onSheet       message.Steps // on the reception's sheet, with ※ for SheetMark
	bring         message.Sentences
}

// wordsOfRules holds the words of each row of ruleTable at its place.
var wordsOfRules = func() (all [len(ruleTable)]ruleWords) {
	for i := range ruleTable {
		all[i] = ruleTable[i].words()
	}
	return all
}()

// words returns the rule's messages. Its own key is "rule." with the code in small letters: why it is
// accepted, and what staff do then; its name stands under the same key with ".name".
func (r *Rule) words() ruleWords {
	own := "rule." + strings.ToLower(string(r.Code))
	w := ruleWords{name: told(own + ".name"), reason: told(own), next: told(own), bring: told(r.Bring)}
	if r.Then != "" {
		w.next = told(own, r.Then)
	}
	w.noPhoto, w.inApp, w.onSheet = w.next, w.next, w.next
	if r.InApp != "" {
		w.inApp = told(r.InApp)
	}
	if r.Then == comparePhoto {
		w.noPhoto, w.onSheet = told(own, askName), told(own, seeMark)
	}
	return w
}

// How staff make sure that a paper is the person's who shows it: by the card's photo, without one by name
// and birth date, and on the reception's sheet by ※.
const (
	comparePhoto = "step.compare_photo"
	askName      = "step.ask_name"
	seeMark      = "step.see_mark"
)

// confidenceWords say behind a step that it is less than certain.
var confidenceWords = map[Confidence][]message.Message{
	Likely:     told("note.likely"),
	Unverified: told("note.unverified"),
}

// reservations are said of an answer that is less than certain.
var reservations = map[Confidence][]message.Message{
	Likely:     told("reservation.likely"),
	Unverified: told("reservation.unverified"),
}

// Value is a date as a value of a sentence: of the Japanese calendar in Japanese, as digits elsewhere.
func (d Date) Value() message.Value { return message.Writing(d.Japanese(), d.String()) }

// SharesValue writes shares as 2割・3割, in other languages as 20%, 30%.
func SharesValue(shares []int) message.Value {
	return message.Writing(percents(shares), percentsEn(shares))
}
