package web

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"madoguchi/server/insurer"
)

// A family of ten on one phone, and ten phones of one login: a live screen every 30 s from each, and
// everything anew at each opening.
func TestTheRealAppIsNeverLimited(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	s := &Site{Config: Config{Now: func() time.Time { return now }}, limits: newLimits()}
	open := func(people int) error {
		var failed []error
		for i := range people {
			failed = append(failed, s.mayMake(&s.limits.screens, "login", fmt.Sprint(i)), s.mayMake(&s.limits.screens, "login", fmt.Sprint(i)))
		}
		return errors.Join(append(failed,
			s.limits.holders.Take("login", now), s.limits.sealing.Take("login", now),
			s.limits.phones.Take("phone", now), s.limits.phones.Take("phone", now))...)
	}
	for minute := range 20 {
		if err := open(10); err != nil {
			t.Fatalf("minute %d, the family's phone opens: %v", minute, err)
		}
		for half := range 2 {
			for phone := range insurer.MaxPhones {
				now = now.Add(3 * time.Second)
				for person := range 1 + (phone+half)%2 { // some change to another person meanwhile
					if err := s.mayMake(&s.limits.screens, "login", fmt.Sprint(person)); err != nil {
						t.Fatalf("minute %d, phone %d: %v", minute, phone, err)
					}
				}
			}
		}
		if err := s.mayMake(&s.limits.numbers, "login", "0"); err != nil {
			t.Fatalf("minute %d, a number: %v", minute, err)
		}
	}
}
