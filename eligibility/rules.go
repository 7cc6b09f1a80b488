package eligibility

// MethodCode names a way to confirm an eligibility at the counter.
type MethodCode string

// ElectronicNotice is what this program's own screens and PDFs are: 保険者の画面・PDF（電子のお知らせ）＋カード.
const ElectronicNotice MethodCode = "N1e"

// LimitAnswer says whether a method tells the 限度額適用区分.
type LimitAnswer string

const (
	LimitYes     LimitAnswer = "yes"
	LimitNo      LimitAnswer = "no"
	LimitOnPaper LimitAnswer = "onPaper" // only where it is written on the paper shown
)

// Rule is one way to confirm an eligibility: when it holds, what it needs, what it gives. Its name, why it is
// accepted and what staff do then stand in the catalogue (Rule.words).
type Rule struct {
	Code    MethodCode
	Periods []Period
	Needs   []*condition
	Medical bool        // gives 薬剤・診療・健診 information with consent
	Limit   LimitAnswer // gives the 限度額適用区分
	Then    string      // the step that follows the rule's own: the catalogue's key, "" for none
	InApp   string      // the steps on visits and at a 資格確認限定型, whose app has other words: a key, or ""
	Law     standing    // how good the way is among those that are accepted
	Bring   string      // what the patient should bring next time: the catalogue's key
	Source  Source
	vary    func(*facts, *Method) // finer points of an accepted answer
}

// Period is a span of days in which a rule holds, with its own source and confidence. From may be a month
// (2025-09).
type Period struct {
	From, Until Date // Until is the last day; zero: no end known, no start known
	Only        scheme
	Confidence  Confidence
	Source      Source
	After       Confidence // of the statement that it has ended
	Ended       Source     // where that stands, if not in Source
}

// scheme is a set of kinds of insurers with an own calendar.
type scheme uint8

const (
	residents scheme = 1 << iota // 国民健康保険
	elderly                      // 後期高齢者医療
	employees                    // 被用者保険
	everyone  = residents | elderly | employees
)

// standing ranks accepted ways: the best is the one that gives most and stands firmest, not the first of the
// table.
type standing uint8

const (
	// 電子資格確認 and its repetition: medical information too, and the use of マイナ保険証 counts
	byCard standing = iota
	// another way of 療担規則 3条, or of the Minister's 告示
	byLaw
	// an interim measure, or a disaster's notice
	byNotice
	// a look-up by the facility's own record
	byHabit
	// an outage's list: what the card shows is looked up once the outage is over
	byOutage
	// a declaration: eligibility is found out later
	byForm
)
