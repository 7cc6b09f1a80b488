package eligibility

// PaperKind is one of the papers, cards and screens that are taken for one another at the desk: the three
// of the ministry's comparison (対比表), the two screens that take the notice's place, and the old card.
type PaperKind string

const (
	PaperCard          PaperKind = "card"          // マイナ保険証
	PaperCertificate   PaperKind = "certificate"   // 資格確認書
	PaperNotice        PaperKind = "notice"        // 資格情報のお知らせ
	PaperInsurerScreen PaperKind = "insurerScreen" // the insurer's electronic お知らせ
	PaperPortalScreen  PaperKind = "portalScreen"  // マイナポータル's 資格情報画面
	PaperOldCard       PaperKind = "oldCard"       // 健康保険証
)

// PaperUse says what a kind of paper is good for on a day.
type PaperUse string

const (
	UseAtReader PaperUse = "reader"   // enough alone: the official reader reads it
	UseAlone    PaperUse = "alone"    // enough alone: it is shown
	UseWithCard PaperUse = "withCard" // only with the My Number card, where the reader does not read that
	UseLive     PaperUse = "live"     // as UseWithCard; without the card by a login before the staff's eyes
	UseEnded    PaperUse = "ended"    // no more
)

// PaperKindRules is a kind of paper as the counter's rules see it on a day.
type PaperKindRules struct {
	Kind       PaperKind
	Use        PaperUse
	AloneUntil Date // the last day on which it was accepted alone; zero where that goes on, or never was
	Source     string
	SourceURL  string
	Confidence Confidence // of Use
}

// paperKinds are the kinds with the ways of the table in which each is accepted alone, and with the card.
var paperKinds = [...]struct {
	kind        PaperKind
	item        Item
	alone, with []MethodCode
}{
	{PaperCard, ItemCard, []MethodCode{"M1"}, nil},
	{PaperCertificate, ItemCertificate, []MethodCode{"C1"}, nil},
	{PaperNotice, ItemNotice, []MethodCode{"N0"}, []MethodCode{"N1"}},
	{PaperInsurerScreen, ItemInsurerScreen, nil, []MethodCode{ElectronicNotice}},
	{PaperPortalScreen, ItemPortalScreen, []MethodCode{"P3"}, []MethodCode{"P1"}},
	{PaperOldCard, ItemOldCard, []MethodCode{"H1", "H0"}, nil},
}

// PaperKindsOn returns the kinds of paper as the table of rules has them on day, in the order of the
// ministry's comparison. The error is ErrDayMissing.
func PaperKindsOn(day Date) ([]PaperKindRules, error) {
	var kinds []PaperKindRules
	for _, k := range paperKinds {
		alone, err := acceptedOf(aloneWith(day, k.item), k.alone)
		if err != nil {
			return nil, err
		}
		with, err := acceptedOf(besideUnreadCard(day, k.item), k.with)
		if err != nil {
			return nil, err
		}
		kind := PaperKindRules{Kind: k.kind, Use: UseEnded, AloneUntil: endedAlone(k.alone, day)}
		decides := alone
		switch {
		case alone.Accepted && k.kind == PaperCard:
			kind.Use = UseAtReader
		case alone.Accepted && k.kind == PaperPortalScreen:
			kind.Use = UseLive
		case alone.Accepted:
			kind.Use = UseAlone
		case with.Accepted:
			kind.Use, decides = UseWithCard, with
		}
		kind.Source, kind.SourceURL, kind.Confidence = decides.Source, decides.SourceURL, decides.Confidence
		kinds = append(kinds, kind)
	}
	return kinds, nil
}

// aloneWith is somebody who shows one thing and nothing else. What the rules ask for besides is so: the
// look-up answers, the card reads, the phone's owner logs in on the spot.
func aloneWith(day Date, item Item) Situation {
	s := Situation{
		Day:         day,
		BringsKnown: true,
		Brings:      items(item),
		Card:        CardFacts{Present: No},
		Lookup:      LookupFound,
		LookupBy:    LookupByPaper,
	}
	switch item {
	case ItemCard:
		s.Card = CardFacts{Present: Yes, Reads: Yes}
	case ItemPortalScreen:
		s.Brings, s.Facility.PhoneReader = items(ItemPhone, ItemPortalScreen), No
	}
	return s
}

// besideUnreadCard is somebody who shows it with a card that the reader does not read.
func besideUnreadCard(day Date, item Item) Situation {
	return Situation{
		Day:         day,
		BringsKnown: true,
		Brings:      items(ItemCard, item),
		Card:        CardFacts{Present: Yes, Reads: No},
	}
}

// acceptedOf returns what the table says of the first of codes that is accepted, or of the last one.
func acceptedOf(s Situation, codes []MethodCode) (last Method, err error) {
	outcome, err := Methods(s)
	if err != nil {
		return Method{}, err
	}
	for _, code := range codes {
		for _, m := range outcome.Methods {
			if m.Code != code {
				continue
			}
			if last = m; m.Accepted {
				return m, nil
			}
		}
	}
	return last, nil
}

// endedAlone is the last day of the last period in which one of the rules held, zero where one has no end
// or has not ended by day.
func endedAlone(codes []MethodCode, day Date) (last Date) {
	for i := range ruleTable {
		for _, code := range codes {
			if ruleTable[i].Code != code {
				continue
			}
			for _, p := range ruleTable[i].Periods {
				if p.Until.IsZero() || !day.After(p.Until) {
					return Date{}
				}
				if p.Until.After(last) {
					last = p.Until
				}
			}
		}
	}
	return last
}

// NoOldCardsFrom is the day from which no 健康保険証 is issued, and on which the papers began (対比表 発行開始時期).
func NoOldCardsFrom() Date { return papersFrom }

// ElderlyCertificatesFrom is the day on which age decides about the 資格確認書 of 後期高齢者医療
// (docs/facts/insurers-and-papers.md#elderly-from-august-2026).
func ElderlyCertificatesFrom() Date { return elderlyRuleFrom }

// LastOldCardDay returns the last day on which any 健康保険証 was in date
// (docs/facts/eligibility-methods.md#insurance-card).
func LastOldCardDay() Date {
	return endedAlone([]MethodCode{"H1"}, MustDate("9999-12-31"))
}
