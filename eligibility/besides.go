package eligibility

// note is an additional instruction to staff that applies whatever method is used: it is appended to the next
// step, and its own text says where it is only likely.
type note struct {
	about  func(*facts, *Method) bool // m is nil where nothing is accepted
	ja     string
	source Source
	sure   Confidence
}

// notes are evaluated for every accepted method, and when none is accepted.
var notes = [...]note{
	{func(f *facts, m *Method) bool { return f.Cause == ThirdParty },
		"交通事故など相手のある（第三者行為の）けがでも健康保険は使えますが、本人から保険者への届け出が要ることを伝えてください。", srcCause, Likely},
	{func(f *facts, m *Method) bool { return f.Cause == Abroad && !f.Day.Before(abroadFrom) },
		"海外への転出のときに継続の手続きをしたカード（令和6年5月27日から）なら、いつもどおり読み取れます。" +
			"日本の健康保険にいま入っているかも聞いてください。", srcCause, Likely},
	{func(f *facts, m *Method) bool { return f.Cause == Newborn && m != nil },
		"親の保険者を控え、登録が済むまで会計は保留にし、子ども医療証は仮申請を案内してください。", srcCause, Likely},
	{func(f *facts, m *Method) bool { return f.Cause == JobChange && (m == nil || m.Code[0] == 'M') },
		"新しい保険の登録が済むまでは「無効」「該当なし」と出ることがあります。", src0710, Certain},
	{func(f *facts, m *Method) bool { return f.Cause == Continued && (m == nil || m.Code[0] == 'M') },
		"任意継続は登録が済むまで「無効」と出ることがあります。", src0710, Certain},
	{func(f *facts, m *Method) bool { return f.brings(ItemPublicExpense) && (m == nil || m.Code != "T1") },
		"公費は受給者証も見てください（カードだけで済むのは、自治体と医療機関の両方がPMHにつながっているときだけです）。", srcCause, Likely},
	{func(f *facts, m *Method) bool {
		return m != nil && about(papers, m.Code) && f.Insurer == "" && atLeast(f.BirthDate, 75, f.Day) == Yes
	}, "75歳以上なので、保険者番号が39で始まる後期高齢者医療のものか見てください。", srcElderlyLaw, Certain},
	{func(f *facts, m *Method) bool {
		return m != nil && m.Code == "C1" && f.scheme == elderly && !f.Day.Before(elderlyRuleFrom) &&
			!isProof(f, m)
	}, "限度区分は申請した人だけに印字されます。空欄なら高いほうの限度額で会計し、後で払い戻されます。", srcElderly, Likely},
}

// abroadFrom is the first day on which a card could be kept by somebody who moves abroad.
var abroadFrom = Date{2024, 5, 27}

// How the notes about 特別療養費 begin.
const (
	whyFullPrice = "特別療養費の対象なので、窓口では10割です（保険料を1年以上滞納した国民健康保険・後期高齢者医療の人の取扱いで、カードでも同じです）。"
	askFullPrice = "窓口では10割をお支払いいただき、領収書を渡して、市区町村（後期高齢者医療は広域連合）に" +
		"特別療養費を申請すれば払い戻されることを案内してください。" +
		"18歳になって最初の3月31日までの子どもは、ふだんの負担割合です。"
	mayBeFullPrice = "特別療養費の紙ですが、生年月日の一部が不詳で、18歳になって最初の3月31日までの子どもなら対象外です。"
	noFullPrice    = "特別療養費の紙ですが、18歳になって最初の3月31日までの子どもは対象外なので、10割ではなく、ふだんの負担割合です。"
)

// besides appends the notes that apply to an accepted method.
func (f *facts) besides(m *Method) {
	if f.PaperSpecial == MedicalExpense && m.Code != "E0" && m.Code != "T1" {
		f.sayFullPrice(m)
	}
	for i := range notes {
		if n := &notes[i]; n.about(f, m) {
			m.Next += n.text()
		}
	}
}

func (f *facts) sayFullPrice(m *Method) {
	if m.Confidence == Certain {
		m.cite(srcSpecial)
	}
	switch f.fullPrice {
	case Yes:
		m.Name += "（窓口では10割）"
		m.Reason, m.Next = whyFullPrice+m.Reason, m.Next+askFullPrice
		// 国保法 is certain, for 後期 pages of municipalities say it
		if f.scheme == elderly && m.Confidence == Certain {
			m.Confidence = Likely
			m.Reservation += reservation[Likely]
		}
	case Unknown:
		m.Reason, m.Next = mayBeFullPrice+m.Reason, "18歳になって最初の3月31日が過ぎているか本人に確かめてください。"+m.Next+askFullPrice
		m.Confidence = weaker(m.Confidence, Likely)
		m.Reservation += mayBeFullPrice
	default:
		m.Next += noFullPrice
	}
}

func (n *note) text() string {
	if n.sure == Certain {
		return n.ja
	}
	return n.ja + "（" + n.sure.Japanese() + "）"
}

// fullPrice reports whether 特別療養費 requires payment of 10割 (国民健康保険法 54条の3): not of children to the first March
// 31st after their 18th birthday; unknown when the date of birth does not settle that.
func fullPrice(s *Situation) Answer {
	switch {
	case s.PaperSpecial != MedicalExpense:
		return No
	case s.BirthDate.IsZero() || s.Day.After(childUntil(s.BirthDate.Latest())):
		return Yes
	case s.Day.After(childUntil(s.BirthDate.Earliest())):
		return Unknown
	}
	return No
}

// childUntil is the first March 31st on or after the day before the 18th birthday.
func childUntil(birth Date) Date {
	eighteen := birthday(birth, 18).AddDays(-1)
	last := Date{eighteen.year, 3, 31}
	if eighteen.After(last) {
		last.year++
	}
	return last
}
