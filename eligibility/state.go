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

// Validities lists the states of OQSCD006 (rules.md 4.5).
var Validities = [...]ValidityMeaning{
	{"1", "有効", "valid",
		"表示された資格で受け付けてください。",
		"Go on with the eligibility that is shown."},
	{"2", "無効", "no longer valid",
		"職場や住所が変わっていないか聞き、新しい保険の登録前なら、新しい保険のお知らせか資格確認書、なければ申立書で受け付けてください。",
		"Ask whether work or address has changed; take the new insurer's notice or certificate, else a written statement (申立書)."},
	{"3", "無効（新しい資格あり）", "no longer valid, a new one exists",
		"新しい資格があります。カードを読み取り直すか、新しい保険の番号で照会し、新しい資格で受け付けてください。",
		"Read the card again or look up the new insurer's number, and go on with the new eligibility."},
	{"4", "該当資格なし", "no such eligibility",
		"番号の写しまちがいを確かめ、登録前（転職・出生の直後など）なら申立書で受け付け、後で照会してください。",
		"Look for a slip in the number; if the new insurer has not registered yet, take a written statement and look it up later."},
	{"5", "複数該当（医療保険）", "several eligibilities",
		"どの保険か本人に聞き、番号か枝番を足して照会し直してください。",
		"Ask which insurance it is, add the number or branch, and look it up again."},
	{"6", "有効（未登録）", "valid, not registered (public assistance)",
		"医療扶助の医療券・調剤券がまだ登録されていません。福祉事務所に確かめてください。",
		"The medical ticket is not registered yet. Ask the welfare office."},
}

// LossReasons lists the reasons of loss (喪失理由) of the OQS answer (rules.md 4.5).
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
