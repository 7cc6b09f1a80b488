package eligibility

// What the patient should bring next time, where several rules say the same.
const (
	bringRegular   = "rule.bring.regular"
	bringCardPaper = "rule.bring.card_and_notice"
	bringEither    = "rule.bring.either"
)

// always is a period without an end.
func always(from string, sure Confidence, source Source) []Period {
	return []Period{{From: MustDate(from), Only: everyone, Confidence: sure, Source: source}}
}

// ruleTable holds the counter's rules as data, in the order that the API promises. To change a date, change
// its line here with the source beside it: everything that is shown, printed and tested is derived from this
// table. What staff read about a row stands in the catalogue under its code: rule.m1, rule.m1.name.
var ruleTable = [...]Rule{
	{Code: "M1", // マイナ保険証（顔認証）
		Medical: true, Limit: LimitYes, Source: srcHow, Law: byCard,
		Periods: always("2021-10", Certain, srcHow),
		Needs: []*condition{cardShown, faceReaderHere, online, cardReads, cardConfirmed, cardNotLongOver,
			certificateUsable, certificateNotRevoked, hasPhoto, faceNotFailed},
		Bring: bringRegular, vary: varyOfficial},
	{Code: "M2", // マイナ保険証（暗証番号）
		Medical: true, Limit: LimitYes, Source: srcHow, Law: byCard,
		Periods: always("2021-10", Certain, srcHow),
		Needs: []*condition{cardShown, readerHere, online, cardReads, cardConfirmed, cardNotLongOver,
			certificateUsable, certificateNotRevoked, notPinless, pinUsable},
		InApp: "rule.m2.in_app",
		Bring: bringRegular, vary: varyOfficial},
	{Code: "M3", // マイナ保険証（目視確認）
		Medical: true, Limit: LimitYes, Source: srcSight, Law: byCard,
		Periods: always("2021-10", Certain, srcSight),
		Needs: []*condition{cardShown, readerHere, online, cardReads, cardConfirmed, cardNotLongOver,
			certificateUsable, certificateNotRevoked, hasPhotoForStaff},
		InApp: "rule.m3.in_app",
		Bring: bringRegular, vary: varyOfficial},
	{Code: "S1", // スマホのマイナ保険証（Android）
		Medical: true, Limit: LimitYes, Source: srcStart, Law: byCard,
		Periods: always("2025-09-19", Certain, srcStart),
		// of the successor planned for autumn 2026 no start is known
		Needs: []*condition{phoneShown, androidPhone, phoneReaderHere, online, phoneCertificate,
			notPinlessPhone, registeredPhone, tapNotFailed, phoneConfirmed},
		Bring: bringRegular, vary: varyPhone},
	{Code: "S2", // スマホのマイナ保険証（iPhone）
		Medical: true, Limit: LimitYes, Source: srcStart, Law: byCard,
		Periods: always("2025-09-19", Certain, srcStart),
		Needs: []*condition{phoneShown, iPhone, phoneReaderHere, online, phoneCertificate, notPinlessPhone,
			registeredPhone, tapNotFailed, phoneConfirmed},
		Bring: bringRegular, vary: varyPhone},
	{Code: "P1", // マイナポータルの資格情報画面＋カード
		Limit: LimitNo, Source: srcNotice, Law: byLaw,
		Periods: []Period{
			{From: MustDate("2023-07-10"), Until: MustDate("2024-12-01"), Only: everyone, Confidence: Certain,
				Source: src0710},
			{From: MustDate("2024-12-02"), Only: everyone, Confidence: Certain, Source: srcNotice}},
		Needs: []*condition{portalScreenShown, cardShown, cardInDate, officialWayFailed, notAssistance,
			notPinlessPortal, portalLogin, registeredPortal},
		Then: comparePhoto, Bring: bringCardPaper, vary: varyUnconfirmed},
	{Code: "P2", // マイナポータルのPDF＋カード
		Limit: LimitNo, Source: srcNotice, Law: byLaw, Periods: always("2024-12-02", Certain, srcNotice),
		Needs: []*condition{portalPDFShown, cardShown, cardInDate, officialWayFailed, notAssistance,
			notPinlessPortal, registeredPortal, sameInsurer},
		Then: comparePhoto, Bring: bringCardPaper},
	{Code: "P3", // その場でマイナポータルにログイン（スマホのみ）
		Limit: LimitNo, Source: srcPhone, Law: byLaw, Periods: always("2025-09", Certain, srcPhone),
		Needs: []*condition{phoneForPortal, phoneReaderFailed, officialWayFailed, notAssistance,
			notPinlessPortal, portalLogin, registeredPortal},
		Bring: bringRegular, vary: varyUnconfirmed},
	{Code: "N1", // 資格情報のお知らせ＋カード
		Limit: LimitNo, Source: srcNotice, Law: byLaw, Periods: always("2024-12-02", Certain, srcNotice),
		Needs: []*condition{noticeShown, cardShown, cardInDate, officialWayFailed, notAssistance,
			noticeInDate, sameInsurer},
		Then: comparePhoto, Bring: bringCardPaper},
	{Code: ElectronicNotice,
		Limit: LimitNo, Source: srcElectron, Law: byLaw, Periods: always("2024-12-02", Likely, srcElectron),
		Needs: []*condition{insurerNoticeShown, cardShown, cardInDate, officialWayFailed, notAssistance,
			sameInsurer},
		Then: comparePhoto, Bring: bringCardPaper},
	{Code: "N0", // 資格情報のお知らせのみ（暫定）
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
		Bring: bringEither},
	{Code: "C1", // 資格確認書
		Limit: LimitOnPaper, Source: srcCompare, Law: byLaw,
		Periods: always("2024-12-02", Certain, srcCompare),
		Needs: []*condition{certificateShown, notAssistance, certificateInDate, certificatePlausible,
			sameInsurer},
		Bring: "rule.bring.certificate", vary: varyCertificate},
	{Code: "H1", // 健康保険証（有効期限内）
		Limit: LimitOnPaper, Source: srcHow, Law: byLaw,
		Periods: []Period{
			{Until: MustDate("2025-07-31"), Only: elderly, Confidence: Certain, Source: srcInterim,
				After: Certain},
			{Until: MustDate("2025-12-01"), Only: residents | employees, Confidence: Certain, Source: srcHow,
				After: Certain}},
		Needs: []*condition{oldCardShown, notAssistance, oldCardInDate, sameInsurer},
		Bring: bringEither},
	{Code: "H0", // 期限切れの健康保険証（暫定）
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
		Bring: bringEither},
	{Code: "L0", // 以前の番号での照会
		Limit: LimitNo, Source: srcInterim, Law: byHabit,
		Periods: []Period{{Only: everyone, Confidence: Likely, Source: srcInterim}},
		Needs: []*condition{officialWayFailed, notAssistance, lookupWhileOnline, lookupAnswered,
			lookupOfRecords},
		Bring: bringEither, vary: varyKnownNumber},
	{Code: "A1", // 被保険者資格申立書＋カード
		Limit: LimitNo, Source: src0710, Law: byForm,
		Periods: []Period{
			{From: MustDate("2023-07-10"), Until: MustDate("2025-12-31"), Only: everyone, Confidence: Certain,
				Source: src0710},
			{From: MustDate("2026-01-01"), Only: everyone, Confidence: Likely, Source: src0710}},
		Needs: []*condition{cardShown, officialWayFailed, notAssistance, insured},
		Then:  "provisional.share", Bring: bringCardPaper, vary: varyDeclaration},
	{Code: "L1", // 障害時：カードの4情報を控えて後で照会
		Limit: LimitNo, Source: src0710, Law: byOutage,
		Periods: []Period{
			{From: MustDate("2023-07-10"), Until: MustDate("2025-12-31"), Only: everyone, Confidence: Certain,
				Source: src0710},
			{From: MustDate("2026-01-01"), Only: everyone, Confidence: Likely, Source: src0710}},
		Needs: []*condition{outage, cardShown},
		Bring: bringCardPaper, vary: varyOutage},
	{Code: "E0", // 緊急やむを得ない場合
		Limit: LimitNo, Source: srcOrder, Law: byLaw,
		Periods: []Period{{Only: everyone, Confidence: Certain, Source: srcOrder}},
		Needs:   []*condition{emergency},
		Bring:   bringCardPaper},
	{Code: "R1", // 再照会（訪問診療など）
		Medical: true, Limit: LimitNo, Source: srcHome, Law: byCard,
		Periods: always("2024-04", Certain, srcHome),
		Needs:   []*condition{consentedBefore, atHome, online},
		Bring:   bringRegular},
	{Code: "D0", // 災害の通知による受診（書類なし）
		Limit: LimitNo, Source: srcDisaster, Law: byNotice,
		Periods: []Period{{Only: everyone, Confidence: Likely, Source: srcDisaster}},
		Needs:   []*condition{disasterNotice},
		Bring:   bringRegular, vary: varyDisaster},
	{Code: "T1", // 医療扶助の医療券・調剤券
		Limit: LimitNo, Source: srcAssistance, Law: byLaw,
		Periods: []Period{{Only: everyone, Confidence: Certain, Source: srcAssistance}},
		Needs:   []*condition{ticketShown},
		Bring:   "rule.bring.ticket"},
}
