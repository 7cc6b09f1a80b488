// Package asking is the commands that ask the rules. They need no data folder. Exit codes: 0 answered, 2 bad
// input with nothing on standard output and the reason on standard error.
package asking

import (
	"os"

	"madoguchi/eligibility"
	"madoguchi/eligibility/answer"
	"madoguchi/server/input"
	"madoguchi/server/output"
)

// Methods answers "how may this person be accepted?" for one situation or an array of them.
type Methods struct {
	JSON string `name:"json" required:"" placeholder:"FILE|-" help:"${methods_json}"`
}

// Help is the manual of the JSON.
func (*Methods) Help() string { return eligibility.SituationManual() }

// Run answers in the shape of the input: an object for an object, an array for an array.
func (c *Methods) Run() error {
	return output.Answer(func() (any, error) {
		data, err := input.ReadArgument(c.JSON, "--json")
		if err != nil {
			return nil, err
		}
		return answer.Methods(data)
	})
}

// Share answers which share of the costs is possible on a day, and how it will change.
type Share struct {
	BirthDate string `required:"" help:"${share_birth_date}"`
	On        string `required:"" help:"受診日"`
	Assigned  *int   `help:"負担割合 that the insurer assigned, percent: 10, 20 or 30"`
	Insurer   string `help:"保険者番号, if it is known (後期高齢者医療 begins at 65 for some)"`
}

// Run answers as JSON.
func (c *Share) Run() error {
	return output.Answer(func() (any, error) {
		return answer.Share(answer.ShareQuestion{
			BirthDate: c.BirthDate,
			On:        c.On,
			Assigned:  c.Assigned,
			Insurer:   c.Insurer,
		})
	})
}

// Names compares two writings of a name.
type Names struct {
	A    string `arg:"" help:"one writing of a name"`
	B    string `arg:"" help:"the other"`
	JSON bool   `name:"json" help:"answer as JSON (the default)"`
}

// Run answers as JSON.
func (c *Names) Run() error {
	return output.Answer(func() (any, error) { return answer.Names(c.A, c.B) })
}

// InsurerNumber tells what an insurer number says.
type InsurerNumber struct {
	Number string `arg:"" help:"保険者番号, 6 or 8 digits"`
	JSON   bool   `name:"json" help:"answer as JSON (the default)"`
}

// Run answers as JSON; a number that cannot be one is answered with valid false.
func (c *InsurerNumber) Run() error {
	return output.Answer(func() (any, error) { return answer.Insurer(c.Number), nil })
}

// Rules prints the table of the rules for people.
type Rules struct {
	JSON bool `name:"json" help:"print the manual of the JSON that methods reads instead (docs/methods.md)"`
}

// Run prints docs/rules.md, or docs/methods.md.
func (c *Rules) Run() error {
	if c.JSON {
		return output.Done(eligibility.WriteManual(os.Stdout))
	}
	return output.Done(eligibility.WriteRules(os.Stdout))
}
