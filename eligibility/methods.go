package eligibility

import "madoguchi/message"

// facts are a Situation with what follows from it.
type facts struct {
	*Situation
	card           Answer
	scheme         scheme // everyone when the insurer is unknown
	official       bool   // the card is known to confirm the eligibility as マイナ保険証 here and now
	moved          Answer // 75 and over, but the papers name another insurer
	oldCardValid   bool
	read           readings // what OQS's answer was about
	proof          bool     // a 健康保険被保険者資格証明書 that holds is shown
	proofMoved     bool     // it is shown by somebody of 75
	assistance     bool     // 医療扶助, perhaps beside an insurance
	onlyAssistance bool     // the number is of 医療扶助: there is no insurance
	sheet          bool     // for the reception's sheet, which says at its foot what ※ stands for
	fullPrice      Answer   // 特別療養費: 10割 at the counter; unknown where age may spare a child
	shares         []int
}

func newFacts(s *Situation) facts {
	f := facts{Situation: s, card: s.cardPresent(), scheme: schemeOf(s.Insurer),
		moved: s.person().moved(s.Day)}
	if s.Insurer == "" && atLeast(s.BirthDate, 75, s.Day) == Yes {
		f.scheme = elderly // whoever is 75 belongs there (高齢者医療確保法 50条)
	}
	f.read = f.readings()
	f.proofMoved = f.moved == Yes || f.scheme == elderly
	f.proof = f.brings(ItemEligibilityProof) && !f.proofMoved && (f.EligibilityProofUntil.IsZero() ||
		!f.Day.After(f.EligibilityProofUntil) && !f.EligibilityProofUntil.After(f.Day.AddDays(proofLife)))
	f.onlyAssistance = s.Insurer.PublicExpense()
	f.assistance = f.onlyAssistance || s.MedicalAssistance == Yes || f.brings(ItemMedicalTicket)
	f.fullPrice = fullPrice(s)
	f.shares = provisionalShares(&f)
	return f
}

func (f *facts) certificateGone() bool {
	return f.Card.Certificate == CertificateExpired || f.Card.Certificate == CertificateRevoked
}

// phoneHere reports whether a phone is known to be present: it was brought, or was held to the reader.
func (f *facts) phoneHere() bool { return f.brings(ItemPhone) || f.PhoneTap != "" }

// Methods judges every rule of the table for a situation on its day. The error is that of Situation.Check.
func Methods(s Situation) (Outcome, error) { return judged(s, false) }

// judged is Methods, or the same in the words of the reception's sheet.
func judged(s Situation, sheet bool) (Outcome, error) {
	if err := s.Check(); err != nil {
		return Outcome{}, err
	}
	s = s.resolved()
	f := newFacts(&s)
	f.sheet = sheet
	out := Outcome{Methods: make([]Method, len(ruleTable)), CheckedUntil: RulesKnownUntil,
		ReadOn:      RulesReadOn,
		Provisional: f.shares, Hints: hints(&s)}
	best := -1
	for i := range ruleTable {
		r, m := &ruleTable[i], &out.Methods[i]
		r.judge(&f, &wordsOfRules[i], m)
		if !m.Accepted {
			continue
		}
		if best < 0 || f.better(i, best, out.Methods) {
			best = i
		}
		switch r.Code {
		case "M1", "M2", "M3":
			f.official = f.official || s.Card.Reads == Yes
		case "H1":
			f.oldCardValid = !s.OldCardUntil.IsZero()
		}
	}
	if best >= 0 {
		m := &out.Methods[best]
		out.Best, out.Next, out.BringNext, out.Reason = m.Code, m.Next, m.BringNext, m.Reason
		out.Source, out.SourceURL, out.Confidence, out.Reservation = m.Source, m.SourceURL, m.Confidence,
			m.Reservation
	} else {
		f.none().tell(&out)
	}
	if b := bringInstead(&f); b != "" {
		out.BringNext = told(b)
	}
	return out, nil
}

// better reports whether the accepted way i is better than the accepted way j before it in the table: by its
// standing, then among the ways of the law by how sure the answer is.
func (f *facts) better(i, j int, all []Method) bool {
	a, b := f.standing(i), f.standing(j)
	if a == byLaw && b == byLaw {
		return surer(all[i].Confidence, all[j].Confidence)
	}
	return a < b
}

// standing is that of the rule; a card that may tell 医療扶助 stands with the ways beside it.
func (f *facts) standing(i int) standing {
	if f.assistance && ruleTable[i].Law == byCard {
		return byLaw
	}
	return ruleTable[i].Law
}

// judge fills m with the rule's answer in its words.
func (r *Rule) judge(f *facts, words *ruleWords, m *Method) {
	*m = Method{
		Code:      r.Code,
		Name:      words.name,
		BringNext: words.bring,
		Medical:   r.Medical && f.givesMedical(),
		Limit:     r.Limit,
		AskFor:    askAll,
	}
	if r.Limit == LimitYes {
		m.AskFor = askSubsidy
		// whether the reader tells it in the grace is unverified: ask for the paper
		if f.Card.Certificate == CertificateGrace {
			m.Limit, m.AskFor = LimitNo, askAll
		}
	}
	period, held := r.on(f)
	if !held {
		m.outside(f, period)
		return
	}
	if f.Cause == WorkInjury && r.Code != "E0" {
		m.refuse(f, r, notWorkInjury)
		return
	}
	for _, need := range r.Needs {
		if !need.met(f) {
			m.refuse(f, r, need)
			return
		}
	}
	m.Accepted, m.Reason, m.Next, m.Confidence = true, words.reason, words.next, period.Confidence
	switch {
	case r.Then == comparePhoto && f.Card.Photo == No:
		m.Next = words.noPhoto
	case r.InApp != "" && f.elsewhere():
		m.Next = words.inApp
	case f.sheet:
		m.Next = words.onSheet
	}
	m.cite(period.Source)
	if r.vary != nil {
		r.vary(f, m)
	}
	m.Reservation = reservations[m.Confidence]
	f.doubt(m)
	f.besides(m)
}

func (m *Method) refuse(f *facts, r *Rule, need *condition) {
	m.Reason, m.Next = need.say(f)
	m.Confidence = need.sure
	if need.source.Title != "" {
		m.cite(need.source)
	} else {
		m.cite(r.Source)
	}
	m.Reservation = reservations[m.Confidence]
}

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
	m.Reason, m.Next, m.Confidence = said.before, askOther, p.Confidence
	m.cite(p.Source)
	if !f.Day.Before(p.From.Earliest()) {
		m.Reason, m.Next = said.after, showCardToo
		if p.After != "" {
			m.Confidence = p.After
		}
		if p.Ended.Title != "" {
			m.cite(p.Ended)
		}
	}
	m.Reservation = reservations[m.Confidence]
}

// What staff do where a way has not begun yet, or has ended.
var (
	askOther    = told("step.other")
	showCardToo = told("step.show_card_too")
)

type words struct{ before, after message.Sentences }

// periodWords are the sentences about a period's ends, derived once from the table.
var periodWords = func() map[*Period]words {
	all := make(map[*Period]words)
	for i := range ruleTable {
		for j := range ruleTable[i].Periods {
			p := &ruleTable[i].Periods[j]
			var w words
			if !p.From.IsZero() {
				from := message.Writing(monthOrDay(p.From), p.From.String())
				w.before = message.Sentences{message.New("period.before", message.Args{"from": from})}
			}
			if !p.Until.IsZero() {
				until := message.Args{"until": p.Until.Value()}
				w.after = message.Sentences{message.New("period.after", until)}
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
	return f.Facility.Kind != LimitedFacility && f.Card.Certificate != CertificateGrace &&
		!f.certificateGone()
}

// provisionalShares are the shares that a declaration may be billed with until the insurer is known: what
// SharesOn says, 10割 where 特別療養費 asks for it, none for 医療扶助 and 労災.
func provisionalShares(f *facts) []int {
	switch {
	case f.assistance || f.Cause == WorkInjury:
		return []int{}
	case f.fullPrice == Yes:
		return []int{100}
	}
	shares, err := SharesOn(f.person(), f.Day)
	if err != nil {
		return []int{} // Check has refused both reasons
	}
	return shares
}

// hints returns warnings about unusual facts that refuse nothing.
func hints(s *Situation) message.Sentences {
	hint, odd := s.Insurer.PrefectureHint()
	if !odd {
		return nil
	}
	return message.Sentences{message.New("hint.of_insurer", message.Args{
		"number": message.Text(s.Insurer.Paper()),
		"hint":   message.Of(hint),
	})}
}
