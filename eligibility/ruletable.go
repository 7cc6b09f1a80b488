package eligibility

// Sentences that several rules share.
const (
	askPhoto = "カードの顔写真と本人を見比べ、氏名と生年月日がカードと同じことを確かめて受け付けてください。"
	seeMark  = "※を確かめて受け付けてください。" // on the reception's sheet, in place of askPhoto
	askName  = "カードには顔写真がないので、保護者などに氏名と生年月日を言ってもらい、カードと同じことを確かめて受け付けてください。"

	bringRegular   = "次回は、マイナ保険証として読み取れるマイナンバーカードをお持ちください。"
	bringCardPaper = "次回も読み取れないときのために、マイナンバーカードと「資格情報のお知らせ」をいっしょにお持ちください。"
	bringEither    = "次回は、マイナ保険証か資格確認書をお持ちください。"

	copyScreen = "画面を更新してもらい（「無効」「未登録」の画面では受け付けられません）、記号・番号・負担割合を写し、"
	askSaved   = "PDFの日付と、職場や住所がその後変わっていないことを聞き、"
	sameName   = "お知らせの氏名とカードの氏名を見比べ（70歳以上は有効期限も）、"
	scanCode   = "画面のコードを読み取って署名を確かめ、"
	fillForm   = "申立書に氏名・生年月日・性別・住所・連絡先・保険者・勤め先・負担割合を書いてもらい、"
)

// always is a period without an end.
func always(from string, sure Confidence, source Source) []Period {
	return []Period{{From: MustDate(from), Only: everyone, Confidence: sure, Source: source}}
}

// ruleTable is the law of the counter as data, in the order of the table's contract. To change a date, change
// its line here with the source beside it: everything that is shown, printed and tested is derived from this
// table.
var ruleTable = [...]Rule{
	{Code: "M1", Ja: "マイナ保険証（顔認証）", En: "My Number card, face recognition",
		Medical: true, Limit: LimitYes, Source: srcHow, Law: byCard, Periods: always("2021-10", Certain,
			srcHow),
		Needs: []*condition{cardShown, faceReaderHere, online, cardReads, cardConfirmed, cardNotLongOver,
			certificateUsable, certificateNotRevoked, hasPhoto, faceNotFailed},
		Reason: "カードを顔認証付きカードリーダーで読み取れば、資格をその場で確認できます。",
		Next:   "カードをリーダーに置いてもらい、顔認証と同意の画面へ進んでください。",
		Bring:  bringRegular, vary: varyOfficial},
	{Code: "M2", Ja: "マイナ保険証（暗証番号）", En: "My Number card, PIN",
		Medical: true, Limit: LimitYes, Source: srcHow, Law: byCard, Periods: always("2021-10", Certain,
			srcHow),
		Needs: []*condition{cardShown, readerHere, online, cardReads, cardConfirmed, cardNotLongOver,
			certificateUsable, certificateNotRevoked, notPinless, pinUsable},
		Reason: "4桁の暗証番号で、資格をその場で確認できます。3回まちがえるとロックします。",
		Next:   "リーダーで「暗証番号」を選び、本人に4桁を入力してもらってください。",
		InApp:  "職員の端末のアプリで「暗証番号」を選び、カードを読み取って、本人に4桁を入力してもらってください。",
		Bring:  bringRegular, vary: varyOfficial},
	{Code: "M3", Ja: "マイナ保険証（目視確認）", En: "My Number card, checked by eye",
		Medical: true, Limit: LimitYes, Source: srcSight, Law: byCard, Periods: always("2021-10", Certain,
			srcSight),
		Needs: []*condition{cardShown, readerHere, online, cardReads, cardConfirmed, cardNotLongOver,
			certificateUsable, certificateNotRevoked, hasPhotoForStaff},
		Reason: "職員がカードの顔写真と本人を見比べて、資格を確認できます。",
		Next: "管理者の操作でリーダーを目視確認モードにし、顔写真を見比べてください。" +
			"終わったら必ず元のモードに戻します。",
		InApp: "マイナ資格確認アプリで「目視」を選び、顔写真と本人を見比べて、カードを読み取ってください。",
		Bring: bringRegular, vary: varyOfficial},
	{Code: "S1", Ja: "スマホのマイナ保険証（Android）", En: "Android phone's certificate",
		Medical: true, Limit: LimitYes, Source: srcStart, Law: byCard,
		Periods: always("2025-09-19", Certain, srcStart),
		// of the successor planned for autumn 2026 no start is known
		Needs: []*condition{phoneShown, androidPhone, phoneReaderHere, online, phoneCertificate,
			notPinlessPhone,
			registeredPhone, tapNotFailed, phoneConfirmed},
		Reason: "スマホ用の読み取り機があれば、Androidのスマホだけで資格を確認できます。",
		Next:   "リーダーで「スマートフォン」を選び、スマホ用の4桁の暗証番号を入れてから、スマホをかざしてもらってください。",
		Bring:  bringRegular, vary: varyPhone},
	{Code: "S2", Ja: "スマホのマイナ保険証（iPhone）", En: "iPhone's certificate",
		Medical: true, Limit: LimitYes, Source: srcStart, Law: byCard, Periods: always("2025-09-19", Certain,
			srcStart),
		Needs: []*condition{phoneShown, iPhone, phoneReaderHere, online, phoneCertificate, notPinlessPhone,
			registeredPhone, tapNotFailed, phoneConfirmed},
		Reason: "スマホ用の読み取り機があれば、iPhone（iOS 18.5以降、XS以降）だけで資格を確認できます。",
		Next: "リーダーで「スマートフォン」を選び、Face IDかTouch IDで本人を確かめてから、" +
			"スマホをかざしてもらってください。",
		Bring: bringRegular, vary: varyPhone},
	{Code: "P1", Ja: "マイナポータルの資格情報画面＋カード", En: "Mynaportal screen with the card",
		Limit: LimitNo, Source: srcNotice, Law: byLaw,
		Periods: []Period{
			{From: MustDate("2023-07-10"), Until: MustDate("2024-12-01"), Only: everyone, Confidence: Certain,
				Source: src0710},
			{From: MustDate("2024-12-02"), Only: everyone, Confidence: Certain, Source: srcNotice}},
		Needs: []*condition{portalScreenShown, cardShown, cardInDate, officialWayFailed, notAssistance,
			notPinlessPortal, portalLogin, registeredPortal},
		Reason:  "カードを読み取れないときは、マイナポータルの資格情報画面とマイナンバーカードをいっしょに示せば受け付けられます。",
		Next:    copyScreen + askPhoto,
		NoPhoto: copyScreen + askName,
		OnSheet: copyScreen + seeMark,
		Bring:   bringCardPaper, vary: varyUnconfirmed},
	{Code: "P2", Ja: "マイナポータルのPDF＋カード", En: "Mynaportal PDF with the card",
		Limit: LimitNo, Source: srcNotice, Law: byLaw, Periods: always("2024-12-02", Certain, srcNotice),
		Needs: []*condition{portalPDFShown, cardShown, cardInDate, officialWayFailed, notAssistance,
			notPinlessPortal,
			registeredPortal, sameInsurer},
		Reason:  "カードを読み取れないときは、前もって保存したマイナポータルのPDFとマイナンバーカードをいっしょに示せば受け付けられます。",
		Next:    askSaved + askPhoto,
		NoPhoto: askSaved + askName,
		OnSheet: askSaved + seeMark,
		Bring:   bringCardPaper},
	{Code: "P3", Ja: "その場でマイナポータルにログイン（スマホのみ）", En: "log in to Mynaportal at the counter, phone only",
		Limit: LimitNo, Source: srcPhone, Law: byLaw, Periods: always("2025-09", Certain, srcPhone),
		Needs: []*condition{phoneForPortal, phoneReaderFailed, officialWayFailed, notAssistance,
			notPinlessPortal,
			portalLogin, registeredPortal},
		Reason: "スマホ用の読み取り機がない、または使えなかったときは、その場でマイナポータルにログインした画面で受け付けられます。" +
			"10割を求めないでください。",
		Next: "職員の目の前でマイナポータルにログインし直してもらい、開いた資格情報画面の記号・番号・負担割合を写してください。" +
			"保険者の画面や保存した画像ではできません。",
		Bring: bringRegular, vary: varyUnconfirmed},
	{Code: "N1", Ja: "資格情報のお知らせ＋カード", En: "paper notice with the card",
		Limit: LimitNo, Source: srcNotice, Law: byLaw, Periods: always("2024-12-02", Certain, srcNotice),
		Needs: []*condition{noticeShown, cardShown, cardInDate, officialWayFailed, notAssistance,
			noticeInDate,
			sameInsurer},
		Reason:  "カードを読み取れないときは、「資格情報のお知らせ」とマイナンバーカードをいっしょに示せば受け付けられます。",
		Next:    sameName + askPhoto,
		NoPhoto: sameName + askName,
		OnSheet: sameName + seeMark,
		Bring:   bringCardPaper},
	{Code: "N1e", Ja: "保険者の画面・PDF（電子のお知らせ）＋カード", En: "insurer's electronic notice with the card",
		Limit: LimitNo, Source: srcElectron, Law: byLaw, Periods: always("2024-12-02", Likely, srcElectron),
		Needs: []*condition{insurerNoticeShown, cardShown, cardInDate, officialWayFailed, notAssistance,
			sameInsurer},
		Reason:  "保険者が電子で出した「資格情報のお知らせ」は、マイナンバーカードといっしょに示せば紙のお知らせと同じに扱えます。",
		Next:    scanCode + askPhoto,
		NoPhoto: scanCode + askName,
		OnSheet: scanCode + seeMark,
		Bring:   bringCardPaper},
	{Code: "N0", Ja: "資格情報のお知らせのみ（暫定）", En: "paper notice alone (interim)",
		Limit: LimitNo, Source: srcInterim, Law: byNotice,
		Periods: []Period{
			{From: MustDate("2025-06-27"), Until: MustDate("2025-12-01"), Only: residents,
				Confidence: Certain, Source: srcInterim},
			{From: MustDate("2025-12-02"), Until: MustDate("2026-03-31"), Only: everyone, Confidence: Certain,
				Source: srcInterim},
			{From: MustDate("2026-04-01"), Until: MustDate("2026-07-31"), Only: everyone, Confidence: Likely,
				Source: srcExtended, After: Likely}},
		Needs: []*condition{noticeShown, officialWayFailed, notAssistance, noticeInDate, lookupWhileOnline,
			lookupAnswered, sameInsurer},
		Reason: "暫定措置の間は、お知らせの番号でオンライン資格確認の照会ができれば受け付けられます。",
		Next:   "照会の結果の氏名・生年月日・負担割合で受け付け、次回はマイナンバーカードもお願いしてください。",
		Bring:  bringEither},
	{Code: "C1", Ja: "資格確認書", En: "certificate of eligibility",
		Limit: LimitOnPaper, Source: srcCompare, Law: byLaw, Periods: always("2024-12-02", Certain,
			srcCompare),
		Needs: []*condition{certificateShown, notAssistance, certificateInDate, certificatePlausible,
			sameInsurer},
		Reason: "有効期限内の資格確認書は、それだけで受け付けられます。",
		Next:   "有効期限が今日以降であることと負担割合を見て、記号・番号を写してください。",
		Bring:  "次回も、マイナ保険証か資格確認書をお持ちください。", vary: varyCertificate},
	{Code: "H1", Ja: "健康保険証（有効期限内）", En: "old insurance card, in date",
		Limit: LimitOnPaper, Source: srcHow, Law: byLaw,
		Periods: []Period{
			{Until: MustDate("2025-07-31"), Only: elderly, Confidence: Certain, Source: srcInterim,
				After: Certain},
			{Until: MustDate("2025-12-01"), Only: residents | employees, Confidence: Certain, Source: srcHow,
				After: Certain}},
		Needs:  []*condition{oldCardShown, notAssistance, oldCardInDate, sameInsurer},
		Reason: "有効期限内の健康保険証は、それだけで受け付けられます。",
		Next:   "有効期限が今日以降であることを見て、記号・番号を写してください。",
		Bring:  bringEither},
	{Code: "H0", Ja: "期限切れの健康保険証（暫定）", En: "expired insurance card (interim)",
		Limit: LimitNo, Source: srcInterim, Law: byNotice,
		Periods: []Period{
			{From: MustDate("2025-08-01"), Until: MustDate("2026-03-31"), Only: residents | elderly,
				Confidence: Certain,
				Source:     srcInterim},
			{From: MustDate("2025-12-02"), Until: MustDate("2026-03-31"), Only: employees,
				Confidence: Certain, Source: srcInterim},
			{From: MustDate("2026-04-01"), Until: MustDate("2026-07-31"), Only: everyone, Confidence: Certain,
				Source: srcExtended, After: Certain, Ended: srcEnded}},
		Needs: []*condition{oldCardShown, officialWayFailed, notAssistance, oldCardOver, lookupWhileOnline,
			lookupAnswered, sameInsurer},
		Reason: "暫定措置の間は、期限切れの健康保険証の番号でオンライン資格確認の照会ができれば受け付けられます（医療機関の判断）。",
		Next:   "照会の結果の氏名・生年月日・負担割合で受け付け、次回はマイナ保険証か資格確認書をお願いしてください。",
		Bring:  bringEither},
	{Code: "L0", Ja: "以前の番号での照会", En: "look-up by a number in the facility's own records",
		Limit: LimitNo, Source: srcInterim, Law: byHabit,
		Periods: []Period{{Only: everyone, Confidence: Likely, Source: srcInterim}},
		Needs: []*condition{officialWayFailed, notAssistance, lookupWhileOnline, lookupAnswered,
			lookupOfRecords},
		Reason: "自院の以前の受診で控えた番号をオンライン資格確認に照会し、資格が確かめられました。" +
			"法令の方法ではなく、受け付けるかは医療機関の判断です。",
		Next:  "照会の結果の氏名・生年月日を本人に聞いて確かめ、その負担割合で受け付けてください。",
		Bring: bringEither, vary: varyKnownNumber},
	{Code: "A1", Ja: "被保険者資格申立書＋カード", En: "declaration of eligibility with the card",
		Limit: LimitNo, Source: src0710, Law: byForm,
		Periods: []Period{
			{From: MustDate("2023-07-10"), Until: MustDate("2025-12-31"), Only: everyone, Confidence: Certain,
				Source: src0710},
			{From: MustDate("2026-01-01"), Only: everyone, Confidence: Likely, Source: src0710}},
		Needs:  []*condition{cardShown, officialWayFailed, notAssistance, insured},
		Reason: "ほかに示せるものがなければ、カードで本人を確かめ、被保険者資格申立書を書いてもらって受け付けられます。",
		Next:   fillForm + "仮の割合で会計してください。",
		Bring:  bringCardPaper, vary: varyDeclaration},
	{Code: "L1", Ja: "障害時：カードの4情報を控えて後で照会", En: "outage: note four facts, look up later",
		Limit: LimitNo, Source: src0710, Law: byOutage,
		Periods: []Period{
			{From: MustDate("2023-07-10"), Until: MustDate("2025-12-31"), Only: everyone, Confidence: Certain,
				Source: src0710},
			{From: MustDate("2026-01-01"), Only: everyone, Confidence: Likely, Source: src0710}},
		Needs:  []*condition{outage, cardShown},
		Reason: "オンライン資格確認か回線が止まっているので、カードの券面の4情報を控え、復旧してから照会できます。",
		Next: "カードの氏名・生年月日・性別・住所を障害リストに控え、" +
			"復旧後に「緊急時医療情報・資格確認機能（システム障害時）」で照会してください。",
		Bring: bringCardPaper, vary: varyOutage},
	{Code: "E0", Ja: "緊急やむを得ない場合", En: "emergency",
		Limit: LimitNo, Source: srcOrder, Law: byLaw,
		Periods: []Period{{Only: everyone, Confidence: Certain, Source: srcOrder}},
		Needs:   []*condition{emergency},
		Reason:  "緊急やむを得ず、資格が明らかなときは、確認の前に診療できます。",
		Next:    "診療を先に進め、資格の確認は落ち着いてから（会計までに）行ってください。",
		Bring:   bringCardPaper},
	{Code: "R1", Ja: "再照会（訪問診療など）", En: "repeat query with data held",
		Medical: true, Limit: LimitNo, Source: srcHome, Law: byCard, Periods: always("2024-04", Certain,
			srcHome),
		Needs:  []*condition{consentedBefore, atHome, online},
		Reason: "初回に居宅同意取得型で同意を得ているので、手元の資格情報を再照会できます。",
		Next:   "前回の資格情報で再照会し、変わっていないことを確かめてください。",
		Bring:  bringRegular},
	{Code: "D0", Ja: "災害の通知による受診（書類なし）", En: "disaster notice: no papers needed",
		Limit: LimitNo, Source: srcDisaster, Law: byNotice,
		Periods: []Period{{Only: everyone, Confidence: Likely, Source: srcDisaster}},
		Needs:   []*condition{disasterNotice},
		Reason:  "災害で被災した人は、通知のある地域では、カードや紙がなくても受診できます。",
		Next: "氏名・生年月日・連絡先（と、わかれば保険者か勤め先、住所）を聞いて書き留め、" +
			"オンライン資格確認の災害時の画面で照会できるか試してください。10割を求めないでください。",
		Bring: bringRegular, vary: varyDisaster},
	{Code: "T1", Ja: "医療扶助の医療券・調剤券", En: "medical ticket of public assistance",
		Limit: LimitNo, Source: srcAssistance, Law: byLaw,
		Periods: []Period{{Only: everyone, Confidence: Certain, Source: srcAssistance}},
		Needs:   []*condition{ticketShown},
		Reason:  "生活保護の医療扶助は健康保険ではなく、医療券・調剤券で受け付けます。",
		Next: "医療券の有効期間・医療機関名・本人支払額を見て受け付け、合わないところは福祉事務所に電話で確かめてください。" +
			"3割を求めないでください。健康保険もあるか聞いてください。",
		Bring: "次回も医療券（市区町村と医療機関の準備ができていればマイナンバーカード）をお持ちください。"},
}

// Rules returns the table of the counter's rules, in the order of its contract. It must not be changed.
func Rules() []Rule { return ruleTable[:] }
