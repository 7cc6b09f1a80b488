// Command bridge connects the card reader of the counter's PC to the reception's page, and checks a card
// without any server.
//
//	go run ./card/bridge --virtual card/virtual/people/taro.json
//	go run ./card/bridge check --birth-date 1986-04-12 --virtual card/virtual/people/taro.json --test-keys
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/alecthomas/kong"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// program is the command line; `bridge --help` and `bridge COMMAND --help` list it.
type program struct {
	Run     runCmd     `cmd:"" default:"withargs" help:"connect the card reader to the counter (default)"`
	Check   checkCmd   `cmd:"" help:"check the card in the reader against a date of birth, without a server"`
	Readers readersCmd `cmd:"" help:"list the card readers, and remember which one to use"`
	Status  statusCmd  `cmd:"" help:"show the status of the running agent"`

	Install   installCmd   `cmd:"" help:"make the agent a service of this computer (administrator)"`
	Uninstall uninstallCmd `cmd:"" help:"remove the service (administrator)"`
	Start     startCmd     `cmd:"" help:"start the installed service (administrator)"`
	Stop      stopCmd      `cmd:"" help:"stop it (administrator)"`
}

// Exit codes. Those of check are a written contract: scripts decide by them.
const (
	exitConfirmed  = 0
	exitRefused    = 1 // also: run cannot continue
	exitError      = 2 // also: wrong usage
	exitUnverified = 3
)

// exit is an error that carries an exit code; whoever returns it has printed what there is to say.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

const examples = "" +
	"    bridge --server https://counter.example             serve the reception's page (= bridge run)\n" +
	"    bridge readers                                      list the card readers\n" +
	"    bridge check --birth-date 1980-02-17 --issuer-keys keys.json"

// description is what bridge --help begins with: Japanese, English, then examples.
func description() string {
	about := message.New("bridge.about", nil)
	return about.Text("ja") + "\n\n" + about.Text("en") + "\n\n" + examples
}

func main() {
	var p program
	parser := kong.Must(&p, kong.Name("bridge"), kong.Description(description()), flagHelp)
	command, err := parser.Parse(os.Args[1:])
	switch {
	case err != nil && slices.Contains(os.Args[1:], "check"):
		err = printAnswer(errorAnswer(errUsage.Because(err)))
	case err != nil:
		printError(errUsageOther.Because(err))
		err = exit(exitError)
	default:
		err = command.Run()
	}
	var code exit
	switch {
	case err == nil:
	case errors.As(err, &code):
		os.Exit(int(code))
	default:
		printError(err)
		os.Exit(exitRefused)
	}
}

// inJapanese is a sentence as the agent's commands print it.
func inJapanese(key string, args message.Args) string { return message.New(key, args).Text("ja") }

// printError prints an error for the person at the PC: Japanese, English, then the cause.
func printError(err error) {
	var e *eligibility.Error
	if !errors.As(err, &e) {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Fprintln(os.Stderr, e.Ja())
	fmt.Fprintln(os.Stderr, e.En())
	if e.Cause != nil {
		fmt.Fprintln(os.Stderr, "("+e.Cause.Error()+")")
	}
}
