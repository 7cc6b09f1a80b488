//go:build !unix

package postgrestest

import (
	"errors"
	"os/exec"
)

// There is no PostgreSQL of Debian's here: find has ended the test before.
var errElsewhere = errors.New("postgrestest: only on Unix")

func asUser(*exec.Cmd) error { return errElsewhere }

func giveToUser(string) error { return errElsewhere }
