//go:build !windows

package service

import "context"

// Do installs the service.
func (i Install) Do() error { return errNoService }

// Uninstall removes the service; its data stay.
func Uninstall() error { return errNoService }

// Run is called by the service manager, and serves until it says stop.
func Run(func(context.Context) error) error { return errNoService }
