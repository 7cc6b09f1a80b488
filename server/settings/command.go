package settings

import (
	"os"
	"time"

	"github.com/alecthomas/kong"

	"madoguchi/server/output"
)

// Clock is the program's clock, as commands of other rooms are given it.
type Clock func() time.Time

// Command are the flags of `madoguchi config`. Exit codes: 0 a server would start with these settings, 2 it
// would not.
type Command struct {
	Role string `enum:"all,insurer,counter" default:"all" env:"MADOGUCHI_ROLE" help:"${doctor_role}"`
	JSON bool   `name:"json" help:"answer as one JSON array"`
}

// Run prints each setting with whose word it is, without secrets.
func (c *Command) Run(s *Settings, parsed *kong.Context) error {
	file, err := Named(os.Args[1:])
	if err != nil {
		return output.Refuse(err)
	}
	all := List(parsed, file)
	if c.JSON {
		err = output.JSON(all)
	} else {
		err = Write(os.Stdout, all)
	}
	if err != nil {
		return output.Done(err)
	}
	if err := s.CheckServe(c.Role); err != nil {
		return output.Refuse(err)
	}
	return nil
}
