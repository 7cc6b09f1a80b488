//go:build nodemo

package load

import (
	"context"
	"time"

	"madoguchi/eligibility"
)

// Command is `madoguchi load` of a program that was built without the demo: there is nobody to play with.
type Command struct{}

// OwnServer is not used here.
type OwnServer func(ctx context.Context, folder string, ready func(address string)) error

var errNone = &eligibility.Error{Code: eligibility.Unavailable, Key: "load.none"}

// Run refuses.
func (*Command) Run(OwnServer, func() time.Time) error { return errNone }
