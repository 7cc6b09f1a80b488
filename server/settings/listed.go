package settings

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// Listed is one setting as it counts for a command.
type Listed struct {
	Name   string `json:"name"` // of the environment and the file
	Value  string `json:"value"`
	Origin Origin `json:"origin"`
	Masked bool   `json:"masked,omitempty"` // a secret is left out of Value
}

// Origin is who says what a setting is.
type Origin string

// The origins, the strongest first.
const (
	OfFlag        Origin = "flag"
	OfEnvironment Origin = "environment"
	OfFile        Origin = "file"
	OfDefault     Origin = "default"
)

// List lists the settings of a command line that was parsed, in the order of the help. file may be nil.
func List(parsed *kong.Context, file *File) []Listed {
	given := map[*kong.Flag]bool{}
	for _, path := range parsed.Path {
		if path.Flag != nil && !path.Resolved {
			given[path.Flag] = true
		}
	}
	var all []Listed
	for _, flag := range parsed.Flags() {
		if len(flag.Envs) == 0 {
			continue
		}
		one := Listed{Name: flag.Envs[0], Origin: OfDefault}
		_, inEnvironment := os.LookupEnv(one.Name)
		inFile := false
		if file != nil {
			_, inFile = file.values[one.Name]
		}
		switch {
		case given[flag]:
			one.Origin = OfFlag
		case inEnvironment:
			one.Origin = OfEnvironment
		case inFile:
			one.Origin = OfFile
		}
		one.Value, one.Masked = masked(fmt.Sprint(flag.Target.Interface()), flag.Tag.Has("secret"))
		all = append(all, one)
	}
	return all
}

// originWords are the catalogue's keys of the origins.
var originWords = map[Origin]string{
	OfFlag:        "config.origin.flag",
	OfEnvironment: "config.origin.environment",
	OfFile:        "config.origin.file",
	OfDefault:     "config.origin.default",
}

// Write writes settings for the person at the keyboard, a line each: name and value, and whose word it is.
func Write(w io.Writer, all []Listed) error {
	width := 0
	line := func(s Listed) string { return s.Name + "=" + s.Value }
	for _, s := range all {
		if n := utf8.RuneCountInString(line(s)); n <= widestLine {
			width = max(width, n)
		}
	}
	var b strings.Builder
	for _, s := range all {
		fmt.Fprintf(&b, "%-*s  # %s\n", width, line(s), message.New(originWords[s.Origin], nil).Bilingual())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// widestLine is how wide a line may be that sets the column of the origins.
const widestLine = 70

// errValue is the refusal of a value that a setting cannot have.
var errValue = &eligibility.Error{Code: eligibility.Invalid, Key: "settings.value"}

// Refused names the setting that a command line, the environment or a file gives a value that it cannot have,
// and what it may be; nil where err is about something else. It leaves out the value: it may be a secret.
func Refused(app *kong.Application, err error) error {
	for _, flag := range flagsOf(app, err) {
		if len(flag.Envs) > 0 && isAbout(err, flag) {
			return errValue.In(flag.Envs[0]).With(message.Args{
				"setting": message.Text(flag.Envs[0]),
				"flag":    message.Text("--" + flag.Name),
				"allowed": allowed(flag),
			})
		}
	}
	return nil
}

// flagsOf are the flags of the command that was refused, whose values another's flag of the same name need
// not share; all where the command is not known.
func flagsOf(app *kong.Application, err error) (all []*kong.Flag) {
	var parsed *kong.ParseError
	if errors.As(err, &parsed) && parsed.Context != nil {
		return parsed.Context.Flags()
	}
	_ = kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			all = append(all, flag)
		}
		return next(nil)
	})
	return all
}

// isAbout reports whether kong's error is about a flag's value.
func isAbout(err error, flag *kong.Flag) bool {
	said := err.Error()
	return strings.HasPrefix(said, "--"+flag.Name+" must be one of") ||
		strings.HasPrefix(said, "--"+flag.Name+": ") ||
		strings.Contains(said, "(from envar "+flag.Envs[0]+"=")
}

// allowed says what a flag's value may be.
func allowed(flag *kong.Flag) message.Value {
	switch {
	case flag.Enum != "":
		return message.Text(strings.ReplaceAll(flag.Enum, ",", ", "))
	case flag.IsBool():
		return message.Text("true, false")
	}
	switch flag.Target.Type().String() {
	case "time.Duration":
		return message.Text("5s, 2m")
	case "int":
		return message.Text("0, 4, 16")
	case "float64":
		return message.Text("0, 0.01, 1")
	}
	return message.Nested(message.New("config.allowed.text", nil))
}
