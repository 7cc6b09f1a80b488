package eligibility

import "testing"

// 郵便番号 are seven digits; those of 北海道 and of 青森 to 秋田 begin with 0 (日本郵便, 郵便番号データ).
func TestAPostCodeIsWrittenAsOnEnvelopes(t *testing.T) {
	for _, c := range []struct {
		text, want string
		restored   bool
	}{
		{"100-0001", "100-0001", false},
		{"1000001", "100-0001", false},
		{"〒100-0001", "100-0001", false},
		{"１００－０００１", "100-0001", false},
		{"100 0001", "100-0001", false},
		{"100ー0001", "100-0001", false},
		{"100−0001", "100-0001", false},
		{"100‐0001", "100-0001", false},
		{"600001", "060-0001", true},
		{"60-0001", "060-0001", true},
		{"６００００１", "060-0001", true},
		{"600001.0", "060-0001", true},
		{"0600001", "060-0001", false},
		{"1000001.0", "100-0001", false},
		{"10001", "10001", false},
		{"SW1A 1AA", "SW1A 1AA", false},
		{"", "", false},
		{"不明", "不明", false},
	} {
		t.Run(c.text, func(t *testing.T) {
			if got, restored := PostCode(c.text); got != c.want || restored != c.restored {
				t.Errorf("%q %v, want %q %v", got, restored, c.want, c.restored)
			}
		})
	}
}
