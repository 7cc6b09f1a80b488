// Package service makes a server a Windows service: one that starts with the computer, is started again after
// a failure, and ends as Ctrl+C ends it. Other systems have their own way: deploy/madoguchi.service.
package service

import (
	"path/filepath"

	"madoguchi/eligibility"
)

// Name is the service's.
const Name = "madoguchi"

// LogFile is the log of a service, in the data folder: nobody sees its standard output.
const LogFile = "madoguchi.log"

// Install says how the service is started.
type Install struct {
	Config  string // the file of settings; compulsory: a service has no environment of its own
	Account string // empty: LocalSystem
}

var (
	errNoService = &eligibility.Error{Code: eligibility.Unavailable, Key: "service.windows_only"}
	errConfig    = &eligibility.Error{Code: eligibility.Invalid, Key: "service.config", Field: "--config"}
)

// arguments are those of the service's command line, the program left out.
func (i Install) arguments() ([]string, error) {
	if i.Config == "" {
		return nil, errConfig
	}
	file, err := filepath.Abs(i.Config)
	if err != nil {
		return nil, errConfig.Because(err)
	}
	return []string{"--config", file, "service", "run"}, nil
}
