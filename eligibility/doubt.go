package eligibility

// doubt is a circumstance in which an accepted paper is not certain: it is accepted with a reservation, or
// staff ask first.
type doubt struct {
	about  string // the codes that it is about
	open   func(*facts, *Method) bool
	say    string // the reservation
	ask    string // put before the next step; "" for none
	source Source
	sure   Confidence
}

const (
	papers      = " P2 N1 N1e N0 C1 H1 H0 "
	withCard    = " P2 N1 N1e "
	noticePaper = " N1 N1e "
)

// doubts are evaluated for every accepted method.
var doubts = [...]doubt{
	{about: papers, sure: Likely, source: srcReturned,
		open: func(f *facts, m *Method) bool { return f.read.nothing && !isProof(f, m) },
		say:  "オンライン資格確認では資格が確かめられていません。退職や転居の前の保険の紙で受け付けると、請求が返戻されます。",
		ask:  "いまの保険のものか（資格取得日、退職・転居の有無）を本人に聞き、わからなければ保険者に電話で確かめてください。"},
	{about: papers + "P1 P3 A1 ", sure: Likely, source: srcStates,
		open: func(f *facts, m *Method) bool { return f.lookedUp(OQSSeveral) },
		say:  "番号での照会の答えは「複数該当」です。",
		ask:  "どの保険か本人に聞き、番号に枝番も足して照会し直してください。決まらなければ、"},
	{about: papers + "P1 P3 A1 ", sure: Likely, source: srcStates,
		open: func(f *facts, m *Method) bool { return f.lookedUp(OQSNewExists) },
		say:  "番号での照会の答えは「無効（新しい資格あり）」です。",
		ask:  "新しい保険の番号を聞いて、照会し直してください。わからなければ、"},
	{about: papers, sure: Likely, source: srcReturned,
		open: func(f *facts, m *Method) bool {
			return (f.Cause == JobChange || f.Cause == Continued) && !f.read.nothing && !isProof(f, m)
		},
		say: "保険が変わったところなので、前の保険の紙かもしれません。前の保険の紙で受け付けると、請求が返戻されます。",
		ask: "新しい保険のものか、資格取得日を見て確かめてください。"},
	{about: withCard, sure: Likely, source: srcGrace,
		open: func(f *facts, m *Method) bool { return f.certificateGone() },
		say:  "電子証明書が失効しているか猶予も終わっているので、マイナ保険証の登録が終わり、資格確認書が出ているはずです。",
		ask:  "資格確認書が届いていないか聞いてください。"},
	{about: noticePaper, sure: Likely, source: srcCompare,
		open: func(f *facts, m *Method) bool { return f.Card.Registered == No },
		say:  "お知らせはマイナ保険証の登録がある人のものです。登録のない人には資格確認書が出ているはずです。",
		ask:  "資格確認書が届いていないか、いまの保険のお知らせかを聞いてください。"},
	{about: papers, sure: questionMayHaveMoved.Confidence, source: srcElderlyLaw,
		open: func(f *facts, m *Method) bool { return f.moved == Unknown },
		say:  questionMayHaveMoved.Ja, ask: "75歳の誕生日が過ぎていないか本人に確かめてください。"},
	{about: papers, sure: Likely, source: srcElderlyLaw,
		open: func(f *facts, m *Method) bool {
			return f.Insurer == "" && atLeast(f.BirthDate, 75,
				f.Day) == Unknown
		},
		say: "生年月日の一部が不詳です。75歳になっていれば、後期高齢者医療（39で始まる番号）の紙でなければ受け付けられません。",
		ask: "75歳の誕生日が過ぎていないか本人に確かめ、過ぎていれば保険者番号が39で始まることを見てください。"},
	{about: papers, sure: questionMayBeYoung.Confidence, source: srcElderlyLaw,
		open: func(f *facts, m *Method) bool {
			return schemeOf(f.Insurer) == elderly && atLeast(f.BirthDate, elderlyFrom, f.Day) == Unknown
		},
		say: questionMayBeYoung.Ja, ask: "65歳になっているか本人に確かめてください。"},
	{about: " P2 N1e ", sure: Likely, source: srcShare,
		open: func(f *facts, m *Method) bool {
			saved := m.Code == "P2" || !f.brings(ItemInsurerScreen)
			change := NextShareChange(f.person(), f.PDFSavedOn)
			return saved && !f.PDFSavedOn.IsZero() && !change.IsZero() && !f.Day.Before(change)
		},
		say: "PDFを保存した後に、負担割合か保険が変わることのある日（年齢の区切り、8月1日）を過ぎています。",
		ask: "PDFの負担割合は前のものかもしれないので、いまの負担割合を書いた紙か、新しい画面を見せてもらってください。"},
	{about: papers + "P1 P3 L0 R1 ", sure: Likely, source: srcAssistance,
		open: func(f *facts, m *Method) bool { return f.assistance && !f.onlyAssistance },
		say:  "医療扶助の人には、健康保険のない人と、健康保険もある人がいます。",
		ask:  "健康保険もあるか聞き、医療券も見て、わからなければ福祉事務所に電話し、3割を求めないでください。"},
	{about: " N1e ", sure: Unverified, source: srcResidence,
		open: func(f *facts, m *Method) bool { return f.Card.Kind == ResidenceCard },
		say: "特定在留カードは法律上マイナンバーカードですが、チップによる生年月日の照合は、" +
			"この種類のカードではまだ確かめられていません。",
		ask: "チップの照合がうまくいかなくても別人とは限りません。券面の氏名・生年月日で確かめてください。"},
}

// lookedUp reports whether a number was looked up and OQS gave this answer.
func (f *facts) lookedUp(answer OQSAnswer) bool {
	return f.read.nothing && !f.read.unconfirmed() && f.OQSAnswer == answer
}

func isProof(f *facts, m *Method) bool {
	return m.Code == "C1" && f.proof && !f.brings(ItemCertificate)
}

// doubt adds the reservations that apply to an accepted method.
func (f *facts) doubt(m *Method) {
	for i := range doubts {
		d := &doubts[i]
		if !about(d.about, m.Code) || !d.open(f, m) {
			continue
		}
		if m.Confidence == Certain {
			m.cite(d.source)
		}
		m.Confidence = weaker(m.Confidence, d.sure)
		m.Reservation += d.say
		m.Next = d.ask + m.Next
	}
}

// about reports whether a code stands in a list of codes, each between blanks.
func about(list string, code MethodCode) bool {
	for i := 0; i+len(code)+1 < len(list); i++ {
		if list[i] == ' ' && list[i+1:i+1+len(code)] == string(code) && list[i+1+len(code)] == ' ' {
			return true
		}
	}
	return false
}
