package clerk

import "testing"

func TestAFilesSizeIsNeverNothing(t *testing.T) {
	for bytes, want := range map[int64]string{
		1: "1 KB", 40_100: "41 KB", 999_999: "1000 KB", 3_240_000: "3.2 MB",
	} {
		if got := sizeText(bytes); got != want {
			t.Errorf("%d bytes: %s", bytes, got)
		}
	}
}
