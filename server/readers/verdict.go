package readers

import (
	"errors"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
)

// Said is a verdict that an agent came to itself, in this server's words.
type Said struct {
	Outcome card.Outcome  `json:"result"`
	Key     string        `json:"key"`
	Ja      string        `json:"ja"`
	En      string        `json:"en"`
	By      card.Verifier `json:"by"`
}

// ends are the verdicts of card.CheckText and card.CheckCertificate that package card does not export by key, with the
// sentences that it gives them; a test compares them with what it really says.
var ends = []struct {
	key      string
	outcomes []card.Outcome
	ja, en   string
}{
	{"card.text_confirmed", []card.Outcome{card.Confirmed},
		"本物のカードから氏名・住所・生年月日・性別を読みました（このPCのエージェントが確認）",
		"Name, address, birth date and sex were read from a genuine card (verified by this PC's agent)."},
	{"card.text_unverified", []card.Outcome{card.Unverified},
		"氏名・住所・生年月日・性別を読みました・カードの真正性は未確認（このPCのエージェントが確認）",
		"Name, address, birth date and sex were read; whether the card is genuine was not verified (checked by this PC's agent)."},
	{"card.certificate_valid", []card.Outcome{card.Confirmed},
		"電子証明書は有効期限内です（失効の有無は未確認・このPCのエージェントが確認）",
		"The certificate is within its dates (revocation not checked; verified by this PC's agent)."},
	{"card.certificate_unverified", []card.Outcome{card.Unverified},
		"電子証明書の期限を読みました・発行者は未確認（このPCのエージェントが確認）",
		"The certificate's dates were read; its issuer was not verified (checked by this PC's agent)."},
	{"card.certificate_grace", []card.Outcome{card.Confirmed, card.Unverified},
		"電子証明書の期限が切れていますが、3か月の猶予の間です。保険証としての利用をまず試し、市区町村での更新を案内してください（このPCのエージェントが確認）。",
		"The certificate has expired but is within three months of grace. Try the insurance use first and refer the holder to the municipality for renewal (verified by this PC's agent)."},
	{"card.certificate_expired", []card.Outcome{card.Confirmed, card.Unverified},
		"電子証明書の期限が切れ、猶予も過ぎています。保険証としては使えません。お知らせか前に保存したPDFをカードといっしょに見せてもらい、市区町村での更新を案内してください（このPCのエージェントが確認）。",
		"The certificate has expired and its grace is over: no insurance use. Ask for the notice or an earlier PDF beside the card, and refer the holder to the municipality (verified by this PC's agent)."},
	{"card.not_genuine", []card.Outcome{card.Refused},
		"カードが本物と確かめられません。受け付けず、別の方法で確認してください。",
		"The card cannot be proved genuine. Do not accept it; use another method."},
	{"card.copied", []card.Outcome{card.Refused},
		"カードの中身は写しの疑いがあります。本物のチップが答えていません。受け付けず、別の方法で確認してください。",
		"The card's data may be a copy: its chip did not answer. Do not accept it; use another method."},
	{"card.evidence", []card.Outcome{card.Refused},
		"リーダーから届いた確認結果が壊れています。もう一度確認してください。続くときはリーダーのパソコンを調べてください。",
		"The evidence from the reader is broken. Check again; if it persists, examine the reader's computer."},
	{"card.certificate_purpose", []card.Outcome{card.Refused},
		"カードの電子証明書が利用者証明用ではありません。期限は確認できません。券面の電子証明書の期限を見てください。",
		"The card's certificate is not one for user authentication; its dates say nothing. Look at the date on the card's face."},
	{"card.certificate_issuer", []card.Outcome{card.Refused},
		"電子証明書の発行者が確かめられません。期限は信用せず、別の方法で確認してください。",
		"The certificate's issuer cannot be verified. Do not trust its dates; use another method."},
	{"card.certificate_not_begun", []card.Outcome{card.Refused},
		"電子証明書の有効期間がまだ始まっていません。パソコンの日付を確かめてください。",
		"The certificate's validity has not begun. Check this computer's date."},
}

// contradicts is said of a verdict that does not fit itself or the question.
var contradicts = func() Said {
	s, _ := say(wire.Verdict{Outcome: card.Refused, Key: "card.evidence"})
	return s
}()

// say puts an agent's verdict into words; ok is false when the key is unknown or does not go with the outcome.
func say(v wire.Verdict) (Said, bool) {
	for _, e := range ends {
		if e.key != v.Key {
			continue
		}
		for _, o := range e.outcomes {
			if o == v.Outcome {
				return Said{v.Outcome, v.Key, e.ja, e.en, card.ByAgent}, true
			}
		}
		return Said{}, false
	}
	s := fault(wire.Fault(v.Key))
	return s, s.Key == v.Key && s.Outcome == v.Outcome
}

// sayText says the verdict on a reading.
func sayText(v wire.Verdict) (Said, bool) {
	s, ok := say(v)
	if v.Outcome.Passed() {
		ok = ok && (v.Key == "card.text_confirmed" || v.Key == "card.text_unverified")
	}
	return s, ok
}

// certificateStates are the states that a verdict on dates stands for.
var certificateStates = map[string]eligibility.CertificateState{"card.certificate_valid": eligibility.CertificateValid,
	"card.certificate_unverified": eligibility.CertificateValid, "card.certificate_grace": eligibility.CertificateGrace,
	"card.certificate_expired": eligibility.CertificateExpired}

// sayDates says the verdict on a certificate's dates and the state that it stands for.
func sayDates(v wire.Verdict) (Said, eligibility.CertificateState, bool) {
	s, ok := say(v)
	state, good := certificateStates[v.Key]
	if v.Outcome.Passed() {
		ok = ok && good
	}
	return s, state, ok
}

// fault is the verdict of an error: refused for what the card is or says, error for what failed.
func fault(err error) Said {
	var e *eligibility.Error
	if !errors.As(err, &e) {
		return fault(card.KnownFault(""))
	}
	outcome := card.Failed
	if e.Code == eligibility.Conflict && e.Key != ErrBusy.Key {
		outcome = card.Refused
	}
	return Said{outcome, e.Key, e.Ja, e.En, card.ByAgent}
}
