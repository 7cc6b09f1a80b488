// Command madoguchi is the whole server: go run ./server starts the demo on http://localhost:8080.
package main

import (
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/asking"
	"madoguchi/server/auditing"
	"madoguchi/server/backup"
	"madoguchi/server/copying"
	"madoguchi/server/guarded"
	"madoguchi/server/input"
	"madoguchi/server/insurer"
	"madoguchi/server/load"
	"madoguchi/server/output"
	"madoguchi/server/scale"
	"madoguchi/server/service"
	"madoguchi/server/settings"
)

// program is the command line; kong reads flags and environment, and `--help` lists both.
type program struct {
	settings.Settings

	Serve  serveCmd         `cmd:"" default:"withargs" help:"start the server (the default)"`
	Doctor doctorCmd        `cmd:"" help:"${doctor_what}"`
	Config settings.Command `cmd:"" help:"${config_what}"`
	Import importCmd        `cmd:"" help:"read an insurer's CSV of insured people"`
	Export exportCmd        `cmd:"" help:"write an insurer's register as FHIR (NDJSON) or CSV"`

	Backup  backup.Command        `cmd:"" help:"${backup_what}"`
	Restore backup.RestoreCommand `cmd:"" help:"${restore_what}"`

	Service service.Command `cmd:"" help:"the server as a Windows service"`

	Copy copying.Command `cmd:"" help:"${copy_what}"`

	Invite inviteCmd `cmd:"" help:"make a link with which somebody of the staff registers a passkey"`

	Verify verifyCmd        `cmd:"" help:"${verify_what}"`
	Revoke revokeCmd        `cmd:"" help:"take saved copies back"`
	Print  printCmd         `cmd:"" help:"print papers for many people in a run (docs/print.md)"`
	Trust  trustCmd         `cmd:"" help:"trust lists: make, sign, inspect"`
	Keys   keysCmd          `cmd:"" help:"look after the insurers' keys and certificates (docs/keys.md)"`
	Audit  auditing.Command `cmd:"" help:"look after the audit chain (docs/audit.md)"`

	Insurer  insurerCmd  `cmd:"" help:"${insurer_what}"`
	Facility facilityCmd `cmd:"" help:"the facilities of this server: add, list, set"`

	Methods asking.Methods `cmd:"" help:"how a person may be accepted at the counter, by the dated rules"`
	Share   asking.Share   `cmd:"" help:"the share of the costs by age and date"`
	Names   asking.Names   `cmd:"" help:"compare two writings of a name"`
	Rules   asking.Rules   `cmd:"" help:"print the table of the rules (docs/rules.md)"`

	Load     load.Command  `cmd:"" help:"${load_what}"`
	Simulate scale.Command `cmd:"" help:"${simulate_what}"`

	Cheatsheet cheatsheetCmd `cmd:"" help:"today's sheet for the reception, one A4 page as PDF"`
}

// Exit codes of commands with a written contract.
const (
	exitSome    = 1 // some refused, not valid
	exitRefused = 2 // refused whole, unreadable, wrong usage
)

// exit is an error that carries an exit code.
type exit = output.Exit

func main() {
	var p program
	options := []kong.Option{
		kong.Name("madoguchi"),
		kong.Description(message.New("command.about", nil).Text("ja")),
		kong.Vars{"runs": strings.Join(insurer.RunKinds(), ", ")},
		kong.Vars(input.FlagHelp),
		kong.Vars(settings.Help),
		kong.Vars(scale.Defaults()),
	}
	file, err := settings.Named(os.Args[1:])
	if err != nil {
		printError(err)
		os.Exit(exitRefused)
	}
	if file != nil {
		options = append(options, kong.Resolvers(file))
	}
	parser := kong.Must(&p, options...)
	command, err := parser.Parse(os.Args[1:])
	if err != nil {
		var refused *eligibility.Error // of the settings file
		if wrong := settings.Refused(parser.Model, err); wrong != nil {
			err = wrong
		} else if !errors.As(err, &refused) {
			err = wrongUsage(err, os.Args[1:])
		}
		printError(err)
		os.Exit(exitRefused)
	}
	guarded.LeaveRoom()
	if err := command.Run(&p.Settings, settings.Clock(clock), service.Serve(serve),
		load.OwnServer(p.ownServer), clock, auditHost); err != nil {
		var code exit
		if errors.As(err, &code) {
			os.Exit(int(code))
		}
		printError(err)
		os.Exit(exitSome)
	}
}

// wrongUsage says where the right way to write a command stands, by the words that were given.
func wrongUsage(err error, given []string) error {
	name := "madoguchi"
	var parsed *kong.ParseError
	if errors.As(err, &parsed) && parsed.Context != nil {
		for _, path := range parsed.Context.Path {
			// serve is what runs without a word: a mistyped command is no argument of it
			if c := path.Command; c != nil && !c.Hidden && slices.Contains(given, c.Name) {
				name += " " + c.Name
			}
		}
	}
	return &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "usage",
		Args:  message.Args{"command": message.Text(name)},
		Cause: err,
	}
}

// printError prints an error for the person at the keyboard.
func printError(err error) { output.Error(err) }
