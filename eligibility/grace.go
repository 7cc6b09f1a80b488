package eligibility

import "madoguchi/message"

// Grace is what follows from the day on which a 利用者証明用電子証明書 ends
// (docs/facts/cards-and-certificates.md#three-months-of-grace). Official pages word the three
// months in two ways; both are kept: people are warned by the shorter, staff may still try by the longer.
type Grace struct {
	Until     Date    // the certificate's last day
	WarnUntil Date    // "three months after": the last day by the shorter wording
	MayWorkTo Date    // the last day of the third month after the month of expiry
	Reminders [3]Date // 90, 60 and 30 days before Until
	RenewFrom Date    // the municipality renews from the day after "three months before"
	Source    Source
	// of MayWorkTo: the ministry's leaflet has it since 2026-08, older pages the shorter wording only
	Confidence Confidence
}

// GraceOf returns the days that follow from a certificate that ends on until.
func GraceOf(until Date) Grace {
	month := Date{until.year, until.month, 1}
	return Grace{
		Until:     until,
		WarnUntil: until.AddMonths(3),
		MayWorkTo: month.AddMonths(4).AddDays(-1),
		Reminders: [3]Date{until.AddDays(-90), until.AddDays(-60), until.AddDays(-30)},
		RenewFrom: until.AddMonths(-3).AddDays(1),
		Source:    srcGrace, Confidence: Certain,
	}
}

// On returns the certificate's state on day by the longer wording: valid to its last day, then grace, then
// expired.
func (g Grace) On(day Date) CertificateState {
	switch {
	case g.Until.IsZero():
		return ""
	case !day.After(g.Until):
		return CertificateValid
	case !day.After(g.MayWorkTo):
		return CertificateGrace
	}
	return CertificateExpired
}

// Between reports whether the two readings of the three months differ on day: over by the shorter, running by
// the longer.
func (g Grace) Between(day Date) bool {
	return !g.Until.IsZero() && day.After(g.WarnUntil) && !day.After(g.MayWorkTo)
}

// CardCase is a special state of a card or of its holder, with what it means at the counter.
type CardCase struct {
	Key        string
	Source     Source
	Confidence Confidence
}

// Told is what it is, with what it means at the counter as the next step.
func (c CardCase) Told() message.Message { return message.New("cardcase."+c.Key, nil) }

// CardCases lists the special cards and people of the counter.
var CardCases = [...]CardCase{
	{"cardExpired", srcGrace, Likely},            // カードそのものの有効期限切れ
	{"certificateRevoked", srcGrace, Unverified}, // 電子証明書の失効
	{"pinless", srcPinless, Certain},             // 顔認証マイナンバーカード
	{"baby", srcBaby, Likely},                    // 顔写真のない乳児のカード
	{"residence", srcResidence, Unverified},      // 特定在留カード・特定特別永住者証明書
	{"renewing", srcLostCard, Certain},           // カードの紛失・更新中
	{"unregistered", srcHow, Certain},            // マイナ保険証の登録がまだ
	{"withheld", srcWithheld, Likely},            // 自己情報提供不可の人（DVなど）
	{"addressWithheld", srcWithheld, Likely},     // 不開示該当の人（DVなど）
	{"needsCare", srcCareful, Certain},           // 要配慮者
}
