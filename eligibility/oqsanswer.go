package eligibility

import "madoguchi/message"

// OQSAnswer is what オンライン資格確認 answered when a card was read or a number looked up: the states of OQSCD006 by
// name. The zero value is unknown.
type OQSAnswer string

const (
	OQSValid         OQSAnswer = "valid"         // 有効
	OQSInvalid       OQSAnswer = "invalid"       // 無効
	OQSNewExists     OQSAnswer = "newExists"     // 無効（新しい資格あり）
	OQSNone          OQSAnswer = "none"          // 該当資格なし
	OQSSeveral       OQSAnswer = "several"       // 複数該当
	OQSNotRegistered OQSAnswer = "notRegistered" // 有効（未登録）
)

// AllOQSAnswers lists every OQSAnswer in the order of OQSCD006, which begins at 1.
var AllOQSAnswers = [...]OQSAnswer{OQSValid, OQSInvalid, OQSNewExists, OQSNone, OQSSeveral, OQSNotRegistered}

// unconfirmed reports whether OQS answered, but with no eligibility that holds.
func (a OQSAnswer) unconfirmed() bool { return a != "" && a != OQSValid }

// inOrder is the order of ways after an answer that confirms nothing (保発0710第1号; flyer of 日本歯科医師会;
// 健保則 50条の2).
var inOrder = told("step.in_order")

// unconfirmedWords are why a reading that worked confirms nothing, and what staff do before inOrder.
var unconfirmedWords = map[OQSAnswer][]message.Message{
	OQSInvalid:       told("unconfirmed.invalid", "step.in_order"),
	OQSNewExists:     told("unconfirmed.new_exists", "step.in_order"),
	OQSNone:          told("unconfirmed.none", "step.in_order"),
	OQSSeveral:       told("unconfirmed.several", "step.in_order"),
	OQSNotRegistered: told("unconfirmed.not_registered", "step.in_order"),
}

// readings says what the answer of OQS was about. A reading of the card or the phone that confirmed nothing
// opens the ways for a card that cannot be read; a look-up by number says nothing about the card.
type readings struct {
	card, phone bool // it was read, and OQS knew no eligibility that holds
	number      bool // a number was looked up, and its eligibility holds
	nothing     bool // a number was looked up, and no eligibility that holds was found
}

// unconfirmed reports whether the card or the phone was read and confirmed nothing; the other would not do
// better.
func (r readings) unconfirmed() bool { return r.card || r.phone }

func (f *facts) readings() readings {
	var r readings
	if f.Facility.NetworkDown == Yes {
		return r // nobody answers in an outage
	}
	tried := f.Lookup == LookupFound || f.Lookup == LookupNotFound
	unconfirmed := f.OQSAnswer.unconfirmed()
	reader := f.Facility.Reader != No || f.elsewhere()
	byCard := f.card == Yes && reader && (f.Card.Reads == Yes || f.Card.Reads == Unknown && !tried)
	byPhone := f.phoneHere() && !byCard && (f.PhoneTap == TapWorks || f.PhoneTap == "" && !tried &&
		f.Facility.PhoneReader != No)
	r.card, r.phone = unconfirmed && byCard, unconfirmed && byPhone
	byNumber := !byCard && !byPhone
	r.number = !unconfirmed &&
		(f.Lookup == LookupFound || f.Lookup == "" && byNumber && f.OQSAnswer == OQSValid)
	r.nothing = f.Lookup == LookupNotFound || unconfirmed
	return r
}

// words returns what is said of an answer that confirmed nothing; nothing of another.
func (a OQSAnswer) words() (because message.Sentences, next message.Steps) {
	w := unconfirmedWords[a]
	if w == nil {
		return nil, nil
	}
	return w[:1:1], w
}
