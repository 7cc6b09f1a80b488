package oqs

import (
	"slices"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

const (
	screenInsurer = eligibility.InsurerNumber("00138990") // of result3
	status1       = "<ProcessingResultStatus>1</ProcessingResultStatus>"
	valid1        = "<QualificationValidity>1</QualificationValidity>"
)

func with(result, element, value string) string {
	return strings.Replace(result, "<InsurerName>", "<"+element+">"+value+"</"+element+"><InsurerName>", 1)
}

func list(results ...string) string {
	return "<ResultList>" + strings.Join(results, "") + "</ResultList>"
}

// The states are those of OQSCD006 and the codes those of the answer file, as public programs read them. The
// day of loss itself is not covered: 健康保険法 36条 and 国民健康保険法 8条 count from that day (資格喪失日).
func TestWhatAnAnswerSaysOfItsValidityStandsBeforeItsItems(t *testing.T) {
	unit := func(inner string) string { return "<BulkConfirmUnit>" + inner + "</BulkConfirmUnit>" }
	validity := func(code string) string {
		return status1 + "<QualificationValidity>" + code + "</QualificationValidity>" + list(result3)
	}
	lost := func(day string) string {
		return status1 + valid1 + list(with(result3, "DisqualificationDate", day))
	}
	other := strings.Replace(result3, "00138990", "06139992", 1)
	cases := []struct {
		name, body string
		want       string
	}{
		{"validity 1", validity("1"), "oqs.valid"},
		{"validity 01", validity("01"), "oqs.valid"},
		{"validity 2", validity("2"), "oqs.validity_2"},
		{"validity 3", validity("3"), "oqs.validity_3"},
		{"validity 4 with a result", validity("4"), "oqs.validity_4"},
		{"validity 5 with a result", validity("5"), "oqs.validity_5"},
		{"validity 6", validity("6"), "oqs.validity_6"},
		{"validity 7, which nobody knows", validity("7"), "oqs.validity_unknown"},
		{"no validity", status1 + list(result3), "oqs.validity_unknown"},
		{"validity 4 without a result", status1 + "<QualificationValidity>4</QualificationValidity>",
			"oqs.validity_4 oqs.no_result"},
		{"validity 5 without a result", status1 + "<QualificationValidity>5</QualificationValidity>",
			"oqs.validity_5 oqs.no_result"},
		{"status 2", "<ProcessingResultStatus>2</ProcessingResultStatus>" + valid1 + list(result3),
			"oqs.status_error"},
		{"status 2 and nothing else", "<ProcessingResultStatus>2</ProcessingResultStatus>",
			"oqs.status_error oqs.validity_unknown oqs.no_result"},
		{"status 3, which nobody knows",
			"<ProcessingResultStatus>3</ProcessingResultStatus>" + valid1 + list(result3),
			"oqs.status_unknown"},
		{"no status", valid1 + list(result3), "oqs.status_unknown"},
		{"an empty list", status1 + valid1 + "<ResultList></ResultList>", "oqs.no_result"},
		{"no answer at all", "", "oqs.status_unknown oqs.validity_unknown oqs.no_result"},
		{"lost last year", lost("20251001"), "oqs.lost"},
		{"lost yesterday", lost("20261121"), "oqs.lost"},
		{"the day of loss itself", lost("20261122"), "oqs.lost"},
		{"lost from tomorrow", lost("20261123"), "oqs.valid"},
		{"lost on no day", lost("99999999"), "oqs.valid"},
		{"lost, with a reason", strings.Replace(lost("20261001"), "<InsurerName>",
			"<ReasonOfLoss>03</ReasonOfLoss><InsurerName>", 1),
			"oqs.lost oqs.loss_03"},
		{"a reason of loss without a day", status1 + valid1 + list(with(result3, "ReasonOfLoss", "01")),
			"oqs.loss_01"},
		{"a reason that nobody knows", status1 + valid1 + list(with(result3, "ReasonOfLoss", "77")),
			"oqs.loss_unknown"},
		{"begins tomorrow", strings.Replace(validity("1"), "20200401", "20261123", 1), "oqs.not_begun"},
		{"begins today", strings.Replace(validity("1"), "20200401", "20261122", 1), "oqs.valid"},
		{"validity 2 in the result alone",
			status1 + valid1 + list(with(result3, "QualificationValidity", "2")), "oqs.validity_2"},
		{"validity 2 above, 1 in the result", status1 + "<QualificationValidity>2</QualificationValidity>" +
			list(with(result3, "QualificationValidity", "01")), "oqs.validity_2"},
		{"only another insurer", status1 + valid1 + list(other), "oqs.other_insurer"},
		{"another insurer second", status1 + valid1 + list(result3, other), "oqs.second_insurer"},
		{"another insurer first", status1 + valid1 + list(other, result3), "oqs.second_insurer"},
		{"another insurer second, whose eligibility is over", status1 + valid1 + list(result3, result2),
			"oqs.second_insurer"},
		{"the screen's is over, another's goes on",
			status1 + valid1 + list(with(result3, "DisqualificationDate", "20261001"), other),
			"oqs.lost oqs.second_insurer"},
		{"the same insurer twice",
			status1 + valid1 + list(result3, with(result3, "DisqualificationDate", "20261001")),
			"oqs.second_result"},
		{"an insurer that cannot be read",
			status1 + valid1 + list(strings.Replace(result3, "00138990", "x", 1)), "oqs.insurer_unknown"},
		{"a second insurer that cannot be read",
			status1 + valid1 + list(result3, strings.Replace(result3, "00138990", "x", 1)),
			"oqs.insurer_unknown"},
		{"two answers, the other one not valid",
			unit(validity("1")) +
				unit(status1+"<QualificationValidity>2</QualificationValidity>"+list(other)),
			"oqs.second_insurer oqs.other_answer"},
		{"two answers, the other one an error",
			unit("<ProcessingResultStatus>2</ProcessingResultStatus>") + unit(validity("1")),
			"oqs.other_answer"},
		{"two answers, the screen's not valid", unit(status1+valid1+list(other)) + unit(validity("2")),
			"oqs.validity_2 oqs.second_insurer"},
	}
	bad := 0
	for _, c := range cases {
		if c.want != "oqs.valid" {
			bad++
		}
		t.Run(c.name, func(t *testing.T) {
			f, err := Read([]byte(answerFile("UTF-8", "1", c.body)))
			if err != nil {
				t.Fatal(err)
			}
			at := f.Of(screenInsurer)[0]
			got := f.Statements(at, screenInsurer, eligibility.MustDate("2026-11-22"))
			if strings.Join(got, " ") != c.want {
				t.Errorf("said %q, want %q", got, c.want)
			}
		})
	}
	testenv.Refused(t, testenv.Card, bad)
}

func TestAnAnswerAboutAnotherDayIsSaid(t *testing.T) {
	f, err := Read([]byte(answerFile("UTF-8", "1", ok+list(result3)))) // its header names 2026-11-22
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		day  string
		want string
	}{
		{"2026-11-21", "oqs.other_day"},
		{"2026-11-22", "oqs.valid"},
		{"2026-11-23", "oqs.other_day"},
	} {
		t.Run(c.day, func(t *testing.T) {
			got := f.Statements(f.Of(screenInsurer)[0], screenInsurer, eligibility.MustDate(c.day))
			if strings.Join(got, " ") != c.want {
				t.Errorf("on %s: %q, want %q", c.day, got, c.want)
			}
		})
	}
}

func TestTheResultsOfTheScreensInsurerAreCompared(t *testing.T) {
	other := strings.Replace(result3, "00138990", "06139992", 1)
	f, err := Read([]byte(answerFile("UTF-8", "1", "<BulkConfirmUnit>"+ok+list(other)+
		"</BulkConfirmUnit><BulkConfirmUnit>"+ok+
		list(other, result3, result3)+"</BulkConfirmUnit>")))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Of(screenInsurer); !slices.Equal(got, []Place{{1, 1}, {1, 2}}) {
		t.Errorf("of the screen's insurer: %v", got)
	}
	// none: then all are compared, and that none is the screen's is said
	if got := f.Of("06999999"); len(got) != 4 {
		t.Errorf("of an insurer that has none: %v", got)
	}
}

func TestEachStatementHasItsSentenceAndItsNextStep(t *testing.T) {
	seen := map[string]bool{}
	for _, key := range statements {
		s, known := StatementOf(key)
		if !known || seen[key] || s.Key != key || s.Told.Key != key {
			t.Errorf("%s is found as %+v", key, s)
		}
		seen[key] = true
		for lang, stop := range map[string]string{"ja": "。", "en": "."} {
			sentence, next := s.Told.Sentence(lang), s.Told.NextStep(lang)
			if sentence == key || !strings.HasSuffix(sentence, stop) || !strings.HasSuffix(next, stop) {
				t.Errorf("%s: %q, %q", key, sentence, next)
			}
		}
	}
	for _, v := range eligibility.Validities[1:] {
		if !seen["oqs.validity_"+v.Code] {
			t.Errorf("validity %s has no statement", v.Code)
		}
	}
	for _, r := range eligibility.LossReasons {
		if !seen["oqs.loss_"+r.Code] {
			t.Errorf("reason %s has no statement", r.Code)
		}
	}
	if s, known := StatementOf("oqs.from_the_future"); known || s.Told.Sentence("ja") == s.Told.Key ||
		s.Told.NextStep("ja") == "" {
		t.Errorf("a key that nobody knows: %+v %v", s, known)
	}
}
