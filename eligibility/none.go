package eligibility

// refusal is the answer when no method is accepted; it always has a next step.
type refusal struct {
	when   func(*facts) bool
	reason string
	next   string
	bring  string // "" for bringAny
	source Source
	sure   Confidence
}

const refund = "間に合わなければ、いったん10割をお預かりし、後日の提示で差額を返します。領収書と診療明細書を取っておけば、" +
	"支払った日の翌日から2年以内に保険者へ療養費を申請することもできます。"

const bringAny = "次回は、マイナンバーカード（読み取れないときのために「資格情報のお知らせ」も）か、資格確認書をお持ちください。"

const noPaper = "確かめられる方法がまだありません。"

// refusals are tried in this order; the last holds always.
var refusals = [...]refusal{
	{when: func(f *facts) bool { return f.Cause == WorkInjury }, source: srcCause, sure: Likely,
		reason: notWorkInjury.because, next: notWorkInjury.next,
		bring: "労災の書類を勤め先でもらってお持ちください。ふだんの受診にはマイナ保険証をお持ちください。"},
	{when: func(f *facts) bool { return f.assistance }, source: srcAssistance, sure: Certain,
		reason: "医療扶助（生活保護）は健康保険ではなく、医療券か、準備のできた所ではカードで受け付けます。",
		next:   "医療券・調剤券があるか聞き、なければ福祉事務所に電話で確かめてください。3割も10割も求めないでください。",
		bring:  "次回は、福祉事務所の医療券（準備のできた所ではマイナンバーカード）をお持ちください。"},
	{when: func(f *facts) bool { return f.Facility.NetworkDown == Yes }, source: src0710, sure: Likely,
		reason: "オンライン資格確認か回線が止まっていて、いまは照会できません。",
		next:   "氏名・生年月日・性別・住所・連絡先を聞いて障害リストに控え、受診は進めて会計まで保留にし、復旧後に照会してください。"},
	{when: func(f *facts) bool { return f.moved == Yes || f.brings(ItemEligibilityProof) && f.proofMoved },
		source: srcElderlyLaw, sure: Certain,
		reason: "75歳の誕生日から後期高齢者医療に移っているので、前の保険者の資格では受け付けられません。",
		next: "75歳から後期高齢者医療の資格になります。会計まで保留にし、後期の資格確認書を持ってきてもらうか、" +
			"広域連合に番号を問い合わせて照会してください。",
		bring: "次回は、マイナ保険証か、後期高齢者医療の資格確認書をお持ちください。"},
	{when: func(f *facts) bool { return f.brings(ItemCertificate) && !certificatePlausible.met(f) },
		source: srcCompare, sure: Certain,
		reason: certificatePlausible.because, next: certificatePlausible.next + nextLookup},
	{when: func(f *facts) bool {
		return f.brings(ItemEligibilityProof) && f.EligibilityProofUntil.After(f.Day.AddDays(proofLife))
	}, source: srcProof, sure: Certain, reason: proofTooLong, next: proofLookAgain + nextLookup},
	{when: func(f *facts) bool { return f.Cause == Newborn }, source: srcCause, sure: Likely,
		reason: "生まれたばかりで、まだ親の保険者に登録されていません。",
		next:   "親の保険者と記号・番号を控え、会計は保留にし、登録が済んでから照会してください。子ども医療証は仮申請を案内してください。",
		bring:  "次回は、子どもの資格確認書かお知らせとカード、子ども医療証をお持ちください。"},
	{when: func(f *facts) bool { return f.OQSAnswer.unconfirmed() }, source: src0710, sure: Certain,
		reason: "オンライン資格確認で有効な資格が確かめられていません（転職・出生などで登録がまだのことがあります）。",
		next: "いまの保険を聞き（複数該当なら枝番を足して照会し直し）、マイナンバーカードがあれば申立書を書いてもらい、なければ、" +
			"マイナポータルの画面、健康保険被保険者資格証明書、新しい保険の紙を持ってきてもらえるか聞いて、会計まで保留にしてください。" +
			"「無効」「該当なし」だけを理由に10割を求めないでください。"},
	{when: func(f *facts) bool {
		return f.Brings&onPhone != 0 && !f.certificateGone() && f.Card.Certificate != CertificateGrace &&
			f.Card.Pinless != Yes
	}, source: srcPhoneQA, sure: Likely,
		reason: "画面・PDF・画像だけでは受け付けられません。",
		next: "画面・PDF・画像だけでは受け付けられません。そのスマホで、いまマイナポータルにログインして資格情報画面を開いてもらうか、" +
			"カードを見せてもらってください。"},
	{when: func(f *facts) bool { return f.card == Unknown }, source: srcOrder, sure: Certain, reason: noPaper,
		next: "マイナンバーカード、スマホ、資格確認書のどれかを持っているか聞いてください。"},
	{when: func(f *facts) bool { return f.Lookup != LookupFound && f.Lookup != LookupNotFound },
		source: srcInterim, sure: Likely,
		reason: noPaper,
		next: "自院の以前の受診の記録に番号があればオンライン資格確認で照会し、なければ会計まで保留にして、" +
			"カードか資格確認書を持ってきてもらえるか聞いてください。" + refund},
	{when: func(f *facts) bool { return f.phoneHere() || f.brings(ItemPortalScreen) }, source: srcRefund,
		sure:   Likely,
		reason: noPaper,
		next: "会計まで保留にし、カード・お知らせ・資格確認書を家族に持ってきてもらえるか、" +
			"保険者に電話で番号を聞いて照会できるか確かめてください。" + refund},
	{when: func(f *facts) bool { return true }, source: srcRefund, sure: Likely, reason: noPaper,
		next: "会計まで保留にし、カードか資格確認書を持ってきてもらえるか聞いてください。" + refund},
}

// onPhone are the things that are shown on a phone, which might log in to マイナポータル.
var onPhone = Items(
	0,
).With(
	ItemPortalPDF,
).With(
	ItemPortalScreenshot,
).With(
	ItemInsurerScreen,
).With(
	ItemInsurerPDF,
)

// none is the answer where nothing can be accepted.
func (f *facts) none() refusalFor {
	for i := range refusals {
		if refusals[i].when(f) {
			return refusalFor{&refusals[i], f}
		}
	}
	return refusalFor{&refusals[len(refusals)-1], f}
}

// refusalFor is a refusal with the facts that it answers.
type refusalFor struct {
	*refusal
	facts *facts
}

func (r refusalFor) tell(out *Outcome) {
	out.Reason, out.Next, out.BringNext, out.Confidence = r.reason, r.next, r.bring, r.sure
	out.Source, out.SourceURL, out.Reservation = r.source.Title, r.source.URL, reservation[r.sure]
	if r.bring == "" {
		out.BringNext = bringAny
	}
	for i := range notes {
		if n := &notes[i]; n.about(r.facts, nil) {
			out.Next += n.text()
		}
	}
}

// bringInstead is what the patient should bring next time where the card's own state decides it.
func bringInstead(f *facts) string {
	switch {
	case f.Cause == WorkInjury || f.assistance:
		return ""
	case f.read.unconfirmed():
		return "いまの保険の登録が済めば、次回はマイナ保険証で受け付けられます。それまでは新しい保険の資格確認書か、お知らせとカードをお持ちください。"
	case f.Card.State == CardLost || f.Card.State == CardRenewing:
		return "カードができるまでの資格確認書を保険者に申請し、次回はそれをお持ちください。"
	case f.Card.State == CardExpired:
		return "市区町村でカードを更新してください。それまでは資格確認書を保険者に申請してお持ちください。"
	case f.certificateGone():
		return "市区町村で電子証明書を更新してください。更新までは資格確認書（届いていなければ保険者に問い合わせ）をお持ちください。"
	case f.Card.Certificate == CertificateGrace:
		return "市区町村で電子証明書を更新してください。更新までは「資格情報のお知らせ」とカードをいっしょにお持ちください。"
	case f.Card.PIN == PINForgotten || f.Card.PIN == PINLocked:
		return "暗証番号は市区町村で再設定できます。次回は「資格情報のお知らせ」もカードといっしょにお持ちください。"
	case (f.Card.Pinless == Yes || f.Card.Photo == No) && !f.official:
		return bringCardPaper
	}
	return ""
}
