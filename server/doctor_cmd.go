package main

import (
	"context"
	"os"

	"madoguchi/server/doctor"
	"madoguchi/server/output"
	"madoguchi/server/settings"
)

// doctorCmd says what is good and what is wrong with a server. Exit codes: 0 all good, 1 warnings, 2
// something for which serve refuses to start.
type doctorCmd struct {
	Role string `enum:"all,insurer,counter" default:"all" env:"MADOGUCHI_ROLE" help:"${doctor_role}"`
	JSON bool   `name:"json" help:"answer as one JSON object"`
}

// Run examines and prints.
func (c *doctorCmd) Run(s *settings.Settings) error {
	found := doctor.Doctor{Settings: s, Role: c.Role, Now: clock}.Examine(context.Background())
	var err error
	if c.JSON {
		err = output.JSON(doctor.AnswerOf(found))
	} else {
		err = doctor.Write(os.Stdout, found)
	}
	if code := doctor.Worst(found); err == nil && code != 0 {
		return exit(code)
	}
	return output.Done(err)
}
