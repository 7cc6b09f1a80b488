package eligibility

// Grace is what follows from the day on which a 利用者証明用電子証明書 ends
// (docs/facts/cards-and-certificates.md#three-months-of-grace). Official pages word the three
// months in two ways; both are kept: people are warned by the shorter, staff may still try by the longer.
type Grace struct {
	Until     Date    // the certificate's last day
	WarnUntil Date    // "three months after": the last day by the shorter wording
	MayWorkTo Date    // the last day of the third month after the month of expiry
	Reminders [3]Date // 90, 60 and 30 days before Until
	RenewFrom Date    // the municipality renews from the day after "three months before"
	LostJa    string  // what does not work in the grace
	LostEn    string
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
		LostJa:    "薬剤・診療・健診の情報の提供、マイナポータルへのログイン（資格情報画面）、コンビニ交付などは、期限の日を過ぎるとすぐ使えなくなります。",
		LostEn:    "Sharing of medication, treatment and check-up records, login to Mynaportal (so its eligibility screen too) and certificates at convenience stores stop at once.",
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
	Ja, En     string // what it is
	Means      string // what it means at the counter, in Japanese
	Source     Source
	Confidence Confidence
}

// CardCases lists the special cards and people of the counter.
var CardCases = [...]CardCase{
	{"cardExpired", "カードそのものの有効期限切れ", "the card itself has expired",
		"本人確認の書類としては使えません。3か月以内はリーダーで読み取れることがあるので、まず試します。画面・PDF・お知らせといっしょには使えません。",
		srcGrace, Likely},
	{"certificateRevoked", "電子証明書の失効", "certificate revoked",
		"期限切れの猶予はないと考えます。利用登録が終わって資格確認書が出ているはずなので、お知らせや前に保存したPDFは本人に確かめてから受け付けます。",
		srcGrace, Unverified},
	{"pinless", "顔認証マイナンバーカード（暗証番号なし）", "card without PIN",
		"顔認証か目視だけです。マイナポータルにはログインできないので、お知らせか資格確認書が予備になります。", srcPinless, Certain},
	{"baby", "顔写真のない乳児のカード", "baby's card without photo",
		"顔認証も目視もできず、暗証番号だけです。暗証番号を知らない家族が来るときは、お知らせを持たせます。", srcBaby, Likely},
	{"residence", "特定在留カード・特定特別永住者証明書", "residence card that is a My Number card",
		"法律上マイナンバーカードなので、マイナ保険証として読み取れます（令和8年6月14日から）。" +
			"チップによる生年月日の照合は、この種類のカードではまだ確かめられていません。", srcResidence, Unverified},
	{"renewing", "カードの紛失・更新中", "card lost or being renewed",
		"保険者に申請すると、短い期限の資格確認書が出ます。", srcLostCard, Certain},
	{"unregistered", "マイナ保険証の登録がまだ", "not registered yet", "リーダーでその場で登録できます。", srcHow, Certain},
	{"withheld", "自己情報提供不可の人（DVなど）", "own data not to be shown (DV and the like)",
		"カードとマイナポータルでは確認できません。番号での照会には、住所を除いて答えが返ります。保険者が資格確認書を出します。",
		srcWithheld, Likely},
	{"addressWithheld", "不開示該当の人（DVなど）", "address withheld (DV and the like)",
		"カードはいつもどおり使えます。", srcWithheld, Likely},
	{"needsCare", "機器の操作がむずかしい人（要配慮者）", "cannot operate the reader",
		"登録していても資格確認書を申請でき、更新のたびの申請は要りません。", srcCareful, Certain},
}
