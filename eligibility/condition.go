package eligibility

// condition is one requirement of a rule. It refuses only because of a known fact: an unknown circumstance
// refuses nothing, but a document, an answer of OQS, an emergency or an outage must be known to be there.
type condition struct {
	name    string // as docs/rules.md prints it
	met     func(*facts) bool
	because string // why the rule is refused without it
	next    string // what staff do instead
	inApp   string // the same on visits and at a 資格確認限定型, whose app has other words; "" for next
	noPhoto string // the same for a card without a photo; "" for next
	words   func(*facts) (because, next string)
	source  Source // where it says so, if not where the rule does
	sure    Confidence
}

// say returns why a rule is refused and what staff do instead.
func (c *condition) say(f *facts) (because, next string) {
	switch {
	case c.words != nil:
		return c.words(f)
	case c.noPhoto != "" && f.Card.Photo == No:
		return c.because, c.noPhoto
	case c.inApp != "" && f.elsewhere():
		return c.because, c.inApp
	}
	return c.because, c.next
}

// Next steps that several refusals share.
const (
	nextFallback   = "マイナポータルか保険者の画面・PDF、または「資格情報のお知らせ」をカードといっしょに見せてもらってください。"
	nextCardFirst  = "先に、マイナンバーカードをカードリーダーで読み取ってください。"
	nextAskCard    = "マイナンバーカードを持っているか聞いてください。なければスマホでその場でログインするか、資格確認書をお願いしてください。"
	nextOther      = "ほかに見せられるもの（資格確認書、お知らせとカード、スマホ）を聞いてください。"
	nextLookup     = "以前の受診の記録に番号があれば、オンライン資格確認で照会してください。"
	nextSight      = "顔認証か、目視確認モードにしてください。"
	nextSightInApp = "アプリで「目視」を選び、顔写真と本人を見比べてください。"
	nextNoPhoto    = "保護者に暗証番号を聞き、わからなければお知らせか資格確認書を見せてもらってください。"
	nextRenew      = "資格確認書が届いていないか聞き、なければお知らせか前に保存したPDFをカードといっしょに見せてもらい、市区町村での更新を案内してください。"
)

// What a card and its reader must be like.
var (
	cardShown = &condition{name: "マイナンバーカードの提示", sure: Certain,
		met:     func(f *facts) bool { return f.card == Yes },
		because: "マイナンバーカードが示されていないので、この方法は使えません。", next: nextAskCard}
	cardInDate = &condition{name: "カードの有効期限内", source: srcGrace, sure: Likely,
		met:     func(f *facts) bool { return f.Card.State != CardExpired },
		because: "カードそのものの有効期限が切れているので、本人確認の書類として使えません。",
		next:    "カードリーダーで読み取れるか試し、だめなら資格確認書か、以前の番号での照会にしてください。"}
	cardNotLongOver = &condition{name: "カードの有効期限内、または期限後3か月以内", source: srcGrace, sure: Likely,
		met:     func(f *facts) bool { return GraceOf(f.Card.Ends).On(f.Day) != CertificateExpired },
		because: "カードそのものの有効期限が切れて3か月を過ぎているので、マイナ保険証の登録も終わっていると考えられます。",
		next:    "資格確認書が届いていないか聞き、なければ以前の番号で照会し、市区町村でのカードの更新を案内してください。"}
	readerHere = &condition{name: "カードリーダー（訪問では職員の端末）", sure: Certain,
		met:     func(f *facts) bool { return f.Facility.Reader != No || f.elsewhere() },
		because: "この施設にはカードリーダーがありません。", next: nextFallback}
	faceReaderHere = &condition{name: "顔認証付きカードリーダー（限定型・訪問にはない）", source: srcLimited, sure: Likely,
		met:     func(f *facts) bool { return f.Facility.Reader != No && !f.elsewhere() },
		because: "ここには顔認証付きカードリーダーがないので、顔認証は使えません。",
		next:    "画面・PDF・お知らせをカードといっしょに見せてもらってください。",
		inApp:   "アプリで暗証番号か「目視」を選んで確認してください。",
		noPhoto: nextNoPhoto}
	online = &condition{name: "オンライン資格確認と回線が動いている", source: src0710, sure: Certain,
		met:     func(f *facts) bool { return f.Facility.NetworkDown != Yes },
		because: "オンライン資格確認か回線が止まっているので、いまは照会できません。",
		next:    "画面・PDF・お知らせをカードといっしょに見せてもらうか、カードの4情報を障害リストに控えてください。"}
	cardReads = &condition{name: "カードを読み取れる", sure: Certain,
		met:     func(f *facts) bool { return f.Card.Reads != No },
		because: "カードを読み取れませんでした。", next: nextFallback}
	cardConfirmed = &condition{name: "オンライン資格確認の答えが「有効」", source: src0710, sure: Certain,
		met:     func(f *facts) bool { return !f.read.unconfirmed() },
		because: "カードは読み取れましたが、オンライン資格確認で有効な資格が確かめられていません。", next: inOrder,
		words: func(f *facts) (string, string) {
			if because, next := f.OQSAnswer.words(); f.read.card {
				return because, next
			}
			return phoneConfirmed.because, inOrder
		}}
	certificateUsable = &condition{name: "電子証明書が有効、または期限後3か月以内（3か月目の月末まで）", source: srcGrace, sure: Certain,
		met:     func(f *facts) bool { return f.Card.Certificate != CertificateExpired },
		because: "電子証明書の期限が切れて3か月の猶予も過ぎているので、マイナ保険証としては使えません。", next: nextRenew}
	certificateNotRevoked = &condition{name: "電子証明書が失効していない", source: srcGrace, sure: Unverified,
		met:     func(f *facts) bool { return f.Card.Certificate != CertificateRevoked },
		because: "電子証明書が失効しています（紛失届・転出・氏名変更など）。失効には3か月の猶予がないと考えられます。", next: nextRenew}
	hasPhoto = &condition{name: "カードに顔写真がある", source: srcBaby, sure: Certain,
		met:     func(f *facts) bool { return f.Card.Photo != No },
		because: "顔写真のないカード（乳児のカード）では顔認証ができません。", next: nextNoPhoto}
	hasPhotoForStaff = &condition{name: "カードに顔写真がある", source: srcBaby, sure: Likely,
		met:     func(f *facts) bool { return f.Card.Photo != No },
		because: "顔写真のないカード（乳児のカード）では目視で見比べられません。", next: nextNoPhoto}
	faceNotFailed = &condition{name: "顔認証が通る", sure: Certain,
		met:     func(f *facts) bool { return f.Card.Face != FaceFailed },
		because: "顔認証が通りませんでした。", next: "暗証番号か、目視確認モードに切り替えてください。",
		inApp: "アプリで暗証番号か「目視」を選んでください。", noPhoto: nextNoPhoto}
	notPinless = &condition{name: "暗証番号のあるカード", source: srcPinless, sure: Certain,
		met:     func(f *facts) bool { return f.Card.Pinless != Yes },
		because: "顔認証マイナンバーカードには暗証番号がありません。", next: nextSight, inApp: nextSightInApp,
		noPhoto: "お知らせか資格確認書を見せてもらってください。"}
	pinUsable = &condition{name: "暗証番号がわかり、ロックしていない", sure: Certain,
		met:     func(f *facts) bool { return f.Card.PIN != PINForgotten && f.Card.PIN != PINLocked },
		because: "暗証番号がわからない、またはロックしています。",
		next:    nextSight + "暗証番号の再設定は市区町村です。",
		inApp:   nextSightInApp + "暗証番号の再設定は市区町村です。",
		noPhoto: "お知らせをカードといっしょに見せてもらうか、資格確認書をお願いしてください。暗証番号の再設定は市区町村です。"}
)

// What a phone and its reader must be like.
var (
	phoneShown = &condition{name: "スマホの提示", sure: Certain,
		met:     func(f *facts) bool { return f.phoneHere() },
		because: "スマホが示されていません。", next: nextOther}
	androidPhone = &condition{name: "Androidのスマホ", sure: Certain,
		met:     func(f *facts) bool { return f.Phone != IOS },
		because: "iPhoneなので、Android用の方法は使えません。", next: "iPhoneの方法で確認してください。"}
	iPhone = &condition{name: "iPhone", sure: Certain,
		met:     func(f *facts) bool { return f.Phone != Android },
		because: "Androidなので、iPhone用の方法は使えません。", next: "Androidの方法で確認してください。"}
	phoneReaderHere = &condition{name: "スマホ用の読み取り機", sure: Certain,
		met: func(f *facts) bool {
			return f.Facility.PhoneReader == Yes || f.PhoneTap == TapWorks ||
				f.Facility.PhoneReader == Unknown && (f.Facility.Reader != No || f.elsewhere())
		},
		because: "この施設にはスマホ用の読み取り機がありません。",
		next:    "カードを読み取るか、スマホでその場でマイナポータルにログインしてもらってください。"}
	tapNotFailed = &condition{name: "スマホをかざして読み取れる", source: srcPhoneQA, sure: Certain,
		met:     func(f *facts) bool { return f.PhoneTap != TapFailed },
		because: "スマホをかざしても読み取れませんでした。", next: "そのスマホで、その場でマイナポータルにログインしてもらってください。"}
	phoneConfirmed = &condition{name: "オンライン資格確認の答えが「有効」", source: src0710, sure: Certain,
		met:     func(f *facts) bool { return !f.read.unconfirmed() },
		because: "読み取れましたが、オンライン資格確認で有効な資格が確かめられていません。",
		next:    "そのスマホでマイナポータルにログインしてもらい、健康保険被保険者資格証明書、新しい保険の紙の順に聞いてください。"}
	phoneCertificate = &condition{name: "カードの電子証明書が期限切れ・失効でない", source: srcGrace, sure: Unverified,
		met:     func(f *facts) bool { return !f.certificateGone() },
		because: "カードの電子証明書が切れているか失効しているので、スマホの電子証明書も使えないと考えられます。",
		next:    "お知らせをカードといっしょに見せてもらうか、資格確認書をお願いしてください。"}
	notPinlessPhone = &condition{name: "顔認証マイナンバーカードの人でない", source: srcPinless, sure: Certain,
		met:     func(f *facts) bool { return f.Card.Pinless != Yes },
		because: "顔認証マイナンバーカードの人は、スマホのマイナ保険証を使えません。", next: "カードを顔認証か目視確認で読み取ってください。"}
	registeredPhone = &condition{name: "カードがマイナ保険証として登録済み", sure: Certain,
		met:     func(f *facts) bool { return f.Card.Registered != No },
		because: "マイナ保険証の登録がないので、スマホのマイナ保険証は使えません。",
		next:    "カードがあればリーダーでその場で登録し、なければ資格確認書か、以前の番号での照会にしてください。"}
)
