package eligibility

import (
	"errors"
	"testing"
)

// The ministry's leaflet of 2026-08, IWAKI, NISHIPLA: grace to the last day of the third month after the
// month of expiry; the other reading is said.
func TestPrintedEndsDecideTheState(t *testing.T) {
	const reads = `"brings":["card"],"card":{"reads":true},`
	ask(t, []asked{
		{"last day", reads + `"certificateEnds":"2026-11-22"`, "", "M1", Certain, "M1 M2 M3",
			[]string{"!猶予"}},
		{"the day after", reads + `"certificateEnds":"2026-11-21"`, "", "M1", Certain, "M1 M2 M3",
			[]string{"猶予", "!3か月で終わる"}},
		{"by the shorter reading over", reads + `"certificateEnds":"2026-08-10"`, "", "M1", Certain,
			"M1 M2 M3",
			[]string{"令和8年11月10日", "令和8年11月30日", "3か月で終わる"}},
		{"by both over", reads + `"certificateEnds":"2026-08-10"`, "2026-12-01", "A1", Likely, "A1", nil},
		{"the card's last day", reads + `"cardEnds":"2026-11-22"`, "", "M1", Certain, "M1 M2 M3", nil},
		{"the card is over", reads + `"cardEnds":"2026-11-21"`, "", "M1", Likely, "M1 M2 M3",
			[]string{"3か月以内"}},
		{"the card is long over", `"brings":["card","notice"],"cardEnds":"2026-05-15"`, "", "A1", Likely,
			"A1", nil},
		{"with the same state",
			`"brings":["card"],"card":{"reads":true,"certificate":"grace","state":"ok"},` +
				`"certificateEnds":"2026-11-21","cardEnds":"2031-11-21"`,
			"", "M1", Certain, "M1 M2 M3", nil},
		{"revoked before its end",
			`"brings":["card"],"card":{"certificate":"revoked"},"certificateEnds":"2027-11-21"`, "", "A1",
			Likely, "A1", nil},
	})
}

func TestNewContradictionsNameTheField(t *testing.T) {
	for _, c := range []struct{ in, field string }{
		{`"certificateEnds":"2026-11-21","card":{"certificate":"valid"}`,
			"certificateEnds, card.certificate"},
		{`"certificateEnds":"2026-11-22","card":{"certificate":"grace"}`,
			"certificateEnds, card.certificate"},
		{`"certificateEnds":"2026-08-10","card":{"certificate":"expired"}`,
			"certificateEnds, card.certificate"},
		{`"certificateEnds":"2032-11-23"`, "certificateEnds"},
		{`"certificateEnds":"2026-02-30"`, "certificateEnds"},
		{`"certificateEnds":"2026"`, "certificateEnds"},
		{`"cardEnds":"2026-11-21","card":{"state":"ok"}`, "cardEnds, card.state"},
		{`"cardEnds":"2026-11-22","card":{"state":"expired"}`, "cardEnds, card.state"},
		{`"cardEnds":"2041-01-01"`, "cardEnds"},
		{`"pdfSavedOn":"2026-11-23"`, "pdfSavedOn, day"},
		{`"pdfSavedOn":20261101`, "pdfSavedOn"},
		{`"noticeUntil":"2027-02-29"`, "noticeUntil"},
		{`"eligibilityProofUntil":""`, "eligibilityProofUntil"},
		{`"paperSpecial":"x"`, "paperSpecial"},
		{`"paperSpecial":"medicalExpense","insurerNumber":"06139992"`, "paperSpecial, insurerNumber"},
		{`"insurerNumber":"39139993","birthDate":"1996-01-01"`, "insurerNumber, birthDate"},
		{`"insurerNumber":"39139993","birthDate":"1961-11-23"`, "insurerNumber, birthDate"},
		{`"insurerNumber":"39139993","birthDate":"1961-12"`, "insurerNumber, birthDate"},
		{`"insurerNumber":"80130123"`, "insurerNumber"},
		{`"card":{"kind":"x"}`, "card.kind"},
		{`"oqsAnswer":"x"`, "oqsAnswer"},
		{`"oqsAnswer":true`, "oqsAnswer"},
		{`"oqsAnswer":"valid","oqsAnswer":"none"`, "oqsAnswer"},
		{`"oqsAnswer":"valid","lookupByNumber":"notFound","brings":[]`, "oqsAnswer, lookupByNumber"},
		{`"lookupBy":"x"`, "lookupBy"},
		{`"phone":{"tap":"x"}`, "phone.tap"},
		{`"phone":{"tab":"works"}`, "phone.tab"},
		{`"phone":{"tap":"works"},"facility":{"phoneReader":false}`, "phone.tap, facility.phoneReader"},
		{`"disaster":{"name":"x"}`, "disaster.name"},
		{`"disaster":"x"`, "disaster"},
		{`"disaster":{"area":"a\nb"}`, "disaster.area"},
		{`"medicalAssistance":"yes"`, "medicalAssistance"},
		{`"medicalAssistance":false,"brings":["medicalTicket"]`, "medicalAssistance, brings"},
		{`"medicalAssistance":false,"insurerNumber":"12130001"`, "medicalAssistance, insurerNumber"},
		{`"cause":"x"`, "cause"},
		{`"brings":["ticket"]`, "brings[0]"},
	} {
		t.Run(c.in, func(t *testing.T) {
			_, _, err := ReadSituations([]byte(`{"day":"2026-11-22",` + c.in + `}`))
			var e *Error
			if !errors.As(err, &e) || e.Code != Invalid || e.Field != c.field || e.Ja() == "" ||
				e.En() == "" {
				t.Errorf("%v, want the field %q", err, c.field)
			}
		})
	}
	_, _, err := ReadSituations([]byte(`{"day":"2026-06-13","card":{"kind":"residence"}}`))
	if !errors.Is(err, ErrResidenceCard) {
		t.Error(err)
	}
}
