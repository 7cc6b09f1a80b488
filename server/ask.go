package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"madoguchi/eligibility"
)

// The commands that ask the rules. They need no data folder. Exit codes: 0 answered, 2 bad input with nothing on standard
// output and the reason on standard error.

// methodsCmd answers "how may this person be accepted?" for one situation or an array of them.
type methodsCmd struct {
	JSON string `name:"json" required:"" placeholder:"FILE|-" help:"the situation, or an array of situations, as JSON; - for standard input"`
}

// Help is the manual of the JSON.
func (*methodsCmd) Help() string { return eligibility.SituationManual() }

// Run answers in the shape of the input: an object for an object, an array for an array.
func (c *methodsCmd) Run() error {
	return answered(func() (any, error) {
		data, err := readInput(c.JSON, "--json")
		if err != nil {
			return nil, err
		}
		situations, array, err := eligibility.ReadSituations(data)
		if err != nil {
			return nil, err
		}
		outcomes := make([]eligibility.Outcome, 0, len(situations))
		for _, s := range situations {
			o, err := eligibility.Methods(s)
			if err != nil {
				return nil, err
			}
			outcomes = append(outcomes, o)
		}
		if array {
			return outcomes, nil
		}
		return outcomes[0], nil
	})
}

// shareCmd answers which share of the costs is possible on a day, and how it will change.
type shareCmd struct {
	BirthDate string `required:"" help:"生年月日: 1955-07-01, 昭和30年7月1日; 1955, 1955-07 or 不詳 are answered with all that is possible"`
	On        string `required:"" help:"受診日"`
	Assigned  *int   `help:"負担割合 that the insurer assigned, percent: 10, 20 or 30"`
	Insurer   string `help:"保険者番号, if it is known (後期高齢者医療 begins at 65 for some)"`
}

// Run answers as JSON.
func (c *shareCmd) Run() error {
	return answered(func() (any, error) {
		var p eligibility.Person
		var err error
		if p.BirthDate, err = birthDate(c.BirthDate); err != nil {
			return nil, err
		}
		day, err := eligibility.ReadDate(c.On)
		if err != nil || !day.Exact() {
			return nil, eligibility.ErrDate.In("--on")
		}
		if c.Insurer != "" {
			p.Insurer, err = eligibility.ParseInsurerNumber(c.Insurer)
			switch {
			case err != nil:
				return nil, eligibility.ErrInsurerNumber.In("--insurer")
			case p.Insurer.Kind() == "":
				return nil, eligibility.ErrNoSystem.In("--insurer")
			case p.Insurer.PublicExpense():
				return nil, errNoShare
			}
		}
		if c.Assigned != nil {
			if p.AssignedShare = *c.Assigned; p.AssignedShare != 10 && p.AssignedShare != 20 && p.AssignedShare != 30 {
				return nil, errShare
			}
		}
		f, err := eligibility.ForecastShare(p, day)
		switch {
		case errors.Is(err, eligibility.ErrBeforeBirth):
			return nil, eligibility.ErrBeforeBirth.In("--on, --birth-date")
		case errors.Is(err, eligibility.ErrElderlyTooYoung):
			return nil, eligibility.ErrElderlyTooYoung.In("--insurer, --birth-date")
		}
		if err != nil {
			return nil, err
		}
		return struct {
			eligibility.ShareForecast
			Warning string `json:"warning,omitempty"`
		}{f, shareWarning(p, day)}, nil
	})
}

// birthDate reads 生年月日 with whatever of it is known: a day, yyyy-mm, yyyy, or 不詳 for none of it.
func birthDate(text string) (eligibility.Date, error) {
	if text == "不詳" || text == "生年月日不詳" {
		return eligibility.Date{}, nil
	}
	d, err := eligibility.ReadDate(text)
	if err != nil {
		d, err = eligibility.ParseDate(text)
	}
	if err != nil || d.IsZero() {
		return d, eligibility.ErrDate.In("--birth-date")
	}
	return d, nil
}

var errShare = &eligibility.Error{Code: eligibility.Invalid, Key: "share.assigned", Field: "--assigned"}

var errNoShare = &eligibility.Error{Code: eligibility.Invalid, Key: "share.public_expense", Field: "--insurer"}

// shareWarning says what does not fit together in the facts that a share was asked for.
func shareWarning(p eligibility.Person, day eligibility.Date) string {
	if asked := p.Questions(day); len(asked) > 0 {
		return asked[0].Ja
	}
	if hint := p.Insurer.PrefectureHint(); hint != "" {
		return hint
	}
	if !p.BirthDate.Exact() {
		return "生年月日の一部が不詳なので、可能な割合をすべて挙げています。"
	}
	assigned := p.AssignedShare
	p.AssignedShare = 0
	possible, err := eligibility.SharesOn(p, day)
	switch {
	case assigned == 0 || err != nil:
		return ""
	case !slices.Contains(possible, assigned):
		var words []string
		for _, percent := range possible {
			words = append(words, fmt.Sprintf("%d割", percent/10))
		}
		return fmt.Sprintf("%d割は、この年齢で決まる負担割合（%s）と違います。保険者に確かめてください。", assigned/10, strings.Join(words, "・"))
	}
	return ""
}

// namesCmd compares two writings of a name.
type namesCmd struct {
	A    string `arg:"" help:"one writing of a name"`
	B    string `arg:"" help:"the other"`
	JSON bool   `name:"json" help:"answer as JSON (the default)"`
}

// Run answers as JSON.
func (c *namesCmd) Run() error {
	return answered(func() (any, error) {
		if strings.TrimSpace(c.A) == "" || strings.TrimSpace(c.B) == "" {
			return nil, &eligibility.Error{Code: eligibility.Invalid, Key: "names.empty", Field: "A, B"}
		}
		return eligibility.MatchNames(c.A, c.B), nil
	})
}

// insurerCmd tells what an insurer number says.
type insurerCmd struct {
	Number string `arg:"" help:"保険者番号, 6 or 8 digits"`
	JSON   bool   `name:"json" help:"answer as JSON (the default)"`
}

// Run answers as JSON; a number that cannot be one is answered with valid false.
func (c *insurerCmd) Run() error {
	return answered(func() (any, error) {
		type reply struct {
			Valid      bool    `json:"valid"`
			Normalised *string `json:"normalised"`
			Paper      *string `json:"paper"`
			Kind       *string `json:"kind"`
			Prefecture *string `json:"prefecture"`
			Reason     string  `json:"reason,omitempty"`
			Note       string  `json:"note,omitempty"`
		}
		n, err := eligibility.ParseInsurerNumber(c.Number)
		if err != nil {
			return reply{Reason: eligibility.ErrInsurerNumber.Ja()}, nil
		}
		r := reply{Valid: n.Kind() != "", Normalised: known(string(n)), Paper: known(n.Paper()), Kind: known(n.Kind()), Prefecture: known(n.Prefecture())}
		if !r.Valid {
			r.Reason = "検証番号は合っていますが、この法別番号の医療保険はありません。公費の番号でないか確かめてください。"
		}
		if n.MayBeAssociation() {
			r.Note = "3桁目が3の番号は、国民健康保険組合に割り当てられる範囲です。"
		}
		if hint := n.PrefectureHint(); hint != "" {
			r.Note = hint + r.Note
		}
		if n.PublicExpense() {
			r.Note = "医療扶助（生活保護）の番号で、健康保険の保険者番号ではありません。医療券を見るか、福祉事務所に確かめてください。" + r.Note
		}
		return r, nil
	})
}

func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// rulesCmd prints the table of the rules for people.
type rulesCmd struct {
	JSON bool `name:"json" help:"print the manual of the JSON that methods reads instead (docs/methods.md)"`
}

// Run prints docs/rules.md, or docs/methods.md.
func (c *rulesCmd) Run() error {
	if c.JSON {
		return told(eligibility.WriteManual(os.Stdout))
	}
	return told(eligibility.WriteRules(os.Stdout))
}

// answered prints the answer as one JSON document, or complains and exits with 2.
func answered(ask func() (any, error)) error {
	answer, err := ask()
	if err != nil {
		return refuse(err)
	}
	return told(printJSON(answer))
}

var errUntold = &eligibility.Error{Code: eligibility.Unavailable, Key: "output.untold"}

// told turns a failure to write the answer into exit code 2: an answer that nobody got is none.
func told(err error) error {
	if err == nil {
		return nil
	}
	return refuse(errUntold.Because(err))
}

// refuse complains, naming the field at fault, and exits with 2.
func refuse(err error) error {
	var e *eligibility.Error
	if errors.As(err, &e) && e.Field != "" {
		fmt.Fprintf(os.Stderr, "%s: ", e.Field)
	}
	complain(err)
	return exit(exitRefused)
}

// readInput reads the file of an argument, or standard input for "-".
func readInput(name, argument string) ([]byte, error) {
	data, err := readBounded(name)
	switch {
	case errors.Is(err, errLarge):
		return nil, &eligibility.Error{Code: eligibility.Invalid, Key: "input.size", Field: argument}
	case err != nil:
		return nil, &eligibility.Error{Code: eligibility.Invalid, Key: "input.open", Field: argument, Cause: err}
	}
	return data, nil
}

// inputLimit is above everything that a command takes in whole.
const inputLimit = 64 << 20

var errLarge = errors.New("larger than 64 MB")

// readBounded reads a file, or standard input for "-", as far as memory is no matter: a device or a disk image given by
// mistake is refused.
func readBounded(name string) ([]byte, error) {
	file := os.Stdin
	if name != "-" {
		var err error
		if file, err = openFile(name); err != nil {
			return nil, err
		}
		defer file.Close()
	}
	data, err := io.ReadAll(io.LimitReader(file, inputLimit+1))
	if err == nil && len(data) > inputLimit {
		err = errLarge
	}
	return data, err
}

// printJSON writes one JSON document without HTML escapes.
func printJSON(v any) error {
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	return out.Encode(v)
}
