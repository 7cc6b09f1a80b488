package eligibility

import "fmt"

// Papers says which papers a person gets.
type Papers struct {
	Notice      bool // 資格情報のお知らせ
	Certificate bool // 資格確認書
	Reason      string
	Look        string // what a clerk should look at first; "" when nothing is open
	Source      Source
	Confidence  Confidence
}

// The first days of the papers (対比表 発行開始時期) and of the rule that follows 後期's interim measure.
var (
	papersFrom       = Date{2024, 12, 2}
	employeesNotices = Date{2024, 9, 1}
	elderlyRuleFrom  = Date{2026, 8, 1}
)

// elderlyAlwaysAge: people of this age on August 1st always get the certificate; who turns 85 later does not
// on this ground.
const elderlyAlwaysAge = 85

// PapersFor returns which papers a person gets from the insurer on day: the notice, the certificate, both or
// none (対比表 対象者, 取得方法, 発行開始時期). Unknown facts are named in Look and never decide against a person. Whether
// somebody of 後期高齢者医療 uses マイナ保険証 often enough, each 広域連合 says by its own rule: Person.FrequentUse is its
// answer.
func PapersFor(p Person, day Date) Papers {
	s := schemeOf(p.Insurer)
	noticesFrom := papersFrom
	if s == employees {
		noticesFrom = employeesNotices
	}
	switch {
	case !p.LostOn.IsZero() && !day.Before(p.LostOn):
		return Papers{Reason: "資格を失っています。", Source: srcCompare, Confidence: Certain}
	case !p.QualifiedOn.IsZero() && day.Before(p.QualifiedOn):
		return Papers{Reason: "資格はまだ始まっていません。", Source: srcCompare, Confidence: Certain}
	case p.Insurer.PublicExpense():
		return Papers{Reason: "医療扶助は医療保険ではないので、お知らせも資格確認書もありません。", Source: srcCompare, Confidence: Certain}
	case p.TooYoungForElderly(day):
		return Papers{Reason: ErrElderlyTooYoung.Ja(), Look: "保険者番号か生年月日を直してから出してください。",
			Source: srcElderlyLaw, Confidence: Certain}
	case day.Before(noticesFrom):
		return Papers{Reason: "お知らせと資格確認書の発行が始まる前です。", Source: srcCompare, Confidence: Certain}
	case s == elderly:
		return elderlyPapers(p, day)
	case p.MovedToElderly(day):
		return Papers{Reason: "75歳の誕生日から後期高齢者医療に移っているので、この保険者からは出しません。",
			Source: srcElderlyLaw, Confidence: Certain}
	case day.Before(papersFrom):
		return Papers{
			Notice:     true,
			Reason:     "被用者保険は令和6年9月から全員にお知らせを出しました。資格確認書は令和6年12月2日からです。",
			Source:     srcCompare,
			Confidence: Certain,
		}
	case p.Withheld == Yes:
		return Papers{Certificate: true, Reason: "自己情報を提供しないことにしているので、カードとマイナポータルでは確認できません。資格確認書を職権で出します。",
			Source: srcWithheld, Confidence: Likely}
	}
	return generalPapers(p, day)
}

// generalPapers are those of everyone but 後期, since 2024-12-02.
func generalPapers(p Person, day Date) Papers {
	switch {
	case p.Registered == No:
		return Papers{
			Certificate: true,
			Reason:      "マイナ保険証の登録がないので、資格確認書を申請によらず出します。",
			Source:      srcCompare,
			Confidence:  Certain,
		}
	case p.NeedsCare == Yes:
		return Papers{
			Notice:      p.Registered == Yes,
			Certificate: true,
			Reason:      "機器の操作に配慮が要る人なので、登録していても資格確認書を出します。",
			Source:      srcCareful,
			Confidence:  Certain,
		}
	case p.Registered == Unknown:
		return Papers{Notice: true, Reason: "マイナ保険証の登録があるかわかりません。お知らせを出します。",
			Look: "登録の有無を中間サーバーで確かめてください。登録がなければ資格確認書が要ります。", Source: srcCompare, Confidence: Unverified}
	}
	switch GraceOf(p.CertificateUntil).On(day) {
	case CertificateExpired:
		return Papers{
			Certificate: true,
			Reason:      "電子証明書の期限と猶予が過ぎて登録が外れるので、資格確認書を出します。",
			Source:      srcGrace,
			Confidence:  Certain,
		}
	case CertificateGrace:
		return Papers{Notice: true, Certificate: true, Reason: "電子証明書の期限が切れて猶予の間なので、猶予が終わる前に資格確認書を出します。",
			Look: "申請を受けてから出す保険者もあります。", Source: srcGrace, Confidence: Likely}
	}
	return Papers{
		Notice:     true,
		Reason:     "マイナ保険証の登録がある人なので、お知らせを出します。",
		Source:     srcCompare,
		Confidence: Certain,
	}
}

// elderlyPapers are those of 後期高齢者医療: everyone has the certificate in the interim to 2026-07-31; from
// 2026-08-01 people of 85 and over on August 1st, and those who do not use マイナ保険証 regularly.
func elderlyPapers(p Person, day Date) Papers {
	if day.Before(elderlyRuleFrom) {
		return Papers{
			Certificate: true,
			Reason:      "後期高齢者医療では、令和8年7月31日までの資格確認書を全員に出します。",
			Source:      srcElderly,
			Confidence:  Certain,
		}
	}
	review := NextReview(day)
	review.year-- // the August 1st on or before day
	sure := Certain
	if review.After(elderlyRuleFrom) {
		sure = Likely
	}
	switch {
	case p.Withheld == Yes:
		return Papers{Certificate: true, Reason: "自己情報を提供しないことにしているので、資格確認書を職権で出します。", Source: srcWithheld,
			Confidence: Likely}
	case !p.BirthDate.IsZero() && Age(p.BirthDate.Latest(), review) >= elderlyAlwaysAge:
		return Papers{
			Certificate: true,
			Reason:      "8月1日に85歳以上なので、全員に資格確認書を出します。",
			Source:      srcElderly,
			Confidence:  sure,
		}
	case !p.BirthDate.IsZero() && Age(p.BirthDate, review) >= elderlyAlwaysAge:
		return Papers{Certificate: true, Reason: "生年月日の一部が不詳で、8月1日に85歳以上かもしれないので、資格確認書を出します。",
			Look: "8月1日に85歳以上か確かめてください。", Source: srcElderly, Confidence: Likely}
	case p.Registered == No:
		return Papers{
			Certificate: true,
			Reason:      "マイナ保険証の登録がないので、資格確認書を出します。",
			Source:      srcElderly,
			Confidence:  sure,
		}
	case p.NeedsCare == Yes:
		return Papers{
			Certificate: true,
			Reason:      "機器の操作に配慮が要る人なので、資格確認書を出します。",
			Source:      srcCareful,
			Confidence:  Certain,
		}
	case GraceOf(p.CertificateUntil).On(day) == CertificateExpired:
		return Papers{Certificate: true, Reason: "電子証明書の期限と猶予が過ぎて登録が外れるので、資格確認書を出します。",
			Source: srcGrace, Confidence: Likely}
	case p.Registered == Yes && p.FrequentUse == Yes:
		return Papers{Notice: true, Reason: "マイナ保険証を広域連合の基準どおりに使っているので、お知らせを出します。",
			Source: srcElderly, Confidence: Likely}
	case p.FrequentUse == Unknown:
		return Papers{Certificate: true, Reason: "マイナ保険証の利用回数がわからないので、資格確認書を出します。",
			Look:   "広域連合の基準（" + UsualUse.Japanese() + "とする所が多い）を満たせば、お知らせだけになります。",
			Source: srcElderly, Confidence: Likely}
	}
	return Papers{Certificate: true, Reason: "マイナ保険証の利用が広域連合の基準より少ないので、資格確認書を出します。",
		Source: srcElderly, Confidence: Likely}
}

// UseRule is how often マイナ保険証 must have been used for the notice alone in 後期高齢者医療. It is not the same at
// every 広域連合, so Person.FrequentUse is the insurer's data.
type UseRule struct{ InYear, InThreeMonths int }

// UsualUse is the rule of one municipality that fits the council's paper (三種町 2026-03-06).
var UsualUse = UseRule{InYear: 6, InThreeMonths: 1}

// Japanese says the rule in words.
func (u UseRule) Japanese() string {
	return fmt.Sprintf("年%d回以上かつ直近3か月に%d回以上", u.InYear, u.InThreeMonths)
}

// NoticeUntil returns the last day printed on a notice issued on day: none (zero) below 70; from 70 on
// July 31st or the day before the 75th birthday, whichever comes first
// (docs/facts/official-forms.md#validity-of-a-notice; likely for other insurers than 国保).
func NoticeUntil(p Person, day Date) Date {
	if p.BirthDate.IsZero() || bandOn(p.BirthDate.Latest(), day) < from70 && schemeOf(p.Insurer) != elderly {
		return Date{}
	}
	return soonest(p, day, NextReview(day).AddDays(-1))
}

// CertificateValidUntil returns the last day that a certificate issued on day may bear: five years at
// most; for 国保 and 後期 July 31st; never beyond the day before the 70th or 75th birthday changes the
// share (docs/facts/official-forms.md#validity-of-a-certificate).
func CertificateValidUntil(p Person, day Date) Date {
	last := day.AddMonths(60).AddDays(-1)
	if schemeOf(p.Insurer)&(residents|elderly) != 0 && schemeOf(p.Insurer) != everyone {
		last = NextReview(day).AddDays(-1)
	}
	return soonest(p, day, last)
}

// soonest shortens last to the day before the next birthday of 70 or 75 that changes the share.
func soonest(p Person, day, last Date) Date {
	if p.BirthDate.IsZero() || schemeOf(p.Insurer) == elderly {
		return last
	}
	starts := bandStarts(p.BirthDate.Earliest())
	for _, change := range starts[1:] {
		if end := change.AddDays(-1); change.After(day) && end.Before(last) {
			last = end
		}
	}
	return last
}
