package main

import "madoguchi/server/output"

// What a command ends with.
func printAnswer(ask func() (any, error)) error { return output.Answer(ask) }
func asExitError(err error) error               { return output.Done(err) }
func printRefusal(err error) error              { return output.Refuse(err) }
func printTold(asJSON bool, told output.Told, err error) error {
	return output.Tell(asJSON, told, err)
}
