package eligibility

import "strings"

// Refinements of accepted answers.

var (
	pointCardOver = finding{sure: Likely, source: srcGrace,
		reason: "カードの有効期限は切れていますが、切れて3か月以内なら読み取れることがあります。"}
	pointGrace = finding{sure: Certain, source: srcGrace,
		reason: "電子証明書の期限後3か月の猶予の間は、資格の確認だけはできます。薬剤・診療・健診の情報は見られません。"}
	pointRegister = finding{sure: Certain, source: srcHow,
		reason: "マイナ保険証の登録がまだですが、このリーダーでその場で登録できます。",
		next:   "リーダーの案内に沿って利用登録をしてもらい、そのまま資格を確認してください。"}
	pointAssistance = finding{sure: Likely, source: srcAssistance,
		reason: "医療扶助も、市区町村・医療機関・福祉事務所の準備ができていれば、カードで資格を確認できます。"}
	pointPhoneGrace = finding{sure: Unverified, source: srcGrace,
		reason: "カードの電子証明書が期限後の猶予中です。スマホで使えるかは確かめられていないので、かざして試してください。"}
	pointPhoneInApp = finding{sure: Unverified, source: srcLimited,
		reason: "マイナ資格確認アプリがスマホのマイナ保険証を読み取れるかは、確かめられていません。",
		next:   "アプリで試し、読み取れなければカードか、その場でのマイナポータルへのログインに切り替えてください。"}
	pointPhoneAssistance = finding{sure: Unverified, source: srcAssistance,
		reason: "医療扶助の資格がスマホで確認できるかは、確かめられていません。かざして試し、出なければ医療券を見てください。"}
	pointNoCard = finding{sure: Likely,
		reason: "自院の以前の受診で控えた番号の照会で資格が確かめられました。法令の方法ではなく、カードもないので、" +
			"受け付けるかは医療機関の判断です。"}
	pointWhoseNumber = finding{sure: Likely,
		next: "照会したのが自院の記録の番号であることを確かめてください（持参した紙の番号だけでは受け付けられません）。" +
			"結果の氏名・生年月日を本人に聞いて確かめ、その負担割合で受け付けてください。"}
	pointOtherProof = finding{sure: Likely, source: srcGrace,
		reason: "カードの有効期限が切れているので、ほかの本人確認の書類も見たうえで受け付けてください。"}
	pointProof = finding{sure: Certain, source: srcProof,
		reason: "年金事務所の健康保険被保険者資格証明書は、印字の有効期限（発行から20日以内）まで、協会けんぽの紙としてそれだけで受け付けられます。",
		next:   "有効期限が今日以降であることを見て、記号・番号を写してください。負担割合は年齢と本人の申し出で確かめます。"}
	pointProofElsewhere = finding{sure: Likely, source: srcProof,
		reason: "健康保険被保険者資格証明書は協会けんぽの紙です。聞いている保険者番号は協会けんぽではありません。",
		next:   "資格証明書の番号で協会けんぽの資格か確かめ、記号・番号を写してください。"}
	pointCardReads = finding{sure: Certain,
		next: "カードを読み取れるので、先にカードリーダーで確認してください。資格確認書はそのあとの控えにします。"}
)

func varyOfficial(f *facts, m *Method) {
	switch {
	case f.onlyAssistance || f.assistance && f.Insurer == "":
		m.say(&pointAssistance)
		m.Next += "医療扶助の資格が出なければ、医療券を見るか福祉事務所に電話し、3割を求めないでください。"
	case f.Card.State == CardExpired:
		m.say(&pointCardOver)
	case f.Card.Certificate == CertificateGrace:
		m.say(&pointGrace)
	case f.Card.Registered == No:
		m.say(&pointRegister)
	}
	if g := GraceOf(f.Card.CertificateEnds); f.Card.Certificate == CertificateGrace && g.Between(f.Day) {
		m.Reason += "期限から3か月（" + g.WarnUntil.Japanese() + "）は過ぎていて、月末（" + g.MayWorkTo.Japanese() +
			"）までという案内と、3か月で終わるという案内があります。"
		m.Next += "読み取れなければ、お知らせか資格確認書を見せてもらってください。"
	}
}

func varyPhone(f *facts, m *Method) {
	switch {
	case f.onlyAssistance || f.assistance && f.Insurer == "":
		m.say(&pointPhoneAssistance)
	case f.Card.Certificate == CertificateGrace:
		m.say(&pointPhoneGrace)
	case f.elsewhere():
		m.say(&pointPhoneInApp)
	}
}

func varyKnownNumber(f *facts, m *Method) {
	if f.card != Yes {
		m.say(&pointNoCard)
	}
	if f.LookupBy == "" {
		m.say(&pointWhoseNumber)
	}
}

// varyCertificate: a 健康保険被保険者資格証明書 stands in for the certificate.
func varyCertificate(f *facts, m *Method) {
	certificate := f.brings(ItemCertificate) && (f.CertificateUntil.IsZero() ||
		!f.Day.After(f.CertificateUntil) && !f.CertificateUntil.After(f.Day.AddMonths(certificateLife)))
	if !certificate {
		m.Name = "健康保険被保険者資格証明書"
		m.Limit = LimitNo
		m.say(&pointProof)
		if f.Insurer != "" && !strings.HasPrefix(string(f.Insurer), "01") {
			m.say(&pointProofElsewhere)
		}
	}
	if f.official {
		m.say(&pointCardReads)
	}
}

// varyUnconfirmed names the ways that follow マイナポータル's screen where OQS confirmed nothing.
func varyUnconfirmed(f *facts, m *Method) {
	if f.read.unconfirmed() {
		m.Reason = "オンライン資格確認で有効な資格が確かめられないときは、まずマイナポータルの資格情報画面を見ます。"
		m.cite(src0710)
	}
}

func varyDeclaration(f *facts, m *Method) {
	switch {
	case f.Facility.NetworkDown == Yes:
		m.Next = "カードの4情報を障害リストに控えて復旧後に照会し、長引くときは申立書を書いてもらって仮の割合で会計してください。"
	case f.fullPrice == Yes:
		m.Next = fillForm + "会計は次のとおりにしてください。"
	case !f.BirthDate.IsZero():
		m.Next = fillForm + provisionalWords(f.shares)
	}
	if f.read.unconfirmed() {
		_, next := f.OQSAnswer.words()
		share := ""
		if f.fullPrice != Yes && !f.BirthDate.IsZero() {
			share = "申立書のときは、" + provisionalWords(f.shares)
		}
		m.Reason = "カードは読み取れても、オンライン資格確認で有効な資格が確かめられないときは、被保険者資格申立書で受け付けられます。10割を求めません。"
		m.Next = next + share + "以前の記録があり、変わっていないと本人が言えば、申立書は出されたものとして扱えます。"
	}
	varyOutage(f, m)
}

// provisionalWords say with which share a declaration is billed for now.
func provisionalWords(shares []int) string {
	switch {
	case len(shares) == 0:
		return "医療扶助もあるので、本人の支払いは福祉事務所に電話で確かめてください。"
	case len(shares) > 1:
		return "申し立てられた割合（" + percents(shares) + "のどれか）で仮に会計してください。"
	case shares[0] == 20:
		return "未就学児なので仮に2割で会計してください。"
	}
	return "仮に" + percents(shares) + "で会計してください。"
}

func varyOutage(f *facts, m *Method) {
	if f.Card.State == CardExpired {
		m.say(&pointOtherProof)
	}
}

func varyDisaster(f *facts, m *Method) {
	m.Source = "「" + f.Disaster.Title + "」（" + f.Disaster.Area + "）"
	m.SourceURL = ""
}
