package staff_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"madoguchi/internal/testenv"
	"madoguchi/server/staff"
)

func TestAColleagueTakesOverByPIN(t *testing.T) {
	w := newWorld(t)
	told := len(w.entries(t, 0))
	fatal(t, w.PINs.Set(ctx, w.reception, "２５８０")) // full-width, as an input method writes it
	tiles, err := w.PINs.Tiles(ctx, w.facilityAdmin)
	want := []staff.Tile{
		{ID: w.facilityAdmin.ID, Name: "田中 三月"},
		{ID: w.reception.ID, Name: "高橋 四郎", HasPIN: true},
	}
	if err != nil || !slices.Equal(tiles, want) {
		t.Errorf("%+v %v", tiles, err)
	}
	if m, err := w.PINs.Check(ctx, w.facilityAdmin, w.reception.ID, "2580"); err != nil || m != w.reception {
		t.Errorf("%+v %v", m, err)
	}
	id := string(w.reception.ID)
	entries := []string{"reception:" + id + " pin.set " + id, "reception:" + id + " pin.use " + id}
	if got := w.entries(t, told); !slices.Equal(got, entries) {
		t.Errorf("%q", got)
	}
	fatal(t, w.Members.Lock(ctx, w.facilityAdmin, w.reception.ID))
	if tiles, err := w.PINs.Tiles(ctx, w.facilityAdmin); err != nil || len(tiles) != 1 {
		t.Errorf("a locked member has a tile: %+v %v", tiles, err)
	}
	if _, err := w.PINs.Check(ctx, w.facilityAdmin, w.reception.ID, "2580"); !errors.Is(err,
		staff.ErrNoMember) {
		t.Errorf("a locked member's PIN: %v", err)
	}
}

func TestPINsThatAreNotTaken(t *testing.T) {
	w := newWorld(t)
	cases := []struct {
		pin  string
		want error
	}{
		{"", staff.ErrPINForm}, {"258", staff.ErrPINForm}, {"2580147", staff.ErrPINForm},
		{"25a0", staff.ErrPINForm}, {"25 80", staff.ErrPINForm}, {"+2580", staff.ErrPINForm},
		{"٢٥٨٠", staff.ErrPINForm}, // digits, but not of this keyboard
		{"1111", staff.ErrPINWeak}, {"000000", staff.ErrPINWeak}, {"1234", staff.ErrPINWeak},
		{"123456", staff.ErrPINWeak}, {"4321", staff.ErrPINWeak}, {"7890", staff.ErrPINWeak},
		{"0987", staff.ErrPINWeak}, {"1212", staff.ErrPINWeak}, {"131313", staff.ErrPINWeak},
		{"123123", staff.ErrPINWeak}, {"１２３４", staff.ErrPINWeak},
	}
	for _, c := range cases {
		t.Run(c.pin, func(t *testing.T) {
			if err := w.PINs.Set(ctx, w.reception, c.pin); !errors.Is(err, c.want) {
				t.Errorf("%v", err)
			}
		})
	}
	for _, pin := range []string{"2580", "13579", "112358", "1221", "1357", "12121"} {
		t.Run("good: "+pin, func(t *testing.T) {
			if err := w.PINs.Set(ctx, w.reception, pin); err != nil {
				t.Error(err)
			}
		})
	}
	for name, m := range map[string]staff.Member{"an insurer's": w.clerk, "the operator's": w.operator} {
		if err := w.PINs.Set(ctx, m, "2580"); !errors.Is(err, staff.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	testenv.Refused(t, testenv.Staff, len(cases)+2)
}

// Five wrong tries in a row lock the PIN however long one waits, until its member uses the passkey.
func TestAPINBearsFiveTries(t *testing.T) {
	w := newWorld(t)
	fatal(t, w.PINs.Set(ctx, w.reception, "2580"))
	check := func(pin string) error {
		w.now = w.now.Add(time.Hour)
		_, err := w.PINs.Check(ctx, w.facilityAdmin, w.reception.ID, pin)
		return err
	}
	for range 3 { // a good one begins the count anew
		for i := range 4 {
			if err := check("9630"); !errors.Is(err, staff.ErrPINWrong) {
				t.Fatalf("try %d: %v", i+1, err)
			}
		}
		if err := check("2580"); err != nil {
			t.Fatalf("the fifth, and good: %v", err)
		}
	}
	told := len(w.entries(t, 0))
	for range 4 {
		if err := check("9630"); !errors.Is(err, staff.ErrPINWrong) {
			t.Fatal(err)
		}
	}
	for _, pin := range []string{"9630", "2580", "9630", "2580"} {
		if err := check(pin); !errors.Is(err, staff.ErrPINLocked) {
			t.Errorf("%s: %v", pin, err)
		}
	}
	want := append(slices.Repeat([]string{"pin.refuse"}, 5), "pin.lock")
	if got := w.actions(t, told); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if tiles, err := w.PINs.Tiles(ctx, w.facilityAdmin); err != nil || !tiles[1].Locked || tiles[0].Locked {
		t.Errorf("%+v %v", tiles, err)
	}
	w.now = w.now.AddDate(0, 0, 7)
	if err := check("2580"); !errors.Is(err, staff.ErrPINLocked) {
		t.Errorf("a week later: %v", err)
	}
	if _, err := w.signIn(w.facilityAdmin.ID); err != nil {
		t.Fatal(err)
	}
	if err := check("2580"); !errors.Is(err, staff.ErrPINLocked) {
		t.Errorf("after a colleague's passkey: %v", err)
	}
	told = len(w.entries(t, 0))
	if _, err := w.signIn(w.reception.ID); err != nil {
		t.Fatal(err)
	}
	if got := w.actions(t, told); !slices.Equal(got, []string{"member.signin", "pin.unlock"}) {
		t.Errorf("%q", got)
	}
	if err := check("2580"); err != nil {
		t.Errorf("after the passkey: %v", err)
	}
	testenv.Refused(t, testenv.Staff, 3*4+4+4+2)
}

// Guesses that come at once are no more than those that come one after the other: of twenty, five are
// compared.
func TestGuessesAtOnceAreCounted(t *testing.T) {
	w := newWorld(t)
	fatal(t, w.PINs.Set(ctx, w.reception, "2580"))
	errs := make([]error, 20)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = w.PINs.Check(ctx, w.facilityAdmin, w.reception.ID, "9630") })
	}
	all.Wait()
	told := w.actions(t, 0)
	compared := 0
	for _, action := range told {
		if action == "pin.refuse" {
			compared++
		}
	}
	for _, err := range errs {
		if !errors.Is(err, staff.ErrPINWrong) && !errors.Is(err, staff.ErrPINLocked) {
			t.Errorf("%v", err)
		}
	}
	if compared != 5 || !slices.Contains(told, "pin.lock") {
		t.Errorf("%d were compared", compared)
	}
	if _, err := w.PINs.Check(ctx, w.facilityAdmin, w.reception.ID, "2580"); !errors.Is(err,
		staff.ErrPINLocked) {
		t.Errorf("afterwards: %v", err)
	}
	testenv.Refused(t, testenv.Staff, len(errs)+1)
}

func TestAPINIsNeededAndStaysInTheFacility(t *testing.T) {
	w := newWorld(t)
	if _, err := w.PINs.Check(ctx, w.facilityAdmin, w.reception.ID, "2580"); !errors.Is(err, staff.ErrNoPIN) {
		t.Errorf("none was set: %v", err)
	}
	fatal(t, w.PINs.Set(ctx, w.reception, "2580"))
	for range 10 { // another facility's guesses count for nothing
		if _, err := w.PINs.Check(ctx, w.otherAdmin, w.reception.ID, "9630"); !errors.Is(err,
			staff.ErrNoMember) {
			t.Fatal(err)
		}
	}
	if _, err := w.PINs.Check(ctx, w.facilityAdmin, w.reception.ID, "2580"); err != nil {
		t.Error(err)
	}
	fatal(t, w.PINs.Set(ctx, w.reception, "13579"))
	if _, err := w.PINs.Check(ctx, w.facilityAdmin, w.reception.ID, "2580"); !errors.Is(
		err,
		staff.ErrPINWrong,
	) {
		t.Errorf("the old PIN: %v", err)
	}
}
