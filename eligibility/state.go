package eligibility

// Validity is the state of an eligibility as OQS answers it (資格有効性, OQSCD006: 1 to 6).
type Validity string

// ValidityMeaning says what a Validity or a reason of loss is and what staff do.
type ValidityMeaning struct {
	Code   string
	Ja, En string
	Next   string // what staff do, in one sentence
	NextEn string
}

// Validities lists the states of OQSCD006 (docs/facts/oqs-answer.md#validity).
var Validities = [...]ValidityMeaning{
	{"1", "有効", "valid",
		"表示された資格で受け付けてください。",
		"Go on with the eligibility that is shown."},
	{"2", "無効", "no longer valid",
		"保険が変わっていないか聞き、" + inOrder,
		"Ask whether the insurer has changed; " + inOrderEn},
	{"3", "無効（新しい資格あり）", "no longer valid, a new one exists",
		"新しい資格があります。カードを読み取り直すか、新しい保険の番号で照会し、新しい資格で受け付けてください。出なければ、" + inOrder,
		"Read the card again or look up the new insurer's number, and go on with the new eligibility. Else " + inOrderEn},
	{"4", "該当資格なし", "no such eligibility",
		"番号の写しまちがいを確かめ、登録前（転職・出生の直後など）なら、" + inOrder,
		"Look for a slip in the number; if the new insurer has not registered yet, " + inOrderEn},
	{"5", "複数該当（医療保険）", "several eligibilities",
		"どの保険か本人に聞き、番号に枝番も足して照会し直してください。決まらなければ、" + inOrder,
		"Ask which insurance it is, add the branch number, and look it up again. If that does not settle it, " + inOrderEn},
	{"6", "有効（未登録）", "valid, not registered (public assistance)",
		"医療扶助の医療券・調剤券がまだ登録されていません。福祉事務所に確かめてください。",
		"The medical ticket is not registered yet. Ask the welfare office."},
}

// LossReasons lists the reasons of loss (喪失理由) of the OQS answer (docs/facts/oqs-answer.md#reason-of-loss).
var LossReasons = [...]ValidityMeaning{
	{"01", "死亡", "death",
		"記録の番号がその人のものか確かめ、まちがいなら保険者に連絡してください。",
		"Look whether the number is this person's; if not, call the insurer."},
	{"02", "生活保護受給開始", "public assistance began",
		"医療券・調剤券か、カードで医療扶助の資格を確かめてください。",
		"Check public assistance by the medical ticket or by the card."},
	{"03", "医療保険等の資格取得", "other insurance began",
		"新しい保険のお知らせか資格確認書を見せてもらうか、カードを読み取ってください。",
		"Ask for the new insurer's notice or certificate, or read the card."},
	{"99", "その他", "other",
		"いまの保険を本人に聞き、わからなければ保険者に確かめてください。",
		"Ask for the present insurance; if nobody knows it, call the insurer."},
}

// MeaningOf returns the meaning of a state of OQSCD006; ok is false for a code that is none.
func (v Validity) MeaningOf() (ValidityMeaning, bool) { return meaning(Validities[:], string(v)) }

// LossReason returns the meaning of a reason of loss; ok is false for a code that is none.
func LossReason(code string) (ValidityMeaning, bool) { return meaning(LossReasons[:], code) }

func meaning(list []ValidityMeaning, code string) (ValidityMeaning, bool) {
	for _, m := range list {
		if m.Code == code {
			return m, true
		}
	}
	return ValidityMeaning{}, false
}
