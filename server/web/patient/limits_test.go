package patient

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// A family of ten on one phone, and ten phones of one login: a live screen every 30 s from each, and
// everything anew at each opening.
func TestTheRealAppIsNeverLimited(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	s := &kit.Kit{Now: func() time.Time { return now }, Limits: kit.NewLimits()}
	open := func(people int) error {
		var failed []error
		for i := range people {
			failed = append(
				failed,
				s.MayMake(&s.Limits.Screens, "login", fmt.Sprint(i)),
				s.MayMake(&s.Limits.Screens, "login", fmt.Sprint(i)),
			)
		}
		return errors.Join(append(failed,
			s.Limits.DeviceKeys.Allow("login", now), s.Limits.Sealing.Allow("login", now),
			s.Limits.Devices.Allow("phone", now), s.Limits.Devices.Allow("phone", now))...)
	}
	for minute := range 20 {
		if err := open(10); err != nil {
			t.Fatalf("minute %d, the family's phone opens: %v", minute, err)
		}
		for half := range 2 {
			for phone := range insurer.MaxDevices {
				now = now.Add(3 * time.Second)
				for person := range 1 + (phone+half)%2 { // some change to another person meanwhile
					if err := s.MayMake(&s.Limits.Screens, "login", fmt.Sprint(person)); err != nil {
						t.Fatalf("minute %d, phone %d: %v", minute, phone, err)
					}
				}
			}
		}
		if err := s.MayMake(&s.Limits.Numbers, "login", "0"); err != nil {
			t.Fatalf("minute %d, a number: %v", minute, err)
		}
	}
}
