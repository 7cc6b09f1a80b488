package eligibility

// condition is one need of a rule. It refuses only for a fact that is known: an unknown circumstance refuses nothing, but a
// document, an answer of OQS, an emergency or an outage must be known to be there.
type condition struct {
	name    string // as docs/rules.md prints it
	met     func(*facts) bool
	because string // why the rule is refused without it
	next    string // what staff do instead
	source  Source // where it says so, if not where the rule does
	sure    Confidence
}

// Next steps that several refusals share.
const (
	nextFallback  = "マイナポータルか保険者の画面・PDF、または「資格情報のお知らせ」をカードといっしょに見せてもらってください。"
	nextCardFirst = "先に、マイナンバーカードをカードリーダーで読み取ってください。"
	nextAskCard   = "マイナンバーカードを持っているか聞いてください。なければスマホでその場でログインするか、資格確認書をお願いしてください。"
	nextOther     = "ほかに見せられるもの（資格確認書、お知らせとカード、スマホ）を聞いてください。"
	nextLookup    = "以前の受診の記録に番号があれば、オンライン資格確認で照会してください。"
)

var (
	cardShown = &condition{name: "マイナンバーカードの提示", sure: Certain,
		met:     func(f *facts) bool { return f.card == Yes },
		because: "マイナンバーカードが示されていないので、この方法は使えません。", next: nextAskCard}
	cardInDate = &condition{name: "カードの有効期限内", source: srcGrace, sure: Likely,
		met:     func(f *facts) bool { return f.Card.State != CardExpired },
		because: "カードそのものの有効期限が切れているので、本人確認の書類として使えません。", next: "カードリーダーで読み取れるか試し、だめなら資格確認書か、以前の番号での照会にしてください。"}
	readerHere = &condition{name: "カードリーダー（訪問では職員の端末）", sure: Certain,
		met:     func(f *facts) bool { return f.Facility.Reader != No || f.Facility.HomeVisit == Yes },
		because: "この施設にはカードリーダーがありません。", next: nextFallback}
	faceReaderHere = &condition{name: "顔認証付きカードリーダー（限定型・訪問にはない）", source: srcLimited, sure: Likely,
		met: func(f *facts) bool {
			return f.Facility.Reader != No && f.Facility.Kind != LimitedFacility && f.Facility.HomeVisit != Yes
		},
		because: "ここには顔認証付きカードリーダーがないので、顔認証は使えません。", next: "使える端末があれば暗証番号か目視で確認し、なければ画面・PDF・お知らせをカードといっしょに見せてもらってください。"}
	online = &condition{name: "オンライン資格確認と回線が動いている", source: src0710, sure: Certain,
		met:     func(f *facts) bool { return f.Facility.NetworkDown != Yes },
		because: "オンライン資格確認か回線が止まっているので、いまは照会できません。", next: "画面・PDF・お知らせをカードといっしょに見せてもらうか、カードの4情報を障害リストに控えてください。"}
	cardReads = &condition{name: "カードを読み取れる", sure: Certain,
		met:     func(f *facts) bool { return f.Card.Reads != No },
		because: "カードを読み取れませんでした。", next: nextFallback}
	certificateUsable = &condition{name: "電子証明書が有効、または期限後3か月以内", source: srcGrace, sure: Certain,
		met:     func(f *facts) bool { return f.Card.Certificate != CertificateExpired },
		because: "電子証明書の期限が切れて3か月の猶予も過ぎているので、マイナ保険証としては使えません。", next: "お知らせか前に保存したPDFをカードといっしょに見せてもらい、市区町村での更新を案内してください。"}
	certificateNotRevoked = &condition{name: "電子証明書が失効していない", source: srcGrace, sure: Unverified,
		met:     func(f *facts) bool { return f.Card.Certificate != CertificateRevoked },
		because: "電子証明書が失効しています（紛失届・転出・氏名変更など）。失効には3か月の猶予がないと考えられます。", next: "お知らせか前に保存したPDFをカードといっしょに見せてもらい、市区町村での手続きを案内してください。"}
	hasPhoto = &condition{name: "カードに顔写真がある", source: srcBaby, sure: Certain,
		met:     func(f *facts) bool { return f.Card.Photo != No },
		because: "顔写真のないカード（乳児のカード）では顔認証ができません。", next: "暗証番号を保護者に入力してもらうか、お知らせをカードといっしょに見せてもらってください。"}
	hasPhotoForStaff = &condition{name: "カードに顔写真がある", source: srcBaby, sure: Likely,
		met:     func(f *facts) bool { return f.Card.Photo != No },
		because: "顔写真のないカード（乳児のカード）では目視で見比べられません。", next: "暗証番号を保護者に入力してもらうか、お知らせをカードといっしょに見せてもらってください。"}
	faceNotFailed = &condition{name: "顔認証が通る", sure: Certain,
		met:     func(f *facts) bool { return f.Card.Face != FaceFailed },
		because: "顔認証が通りませんでした。", next: "暗証番号か、目視確認モードに切り替えてください。"}
	notPinless = &condition{name: "暗証番号のあるカード", source: srcPinless, sure: Certain,
		met:     func(f *facts) bool { return f.Card.Pinless != Yes },
		because: "顔認証マイナンバーカードには暗証番号がありません。", next: "顔認証か、目視確認モードにしてください。"}
	pinUsable = &condition{name: "暗証番号がわかり、ロックしていない", sure: Certain,
		met:     func(f *facts) bool { return f.Card.PIN != PINForgotten && f.Card.PIN != PINLocked },
		because: "暗証番号がわからない、またはロックしています。", next: "顔認証か、目視確認モードにしてください。暗証番号の再設定は市区町村です。"}

	phoneShown = &condition{name: "スマホの提示", sure: Certain,
		met:     func(f *facts) bool { return f.brings(ItemPhone) },
		because: "スマホが示されていません。", next: nextOther}
	androidPhone = &condition{name: "Androidのスマホ", sure: Certain,
		met:     func(f *facts) bool { return f.Phone != IOS },
		because: "iPhoneなので、Android用の方法は使えません。", next: "iPhoneの方法で確認してください。"}
	iPhone = &condition{name: "iPhone", sure: Certain,
		met:     func(f *facts) bool { return f.Phone != Android },
		because: "Androidなので、iPhone用の方法は使えません。", next: "Androidの方法で確認してください。"}
	phoneReaderHere = &condition{name: "スマホ用の読み取り機", sure: Certain,
		met: func(f *facts) bool {
			return f.Facility.PhoneReader == Yes || f.Facility.PhoneReader == Unknown && f.Facility.Reader != No
		},
		because: "この施設にはスマホ用の読み取り機がありません。", next: "カードを読み取るか、スマホでその場でマイナポータルにログインしてもらってください。"}
	phoneCertificate = &condition{name: "カードの電子証明書が期限切れ・失効でない", source: srcGrace, sure: Unverified,
		met:     func(f *facts) bool { return !f.certificateGone() },
		because: "カードの電子証明書が切れているか失効しているので、スマホの電子証明書も使えないと考えられます。", next: "お知らせをカードといっしょに見せてもらうか、資格確認書をお願いしてください。"}
	notPinlessPhone = &condition{name: "顔認証マイナンバーカードの人でない", source: srcPinless, sure: Certain,
		met:     func(f *facts) bool { return f.Card.Pinless != Yes },
		because: "顔認証マイナンバーカードの人は、スマホのマイナ保険証を使えません。", next: "カードを顔認証か目視確認で読み取ってください。"}
	registeredPhone = &condition{name: "カードがマイナ保険証として登録済み", sure: Certain,
		met:     func(f *facts) bool { return f.Card.Registered != No },
		because: "マイナ保険証の登録がないので、スマホのマイナ保険証は使えません。", next: "カードがあればリーダーでその場で登録し、なければ資格確認書か、以前の番号での照会にしてください。"}
	phoneForPortal = &condition{name: "スマホの提示、その場でのログイン", source: srcPhoneQA, sure: Likely,
		met:     func(f *facts) bool { return f.brings(ItemPhone) || f.brings(ItemPortalScreen) },
		because: "その場でログインできるスマホがありません。保存したPDFや画像だけでは受け付けられません。", next: "スマホがあれば、その場でマイナポータルにログインしてもらってください。"}
	phoneReaderFailed = &condition{name: "スマホ用の読み取り機がない、または使えない", source: srcPhoneQA, sure: Certain,
		met:     func(f *facts) bool { return f.Facility.PhoneReader != Yes || f.Facility.NetworkDown == Yes },
		because: "スマホ用の読み取り機があるので、先にそれを使います。", next: "スマホをかざしてもらい、うまくいかなければ、その場でのマイナポータルへのログインに切り替えてください。"}

	portalScreenShown = &condition{name: "マイナポータルの資格情報画面", sure: Certain,
		met:     func(f *facts) bool { return f.brings(ItemPortalScreen) },
		because: "マイナポータルの資格情報画面が示されていません。画面を写した画像は数えません。", next: "スマホがあれば、マイナポータルで「健康保険証」を開いてもらってください。"}
	portalPDFShown = &condition{name: "マイナポータルのPDF", sure: Certain,
		met:     func(f *facts) bool { return f.brings(ItemPortalPDF) },
		because: "マイナポータルで保存したPDFが示されていません。", next: nextOther}
	officialWayFailed = &condition{name: "カードを読み取れない、リーダーがない、または義務のない施設", sure: Certain,
		met:     func(f *facts) bool { return !f.official || f.Facility.Kind == ExemptFacility },
		because: "カードを読み取れるので、マイナ保険証として確認します。", next: nextCardFirst}
	notPinlessPortal = &condition{name: "マイナポータルにログインできるカード", source: srcPinless, sure: Certain,
		met:     func(f *facts) bool { return f.Card.Pinless != Yes },
		because: "顔認証マイナンバーカードではマイナポータルにログインできません。", next: "お知らせをカードといっしょに見せてもらうか、資格確認書をお願いしてください。"}
	portalLogin = &condition{name: "電子証明書が有効（猶予の間はログインできない）", source: srcGrace, sure: Likely,
		met:     func(f *facts) bool { return f.Card.Certificate != CertificateGrace && !f.certificateGone() },
		because: "電子証明書の期限が切れる（または失効する）とマイナポータルにログインできないので、いま開いた画面ではありません。", next: "期限前に保存したPDFか「資格情報のお知らせ」をカードといっしょに見せてもらい、市区町村での更新を案内してください。"}
	registeredPortal = &condition{name: "マイナ保険証として登録済み", sure: Certain,
		met:     func(f *facts) bool { return f.Card.Registered != No },
		because: "マイナ保険証の登録がないので、マイナポータルには「未登録」と出ます。", next: "カードが読めればリーダーでその場で登録し、読めなければ資格確認書かお知らせをお願いしてください。"}
	sameInsurer = &condition{name: "75歳からは後期高齢者医療の資格", source: srcShare, sure: Certain,
		met:     func(f *facts) bool { return !f.movedToElderly },
		because: "75歳の誕生日から後期高齢者医療に移っているので、前の保険者の資格では受け付けられません。", next: "後期高齢者医療の資格確認書を見せてもらうか、カードをリーダーで読み取り、なければ申立書にしてください。"}

	noticeShown = &condition{name: "資格情報のお知らせ", sure: Certain,
		met:     func(f *facts) bool { return f.brings(ItemNotice) },
		because: "「資格情報のお知らせ」が示されていません。", next: nextOther}
	insurerNoticeShown = &condition{name: "保険者の画面かPDF", sure: Certain,
		met:     func(f *facts) bool { return f.brings(ItemInsurerScreen) || f.brings(ItemInsurerPDF) },
		because: "保険者の資格情報画面かPDFが示されていません。", next: nextOther}
	certificateShown = &condition{name: "資格確認書", sure: Certain,
		met:     func(f *facts) bool { return f.brings(ItemCertificate) },
		because: "資格確認書が示されていません。", next: nextOther}
	certificateInDate = &condition{name: "印字の有効期限内", sure: Certain,
		met:     func(f *facts) bool { return f.CertificateUntil.IsZero() || !f.Day.After(f.CertificateUntil) },
		because: "資格確認書の有効期限が過ぎています。", next: "新しい資格確認書が届いていないか聞き、なければカードの読み取りか、以前の番号での照会にしてください。"}
	oldCardShown = &condition{name: "健康保険証", sure: Certain,
		met:     func(f *facts) bool { return f.brings(ItemOldCard) },
		because: "健康保険証が示されていません。", next: nextOther}
	oldCardInDate = &condition{name: "印字の有効期限内", sure: Certain,
		met:     func(f *facts) bool { return f.OldCardUntil.IsZero() || !f.Day.After(f.OldCardUntil) },
		because: "健康保険証の有効期限が過ぎています。", next: nextLookup}
	oldCardOver = &condition{name: "健康保険証が期限切れ", sure: Certain,
		met:     func(f *facts) bool { return !f.oldCardValid },
		because: "健康保険証は有効期限内なので、期限切れの暫定措置ではありません。", next: "有効期限内の健康保険証として受け付けてください。"}
	lookupAnswered = &condition{name: "番号でのオンライン資格確認の照会に答えがある", sure: Certain,
		met:     func(f *facts) bool { return f.Lookup == LookupFound },
		because: "番号での照会で資格が確かめられていません。", next: nextLookup}
	outage = &condition{name: "オンライン資格確認か回線の障害", sure: Certain,
		met:     func(f *facts) bool { return f.Facility.NetworkDown == Yes },
		because: "オンライン資格確認は止まっていないので、障害時の手順ではありません。", next: nextCardFirst}
	emergency = &condition{name: "緊急で、資格が明らか", sure: Certain,
		met:     func(f *facts) bool { return f.Emergency == Yes },
		because: "緊急やむを得ない場合ではありません。", next: nextOther}
	consentedBefore = &condition{name: "初回に居宅同意取得型で同意", sure: Certain,
		met:     func(f *facts) bool { return f.FirstVisitByHomeConsent == Yes },
		because: "居宅同意取得型での初回の同意がありません。", next: "訪問では、居宅同意取得型（マイナ在宅受付Webか、マイナ資格確認アプリの暗証番号・目視）で初回の同意を得てください。"}
	atHome = &condition{name: "訪問診療など", sure: Certain,
		met:     func(f *facts) bool { return f.Facility.HomeVisit != No },
		because: "訪問診療などではないので、再照会の方法ではありません。", next: nextCardFirst}
)
