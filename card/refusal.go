package card

import (
	"madoguchi/eligibility"
)

// Refusals: each is a fact about the card or about what was typed, not a fault of the equipment.
var (
	ErrKeyForm = &eligibility.Error{Code: eligibility.Conflict, Key: "card.key_form",
		Ja: "生年月日の一部が不明か西暦表記のカードのため、チップでは確認できません。券面と本人を見て確認してください。",
		En: "Part of the date of birth is unknown, or the card prints it in western years, so the chip cannot be asked. Compare the card's face and the person by eye."}
	ErrNotMyNumberCard = &eligibility.Error{Code: eligibility.Conflict, Key: "card.not_my_number_card",
		Ja: "マイナンバーカードではありません。マイナンバーカードを置いてください。",
		En: "This is not a My Number card. Put the My Number card on the reader."}
	ErrPhone = &eligibility.Error{Code: eligibility.Conflict, Key: "card.phone",
		Ja: "スマートフォンはこのリーダーでは確認できません。スマホは専用リーダーをお使いください。",
		En: "A phone cannot be checked on this reader. Use the reader made for phones."}
	ErrOldCard = &eligibility.Error{Code: eligibility.Conflict, Key: "card.juki",
		Ja: "住基カードです。マイナンバーカードを置いてください。",
		En: "This is an old resident-register card. Put the My Number card on the reader."}
	ErrBlocked = &eligibility.Error{Code: eligibility.Conflict, Key: "card.blocked",
		Ja: "このカードは生年月日による確認が止められています。券面と本人を見て確認し、市区町村の窓口での解除を案内してください。",
		En: "This card's birth-date check is blocked. Compare by eye and refer the holder to the municipal office."}
	ErrFewTries = &eligibility.Error{Code: eligibility.Conflict, Key: "card.few_tries",
		Ja: "残りの回数が少ないため、チップの確認はしません。券面と本人を見て確認してください。",
		En: "Too few tries are left, so the chip is not asked. Compare the card's face and the person by eye."}
	ErrBirthDate = &eligibility.Error{Code: eligibility.Conflict, Key: "card.birthdate_mismatch",
		Ja: "カードの生年月日が画面と一致しません。カードの持ち主を確認してください。",
		En: "The card's birth date differs from the screen's. Check whose card this is."}
	ErrNumberB = &eligibility.Error{Code: eligibility.Conflict, Key: "card.number_b_mismatch",
		Ja: "生年月日・有効期限の年・セキュリティコードのどれかがカードと一致しません。券面をよく見て入れ直し、もう一度ボタンを押してください。",
		En: "The birth date, the year of expiry or the security code is not this card's. Look at its front, type them again and press again."}
	ErrNumberBBlocked = &eligibility.Error{Code: eligibility.Conflict, Key: "card.number_b_blocked",
		Ja: "このカードは券面の番号（照合番号B）による確認が止められています。券面と本人を見て確認し、市区町村の窓口での解除を案内してください。",
		En: "This card's check by its printed number is blocked. Compare by eye and refer the holder to the municipal office."}
	ErrNumberBFewTries = &eligibility.Error{Code: eligibility.Conflict, Key: "card.number_b_few_tries",
		Ja: "券面の番号（照合番号B）の残りの回数が少ないため、試しません。顔認証にも使う番号です。券面と本人を見て確認してください。",
		En: "Too few tries are left for the printed number, which face readers use too; it is not tried. Compare by eye."}
)

// Refusals of what a card brings.
var (
	errForged = &eligibility.Error{Code: eligibility.Conflict, Key: "card.not_genuine",
		Ja: "カードが本物と確かめられません。受け付けず、別の方法で確認してください。",
		En: "The card cannot be proved genuine. Do not accept it; use another method."}
	errCopied = &eligibility.Error{Code: eligibility.Conflict, Key: "card.copied",
		Ja: "カードの中身は写しの疑いがあります。本物のチップが答えていません。受け付けず、別の方法で確認してください。",
		En: "The card's data may be a copy: its chip did not answer. Do not accept it; use another method."}
	errEvidence = &eligibility.Error{Code: eligibility.Conflict, Key: "card.evidence",
		Ja: "リーダーから届いた確認結果が壊れています。もう一度確認してください。続くときはリーダーのパソコンを調べてください。",
		En: "The evidence from the reader is broken. Check again; if it persists, examine the reader's computer."}
)

// Faults of the equipment.
var (
	ErrRemoved = &eligibility.Error{Code: eligibility.Unavailable, Key: "card.removed",
		Ja: "カードが離れました。カードを置き直して、もう一度確認してください。",
		En: "The card was removed. Put it back and check again."}
	ErrNoCard = &eligibility.Error{Code: eligibility.Unavailable, Key: "card.none",
		Ja: "リーダーにカードがありません。カードを置いて、もう一度確認してください。",
		En: "There is no card on the reader. Put it there and check again."}
	ErrNoReader = &eligibility.Error{Code: eligibility.Unavailable, Key: "card.no_reader",
		Ja: "カードリーダーが見つかりません。つなぎ直して、もう一度確認してください。",
		En: "No card reader was found. Plug it in and check again."}
	ErrTimeout = &eligibility.Error{Code: eligibility.Unavailable, Key: "card.timeout",
		Ja: "カードの返事がありません。カードを置き直して、もう一度確認してください。",
		En: "The card did not answer in time. Put it back and check again."}
	errAnswer = &eligibility.Error{Code: eligibility.Unavailable, Key: "card.unexpected",
		Ja: "カードから思わぬ応答がありました。カードを置き直して、もう一度確認してください。",
		En: "The card gave an unexpected answer. Put it back and check again."}
)

// KnownFault returns the error that a key of this package stands for, the readers' faults among them, so that an agent can send the key alone.
func KnownFault(key string) error {
	for _, e := range append([]*eligibility.Error{ErrKeyForm, ErrNotMyNumberCard, ErrPhone, ErrOldCard, ErrBlocked, ErrFewTries, ErrBirthDate,
		ErrNumberB, ErrNumberBBlocked, ErrNumberBFewTries, ErrRemoved, ErrNoCard, ErrNoReader, ErrTimeout}, readerFaults...) {
		if e.Key == key {
			return e
		}
	}
	return errAnswer
}

// Sentence returns what a Result of CheckText or CheckCertificate says under its key, so that an agent can send the key alone.
func Sentence(key string) (*eligibility.Error, bool) {
	for _, e := range []*eligibility.Error{textPlan.confirmed.said, textPlan.unverified.said, datesPlan.confirmed.said, datesPlan.unverified.said,
		saidGrace, saidExpired, errForged, errCopied, errEvidence, errPurpose, errChain, errNotBegun} {
		if e.Key == key {
			return e, true
		}
	}
	return nil, false
}
