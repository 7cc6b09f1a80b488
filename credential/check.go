package credential

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"madoguchi/eligibility"
)

// Result is how a check ended.
type Result string

const (
	Passed     Result = "passed"
	Failed     Result = "failed"
	NotChecked Result = "not checked"
)

// Check is one thing that was looked at.
type Check struct {
	// form, signature, issuer, content, insurer, time, clock, holder, revocation; of a PDF also document,
	// match
	Name   string `json:"name"`
	Result Result `json:"result"`
	Reason string `json:"reason"` // ja, with the next step when it failed
	En     string `json:"en"`
}

// check holds the sentences of one kind of check.
type check struct {
	name                   string
	passedJa, passedEn     string
	failedJa, failedEn     string
	notCheckJa, notCheckEn string
}

var (
	checkForm = check{name: "form", passedJa: "資格情報のコードの形をしています", passedEn: "It has the form of an eligibility code.",
		failedJa: "資格情報のコードの形ではありません。患者さんに画面を開き直してもらい、もう一度読み取ってください。",
		failedEn: "It does not have the form of an eligibility code. Have the patient reopen the screen and scan again."}
	checkSignature = check{name: "signature", passedJa: "発行した保険者の署名が正しいです", passedEn: "The issuer's signature is right.",
		failedJa:   "このコードは書き換えられています。受け付けず、カードの読み取りなど別の方法で確認してください。",
		failedEn:   "This code was altered. Do not accept it; use another method such as reading the card.",
		notCheckJa: "発行者の鍵がないため、署名は確かめていません", notCheckEn: "The signature was not checked: the issuer's key is not at hand."}
	checkDamaged = check{name: "signature",
		failedJa: "コードの終わりが欠けて届きました（書き換えとは限りません）。もう一度読み取り、くり返すときはカメラで読み取ってください。",
		failedEn: "The end of the code did not arrive, which need not be forgery. Scan again; if it stays so, use the camera."}
	checkIssuer = check{name: "issuer", passedJa: "信頼リストにある保険者が発行しました", passedEn: "The issuer is on the trust list.",
		failedJa:   "発行者が信頼リストにありません。信頼リストを更新しても同じときは、別の方法で確認してください。",
		failedEn:   "The issuer is not on the trust list. If that stays so after updating the list, use another method.",
		notCheckJa: "信頼リストがないため、発行者は確かめていません", notCheckEn: "The issuer was not checked: there is no trust list."}
	checkIssuerByKeys = check{passedJa: "渡された鍵の持ち主が発行しました（信頼リストでは確かめていません）",
		passedEn: "The owner of the given keys issued it (no trust list was consulted)."}
	checkIssuerStale = check{passedJa: "信頼リストにある保険者が発行しました。信頼リストの期限が切れているので、更新してください",
		passedEn: "The issuer is on the trust list, but the list is past its end: update it."}
	checkIssuerOverdue = check{name: "issuer", notCheckJa: "信頼リストの期限がとうに切れているため、発行者は確かめていません。信頼リストを更新してください",
		notCheckEn: "The issuer was not checked: the trust list is long past its end. Update it."}
	checkContent = check{name: "content", passedJa: "内容の形式が正しいです", passedEn: "The content is well-formed.",
		failedJa: "署名はありますが、内容が資格情報の形式ではありません。別の方法で確認してください。",
		failedEn: "It is signed, but its content is not an eligibility of this form. Use another method."}
	checkInsurer = check{name: "insurer", passedJa: "発行者はこの保険者番号を扱う保険者です", passedEn: "The issuer may speak for this insurer number.",
		failedJa:   "発行者が扱えない保険者番号です。受け付けず、別の方法で確認してください。",
		failedEn:   "The issuer may not speak for this insurer number. Do not accept it; use another method.",
		notCheckJa: "信頼リストがないため、発行者がこの保険者番号を扱えるかは確かめていません", notCheckEn: "Without a trust list, whether the issuer may speak for this insurer number was not checked."}
	checkFresh = check{name: "time", passedJa: "期限の内です", passedEn: "It is within its time.",
		failedJa:   "この画面は古くなっています。患者さんに画面を開き直してもらい、新しいコードを読み取ってください。",
		failedEn:   "This screen is too old. Have the patient reopen it and scan the new code.",
		notCheckJa: "時計が合っていないため、期限は確かめていません", notCheckEn: "The clock is wrong, so the time was not checked."}
	checkDay = check{name: "time",
		failedJa: "この画面は1日以上前のものです。患者さんに電波のある所で画面を開き直してもらってください。",
		failedEn: "This screen is more than a day old. Have the patient reopen it where there is network."}
	checkPaper = check{name: "time",
		failedJa: "この写し（PDF）は期限が切れています。患者さんの画面か、紙のお知らせで確認してください。",
		failedEn: "This copy (PDF) has expired. Use the patient's screen or the paper notice."}
	checkFuture = check{name: "time",
		failedJa: "このコードはまだ使えない時刻のものです。このパソコンの時計を確かめてから、もう一度読み取ってください。",
		failedEn: "This code is from the future. Check this computer's clock and scan again."}
	checkClock  = check{name: "clock"} // its sentences hold figures: see clock.go
	checkHolder = check{name: "holder", passedJa: "この画面を持つ端末が、いま作った証明です", passedEn: "The phone that holds this screen proved it just now.",
		notCheckJa: "この端末の画面かどうかは、2つ目のコードで確かめます", notCheckEn: "Whether this is the phone's own screen is proved by the second code."}
	checkEndsItself = check{name: "revocation", notCheckJa: "この画面は短い時間で自分で終わるため、取消しの一覧は要りません", notCheckEn: "This screen ends by itself soon; no revocation list is needed."}
	checkRevocation = check{name: "revocation", passedJa: "%sの一覧では取り消されていません", passedEn: "It is not revoked in the list of %s.",
		failedJa:   "この写し（PDF）は取り消されています。受け付けず、患者さんの画面か、ほかの方法で確認してください。",
		failedEn:   "This copy (PDF) was revoked. Do not accept it; use the patient's screen or another method.",
		notCheckJa: "写し（PDF）が取り消されていないかは確かめていません", notCheckEn: "Whether this copy (PDF) was revoked was not checked."}
	checkRevocationOld = check{name: "revocation", notCheckJa: "取消しの一覧が%sのもので古いため、その後の取消しは確かめていません", notCheckEn: "The revocation list is of %s and too old; later revocations were not checked."}
)

// withDate fills the day of a list into the sentences of a check.
func (c check) withDate(at time.Time) check {
	day := eligibility.DateOf(at)
	ja := fmt.Sprintf("%d月%d日", day.Month(), day.Day())
	for _, s := range []*string{&c.passedJa, &c.notCheckJa} {
		*s = strings.Replace(*s, "%s", ja, 1)
	}
	for _, s := range []*string{&c.passedEn, &c.notCheckEn} {
		*s = strings.Replace(*s, "%s", day.String(), 1)
	}
	return c
}

func (v *Verdict) pass(c check) { v.passWith(c, c) }

// passWith passes a check with the sentences of a special case.
func (v *Verdict) passWith(c, words check) {
	v.Checks = append(v.Checks, Check{c.name, Passed, words.passedJa, words.passedEn})
}
func (v *Verdict) fail(c check) {
	v.Checks = append(v.Checks, Check{c.name, Failed, c.failedJa, c.failedEn})
}
func (v *Verdict) skip(c check) {
	v.Checks = append(v.Checks, Check{c.name, NotChecked, c.notCheckJa, c.notCheckEn})
}

// resultOrder puts the worst first.
var resultOrder = map[Result]int{Failed: 0, NotChecked: 1, Passed: 2}

// sorted puts the worst first and sets Valid: valid means that the content was read from a verified
// signature, that nothing failed, that the issuer may speak for the number, and that a screen has its
// holder's proof, since anyone may have photographed it. Whether a saved copy was revoked may be unknown
// where there is no network.
func (v Verdict) sorted() Verdict {
	sort.SliceStable(v.Checks, func(i, j int) bool {
		return resultOrder[v.Checks[i].Result] < resultOrder[v.Checks[j].Result]
	})
	v.Valid = v.Eligibility != nil
	for _, c := range v.Checks {
		if c.Result == Failed || c.Result == NotChecked && c.Name != checkRevocation.name {
			v.Valid = false
		}
	}
	return v
}

// AwaitsProof reports whether only the second code, the holder's proof, is missing.
func (v Verdict) AwaitsProof() bool {
	if v.Eligibility == nil || v.Tier != TierOffline {
		return false
	}
	for _, c := range v.Checks {
		if c.Result == Failed ||
			c.Result == NotChecked && c.Name != checkRevocation.name && c.Name != checkHolder.name {
			return false
		}
	}
	return !v.Valid
}

// UnknownKey reports whether the code was refused because nobody on the trust list publishes its key, and
// whom it claims to be from: its issuer may have a new key.
func (v Verdict) UnknownKey() (claimed string, unknown bool) {
	unknown = len(v.Checks) > 0 && v.Checks[0].Name == checkIssuer.name && v.Checks[0].Result == Failed &&
		v.IssuedAt.IsZero() && v.Issuer != ""
	for _, c := range v.Checks {
		unknown = unknown && (c.Name != checkSignature.name || c.Result == NotChecked)
	}
	return v.Issuer, unknown
}

// AcceptsProof reports whether a second code can still make this Verdict valid: it is missing, or the one that
// was read was not good.
func (v Verdict) AcceptsProof() bool {
	if v.AwaitsProof() {
		return true
	}
	for _, c := range v.Checks {
		if c.Result == Failed && c.Name != checkHolder.name {
			return false
		}
	}
	return v.Tier == TierOffline && v.Eligibility != nil && !v.Valid
}

// Headline is the one sentence that staff read first.
func (v Verdict) Headline() (ja, en string) {
	switch {
	case v.Valid && v.Tier == TierSaved:
		return "この写し（PDF）は本物です", "This copy (PDF) is genuine."
	case v.Valid:
		return "この画面は本物です", "This screen is genuine."
	case v.AwaitsProof():
		return "2つ目のコードを読み取ってください", "Scan the second code."
	case v.AcceptsProof():
		return "2つ目のコードを、もう一度読み取ってください", "Scan the second code again."
	case v.Checks[0].Result == Failed && v.Checks[0].Name == checkClock.name:
		return "時計を合わせて、もう一度読み取ってください", "Set the clock, then scan again."
	case v.Checks[0].Result == Failed && v.Checks[0].Reason == checkFuture.failedJa:
		return "時計が合っていません", "The clocks disagree."
	case v.Checks[0].Result == Failed && v.Checks[0].Name == checkFresh.name && v.Tier == TierSaved:
		return "この写し（PDF）は期限が切れています", "This copy (PDF) has expired."
	case v.Checks[0].Result == Failed && v.Checks[0].Name == checkFresh.name:
		return "この画面は古くなっています", "This screen is too old."
	case v.Checks[0].Result == Failed && v.Checks[0].Name == checkRevocation.name:
		return "この写し（PDF）は取り消されています", "This copy (PDF) was revoked."
	case v.Checks[0].Result == Failed && v.Tier == TierSaved:
		return "この写し（PDF）は確かめられません", "This copy (PDF) cannot be verified."
	case v.Checks[0].Result == Failed:
		return "この画面は確かめられません", "This screen cannot be verified."
	}
	return "まだ確かめ終わっていません", "Not everything has been checked yet."
}
