package eligibility

import (
	"errors"
	"testing"
)

// The rows of docs/facts/eligibility-methods.md#answers-in-november-2026, and what changed when the
// interim measures ended (#notice-alone, #expired-insurance-card).
func TestTheReceptionSheetSaysWhatTheTableSays(t *testing.T) {
	answers := func(on string) (map[string]SheetRow, ReceptionSheet) {
		sheet, err := SheetFor(day(on))
		if err != nil {
			t.Fatal(err)
		}
		rows := map[string]SheetRow{}
		for _, r := range sheet.Rows {
			if r.Next.Ja() == "" || r.Answer.Ja() == "" || r.Say.Text("ja") == r.Say.Key {
				t.Errorf("%+v", r)
			}
			rows[r.Brings.Text("ja")] = r
		}
		return rows, sheet
	}
	rows, sheet := answers("2026-11-22")
	for _, c := range []struct {
		brings string
		want   MethodCode
	}{
		{"カード（読み取れる）", "M1"},
		{"カード（読めない）＋マイナポータルの画面", "P1"},
		{"カード（読めない）＋資格情報のお知らせ", "N1"},
		{"カード（読めない）＋保険者の画面・PDF", "N1e"},
		{"カード（読めない）だけ", "A1"},
		{"スマホだけ、スマホ用の読み取り機がない", "P3"},
		{"保険者の画面・PDF・画像だけ（カードなし）", ""},
		{"資格確認書（有効期限内）", "C1"},
		{"何も持っていない", ""},
	} {
		t.Run(c.brings, func(t *testing.T) {
			if got, ok := rows[c.brings]; !ok || got.Code != c.want || got.Changed {
				t.Errorf("%+v, want %q", got, c.want)
			}
		})
	}
	if sheet.UseBy != day("2026-12-22") {
		t.Errorf("use by %s", sheet.UseBy)
	}
	rows, _ = answers("2026-08-10")
	if !rows["資格情報のお知らせだけ（番号で照会できた）"].Changed || !rows["期限切れの健康保険証だけ（番号で照会できた）"].Changed {
		t.Error("the end of the interim measures is not marked")
	}
	if _, sheet := answers("2026-07-20"); sheet.UseBy != day("2026-07-31") {
		t.Errorf("the sheet outlives the rules: %s", sheet.UseBy)
	}
	if _, sheet := answers("2025-09-10"); sheet.UseBy != day("2025-09-18") {
		t.Errorf("the sheet outlives the day before phones: %s", sheet.UseBy)
	}
	// docs/facts/eligibility-methods.md#notice-alone, #expired-insurance-card and #insurance-card:
	// until 2025-12-01 the interim measures were not for every insurer, and old cards were in date.
	for _, c := range []struct{ day, brings, answer string }{
		{"2025-06-27", "資格情報のお知らせだけ（番号で照会できた）", "資格情報のお知らせのみ（暫定）　国民健康保険の人だけ"},
		{"2025-12-01", "期限切れの健康保険証だけ（番号で照会できた）", "期限切れの健康保険証（暫定）　国民健康保険・後期高齢者医療の人だけ"},
		{"2025-12-02", "期限切れの健康保険証だけ（番号で照会できた）", "期限切れの健康保険証（暫定）"},
		{"2025-07-31", "健康保険証（有効期限内）", "健康保険証（有効期限内）"},
		{"2025-12-01", "健康保険証（有効期限内）", "健康保険証（有効期限内）　国民健康保険・被用者保険の人だけ"},
		{"2025-12-02", "健康保険証（有効期限内）", "これだけでは受け付けられません"},
		{"2026-01-02", "健康保険証（有効期限内）", ""}, // a month later it is no row any more
		{"2026-11-22", "健康保険証（有効期限内）", ""},
	} {
		t.Run(c.day, func(t *testing.T) {
			if rows, _ := answers(c.day); rows[c.brings].Answer.Ja() != c.answer {
				t.Errorf("%s %s: %q, want %q", c.day, c.brings, rows[c.brings].Answer.Ja(), c.answer)
			}
		})
	}
	if _, err := SheetFor(Date{}); !errors.Is(err, ErrDayMissing) {
		t.Error(err)
	}
}
