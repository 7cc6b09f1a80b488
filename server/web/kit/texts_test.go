package kit

import "testing"

func TestAShareThatIsKnownIsSaidAsAnyOther(t *testing.T) {
	for p := -1; p <= 101; p++ {
		got, want := SharesText([]int{p}), sharesText([]int{p})
		if got != want || want != ShareText("ja", p) {
			t.Errorf("%d %%: %q, %q as any other", p, got, want)
		}
	}
	if got := SharesText(nil); got != "" {
		t.Errorf("no share is said as %q", got)
	}
	if one, both := SharesText([]int{20}), SharesText([]int{20, 30}); one != "2割" || one == both {
		t.Errorf("%q, %q", one, both)
	}
}
