package eligibility

import "slices"

// Visit is what a patient tells (or the insurer knows) before a visit: 受診日チェック. Zero values are unknown.
type Visit struct {
	Day              Date // the day of the visit
	CardUntil        Date // 有効期限 printed on the card, the last day
	CertificateUntil Date // 電子証明書の有効期限 printed on the card, the last day
	PaperUntil       Date // 有効期限 of the 資格確認書
	SavedOn          Date // the day on which the PDF was saved
	Person           Person
}

// VisitItem is one line of the answer.
type VisitItem struct {
	Key    string `json:"key"`
	State  string `json:"state"` // "ok", "care" (works, but …) or "no"
	Ja     string `json:"ja"`
	En     string `json:"en"`
	Until  Date   `json:"until,omitzero"` // the last day on which this stays so
	Source string `json:"source"`
}

// CheckVisit says what will be valid on the day of a visit: the certificate with its grace, the card, the
// paper, the saved PDF, and what birthdays and August 1st change. Lines come worst first. The errors are
// ErrDayMissing and ErrBeforeBirth.
func CheckVisit(v Visit) ([]VisitItem, error) {
	if !v.Day.Exact() {
		return nil, ErrDayMissing
	}
	if !v.Person.BirthDate.IsZero() && v.Day.Before(v.Person.BirthDate.Earliest()) {
		return nil, ErrBeforeBirth
	}
	var items []VisitItem
	add := func(key, state, ja, en string, until Date, source Source) {
		items = append(items, VisitItem{key, state, ja, en, until, source.Title})
	}
	if !v.CertificateUntil.IsZero() {
		g := GraceOf(v.CertificateUntil)
		switch g.On(v.Day) {
		case CertificateValid:
			add(
				"certificate",
				"ok",
				"電子証明書は有効です。マイナ保険証として使えます。",
				"The certificate is valid: the card works as an insurance card.",
				v.CertificateUntil,
				srcGrace,
			)
		case CertificateGrace:
			ja, until := "電子証明書の期限が切れていますが、猶予の間なので資格の確認だけはできます。マイナポータルの画面は開けません。早めに市区町村で更新してください。", g.WarnUntil
			if v.Day.After(g.WarnUntil) {
				ja, until = "電子証明書の期限から3か月が過ぎています。月末までは読み取れることがありますが、お知らせか資格確認書も持って行ってください。", g.MayWorkTo
			}
			add(
				"certificate",
				"care",
				ja,
				"The certificate has ended; within the grace only eligibility can be confirmed. Renew it at the municipality.",
				until,
				srcGrace,
			)
		default:
			add(
				"certificate",
				"no",
				"電子証明書の期限と猶予が過ぎています。市区町村で更新するか、資格確認書を持って行ってください。",
				"The certificate and its grace are over. Renew it, or bring the certificate of eligibility.",
				Date{},
				srcGrace,
			)
		}
	}
	if !v.CardUntil.IsZero() {
		if v.Day.After(v.CardUntil) {
			add(
				"card",
				"no",
				"カードそのものの有効期限が切れています。画面やPDFといっしょに見せる本人確認には使えません。",
				"The card itself has expired: it is no identity document any more.",
				Date{},
				srcGrace,
			)
		} else {
			add("card", "ok", "カードは有効期限内です。", "The card is in date.", v.CardUntil, srcGrace)
		}
	}
	if !v.PaperUntil.IsZero() {
		if v.Day.After(v.PaperUntil) {
			add(
				"paper",
				"no",
				"資格確認書の有効期限が過ぎています。新しいものが届いていないか確かめてください。",
				"The certificate of eligibility has expired.",
				Date{},
				srcCompare,
			)
		} else {
			add("paper", "ok", "資格確認書は有効期限内です。それだけで受け付けられます。", "The certificate of eligibility is in date and stands alone.", v.PaperUntil, srcCompare)
		}
	}
	v.changes(add)
	slices.SortStableFunc(items, func(a, b VisitItem) int { return rank(a.State) - rank(b.State) })
	return items, nil
}

func rank(state string) int { return slices.Index([]string{"no", "care", "ok"}, state) }

// changes adds what birthdays and August 1st do to the insurer, the share and the saved PDF.
func (v *Visit) changes(add func(key, state, ja, en string, until Date, source Source)) {
	p := v.Person
	if p.MovedToElderly(v.Day) {
		add("insurer", "no", "75歳の誕生日から後期高齢者医療に変わります。いまの保険の紙・画面・PDFは使えません。新しい資格確認書を持って行ってください。",
			"From the 75th birthday on another insurer is in charge: bring its certificate.", Date{},
			srcElderlyLaw)
	}
	if shares, err := SharesOn(p, v.Day); err == nil && !p.BirthDate.IsZero() {
		said, en := "窓口での負担は"+percents(shares)+"です。", "Your share of the costs: "+percentsEn(shares)+"."
		state := "ok"
		if len(shares) > 1 {
			state = "care"
			said = "窓口での負担は、前の年の所得により" + percents(shares) + "のどれかです。負担割合の書かれた紙か画面を持って行ってください。"
			en = "Your share depends on income: one of " + percentsEn(shares) + "."
		}
		until := Date{}
		if next := NextShareChange(p, v.Day); !next.IsZero() {
			until = next.AddDays(-1)
		}
		add("share", state, said, en, until, srcShare)
	}
	if v.SavedOn.IsZero() {
		return
	}
	if change := NextShareChange(p, v.SavedOn); !change.IsZero() && !v.Day.Before(change) {
		add(
			"pdf",
			"no",
			"PDFを保存してから負担割合か資格が変わる日（"+change.Japanese()+"）を過ぎています。PDFを保存し直してください。",
			"The share or insurer may have changed since the PDF was saved: save it again.",
			Date{},
			srcShare,
		)
		return
	}
	add(
		"pdf",
		"care",
		"カードを機械で読み取れないときは、PDFをマイナンバーカードといっしょに見せれば使えます。職場・住所・名前が変わったときは保存し直してください。",
		"Where the card cannot be read, the PDF works together with it. Save it again after a change of job, address or name.",
		Date{},
		srcNotice,
	)
}

// percents writes shares as 2割・3割.
func percents(shares []int) string {
	s := ""
	for i, p := range shares {
		if i > 0 {
			s += "・"
		}
		s += string(rune('0'+p/10)) + "割"
	}
	return s
}

func percentsEn(shares []int) string {
	s := ""
	for i, p := range shares {
		if i > 0 {
			s += ", "
		}
		s += string(rune('0'+p/10)) + "0%"
	}
	return s
}
