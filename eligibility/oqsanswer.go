package eligibility

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

// The order of ways after an answer that confirms nothing (保発0710第1号; flyer of 日本歯科医師会; 健保則 50条の2).
const inOrder = "マイナポータルの画面、健康保険被保険者資格証明書、新しい保険の紙の順に見て、" +
	"なければ被保険者資格申立書を書いてもらってください。これだけを理由に10割を求めないでください。"

const inOrderEn = "look at Mynaportal's screen, the proof of eligibility (健康保険被保険者資格証明書) or the new insurer's " +
	"paper, in this order, or take a written statement (申立書). Never charge the whole cost for this alone."

// unconfirmedWords are why a reading that worked confirms nothing, and what staff do.
var unconfirmedWords = map[OQSAnswer]struct{ because, next string }{
	OQSInvalid: {"カードは読み取れましたが、オンライン資格確認の答えは「無効」です（転職・任意継続などで登録がまだのことがあります）。",
		"保険が変わっていないか聞き、" + inOrder},
	OQSNewExists: {"カードは読み取れましたが、オンライン資格確認の答えは「無効（新しい資格あり）」です。",
		"カードを読み取り直すか新しい保険の番号で照会し、それでも出なければ、" + inOrder},
	OQSNone: {"カードは読み取れましたが、オンライン資格確認の答えは「該当資格なし」です（出生・転職の直後などで登録がまだのことがあります）。",
		"いまの保険を聞き、" + inOrder},
	OQSSeveral: {"カードは読み取れましたが、オンライン資格確認の答えは「複数該当」です。",
		"どの保険か本人に聞き、枝番も足して照会し直してください。決まらなければ、" + inOrder},
	OQSNotRegistered: {"カードは読み取れましたが、オンライン資格確認の答えは「有効（未登録）」です（医療扶助の医療券が登録前のときの答えです）。",
		"医療扶助の人なら福祉事務所に電話で確かめてください。そうでなければ、いまの保険を聞き、" + inOrder},
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

// words returns the sentences for an answer that confirmed nothing.
func (a OQSAnswer) words() (because, next string) {
	w := unconfirmedWords[a]
	return w.because, w.next
}
