package paper

import (
	"slices"
	"testing"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// What the rules say of papers. Days and ages: docs/facts/eligibility-methods.md (from when a way holds),
// docs/facts/insurers-and-papers.md (後期 from 75, or 65 with a certificate of disability), 高齢者医療確保法 50条, 52条,
// docs/facts/official-forms.md#validity-of-a-certificate (five years; 国保 to July 31st, and to the end of the
// month of the 70th birthday).
func TestWhatTheRulesSayOfAPaper(t *testing.T) {
	taro := credential.Eligibility{Insurer: "01139997", Symbol: "13990001", Number: "1234",
		BirthDate: eligibility.MustDate("1986-04-12")}
	with := func(e credential.Eligibility, change func(*credential.Eligibility)) credential.Eligibility {
		change(&e)
		return e
	}
	elderly := credential.Eligibility{Insurer: "39139993", Number: "09999996",
		BirthDate: eligibility.MustDate("1944-02-29")}
	born := func(day string) func(*credential.Eligibility) {
		return func(e *credential.Eligibility) { e.BirthDate = eligibility.MustDate(day) }
	}
	until := func(day string) func(*credential.Eligibility) {
		return func(e *credential.Eligibility) { e.ValidUntil = eligibility.MustDate(day) }
	}
	share := func(percent int) func(*credential.Eligibility) {
		return func(e *credential.Eligibility) { e.Share = percent }
	}
	every := Kinds[:]
	only := func(kinds ...eligibility.MethodCode) []eligibility.MethodCode { return kinds }
	for _, c := range []struct {
		name     string
		kinds    []eligibility.MethodCode
		shows    credential.Eligibility
		on       string // empty: 2026-11-22
		accepted bool
		says     string // a key among the reasons, or among what is odd
	}{
		{"a plain person", every, taro, "", true, ""},
		{"後期", every, elderly, "", true, ""},
		{"before 告示351号", only(PortalPDF, Notice, Certificate), taro, "2024-12-01", false, "period.before"},
		{"on its first day", only(PortalPDF, Notice, Certificate), taro, "2024-12-02", true, ""},
		{"the login before 2025-09", only(PortalLogin), taro, "2025-08-31", false, "period.before"},
		{"the login from 2025-09", only(PortalLogin), taro, "2025-09-01", true, ""},
		{"後期 below 65", every, with(elderly, born("1961-11-23")), "", false, "insurer.elderly_too_young"},
		{"後期 at 65", every, with(elderly, born("1961-11-22")), "", true, ""},
		{"a notice of another insurer at 75", only(PortalPDF, Notice, Certificate),
			with(taro, born("1951-11-22")), "", false, "condition.same_insurer"},
		{"a screen of another insurer at 75", only(PortalScreen, PortalLogin), with(taro, born("1951-11-22")),
			"", true, "question.moved"},
		{"the day before the 75th birthday", every, with(taro, born("1951-11-23")), "", true, ""},
		{"a certificate on its last day", only(Certificate), with(taro, until("2026-11-22")), "", true, ""},
		{"a certificate the day after", only(Certificate), with(taro, until("2026-11-21")), "", false,
			"condition.certificate_in_date"},
		{"a certificate of more than five years", only(Certificate), with(taro, until("2031-11-23")), "",
			false, "condition.certificate_plausible"},
		{"a notice on its last day", only(Notice), with(taro, until("2026-11-22")), "", true, ""},
		{"a notice the day after", only(Notice), with(taro, until("2026-11-21")), "", false,
			"condition.notice_in_date"},
		{"a screen after its end", only(PortalScreen, PortalPDF, PortalLogin),
			with(taro, until("2026-11-21")), "", false, "paper.ended"},
		{"医療扶助", every, with(taro, func(e *credential.Eligibility) { e.Insurer = "12130001" }), "", false,
			"condition.not_assistance"},
		{"国保 beyond July 31st", only(Certificate), with(taro, func(e *credential.Eligibility) {
			e.Insurer, e.ValidUntil = "00138990", eligibility.MustDate("2027-08-01")
		}), "", true, "paper.until_odd"},
		{"国保 to July 31st", only(Certificate), with(taro, func(e *credential.Eligibility) {
			e.Insurer, e.ValidUntil = "00138990", eligibility.MustDate("2027-07-31")
		}), "", true, ""},
		{"国保 beyond the month of the 70th birthday", only(Certificate),
			with(taro, func(e *credential.Eligibility) {
				e.Insurer, e.BirthDate = "00138990", eligibility.MustDate("1957-03-12")
				e.ValidUntil = eligibility.MustDate("2027-04-01")
			}), "", true, "paper.until_odd"},
		{"国保 to the end of that month", only(Certificate), with(taro, func(e *credential.Eligibility) {
			e.Insurer, e.BirthDate = "00138990", eligibility.MustDate("1957-03-12")
			e.ValidUntil = eligibility.MustDate("2027-03-31")
		}), "", true, ""},
		{"10 percent at 40", every, with(taro, share(10)), "", true,
			"paper.share_odd"},
		{"30 percent at 40", every, with(taro, share(30)), "", true, ""},
		{"10 percent at 82", every, with(elderly, share(10)), "", true, ""},
		{"a 被保険者番号 whose last digit does not fit", every,
			with(elderly, func(e *credential.Eligibility) { e.Number = "09999997" }), "", true,
			"paper.elderly_check_digit"},
		{"a prefecture that there is not", every,
			with(taro, func(e *credential.Eligibility) { e.Insurer = "01990015" }), "", true,
			"hint.of_insurer"},
	} {
		for _, kind := range c.kinds {
			t.Run(string(kind)+" "+c.name, func(t *testing.T) {
				day := today
				if c.on != "" {
					day = eligibility.MustDate(c.on)
				}
				j := Judge(Paper{Kind: kind, Shows: c.shows}, day)
				said := j.Ask
				if !j.Accepted {
					said = j.Reason
				}
				var keys []string
				for _, m := range said {
					keys = append(keys, m.Key)
				}
				if j.Accepted != c.accepted || c.says == "" && len(keys) > 0 ||
					c.says != "" && !slices.Contains(keys, c.says) {
					t.Errorf("accepted: %v, says %q, want %q", j.Accepted, keys, c.says)
				}
				if !j.Accepted && (j.Reason.Ja() == "" || j.Next.Ja() == "" || j.Next.En() == "") {
					t.Errorf("%q, next %q", j.Reason.Ja(), j.Next.Ja())
				}
			})
		}
	}
}
