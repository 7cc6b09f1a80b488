package eligibility

import "madoguchi/message"

// Confidence says how well a fact about the rules is known.
type Confidence string

const (
	Certain    Confidence = "certain"    // official text, or several independent sources
	Likely     Confidence = "likely"     // one good source, or a firm inference
	Unverified Confidence = "unverified" // general knowledge, or sources that disagree
)

// surer reports whether a is more certain than b.
func surer(a, b Confidence) bool { return a != b && weaker(a, b) == b }

// weaker returns the less certain of two.
func weaker(a, b Confidence) Confidence {
	if a == Unverified || b == Unverified {
		return Unverified
	}
	if a == Likely || b == Likely {
		return Likely
	}
	return Certain
}

// Japanese returns 確実, 推定 or 未確認.
func (c Confidence) Japanese() string {
	switch c {
	case Certain:
		return "確実"
	case Likely:
		return "推定"
	}
	return "未確認"
}

// How far the rules are known. They were read on RulesReadOn from copies of public texts that reach early
// October 2026 (10月上旬); the first of that month is the last day that is surely covered. What begins later is
// as announced by then.
var (
	RulesKnownUntil = Date{2026, 10, 1}
	RulesReadOn     = Date{2026, 11, 28}
)

// RulesKnown says how far the rules are known, for whoever reads an answer or a printed sheet.
func RulesKnown() message.Message {
	return message.New("rules.known", message.Args{"readOn": RulesReadOn.Value()})
}

// Source is a text that a rule rests on.
type Source struct {
	Title string
	URL   string // "" where the text is not on the web
}

const (
	wic      = "https://www.wic-net.com/material/document/"
	hodanren = "https://hodanren.doc-net.or.jp/"
	notice   = "https://www.mhlw.go.jp/web/t_doc?dataId=84ac0107"
	howTo    = "https://www.mhlw.go.jp/stf/newpage_50657.html"
	law      = "https://laws.e-gov.go.jp/law/"
)

// The sources of the counter's rules. A link leads to the text itself or to the page that carries it.
var (
	srcOrder   = Source{"療担規則 第3条第1項、中医協総会（令和7年8月27日）総-6-2", wic + "21379/3"}
	srcNotice  = Source{"令和6年厚生労働省告示第349号・第351号", notice}
	srcHow     = Source{"厚生労働省「マイナ保険証・資格確認書の使い方」", howTo}
	srcCompare = Source{"厚生労働省「12月2日以降の医療機関等における資格確認」（3つの書類の対比表）", ""}
	srcPhone   = Source{"中医協総会（令和7年8月27日）総-6-1", wic + "21378/1"}
	srcPhoneQA = Source{"スマホでの資格確認の疑義解釈（令和7年9月・10月、京都府医師会報）", "https://kyotoihou.t-reader.jp"}
	srcStart   = Source{"スマホのマイナ保険証、令和7年9月19日から順次開始", "https://ascii.jp/elem/000/004/316/4316751/"}
	src0710    = Source{
		"保発0710第1号（令和5年7月10日）被保険者資格申立書と障害時の取扱い",
		"https://www.fujifilm-kenpo.or.jp/news/5611",
	}
	srcSight    = Source{"オンライン資格確認 目視確認モードの手順", wic + "17669/17"}
	srcInterim  = Source{"期限切れ健康保険証・お知らせ単独の暫定的取扱い（令和7年11月12日）", hodanren + "info/news/2025-11-12-4/"}
	srcExtended = Source{
		"厚生労働大臣会見（令和8年3月19日）暫定措置は令和8年7月31日まで",
		"https://www.niigata-nippo.co.jp/articles/-/799360",
	}
	srcElectron = Source{"資格情報のお知らせの電磁的方法による交付（健康保険組合の公表）、令和6年厚生労働省告示第351号", notice}
	srcHome     = Source{"居宅同意取得型オンライン資格確認（マイナ在宅受付Web、令和6年4月から）", wic + "16956/5"}
	srcPinless  = Source{"顔認証マイナンバーカードの取扱い（令和5年12月15日から）", "https://www.town.mikata-kami.lg.jp"}
	srcBaby     = Source{"顔写真のないカードの取扱い（保団連の照会）", hodanren + "?p=24604"}
	srcLimited  = Source{"資格確認限定型・訪問（マイナ資格確認アプリ）", "https://iryohokenjyoho.service-now.com"}
	srcGrace    = Source{"電子証明書の期限後3か月の取扱い（厚生労働省、市町村）", howTo}
	srcShare    = Source{"健康保険法第74条、国民健康保険法第42条", law + "211AC0000000070"}
	srcStates   = Source{"オンライン資格確認等システム 資格有効性コード（公開プログラムの記載）", ""}
	srcElderly  = Source{"令和8年8月からの後期高齢者医療の資格確認書（医療保険部会 令和7年12月18日）", wic + "22889/11"}
	srcCareful  = Source{"要配慮者等の資格確認書（医療保険部会資料）", wic + "19109/169"}
	srcLostCard = Source{"カードの紛失・更新中の資格確認書（SCSK健康保険組合）", "https://www.kenpo.gr.jp/SCSK-kenpo"}
	srcWithheld = Source{"DV等で情報を不開示とした人の資格確認書（大垣市）", "https://www.city.ogaki.lg.jp/0000066161.html"}

	srcElderlyLaw = Source{"高齢者の医療の確保に関する法律第50条・第52条", law + "357AC0000000080"}
	srcSpecial    = Source{"国民健康保険法第54条の3（特別療養費）", law + "333AC0000000192"}
	srcProof      = Source{"健康保険法施行規則第50条の2（被保険者資格証明書、日本年金機構）", "https://www.nenkin.go.jp"}
	srcReturned   = Source{"資格喪失後の受診（協会けんぽ 沖縄支部 令和7年2月14日ほか）", ""}
	srcAssistance = Source{"医療扶助のオンライン資格確認（福岡市 令和7年8月7日から、呉市、千葉市）", ""}
	srcRefund     = Source{"療養費の支給（支払った日の翌日から2年以内）", ""}
	srcResidence  = Source{"特定在留カード・特定特別永住者証明書（令和8年6月14日から）", ""}
	srcDisaster   = Source{"災害で被災した人の受診に関する厚生労働省の事務連絡（そのつど）", ""}
	srcEnded      = Source{"暫定措置が令和8年7月31日に終わったことを伝える、その後の二つの公表", ""}
	srcFee        = Source{"令和8年度診療報酬改定 電子的診療情報連携体制整備加算（令和8年6月1日から）", ""}
	srcCause      = Source{"労災・第三者行為・国外転出・出生のときの窓口の扱い（市町村・健康保険組合の公表）", ""}
	srcLimits     = Source{"高額療養費の見直し（令和8年8月・令和9年8月）", ""}
)
