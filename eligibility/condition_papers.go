package eligibility

// What logging in to マイナポータル needs.
var (
	phoneForPortal = &condition{name: "スマホの提示、その場でのログイン", source: srcPhoneQA, sure: Likely,
		met:     func(f *facts) bool { return f.phoneHere() || f.brings(ItemPortalScreen) },
		because: "その場でログインできるスマホがありません。保存したPDFや画像だけでは受け付けられません。",
		next:    "スマホがあれば、その場でマイナポータルにログインしてもらってください。"}
	phoneReaderFailed = &condition{name: "スマホ用の読み取り機がない、または使えない", source: srcPhoneQA, sure: Certain,
		met: func(f *facts) bool {
			return f.PhoneTap == TapFailed || f.PhoneTap != TapWorks && f.Facility.PhoneReader != Yes ||
				f.Facility.NetworkDown == Yes || f.read.unconfirmed()
		},
		because: "スマホ用の読み取り機があるので、先にそれを使います。",
		next:    "スマホをかざしてもらい、うまくいかなければ、その場でのマイナポータルへのログインに切り替えてください。"}
	portalScreenShown = &condition{name: "マイナポータルの資格情報画面", sure: Certain,
		met:     func(f *facts) bool { return f.brings(ItemPortalScreen) },
		because: "マイナポータルの資格情報画面が示されていません。画面を写した画像は数えません。",
		next:    "スマホがあれば、マイナポータルで「健康保険証」を開いてもらってください。"}
	portalPDFShown = &condition{name: "マイナポータルのPDF", sure: Certain,
		met:     func(f *facts) bool { return f.brings(ItemPortalPDF) },
		because: "マイナポータルで保存したPDFが示されていません。", next: nextOther}
	officialWayFailed = &condition{name: "カードで資格を確かめられない、リーダーがない、または義務のない施設", sure: Certain,
		source:  srcNotice,
		met:     func(f *facts) bool { return !f.official || f.Facility.Kind == ExemptFacility },
		because: "カードを読み取れるので、マイナ保険証として確認します。", next: nextCardFirst}
	notPinlessPortal = &condition{name: "マイナポータルにログインできるカード", source: srcPinless, sure: Certain,
		met:     func(f *facts) bool { return f.Card.Pinless != Yes },
		because: "顔認証マイナンバーカードではマイナポータルにログインできません。",
		next:    "お知らせをカードといっしょに見せてもらうか、資格確認書をお願いしてください。"}
	portalLogin = &condition{name: "電子証明書が有効（猶予の間はログインできない）", source: srcGrace, sure: Likely,
		met: func(f *facts) bool {
			return f.Card.Certificate != CertificateGrace &&
				!f.certificateGone()
		},
		because: "電子証明書の期限が切れる（または失効する）とマイナポータルにログインできないので、いま開いた画面ではありません。",
		next:    "期限前に保存したPDFか「資格情報のお知らせ」をカードといっしょに見せてもらい、市区町村での更新を案内してください。"}
	registeredPortal = &condition{name: "マイナ保険証として登録済み", sure: Certain, source: srcHow,
		met:     func(f *facts) bool { return f.Card.Registered != No },
		because: "マイナ保険証の登録がないので、マイナポータルには「未登録」と出ます。",
		next:    "カードが読めればリーダーでその場で登録し、読めなければ資格確認書かお知らせをお願いしてください。"}
)

// What papers must be like.
var (
	sameInsurer = &condition{name: "75歳からは後期高齢者医療の資格", source: srcElderlyLaw, sure: Certain,
		met:     func(f *facts) bool { return f.moved != Yes },
		because: "75歳の誕生日から後期高齢者医療に移っているので、前の保険者の資格では受け付けられません。",
		next:    "後期高齢者医療の資格確認書を見せてもらうか、カードをリーダーで読み取り、なければ申立書にしてください。"}
	noticeShown = &condition{name: "資格情報のお知らせ", sure: Certain,
		met:     func(f *facts) bool { return f.brings(ItemNotice) },
		because: "「資格情報のお知らせ」が示されていません。", next: nextOther}
	noticeInDate = &condition{name: "印字の有効期限内（印字のあるとき）", source: srcCompare, sure: Certain,
		met:     func(f *facts) bool { return f.NoticeUntil.IsZero() || !f.Day.After(f.NoticeUntil) },
		because: "お知らせに印字された有効期限が過ぎています。",
		next:    "新しいお知らせか資格確認書が届いていないか聞き、なければマイナポータルの画面をカードといっしょに見せてもらってください。"}
	insurerNoticeShown = &condition{name: "保険者の画面かPDF", sure: Certain,
		met:     func(f *facts) bool { return f.brings(ItemInsurerScreen) || f.brings(ItemInsurerPDF) },
		because: "保険者の資格情報画面かPDFが示されていません。", next: nextOther}
	certificateShown = &condition{name: "資格確認書（または健康保険被保険者資格証明書）", sure: Certain,
		met:     func(f *facts) bool { return f.brings(ItemCertificate) || f.brings(ItemEligibilityProof) },
		because: "資格確認書が示されていません。", next: nextOther}
	certificateInDate = &condition{name: "印字の有効期限内", source: srcCompare, sure: Certain,
		met: func(f *facts) bool {
			return f.proof || f.brings(ItemCertificate) && (f.CertificateUntil.IsZero() ||
				!f.Day.After(f.CertificateUntil))
		},
		because: "資格確認書の有効期限が過ぎています。",
		next:    "新しい資格確認書が届いていないか聞き、なければカードの読み取りか、以前の番号での照会にしてください。",
		words:   certificateOver}
	certificatePlausible = &condition{name: "印字の有効期限が5年を超えない", source: srcCompare, sure: Certain,
		met: func(f *facts) bool {
			return f.proof || f.CertificateUntil.IsZero() ||
				!f.CertificateUntil.After(f.Day.AddMonths(certificateLife))
		},
		because: "資格確認書の有効期限は発行から最長5年なので、この日付の資格確認書はありません。",
		next:    "日付を読みちがえていないか見直し、印字がこのとおりなら、保険者に電話で確かめてください。"}
	oldCardShown = &condition{name: "健康保険証", sure: Certain,
		met:     func(f *facts) bool { return f.brings(ItemOldCard) },
		because: "健康保険証が示されていません。", next: nextOther}
	oldCardInDate = &condition{name: "印字の有効期限内", sure: Certain,
		met:     func(f *facts) bool { return f.OldCardUntil.IsZero() || !f.Day.After(f.OldCardUntil) },
		because: "健康保険証の有効期限が過ぎています。", next: nextLookup}
	oldCardOver = &condition{name: "健康保険証が期限切れ", sure: Certain,
		met:     func(f *facts) bool { return !f.oldCardValid },
		because: "健康保険証は有効期限内なので、期限切れの暫定措置ではありません。", next: "有効期限内の健康保険証として受け付けてください。"}
	ticketShown = &condition{name: "医療券・調剤券", source: srcAssistance, sure: Certain,
		met:     func(f *facts) bool { return f.brings(ItemMedicalTicket) },
		because: "医療券・調剤券が示されていません。", next: nextOther}
	notAssistance = &condition{name: "医療扶助（法別番号12）ではない", source: srcAssistance, sure: Certain,
		met:     func(f *facts) bool { return !f.onlyAssistance },
		because: "医療扶助は健康保険ではなく、資格確認書もお知らせもありません。",
		next:    "医療券・調剤券を見せてもらい、なければ福祉事務所に電話で確かめてください。3割を求めないでください。"}
)

// insured: whoever has 医療扶助 and no insurer that is known declares no insurance.
var insured = &condition{name: "医療扶助だけの人ではない", source: srcAssistance, sure: Certain,
	met:     func(f *facts) bool { return f.MedicalAssistance != Yes || f.Insurer != "" },
	because: "申立書は健康保険の人のもので、医療扶助だけの人には使いません。", next: notAssistance.next}

// certificateLife is the longest life of a 資格確認書, in months; proofLife that of a 健康保険被保険者資格証明書, in days.
const certificateLife, proofLife = 60, 20

const (
	proofTooLong   = "健康保険被保険者資格証明書の有効期限は発行から20日以内なので、この日付のものはありません。"
	proofLookAgain = "日付を読みちがえていないか見直し、印字がこのとおりなら、年金事務所に電話で確かめてください。"
)

// certificateOver says which of the papers that stand alone is over.
func certificateOver(f *facts) (because, next string) {
	const renew = "新しい資格確認書が届いていないか聞き、なければカードの読み取りか、以前の番号での照会にしてください。"
	switch {
	case f.brings(ItemCertificate):
		return "資格確認書の有効期限が過ぎています。", renew
	case f.EligibilityProofUntil.After(f.Day.AddDays(proofLife)):
		return proofTooLong, proofLookAgain
	case f.proofMoved:
		return "健康保険被保険者資格証明書は協会けんぽのものですが、75歳の誕生日から後期高齢者医療に移っています。",
			"後期高齢者医療の資格確認書を見せてもらうか、カードをリーダーで読み取り、なければ申立書にしてください。"
	}
	return "健康保険被保険者資格証明書の有効期限が過ぎています。", renew
}

// What look-ups and circumstances must be like.
var (
	lookupWhileOnline = &condition{name: "障害の間の照会でない", source: src0710, sure: Certain,
		met: func(f *facts) bool {
			return f.Facility.NetworkDown != Yes || f.Lookup != LookupFound && f.OQSAnswer == ""
		},
		because: "オンライン資格確認か回線が止まっている間は照会できないので、その結果では受け付けられません。",
		next:    "復旧してから照会し直してください。障害の前に照会したものなら、その控えの時刻を確かめてください。"}
	lookupAnswered = &condition{name: "番号でのオンライン資格確認の照会で資格が確かめられた", sure: Certain, source: srcInterim,
		met:     func(f *facts) bool { return f.read.number },
		because: "番号での照会で資格が確かめられていません。", next: nextLookup}
	lookupOfRecords = &condition{name: "照会したのは自院の記録にある番号", source: srcInterim, sure: Likely,
		met:     func(f *facts) bool { return f.LookupBy != LookupByPaper },
		because: "照会したのは持参した紙の番号です。紙の番号だけで受け付ける暫定措置は令和8年7月31日までで、以前の番号での照会ではありません。",
		next:    "自院の以前の受診の記録に番号があれば照会し、なければカード・スマホ・資格確認書を聞いてください。"}
	outage = &condition{name: "オンライン資格確認か回線の障害", sure: Certain,
		met:     func(f *facts) bool { return f.Facility.NetworkDown == Yes },
		because: "オンライン資格確認は止まっていないので、障害時の手順ではありません。", next: nextCardFirst}
	emergency = &condition{name: "緊急で、資格が明らか", sure: Certain,
		met:     func(f *facts) bool { return f.Emergency == Yes },
		because: "緊急やむを得ない場合ではありません。", next: nextOther}
	consentedBefore = &condition{name: "初回に居宅同意取得型で同意", sure: Certain,
		met:     func(f *facts) bool { return f.FirstVisitByHomeConsent == Yes },
		because: "居宅同意取得型での初回の同意がありません。",
		next:    "訪問では、居宅同意取得型（マイナ在宅受付Webか、マイナ資格確認アプリの暗証番号・目視）で初回の同意を得てください。"}
	atHome = &condition{name: "訪問診療など", sure: Certain,
		met:     func(f *facts) bool { return f.Facility.HomeVisit != No },
		because: "訪問診療などではないので、再照会の方法ではありません。", next: nextCardFirst}
	disasterNotice = &condition{name: "災害の通知を、この施設で地域と表題を入れて有効にしている", source: srcDisaster, sure: Likely,
		met:     func(f *facts) bool { return f.Disaster.On() },
		because: "災害で被災した人の取扱いの通知（地域と表題）を、この施設では有効にしていません。",
		next:    "通知が出ている地域の人なら、厚生労働省の通知の地域と表題を確かめて入れてください。"}

	notWorkInjury = &condition{name: "業務上・通勤のけがや病気ではない", source: srcCause, sure: Likely,
		met:     func(f *facts) bool { return f.Cause != WorkInjury },
		because: "業務上や通勤のけが・病気は労災保険のもので、健康保険では受け付けません。",
		next:    "健康保険は使わず、勤め先に労災の手続きを確かめてもらい、労災の書類が届くまでの会計は院内の取り決めで行ってください。"}
)
