package main

import (
	"os"

	"madoguchi/eligibility"
	"madoguchi/eligibility/answer"
	"madoguchi/server/input"
	"madoguchi/server/output"
)

// The commands that ask the rules. They need no data folder. Exit codes: 0 answered, 2 bad input with nothing
// on standard output and the reason on standard error.

// methodsCmd answers "how may this person be accepted?" for one situation or an array of them.
type methodsCmd struct {
	JSON string `name:"json" required:"" placeholder:"FILE|-" help:"${methods_json}"`
}

// Help is the manual of the JSON.
func (*methodsCmd) Help() string { return eligibility.SituationManual() }

// Run answers in the shape of the input: an object for an object, an array for an array.
func (c *methodsCmd) Run() error {
	return printAnswer(func() (any, error) {
		data, err := input.ReadArgument(c.JSON, "--json")
		if err != nil {
			return nil, err
		}
		return answer.Methods(data)
	})
}

// shareCmd answers which share of the costs is possible on a day, and how it will change.
type shareCmd struct {
	BirthDate string `required:"" help:"${share_birth_date}"`
	On        string `required:"" help:"受診日"`
	Assigned  *int   `help:"負担割合 that the insurer assigned, percent: 10, 20 or 30"`
	Insurer   string `help:"保険者番号, if it is known (後期高齢者医療 begins at 65 for some)"`
}

// Run answers as JSON.
func (c *shareCmd) Run() error {
	return printAnswer(func() (any, error) {
		return answer.Share(answer.ShareQuestion{
			BirthDate: c.BirthDate,
			On:        c.On,
			Assigned:  c.Assigned,
			Insurer:   c.Insurer,
		})
	})
}

// namesCmd compares two writings of a name.
type namesCmd struct {
	A    string `arg:"" help:"one writing of a name"`
	B    string `arg:"" help:"the other"`
	JSON bool   `name:"json" help:"answer as JSON (the default)"`
}

// Run answers as JSON.
func (c *namesCmd) Run() error {
	return printAnswer(func() (any, error) { return answer.Names(c.A, c.B) })
}

// insurerNumberCmd tells what an insurer number says.
type insurerNumberCmd struct {
	Number string `arg:"" help:"保険者番号, 6 or 8 digits"`
	JSON   bool   `name:"json" help:"answer as JSON (the default)"`
}

// Run answers as JSON; a number that cannot be one is answered with valid false.
func (c *insurerNumberCmd) Run() error {
	return printAnswer(func() (any, error) { return answer.Insurer(c.Number), nil })
}

// rulesCmd prints the table of the rules for people.
type rulesCmd struct {
	JSON bool `name:"json" help:"print the manual of the JSON that methods reads instead (docs/methods.md)"`
}

// Run prints docs/rules.md, or docs/methods.md.
func (c *rulesCmd) Run() error {
	if c.JSON {
		return asExitError(eligibility.WriteManual(os.Stdout))
	}
	return asExitError(eligibility.WriteRules(os.Stdout))
}

// printAnswer prints the answer as one JSON document, or complains and exits with 2.
func printAnswer(ask func() (any, error)) error {
	answer, err := ask()
	if err != nil {
		return printRefusal(err)
	}
	return asExitError(output.JSON(answer))
}

// asExitError, printRefusal and printTold are what a command ends with.
func asExitError(err error) error  { return output.Done(err) }
func printRefusal(err error) error { return output.Refuse(err) }
func printTold(asJSON bool, told output.Told, err error) error {
	return output.Tell(asJSON, told, err)
}
