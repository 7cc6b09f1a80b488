package eligibility

// Confidence says how well a fact about the rules is known.
type Confidence string

const (
	Certain    Confidence = "certain"    // official text, or several independent sources
	Likely     Confidence = "likely"     // one good source, or a firm inference
	Unverified Confidence = "unverified" // general knowledge, or sources that disagree
)

// weaker returns the less sure of two.
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

// RulesKnownUntil is the day up to which changes of the rules are known; what is announced for later is marked as likely.
var RulesKnownUntil = Date{2026, 3, 19}

// Source is a text that a rule rests on.
type Source struct {
	Title string
	URL   string // "" where the text is not on the web
}

// The sources of the counter's rules. A link leads to the text itself or to the page that carries it.
var (
	srcOrder    = Source{"療担規則 第3条第1項、中医協総会（令和7年8月27日）総-6-2", "https://www.wic-net.com/material/document/21379/3"}
	srcNotice   = Source{"令和6年厚生労働省告示第349号・第351号", "https://www.mhlw.go.jp/web/t_doc?dataId=84ac0107"}
	srcHow      = Source{"厚生労働省「マイナ保険証・資格確認書の使い方」", "https://www.mhlw.go.jp/stf/newpage_50657.html"}
	srcCompare  = Source{"厚生労働省「12月2日以降の医療機関等における資格確認」（マイナ保険証・資格確認書・資格情報のお知らせの対比表）", ""}
	srcPhone    = Source{"中医協総会（令和7年8月27日）総-6-1", "https://www.wic-net.com/material/document/21378/1"}
	srcPhoneQA  = Source{"スマホでの資格確認の疑義解釈（令和7年9月・10月、京都府医師会報）", "https://kyotoihou.t-reader.jp"}
	srcStart    = Source{"スマホのマイナ保険証、令和7年9月19日から順次開始", "https://ascii.jp"}
	src0710     = Source{"保発0710第1号（令和5年7月10日）被保険者資格申立書と障害時の取扱い", "https://www.fujifilm-kenpo.or.jp/news/5611"}
	srcSight    = Source{"オンライン資格確認 目視確認モードの手順", "https://www.wic-net.com/material/document/17669/17"}
	srcInterim  = Source{"期限切れ健康保険証・お知らせ単独の暫定的取扱い（令和7年6月27日、8月4日、11月12日）", "https://hodanren.doc-net.or.jp/info/news/"}
	srcExtended = Source{"厚生労働大臣会見（令和8年3月19日）暫定措置は令和8年7月31日まで", "https://www.niigata-nippo.co.jp/articles/-/799360"}
	srcElectron = Source{"資格情報のお知らせの電磁的方法による交付（健康保険組合の公表）、令和6年厚生労働省告示第351号", "https://www.mhlw.go.jp/web/t_doc?dataId=84ac0107"}
	srcHome     = Source{"居宅同意取得型オンライン資格確認（マイナ在宅受付Web、令和6年4月から）", "https://www.wic-net.com/material/document/16956/5"}
	srcPinless  = Source{"顔認証マイナンバーカードの取扱い（令和5年12月15日から）", "https://www.town.mikata-kami.lg.jp"}
	srcBaby     = Source{"顔写真のないカードの取扱い（保団連の照会）", "https://hodanren.doc-net.or.jp/?p=24604"}
	srcLimited  = Source{"資格確認限定型（マイナ資格確認アプリ）", "https://iryohokenjyoho.service-now.com"}
	srcGrace    = Source{"電子証明書の期限後3か月の取扱い（厚生労働省、市町村）", "https://www.mhlw.go.jp/stf/newpage_50657.html"}
	srcShare    = Source{"健康保険法第74条、高齢者の医療の確保に関する法律第67条", ""}
	srcStates   = Source{"オンライン資格確認等システム 資格有効性コード（公開プログラムの記載）", ""}
	srcElderly  = Source{"後期高齢者医療広域連合・三種町（令和8年3月6日）令和8年8月からの資格確認書", "https://www.town.mitane.akita.jp"}
	srcCareful  = Source{"要配慮者等の資格確認書（医療保険部会資料）", "https://www.wic-net.com/material/document/19109/169"}
	srcWithheld = Source{"DV等で情報を不開示とした人の資格確認書（大垣市）", "https://www.city.ogaki.lg.jp/0000066161.html"}
)
