package eligibility

import "madoguchi/message"

// Validity is the state of an eligibility as OQS answers it (資格有効性, OQSCD006: 1 to 6).
type Validity string

// ValidityMeaning says what a Validity or a reason of loss is and what staff do.
type ValidityMeaning struct {
	Code   string
	Ja, En string // the official name of the code, and what it means
	says   string // the catalogue's key
}

// Told is what the answer says, with what staff do.
func (m ValidityMeaning) Told() message.Message { return message.New(m.says, nil) }

// Validities lists the states of OQSCD006 (docs/facts/oqs-answer.md#validity).
var Validities = [...]ValidityMeaning{
	{"1", "有効", "valid", "oqs.validity_1"},
	{"2", "無効", "no longer valid", "oqs.validity_2"},
	{"3", "無効（新しい資格あり）", "no longer valid, a new one exists", "oqs.validity_3"},
	{"4", "該当資格なし", "no such eligibility", "oqs.validity_4"},
	{"5", "複数該当（医療保険）", "several eligibilities", "oqs.validity_5"},
	{"6", "有効（未登録）", "valid, not registered (public assistance)", "oqs.validity_6"},
}

// LossReasons lists the reasons of loss (喪失理由) of the OQS answer (docs/facts/oqs-answer.md#reason-of-loss).
var LossReasons = [...]ValidityMeaning{
	{"01", "死亡", "death", "oqs.loss_01"},
	{"02", "生活保護受給開始", "public assistance began", "oqs.loss_02"},
	{"03", "医療保険等の資格取得", "other insurance began", "oqs.loss_03"},
	{"99", "その他", "other", "oqs.loss_99"},
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
