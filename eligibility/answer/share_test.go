package answer_test

import (
	"testing"

	"madoguchi/eligibility/answer"
)

func percent(n int) *int { return &n }

// 健康保険法74条, 国民健康保険法42条, 高確法67条 and 年齢計算ニ関スル法律 (docs/facts/shares-and-limits.md); the people of
// docs/facts/test-people.md#people.
func TestShareSaysTheShareAndHowItChanges(t *testing.T) {
	low, high, all := []any{20.0, 30.0}, []any{30.0}, []any{10.0, 20.0, 30.0}
	for _, c := range []struct {
		name  string
		asked answer.ShareQuestion
		want  map[string]any
	}{
		{"the day before school", answer.ShareQuestion{BirthDate: "2021-04-01", On: "2027-03-31"},
			map[string]any{
				"percents":  []any{20.0},
				"basis":     "age only",
				"changesOn": "2027-04-01",
				"then":      high,
				"reviewOn":  nil,
			}},
		{"a pupil, born on the first", answer.ShareQuestion{BirthDate: "2021-04-01", On: "2027-04-01"},
			map[string]any{"percents": high, "changesOn": "2091-04-01"}},
		{"an adult", answer.ShareQuestion{BirthDate: "1986-04-12", On: "2026-11-22"},
			map[string]any{"percents": high, "changesOn": "2056-05-01", "then": low, "reviewOn": nil}},
		{"the last day of the month of the 70th birthday",
			answer.ShareQuestion{BirthDate: "1956-11-15", On: "2026-11-30"},
			map[string]any{"percents": high, "changesOn": "2026-12-01", "then": low}},
		{"the first of the month after it", answer.ShareQuestion{BirthDate: "1956-11-15", On: "2026-12-01"},
			map[string]any{
				"percents":  low,
				"changesOn": "2031-11-15",
				"then":      all,
				"reviewOn":  "2027-08-01",
			}},
		{"born on the first, in the years of an era",
			answer.ShareQuestion{BirthDate: "昭和30年7月1日", On: "2025-07-01"},
			map[string]any{"percents": low, "changesOn": "2030-07-01"}},
		{"the 75th birthday itself", answer.ShareQuestion{BirthDate: "1951-11-22", On: "令和8年11月22日"},
			map[string]any{"percents": all, "changesOn": nil, "then": nil, "reviewOn": "2027-08-01"}},
		{"後期 from 65", answer.ShareQuestion{BirthDate: "1960-01-01", On: "2026-11-22", Insurer: "39139993"},
			map[string]any{"percents": all}},
		{"what the insurer assigned",
			answer.ShareQuestion{
				BirthDate: "1955-07-01",
				On:        "2026-11-22",
				Assigned:  percent(20),
				Insurer:   "138990",
			},
			map[string]any{"percents": []any{20.0}, "basis": "assigned", "reviewOn": "2027-08-01"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			told, err := answer.Share(c.asked)
			if err != nil {
				t.Fatal(err)
			}
			got := object(t, told)
			holds(t, got, c.want)
			if warning, ok := got["warning"]; ok {
				t.Errorf("warned: %v", warning)
			}
		})
	}
}

func TestShareWarnsOfWhatDoesNotFitTogether(t *testing.T) {
	for _, c := range []struct {
		name  string
		asked answer.ShareQuestion
		want  map[string]any
	}{
		{"1割 at 40", answer.ShareQuestion{BirthDate: "1986-04-12", On: "2026-11-22", Assigned: percent(10)},
			map[string]any{"percents": []any{10.0}, "basis": "assigned"}},
		{"1割 at 71 (国保法42条)",
			answer.ShareQuestion{
				BirthDate: "1955-07-01",
				On:        "2026-11-22",
				Assigned:  percent(10),
				Insurer:   "138990",
			},
			map[string]any{"basis": "assigned"}},
		{"the month of birth is not known", answer.ShareQuestion{BirthDate: "1956", On: "2026-11-22"},
			map[string]any{"percents": []any{20.0, 30.0}}},
		{"nothing of it is known", answer.ShareQuestion{BirthDate: "不詳", On: "2026-11-22"},
			map[string]any{"percents": []any{10.0, 20.0, 30.0}}},
		{"no such prefecture",
			answer.ShareQuestion{BirthDate: "1986-04-12", On: "2026-11-22", Insurer: "06480016"},
			map[string]any{"percents": []any{30.0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			told, err := answer.Share(c.asked)
			if err != nil {
				t.Fatal(err)
			}
			got := object(t, told)
			holds(t, got, c.want)
			if warning, _ := got["warning"].(string); warning == "" {
				t.Error("no warning")
			}
		})
	}
}

// The sentences stand in docs/errors.md; the fields are the options of the command.
func TestShareRefusesWhatItCannotAnswer(t *testing.T) {
	const born, on = "1986-04-12", "2026-11-22"
	for _, c := range []struct {
		name       string
		asked      answer.ShareQuestion
		key, field string
	}{
		{"no birth date", answer.ShareQuestion{On: on}, "date.impossible", "--birth-date"},
		{"a birth date that is none", answer.ShareQuestion{BirthDate: "1986-02-30", On: on},
			"date.impossible",
			"--birth-date"},
		{"no day", answer.ShareQuestion{BirthDate: born}, "date.impossible", "--on"},
		{"a day that is none", answer.ShareQuestion{BirthDate: born, On: "2027-02-29"}, "date.impossible",
			"--on"},
		{"a month is no day", answer.ShareQuestion{BirthDate: born, On: "2026-11"}, "date.impossible",
			"--on"},
		{"before the birth", answer.ShareQuestion{BirthDate: born, On: "1986-04-11"}, "date.before_birth",
			"--on, --birth-date"},
		{"後期 under 65", answer.ShareQuestion{BirthDate: born, On: on, Insurer: "39139993"},
			"insurer.elderly_too_young", "--insurer, --birth-date"},
		{"another check digit", answer.ShareQuestion{BirthDate: born, On: on, Insurer: "138991"},
			"insurer.number",
			"--insurer"},
		{"a public expense", answer.ShareQuestion{BirthDate: born, On: on, Insurer: "80130123"},
			"insurer.no_system", "--insurer"},
		{"医療扶助", answer.ShareQuestion{BirthDate: born, On: on, Insurer: "12131231"}, "share.public_expense",
			"--insurer"},
		{"a share in tenths", answer.ShareQuestion{BirthDate: born, On: on, Assigned: percent(3)},
			"share.assigned", "--assigned"},
		{"no share at all", answer.ShareQuestion{BirthDate: born, On: on, Assigned: percent(0)},
			"share.assigned",
			"--assigned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := answer.Share(c.asked)
			refused(t, err, c.key, c.field)
		})
	}
}
