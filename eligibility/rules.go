package eligibility

// MethodCode names a way to confirm an eligibility at the counter.
type MethodCode string

// LimitAnswer says whether a method tells the 限度額適用区分.
type LimitAnswer string

const (
	LimitYes     LimitAnswer = "yes"
	LimitNo      LimitAnswer = "no"
	LimitOnPaper LimitAnswer = "onPaper" // only where it is written on the paper shown
)

// Rule is one way to confirm an eligibility: when it holds, what it needs, what it gives.
type Rule struct {
	Code    MethodCode
	Ja, En  string
	Periods []Period
	Needs   []*condition
	Medical bool        // gives 薬剤・診療・健診 information with consent
	Limit   LimitAnswer // gives the 限度額適用区分
	Reason  string      // why it is accepted
	Next    string      // what staff do then
	Bring   string      // what the patient should bring next time
	Source  Source
	vary    func(*facts, *Method) // finer points of an accepted answer
}

// Period is a span of days in which a rule holds, with its own source and confidence. From may be a month (2025-09).
type Period struct {
	From, Until Date // Until is the last day; zero: no end known, no start known
	Only        scheme
	Confidence  Confidence
	Source      Source
	After       Confidence // of the statement that it has ended
}

// scheme is a set of kinds of insurers with an own calendar.
type scheme uint8

const (
	residents scheme = 1 << iota // 国民健康保険
	elderly                      // 後期高齢者医療
	employees                    // 被用者保険
	everyone  = residents | elderly | employees
)

// Sentences that several rules share.
const (
	askPhoto       = "カードの顔写真と本人を見比べ、氏名と生年月日がカードと同じことを確かめて受け付けてください。"
	bringRegular   = "次回は、マイナ保険証として読み取れるマイナンバーカードをお持ちください。"
	bringCardPaper = "次回も読み取れないときのために、マイナンバーカードと「資格情報のお知らせ」をいっしょにお持ちください。"
	bringEither    = "次回は、マイナ保険証か資格確認書をお持ちください。"
)

// ruleTable is the law of the counter as data, in the order in which ways are tried. To change a date, change its line here
// with the source beside it: everything that is shown, printed and tested is derived from this table.
var ruleTable = [...]Rule{
	{Code: "M1", Ja: "マイナ保険証（顔認証）", En: "My Number card, face recognition", Medical: true, Limit: LimitYes, Source: srcHow,
		Periods: []Period{{From: MustDate("2021-10"), Only: everyone, Confidence: Certain, Source: srcHow}},
		Needs:   []*condition{cardShown, faceReaderHere, online, cardReads, certificateUsable, certificateNotRevoked, hasPhoto, faceNotFailed},
		Reason:  "カードを顔認証付きカードリーダーで読み取れば、資格をその場で確認できます。",
		Next:    "カードをリーダーに置いてもらい、顔認証と同意の画面へ進んでください。", Bring: bringRegular, vary: varyOfficial},
	{Code: "M2", Ja: "マイナ保険証（暗証番号）", En: "My Number card, PIN", Medical: true, Limit: LimitYes, Source: srcHow,
		Periods: []Period{{From: MustDate("2021-10"), Only: everyone, Confidence: Certain, Source: srcHow}},
		Needs:   []*condition{cardShown, readerHere, online, cardReads, certificateUsable, certificateNotRevoked, notPinless, pinUsable},
		Reason:  "4桁の暗証番号で、資格をその場で確認できます。3回まちがえるとロックします。",
		Next:    "リーダーで「暗証番号」を選び、本人に4桁を入力してもらってください。", Bring: bringRegular, vary: varyOfficial},
	{Code: "M3", Ja: "マイナ保険証（目視確認）", En: "My Number card, checked by eye", Medical: true, Limit: LimitYes, Source: srcSight,
		Periods: []Period{{From: MustDate("2021-10"), Only: everyone, Confidence: Certain, Source: srcSight}},
		Needs:   []*condition{cardShown, readerHere, online, cardReads, certificateUsable, certificateNotRevoked, hasPhotoForStaff},
		Reason:  "職員がカードの顔写真と本人を見比べ、目視確認モードで資格を確認できます。",
		Next:    "管理者の操作でリーダーを目視確認モードにし、顔写真を見比べてください。終わったら必ず元のモードに戻します。", Bring: bringRegular, vary: varyOfficial},
	{Code: "S1", Ja: "スマホのマイナ保険証（Android）", En: "Android phone's certificate", Medical: true, Limit: LimitYes, Source: srcStart,
		Periods: []Period{{From: MustDate("2025-09-19"), Only: everyone, Confidence: Certain, Source: srcStart}}, // the successor planned for autumn 2026 is unverified
		Needs:   []*condition{phoneShown, androidPhone, phoneReaderHere, online, phoneCertificate, notPinlessPhone, registeredPhone},
		Reason:  "スマホ用の読み取り機があれば、Androidのスマホだけで資格を確認できます。",
		Next:    "リーダーで「スマートフォン」を選び、スマホ用の4桁の暗証番号を入れてから、スマホをかざしてもらってください。", Bring: bringRegular, vary: varyPhone},
	{Code: "S2", Ja: "スマホのマイナ保険証（iPhone）", En: "iPhone's certificate", Medical: true, Limit: LimitYes, Source: srcStart,
		Periods: []Period{{From: MustDate("2025-09-19"), Only: everyone, Confidence: Certain, Source: srcStart}},
		Needs:   []*condition{phoneShown, iPhone, phoneReaderHere, online, phoneCertificate, notPinlessPhone, registeredPhone},
		Reason:  "スマホ用の読み取り機があれば、iPhone（iOS 18.5以降、XS以降）だけで資格を確認できます。",
		Next:    "リーダーで「スマートフォン」を選び、Face IDかTouch IDで本人を確かめてから、スマホをかざしてもらってください。", Bring: bringRegular, vary: varyPhone},
	{Code: "P1", Ja: "マイナポータルの資格情報画面＋カード", En: "Mynaportal screen with the card", Limit: LimitNo, Source: srcNotice,
		Periods: []Period{{From: MustDate("2023-07-10"), Until: MustDate("2024-12-01"), Only: everyone, Confidence: Certain, Source: src0710},
			{From: MustDate("2024-12-02"), Only: everyone, Confidence: Certain, Source: srcNotice}},
		Needs:  []*condition{portalScreenShown, cardShown, cardInDate, officialWayFailed, notPinlessPortal, portalLogin, registeredPortal},
		Reason: "カードを読み取れないときは、マイナポータルの資格情報画面とマイナンバーカードをいっしょに示せば受け付けられます。",
		Next:   "画面を更新してもらって記号・番号・負担割合を写し、" + askPhoto, Bring: bringCardPaper},
	{Code: "P2", Ja: "マイナポータルのPDF＋カード", En: "Mynaportal PDF with the card", Limit: LimitNo, Source: srcNotice,
		Periods: []Period{{From: MustDate("2024-12-02"), Only: everyone, Confidence: Certain, Source: srcNotice}},
		Needs:   []*condition{portalPDFShown, cardShown, cardInDate, officialWayFailed, notPinlessPortal, registeredPortal, sameInsurer},
		Reason:  "カードを読み取れないときは、前もって保存したマイナポータルのPDFとマイナンバーカードをいっしょに示せば受け付けられます。",
		Next:    "PDFの日付と、職場や住所がその後変わっていないことを聞き、" + askPhoto, Bring: bringCardPaper},
	{Code: "P3", Ja: "その場でマイナポータルにログイン（スマホのみ）", En: "log in to Mynaportal at the counter, phone only", Limit: LimitNo, Source: srcPhone,
		Periods: []Period{{From: MustDate("2025-09"), Only: everyone, Confidence: Certain, Source: srcPhone}},
		Needs:   []*condition{phoneForPortal, phoneReaderFailed, officialWayFailed, notPinlessPortal, portalLogin, registeredPortal},
		Reason:  "スマホ用の読み取り機がない、または使えなかったときは、その場でマイナポータルにログインした画面で受け付けられます。10割を求めないでください。",
		Next:    "職員の目の前でマイナポータルにログインし直してもらい、開いた資格情報画面の記号・番号・負担割合を写してください。保険者の画面や保存した画像ではできません。", Bring: bringRegular},
	{Code: "N1", Ja: "資格情報のお知らせ＋カード", En: "paper notice with the card", Limit: LimitNo, Source: srcNotice,
		Periods: []Period{{From: MustDate("2024-12-02"), Only: everyone, Confidence: Certain, Source: srcNotice}},
		Needs:   []*condition{noticeShown, cardShown, cardInDate, officialWayFailed, sameInsurer},
		Reason:  "カードを読み取れないときは、「資格情報のお知らせ」とマイナンバーカードをいっしょに示せば受け付けられます。",
		Next:    "お知らせの氏名とカードの氏名を見比べ（70歳以上は有効期限も）、" + askPhoto, Bring: bringCardPaper},
	{Code: "N1e", Ja: "保険者の画面・PDF（電子のお知らせ）＋カード", En: "insurer's electronic notice with the card", Limit: LimitNo, Source: srcElectron,
		Periods: []Period{{From: MustDate("2024-12-02"), Only: everyone, Confidence: Likely, Source: srcElectron}},
		Needs:   []*condition{insurerNoticeShown, cardShown, cardInDate, officialWayFailed, sameInsurer},
		Reason:  "保険者が電子で出した「資格情報のお知らせ」は、マイナンバーカードといっしょに示せば紙のお知らせと同じに扱えます。",
		Next:    "画面のコードを読み取って署名を確かめ、" + askPhoto, Bring: bringCardPaper},
	{Code: "N0", Ja: "資格情報のお知らせのみ（暫定）", En: "paper notice alone (interim)", Limit: LimitNo, Source: srcInterim,
		Periods: []Period{{From: MustDate("2025-06-27"), Until: MustDate("2025-12-01"), Only: residents, Confidence: Certain, Source: srcInterim},
			{From: MustDate("2025-12-02"), Until: MustDate("2026-03-31"), Only: everyone, Confidence: Certain, Source: srcInterim},
			{From: MustDate("2026-04-01"), Until: MustDate("2026-07-31"), Only: everyone, Confidence: Likely, Source: srcExtended, After: Likely}},
		Needs:  []*condition{noticeShown, lookupAnswered, sameInsurer},
		Reason: "暫定措置の間は、お知らせの番号でオンライン資格確認の照会ができれば受け付けられます。",
		Next:   "照会の結果の氏名・生年月日・負担割合で受け付け、次回はマイナンバーカードもお願いしてください。", Bring: bringEither},
	{Code: "C1", Ja: "資格確認書", En: "certificate of eligibility", Limit: LimitOnPaper, Source: srcCompare,
		Periods: []Period{{From: MustDate("2024-12-02"), Only: everyone, Confidence: Certain, Source: srcCompare}},
		Needs:   []*condition{certificateShown, certificateInDate, sameInsurer},
		Reason:  "有効期限内の資格確認書は、それだけで受け付けられます。",
		Next:    "有効期限が今日以降であることと負担割合を見て、記号・番号を写してください。", Bring: "次回も資格確認書（またはマイナ保険証）をお持ちください。"},
	{Code: "H1", Ja: "健康保険証（有効期限内）", En: "old insurance card, in date", Limit: LimitOnPaper, Source: srcHow,
		Periods: []Period{{Until: MustDate("2025-07-31"), Only: elderly, Confidence: Certain, Source: srcInterim, After: Certain},
			{Until: MustDate("2025-12-01"), Only: residents | employees, Confidence: Certain, Source: srcHow, After: Certain}},
		Needs:  []*condition{oldCardShown, oldCardInDate, sameInsurer},
		Reason: "有効期限内の健康保険証は、それだけで受け付けられます。",
		Next:   "有効期限が今日以降であることを見て、記号・番号を写してください。", Bring: bringEither},
	{Code: "H0", Ja: "期限切れの健康保険証（暫定）", En: "expired insurance card (interim)", Limit: LimitNo, Source: srcInterim,
		Periods: []Period{{From: MustDate("2025-08-01"), Until: MustDate("2026-03-31"), Only: residents | elderly, Confidence: Certain, Source: srcInterim},
			{From: MustDate("2025-12-02"), Until: MustDate("2026-03-31"), Only: employees, Confidence: Certain, Source: srcInterim},
			{From: MustDate("2026-04-01"), Until: MustDate("2026-07-31"), Only: everyone, Confidence: Certain, Source: srcExtended, After: Likely}},
		Needs:  []*condition{oldCardShown, oldCardOver, lookupAnswered, sameInsurer},
		Reason: "暫定措置の間は、期限切れの健康保険証の番号でオンライン資格確認の照会ができれば受け付けられます（医療機関の判断）。",
		Next:   "照会の結果の氏名・生年月日・負担割合で受け付け、次回はマイナ保険証か資格確認書をお願いしてください。", Bring: bringEither},
	{Code: "L0", Ja: "以前の番号での照会", En: "look-up by a known number", Limit: LimitNo, Source: srcInterim,
		Periods: []Period{{Only: everyone, Confidence: Certain, Source: srcInterim}},
		Needs:   []*condition{lookupAnswered},
		Reason:  "以前の受診で控えた番号をオンライン資格確認に照会し、資格が確かめられました。",
		Next:    "照会の結果の氏名・生年月日を本人に聞いて確かめ、その負担割合で受け付けてください。", Bring: bringEither, vary: varyKnownNumber},
	{Code: "A1", Ja: "被保険者資格申立書＋カード", En: "declaration of eligibility with the card", Limit: LimitNo, Source: src0710,
		Periods: []Period{{From: MustDate("2023-07-10"), Until: MustDate("2025-12-31"), Only: everyone, Confidence: Certain, Source: src0710},
			{From: MustDate("2026-01-01"), Only: everyone, Confidence: Likely, Source: src0710}},
		Needs:  []*condition{cardShown, officialWayFailed},
		Reason: "ほかに示せるものがなければ、カードで本人を確かめ、被保険者資格申立書を書いてもらって受け付けられます。",
		Next:   "申立書に氏名・生年月日・性別・住所・連絡先・保険者・勤め先・負担割合を書いてもらい、仮の割合で会計してください。", Bring: bringCardPaper, vary: varyDeclaration},
	{Code: "L1", Ja: "障害時：カードの4情報を控えて後で照会", En: "outage: note four facts, look up later", Limit: LimitNo, Source: src0710,
		Periods: []Period{{From: MustDate("2023-07-10"), Until: MustDate("2025-12-31"), Only: everyone, Confidence: Certain, Source: src0710},
			{From: MustDate("2026-01-01"), Only: everyone, Confidence: Likely, Source: src0710}},
		Needs:  []*condition{outage, cardShown},
		Reason: "オンライン資格確認か回線が止まっているので、カードの券面の4情報を控え、復旧してから照会できます。",
		Next:   "カードの氏名・生年月日・性別・住所を障害リストに控え、復旧後に「緊急時医療情報・資格確認機能（システム障害時）」で照会してください。", Bring: bringCardPaper, vary: varyOutage},
	{Code: "E0", Ja: "緊急やむを得ない場合", En: "emergency", Limit: LimitNo, Source: srcOrder,
		Periods: []Period{{Only: everyone, Confidence: Certain, Source: srcOrder}},
		Needs:   []*condition{emergency},
		Reason:  "緊急やむを得ず、資格が明らかなときは、確認の前に診療できます。",
		Next:    "診療を先に進め、資格の確認は落ち着いてから（会計までに）行ってください。", Bring: bringCardPaper},
	{Code: "R1", Ja: "再照会（訪問診療など）", En: "repeat query with data held", Medical: true, Limit: LimitNo, Source: srcHome,
		Periods: []Period{{From: MustDate("2024-04"), Only: everyone, Confidence: Certain, Source: srcHome}},
		Needs:   []*condition{consentedBefore, atHome, online},
		Reason:  "初回に居宅同意取得型で同意を得ているので、手元の資格情報を再照会できます。",
		Next:    "前回の資格情報で再照会し、変わっていないことを確かめてください。", Bring: bringRegular},
}

// Rules returns the table of the counter's rules, in the order in which ways are tried. It must not be changed.
func Rules() []Rule { return ruleTable[:] }
