package eligibility

import "encoding/json"

// Outcome answers "how may this person be accepted today?".
type Outcome struct {
	Best         MethodCode `json:"best"` // the first accepted; "" (null in JSON) when there is none
	Next         string     `json:"next"` // what staff do now, in one sentence
	BringNext    string     `json:"bringNext"`
	Methods      []Method   `json:"methods"`      // every rule of the table, in its order
	Provisional  []int      `json:"provisional"`  // shares in percent that a declaration may be billed with until the insurer is known
	CheckedUntil Date       `json:"checkedUntil"` // changes of the rules are known up to here
}

// MarshalJSON writes null for an empty Best.
func (o Outcome) MarshalJSON() ([]byte, error) {
	type plain Outcome
	var best *MethodCode
	if o.Best != "" {
		best = &o.Best
	}
	return json.Marshal(struct {
		Best *MethodCode `json:"best"`
		plain
	}{best, plain(o)})
}

// Method is one rule's answer for a situation.
type Method struct {
	Code        MethodCode  `json:"code"`
	Name        string      `json:"name"`
	Accepted    bool        `json:"accepted"`
	Reason      string      `json:"reason"`
	Next        string      `json:"next"`
	BringNext   string      `json:"bringNext"`
	AskFor      []string    `json:"askFor"` // what to ask for besides; shared, not to be changed
	Medical     bool        `json:"medicalInformation"`
	Limit       LimitAnswer `json:"limit"`
	Source      string      `json:"source"`
	SourceURL   string      `json:"sourceUrl"`
	Confidence  Confidence  `json:"confidence"`
	Reservation string      `json:"reservation,omitempty"` // said where the fact is only likely or unverified
}

// What to ask for besides the eligibility itself.
var (
	askAll      = []string{"限度額適用認定証", "公費の受給者証", "子ども医療証など自治体の医療証"}
	askSubsidy  = []string{"公費の受給者証", "子ども医療証など自治体の医療証"}
	reservation = map[Confidence]string{
		Likely:     "この規則は推定にもとづきます（一つの資料または文言からの推論）。",
		Unverified: "この規則は公的な文書で確かめられていません。",
	}
)

// facts are a Situation with what follows from it.
type facts struct {
	*Situation
	card           Answer
	scheme         scheme // everyone when the insurer is unknown
	official       bool   // the card is known to be readable as マイナ保険証 here and now
	movedToElderly bool   // 75 and over, but the papers name another insurer
	oldCardValid   bool
}

func (f *facts) certificateGone() bool {
	return f.Card.Certificate == CertificateExpired || f.Card.Certificate == CertificateRevoked
}

// Methods judges every rule of the table for a situation on its day. The error is that of Situation.Check.
func Methods(s Situation) (Outcome, error) {
	if err := s.Check(); err != nil {
		return Outcome{}, err
	}
	f := facts{Situation: &s, card: s.cardPresent(), scheme: schemeOf(s.Insurer)}
	if s.Insurer == "" && !s.BirthDate.IsZero() && !s.Day.Before(birthday(s.BirthDate.Latest(), 75)) {
		f.scheme = elderly // whoever is 75 belongs there (高齢者医療確保法 50条)
	}
	f.movedToElderly = Person{Insurer: s.Insurer, BirthDate: s.BirthDate}.MovedToElderly(s.Day)
	out := Outcome{Methods: make([]Method, len(ruleTable)), CheckedUntil: RulesKnownUntil, Provisional: provisionalShares(&f)}
	for i := range ruleTable {
		r := &ruleTable[i]
		m := &out.Methods[i]
		r.judge(&f, m)
		if m.Accepted && out.Best == "" {
			out.Best, out.Next, out.BringNext = m.Code, m.Next, m.BringNext
		}
		if m.Accepted && s.Card.Reads == Yes && (r.Code == "M1" || r.Code == "M2" || r.Code == "M3") {
			f.official = true
		}
		if m.Accepted && r.Code == "H1" {
			f.oldCardValid = !s.OldCardUntil.IsZero()
		}
	}
	if out.Best == "" {
		out.Next, out.BringNext = noWay(&f), bringCardPaper
	}
	if b := bringInstead(&f); b != "" {
		out.BringNext = b
	}
	return out, nil
}

// judge fills m with the rule's answer.
func (r *Rule) judge(f *facts, m *Method) {
	*m = Method{Code: r.Code, Name: r.Ja, BringNext: r.Bring, Medical: r.Medical && f.givesMedical(), Limit: r.Limit, AskFor: askAll}
	if r.Limit == LimitYes {
		m.AskFor = askSubsidy
		if f.Card.Certificate == CertificateGrace { // whether the reader tells it in the grace is unverified: ask for the paper
			m.Limit, m.AskFor = LimitNo, askAll
		}
	}
	period, held := r.on(f)
	if !held {
		m.outside(f, period)
		return
	}
	for _, need := range r.Needs {
		if !need.met(f) {
			m.refuse(r, need)
			return
		}
	}
	m.Accepted, m.Reason, m.Next, m.Confidence = true, r.Reason, r.Next, period.Confidence
	m.cite(period.Source)
	if r.vary != nil {
		r.vary(f, m)
	}
	m.reserve()
}

func (m *Method) refuse(r *Rule, need *condition) {
	m.Reason, m.Next, m.Confidence = need.because, need.next, need.sure
	if need.source.Title != "" {
		m.cite(need.source)
	} else {
		m.cite(r.Source)
	}
	m.reserve()
}

func (m *Method) cite(s Source) { m.Source, m.SourceURL = s.Title, s.URL }

func (m *Method) reserve() { m.Reservation = reservation[m.Confidence] }

// on returns the period of the rule that holds on the day, or the one nearest to it.
func (r *Rule) on(f *facts) (*Period, bool) {
	var nearest *Period
	for i := range r.Periods {
		p := &r.Periods[i]
		if p.Only&f.scheme == 0 {
			continue
		}
		if p.holds(f.Day) {
			return p, true
		}
		if nearest == nil || !f.Day.Before(p.From.Earliest()) {
			nearest = p
		}
	}
	if nearest == nil {
		nearest = &r.Periods[0]
	}
	return nearest, false
}

// holds reports whether the day lies in the period.
func (p *Period) holds(day Date) bool {
	return !day.Before(p.From.Earliest()) && (p.Until.IsZero() || !day.After(p.Until))
}

// outside refuses for a day outside the rule's periods: not begun yet, or ended.
func (m *Method) outside(f *facts, p *Period) {
	said := periodWords[p]
	m.Reason, m.Next, m.Confidence = said.before, nextOther, p.Confidence
	if !f.Day.Before(p.From.Earliest()) {
		m.Reason, m.Next = said.after, "マイナンバーカードも見せてもらうか、以前の番号での照会、資格確認書にしてください。"
		if p.After != "" {
			m.Confidence = p.After
		}
	}
	m.cite(p.Source)
	m.reserve()
}

type words struct{ before, after string }

// periodWords are the sentences about a period's ends, derived once from the table.
var periodWords = func() map[*Period]words {
	all := make(map[*Period]words)
	for i := range ruleTable {
		for j := range ruleTable[i].Periods {
			p := &ruleTable[i].Periods[j]
			var w words
			if !p.From.IsZero() {
				w.before = "この方法は" + monthOrDay(p.From) + "からなので、この日には使えません。"
			}
			if !p.Until.IsZero() {
				w.after = "この方法は" + p.Until.Japanese() + "で終わりました。"
			}
			all[p] = w
		}
	}
	return all
}()

func monthOrDay(d Date) string {
	if d.Exact() {
		return d.Japanese()
	}
	s := d.Earliest().Japanese()
	return s[:len(s)-len("1日")]
}

// givesMedical: not in the grace or after the certificate's end, not at a 資格確認限定型.
func (f *facts) givesMedical() bool {
	return f.Facility.Kind != LimitedFacility && f.Card.Certificate != CertificateGrace && !f.certificateGone()
}

// provisionalShares are the shares that a declaration may be billed with: 未就学児 2割, 70 and over 1 to 3割, else 3割.
func provisionalShares(f *facts) []int {
	if f.BirthDate.IsZero() {
		return shareSets[schoolTo69]
	}
	switch bandOn(f.BirthDate.Latest(), f.Day) {
	case preschool:
		return shareSets[preschool]
	case from70, from75:
		return shareSets[from75]
	}
	return shareSets[schoolTo69]
}

var shareSets = [...][]int{preschool: {20}, schoolTo69: {30}, from75: {10, 20, 30}}

// onPhone are the things that are shown on a phone, which might log in to マイナポータル.
var onPhone = Items(0).With(ItemPortalPDF).With(ItemPortalScreenshot).With(ItemInsurerScreen).With(ItemInsurerPDF)

// noWay is the next step when nothing can be accepted: nobody is sent away without one.
func noWay(f *facts) string {
	switch {
	case f.Facility.NetworkDown == Yes:
		return "氏名・生年月日・性別・住所・連絡先を聞いて障害リストに控え、受診は進めて会計まで保留にし、復旧後に照会してください。"
	case f.movedToElderly:
		return "75歳から後期高齢者医療の資格になります。会計まで保留にし、後期の資格確認書を持ってきてもらうか、広域連合に番号を問い合わせて照会してください。"
	case f.Brings&onPhone != 0 && !f.certificateGone() && f.Card.Certificate != CertificateGrace && f.Card.Pinless != Yes:
		return "画面・PDF・画像だけでは受け付けられません。そのスマホで、いまマイナポータルにログインして資格情報画面を開いてもらうか、カードを見せてもらってください。"
	case f.card == Unknown:
		return "マイナンバーカード、スマホ、資格確認書のどれかを持っているか聞いてください。"
	case f.Lookup != LookupFound && f.Lookup != LookupNotFound:
		return "以前の受診の記録に番号があればオンライン資格確認で照会し、なければ会計まで保留にして、カードか資格確認書を持ってきてもらえるか聞いてください。"
	case f.brings(ItemPhone) || f.brings(ItemPortalScreen):
		return "会計まで保留にし、カード・お知らせ・資格確認書を家族に持ってきてもらえるか、保険者に電話で番号を聞いて照会できるか確かめてください。"
	}
	return "会計まで保留にし、カードか資格確認書を持ってきてもらえるか聞いてください。間に合わなければ、いったん全額をお預かりし、後日の提示で差額を返すことを説明してください。"
}

// bringInstead is what the patient should bring next time where the card's own state decides it.
func bringInstead(f *facts) string {
	switch {
	case f.Card.State == CardLost || f.Card.State == CardRenewing:
		return "カードができるまでの資格確認書を保険者に申請し、次回はそれをお持ちください。"
	case f.Card.State == CardExpired:
		return "市区町村でカードを更新してください。それまでは資格確認書を保険者に申請してお持ちください。"
	case f.certificateGone() || f.Card.Certificate == CertificateGrace:
		return "市区町村で電子証明書を更新してください。更新までは「資格情報のお知らせ」とカードをいっしょにお持ちください。"
	case f.Card.PIN == PINForgotten || f.Card.PIN == PINLocked:
		return "暗証番号は市区町村で再設定できます。次回は「資格情報のお知らせ」もカードといっしょにお持ちください。"
	case f.Card.Pinless == Yes || f.Card.Photo == No:
		return bringCardPaper
	}
	return ""
}

// Finer points of accepted answers.

func varyOfficial(f *facts, m *Method) {
	switch {
	case f.Card.State == CardExpired:
		m.Confidence = Likely
		m.Reason = "カードの有効期限は切れていますが、切れて3か月以内なら読み取れることがあります。"
		m.cite(srcGrace)
	case f.Card.Certificate == CertificateGrace:
		m.Reason = "電子証明書の期限後3か月の猶予の間は、資格の確認だけはできます。薬剤・診療・健診の情報は見られません。"
		m.cite(srcGrace)
	case f.Card.Registered == No:
		m.Reason = "マイナ保険証の登録がまだですが、このリーダーでその場で登録できます。"
		m.Next = "リーダーの案内に沿って利用登録をしてもらい、そのまま資格を確認してください。"
	}
}

func varyPhone(f *facts, m *Method) {
	if f.Card.Certificate == CertificateGrace {
		m.Confidence = Unverified
		m.Reason = "カードの電子証明書が期限後の猶予中です。スマホで使えるかは確かめられていないので、かざして試してください。"
	}
}

func varyKnownNumber(f *facts, m *Method) {
	if f.card != Yes {
		m.Confidence = Likely
		m.Reason = "以前の受診で控えた番号の照会で資格が確かめられました。カードがないので、受け付けるかは医療機関の判断です。"
	}
}

func varyDeclaration(f *facts, m *Method) {
	switch {
	case f.Facility.NetworkDown == Yes:
		m.Next = "カードの4情報を障害リストに控えて復旧後に照会し、長引くときは申立書を書いてもらって仮の割合で会計してください。"
	case !f.BirthDate.IsZero() && len(provisionalShares(f)) > 1:
		m.Next = "申立書に氏名・生年月日・性別・住所・連絡先・保険者・勤め先・負担割合を書いてもらい、70歳以上は申し立てられた1割から3割で仮に会計してください。"
	case !f.BirthDate.IsZero() && provisionalShares(f)[0] == 20:
		m.Next = "申立書に氏名・生年月日・性別・住所・連絡先・保険者・勤め先を書いてもらい、未就学児なので仮に2割で会計してください。"
	}
	varyOutage(f, m)
}

func varyOutage(f *facts, m *Method) {
	if f.Card.State == CardExpired {
		m.Confidence = weaker(m.Confidence, Likely)
		m.Reason = "カードの有効期限が切れているので、ほかの本人確認の書類も見たうえで受け付けてください。"
	}
}
