package main

import (
	"os"

	"github.com/alecthomas/kong"

	"madoguchi/server/output"
	"madoguchi/server/settings"
)

// configCmd prints the settings. Exit codes: 0 a server would start with them, 2 it would not.
type configCmd struct {
	Role string `enum:"all,insurer,counter" default:"all" env:"MADOGUCHI_ROLE" help:"${doctor_role}"`
	JSON bool   `name:"json" help:"answer as one JSON array"`
}

// Run prints each setting with whose word it is, without secrets.
func (c *configCmd) Run(s *settings.Settings, parsed *kong.Context) error {
	file, err := settings.Named(os.Args[1:])
	if err != nil {
		return printRefusal(err)
	}
	all := settings.List(parsed, file)
	if c.JSON {
		err = output.JSON(all)
	} else {
		err = settings.Write(os.Stdout, all)
	}
	if err != nil {
		return asExitError(err)
	}
	if err := s.CheckServe(c.Role); err != nil {
		return printRefusal(err)
	}
	return nil
}
