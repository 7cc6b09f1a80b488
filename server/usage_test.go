package main

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// Whoever mistypes a command is sent to the list of commands, not to those of the one that runs without a
// word; who mistypes a flag is sent to the command that was given.
func TestAMistypedCommandIsSentToTheListOfCommands(t *testing.T) {
	var p struct {
		Serve struct{} `cmd:"" default:"withargs"`
		Audit struct {
			Verify struct{} `cmd:""`
		} `cmd:""`
	}
	for given, want := range map[string]string{
		"sevre":               "See madoguchi --help ",
		"--nope":              "See madoguchi --help ",
		"serve --nope":        "See madoguchi serve --help ",
		"audit verifi":        "See madoguchi audit --help ",
		"audit verify --nope": "See madoguchi audit verify --help ",
	} {
		parser, err := kong.New(&p)
		if err != nil {
			t.Fatal(err)
		}
		args := strings.Fields(given)
		_, err = parser.Parse(args)
		if err == nil {
			t.Fatalf("%q is taken", given)
		}
		if said := wrongUsage(err, args).Error(); !strings.Contains(said, want) {
			t.Errorf("%q: %s, want %s", given, said, want)
		}
	}
}
