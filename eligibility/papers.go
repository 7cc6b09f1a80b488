package eligibility

import "madoguchi/message"

// Papers says which papers a person gets.
type Papers struct {
	Notice      bool // 資格情報のお知らせ
	Certificate bool // 資格確認書
	// why; its next step is what a clerk should look at first, where something is open
	Says       message.Message
	Source     Source
	Confidence Confidence
}

// because adds why, by the catalogue's key, where that stands and how sure it is.
func (p Papers) because(key string, source Source, sure Confidence) Papers {
	p.Says, p.Source, p.Confidence = message.New(key, nil), source, sure
	return p
}

// The first days of the papers (対比表 発行開始時期) and of the rule that follows 後期's interim measure.
var (
	papersFrom       = Date{2024, 12, 2}
	employeesNotices = Date{2024, 9, 1}
	elderlyRuleFrom  = Date{2026, 8, 1}
)

// elderlyAlwaysAge: people of this age on August 1st always get the certificate; who turns 85 later does not
// on this ground.
const elderlyAlwaysAge = 85

// PapersFor returns which papers a person gets from the insurer on day: the notice, the certificate, both or
// none (対比表 対象者, 取得方法, 発行開始時期). Unknown facts are named in the next step and never decide against a
// person. Whether somebody of 後期高齢者医療 uses マイナ保険証 often enough, each 広域連合 says by its own rule:
// Person.FrequentUse is its answer.
func PapersFor(p Person, day Date) Papers {
	s := schemeOf(p.Insurer)
	noticesFrom := papersFrom
	if s == employees {
		noticesFrom = employeesNotices
	}
	switch {
	case !p.LostOn.IsZero() && !day.Before(p.LostOn):
		return Papers{}.because("papers.lost", srcCompare, Certain)
	case !p.QualifiedOn.IsZero() && day.Before(p.QualifiedOn):
		return Papers{}.because("papers.not_begun", srcCompare, Certain)
	case p.Insurer.PublicExpense():
		return Papers{}.because("papers.assistance", srcCompare, Certain)
	case p.TooYoungForElderly(day):
		return Papers{}.because("papers.elderly_too_young", srcElderlyLaw, Certain)
	case day.Before(noticesFrom):
		return Papers{}.because("papers.too_early", srcCompare, Certain)
	case s == elderly:
		return elderlyPapers(p, day)
	case p.MovedToElderly(day):
		return Papers{}.because("papers.moved", srcElderlyLaw, Certain)
	case day.Before(papersFrom):
		return Papers{Notice: true}.because("papers.employees_notice", srcCompare, Certain)
	case p.Withheld == Yes:
		return Papers{Certificate: true}.because("papers.withheld_general", srcWithheld, Likely)
	}
	return generalPapers(p, day)
}

// generalPapers are those of everyone but 後期, since 2024-12-02.
func generalPapers(p Person, day Date) Papers {
	switch {
	case p.Registered == No:
		return Papers{Certificate: true}.because("papers.not_registered_general", srcCompare, Certain)
	case p.NeedsCare == Yes:
		both := Papers{Notice: p.Registered == Yes, Certificate: true}
		return both.because("papers.needs_care_general", srcCareful, Certain)
	case p.Registered == Unknown:
		return Papers{Notice: true}.because("papers.registration_unknown", srcCompare, Unverified)
	}
	switch GraceOf(p.CertificateUntil).On(day) {
	case CertificateExpired:
		return Papers{Certificate: true}.because("papers.grace_over_general", srcGrace, Certain)
	case CertificateGrace:
		return Papers{Notice: true, Certificate: true}.because("papers.grace", srcGrace, Likely)
	}
	return Papers{Notice: true}.because("papers.registered", srcCompare, Certain)
}

// elderlyPapers are those of 後期高齢者医療: everyone has the certificate in the interim to 2026-07-31; from
// 2026-08-01 people of 85 and over on August 1st, and those who do not use マイナ保険証 regularly.
func elderlyPapers(p Person, day Date) Papers {
	if day.Before(elderlyRuleFrom) {
		return Papers{Certificate: true}.because("papers.elderly_interim", srcElderly, Certain)
	}
	review := NextReview(day)
	review.year-- // the August 1st on or before day
	sure := Certain
	if review.After(elderlyRuleFrom) {
		sure = Likely
	}
	switch {
	case p.Withheld == Yes:
		return Papers{Certificate: true}.because("papers.elderly_withheld", srcWithheld, Likely)
	case !p.BirthDate.IsZero() && Age(p.BirthDate.Latest(), review) >= elderlyAlwaysAge:
		return Papers{Certificate: true}.because("papers.elderly_always", srcElderly, sure)
	case !p.BirthDate.IsZero() && Age(p.BirthDate, review) >= elderlyAlwaysAge:
		return Papers{Certificate: true}.because("papers.elderly_perhaps_always", srcElderly, Likely)
	case p.Registered == No:
		return Papers{Certificate: true}.because("papers.elderly_not_registered", srcElderly, sure)
	case p.NeedsCare == Yes:
		return Papers{Certificate: true}.because("papers.elderly_needs_care", srcCareful, Certain)
	case GraceOf(p.CertificateUntil).On(day) == CertificateExpired:
		return Papers{Certificate: true}.because("papers.grace_over_general", srcGrace, Likely)
	case p.Registered == Yes && p.FrequentUse == Yes:
		return Papers{Notice: true}.because("papers.elderly_frequent", srcElderly, Likely)
	case p.FrequentUse == Unknown:
		return Papers{Certificate: true, Says: message.New("papers.elderly_use_unknown",
			message.Args{"rule": message.Nested(UsualUse.Told())}),
			Source: srcElderly, Confidence: Likely}
	}
	return Papers{Certificate: true}.because("papers.elderly_seldom", srcElderly, Likely)
}

// UseRule is how often マイナ保険証 must have been used for the notice alone in 後期高齢者医療. It is not the same at
// every 広域連合, so Person.FrequentUse is the insurer's data.
type UseRule struct{ InYear, InThreeMonths int }

// UsualUse is the rule of one municipality that fits the council's paper (三種町 2026-03-06).
var UsualUse = UseRule{InYear: 6, InThreeMonths: 1}

// Told is the rule in words.
func (u UseRule) Told() message.Message {
	return message.New("papers.use_rule", message.Args{
		"inYear":        message.Number(u.InYear),
		"inThreeMonths": message.Number(u.InThreeMonths),
	})
}

// NoticeUntil returns the last day printed on a notice issued on day: none (zero) below 70; from 70 on
// July 31st or the day before the 75th birthday, whichever comes first
// (docs/facts/official-forms.md#validity-of-a-notice; likely for other insurers than 国保).
func NoticeUntil(p Person, day Date) Date {
	if p.BirthDate.IsZero() || bandOn(p.BirthDate.Latest(), day) < from70 && schemeOf(p.Insurer) != elderly {
		return Date{}
	}
	return soonest(p, day, NextReview(day).AddDays(-1))
}

// CertificateValidUntil returns the last day that a certificate issued on day may bear: five years at
// most; for 国保 and 後期 July 31st; never beyond the day before the 70th or 75th birthday changes the
// share (docs/facts/official-forms.md#validity-of-a-certificate).
func CertificateValidUntil(p Person, day Date) Date {
	last := day.AddMonths(60).AddDays(-1)
	if schemeOf(p.Insurer)&(residents|elderly) != 0 && schemeOf(p.Insurer) != everyone {
		last = NextReview(day).AddDays(-1)
	}
	return soonest(p, day, last)
}

// soonest shortens last to the day before the next birthday of 70 or 75 that changes the share.
func soonest(p Person, day, last Date) Date {
	if p.BirthDate.IsZero() || schemeOf(p.Insurer) == elderly {
		return last
	}
	starts := bandStarts(p.BirthDate.Earliest())
	for _, change := range starts[1:] {
		if end := change.AddDays(-1); change.After(day) && end.Before(last) {
			last = end
		}
	}
	return last
}
