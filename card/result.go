package card

import (
	"bytes"
	"errors"

	"madoguchi/eligibility"
)

// Outcome is how a check ended.
type Outcome string

const (
	Confirmed  Outcome = "confirmed"  // genuine, present, and the date of birth is the screen's
	Unverified Outcome = "unverified" // the date agrees; no issuer keys are configured to prove the card genuine
	Refused    Outcome = "refused"    // not genuine, not this person's, or not a card that can be asked
	Failed     Outcome = "error"      // reader or card did not answer: try again
)

// Result is what a card check says, with what it proves and what not.
type Result struct {
	Outcome   Outcome  `json:"result"`
	Key       string   `json:"key"` // stable, e.g. card.birthdate_mismatch
	Ja        string   `json:"ja"`
	En        string   `json:"en"`
	Checks    []Check  `json:"checks"`
	Proves    []string `json:"proves"`
	NotProven []string `json:"notProven"`
}

// Check is one step with its result: "passed", "failed" or "not checked".
type Check struct {
	Name   string `json:"name"` // token, issuer, record, birthDate, presence
	Result string `json:"result"`
	Ja     string `json:"ja"`
	En     string `json:"en"`
}

// names of the steps, in the order in which they are looked at.
var steps = []struct{ name, ja, en string }{
	{"token", "マイナンバーカードです", "It is a My Number card"},
	{"issuer", "発行者の署名が正しいです", "The issuer's signature is right"},
	{"record", "カードの記録が書き換えられていません", "The card's record is unaltered"},
	{"birthDate", "生年月日が画面と同じです", "The birth date is the screen's"},
	{"presence", "その場の問いかけに、このカードが答えました", "This card answered a question asked just now"},
}

// refusals of VerifyBirthDate beyond those of CheckBirthDate.
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

// verdict builds a Result from how far verification went: passed steps, the step that failed, the rest not checked.
func verdict(outcome Outcome, e *eligibility.Error, passed map[string]bool, failed string) Result {
	r := Result{Outcome: outcome, Key: e.Key, Ja: e.Ja, En: e.En, Checks: []Check{}, Proves: []string{}, NotProven: []string{}}
	for _, s := range steps {
		c := Check{s.name, "not checked", s.ja, s.en}
		switch {
		case passed[s.name]:
			c.Result = "passed"
		case s.name == failed:
			c.Result, c.Ja, c.En = "failed", e.Ja, e.En
		}
		r.Checks = append(r.Checks, c)
	}
	switch outcome {
	case Confirmed:
		r.Proves = []string{"本物のマイナンバーカードがここにあること", "カードの生年月日が画面と同じこと"}
		r.NotProven = []string{"氏名・住所", "カードを持ってきた人が本人であること（顔写真を見てください）", "健康保険の資格"}
	case Unverified:
		r.Proves = []string{"カードの生年月日が画面と同じこと"}
		r.NotProven = []string{"カードが本物であること（発行者の鍵が設定されていません）", "氏名・住所", "カードを持ってきた人が本人であること（顔写真を見てください）"}
	default:
		r.NotProven = []string{"カードが画面の人のものであること"}
	}
	return r
}

var (
	saidConfirmed = &eligibility.Error{Key: "card.confirmed",
		Ja: "本物のカードで、生年月日が画面と一致しました", En: "The card is genuine and its birth date is the screen's."}
	saidUnverified = &eligibility.Error{Key: "card.unverified",
		Ja: "生年月日は一致・カードの真正性は未確認", En: "The birth date agrees; whether the card is genuine was not verified."}
)

// Fault turns an error of CheckBirthDate into a Result: refused for what the card is or says, error for what failed.
func Fault(err error) Result {
	var e *eligibility.Error
	if !errors.As(err, &e) {
		return verdict(Failed, errAnswer, nil, "")
	}
	outcome := Failed
	failed := ""
	if e.Code == eligibility.Conflict {
		outcome, failed = Refused, "token"
		switch e.Key {
		case ErrBirthDate.Key:
			failed = "birthDate"
		case ErrBlocked.Key, ErrFewTries.Key, ErrKeyForm.Key:
			failed = ""
		}
	}
	return verdict(outcome, e, nil, failed)
}

// KnownFault returns the error that a key of this package stands for, so that an agent can send the key alone.
func KnownFault(key string) error {
	for _, e := range []*eligibility.Error{ErrKeyForm, ErrNotMyNumberCard, ErrPhone, ErrOldCard, ErrBlocked, ErrFewTries, ErrBirthDate, ErrRemoved, ErrNoCard, ErrNoReader, ErrTimeout} {
		if e.Key == key {
			return e
		}
	}
	return errAnswer
}

// Faults of the equipment.
var (
	ErrNoCard = &eligibility.Error{Code: eligibility.Unavailable, Key: "card.none",
		Ja: "リーダーにカードがありません。カードを置いて、もう一度確認してください。",
		En: "There is no card on the reader. Put it there and check again."}
	ErrNoReader = &eligibility.Error{Code: eligibility.Unavailable, Key: "card.no_reader",
		Ja: "カードリーダーが見つかりません。つなぎ直して、もう一度確認してください。",
		En: "No card reader was found. Plug it in and check again."}
	ErrTimeout = &eligibility.Error{Code: eligibility.Unavailable, Key: "card.timeout",
		Ja: "カードの返事がありません。カードを置き直して、もう一度確認してください。",
		En: "The card did not answer in time. Put it back and check again."}
)

const (
	tagRecord          = 0xFF10
	tagBirthDate       = 0xDF11
	tagCardKey         = 0xDF12
	tagRecordSignature = 0xDF13
)

// VerifyBirthDate verifies evidence for the screen's date of birth and the challenge that the server computed itself.
// Without issuer keys the best answer is Unverified.
func VerifyBirthDate(e Evidence, birth eligibility.Date, challenge [32]byte, keys IssuerKeys) Result {
	passed := map[string]bool{}
	if err := tokenRefusal(e.Label); err != nil {
		return Fault(err)
	}
	passed["token"] = true
	certificate, err := parseCVCertificate(e.Certificate)
	if err != nil {
		return verdict(Refused, errEvidence, passed, "issuer")
	}
	if len(keys) > 0 {
		if known, valid := certificate.signedBy(keys); !known || !valid {
			return verdict(Refused, errForged, passed, "issuer")
		}
		passed["issuer"] = true
	}
	outer, ok := readObject(e.Record)
	parts, ok2 := children(outer.value)
	date, ok3 := child(parts, tagBirthDate)
	cardKey, ok4 := child(parts, tagCardKey)
	signature, ok5 := child(parts, tagRecordSignature)
	if !ok || outer.tag != tagRecord || !ok2 || !ok3 || !ok4 || !ok5 {
		return verdict(Refused, errEvidence, passed, "record")
	}
	if !verifyRSA(certificate.key, append(bytes.Clone(date.whole), cardKey.whole...), signature.value) {
		return verdict(Refused, errForged, passed, "record")
	}
	passed["record"] = true
	if string(date.value) != yyyymmdd(birth) || !birth.Exact() {
		return verdict(Refused, ErrBirthDate, passed, "birthDate")
	}
	passed["birthDate"] = true
	key, err := parsePublicKey(cardKey.value)
	if err != nil {
		return verdict(Refused, errEvidence, passed, "presence")
	}
	if !verifyRSA(key, challenge[:], e.Signature) {
		return verdict(Refused, errCopied, passed, "presence")
	}
	passed["presence"] = true
	if len(keys) == 0 {
		return verdict(Unverified, saidUnverified, passed, "")
	}
	return verdict(Confirmed, saidConfirmed, passed, "")
}

func yyyymmdd(d eligibility.Date) string {
	s := d.String()
	return string(bytes.ReplaceAll([]byte(s), []byte("-"), nil))
}
