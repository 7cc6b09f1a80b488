package settings

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/input"
)

// fileVariable names the settings file where no --config does.
const fileVariable = "MADOGUCHI_CONFIG"

// File is a file of settings: lines of NAME=value with the names of the environment. Empty lines and those
// that begin with # say nothing; a value may stand in double quotes, as systemd's EnvironmentFile has it.
type File struct{ values map[string]string }

// Named returns the file of settings that arguments or the environment name; nil when neither does.
func Named(arguments []string) (*File, error) {
	path := os.Getenv(fileVariable)
	for i, argument := range arguments {
		if argument == "--" {
			break
		}
		if value, ok := strings.CutPrefix(argument, "--config="); ok {
			path = value
		} else if argument == "--config" && i+1 < len(arguments) {
			path = arguments[i+1]
		}
	}
	if path == "" {
		return nil, nil
	}
	return ReadFile(path)
}

// ReadFile reads a file of settings. A line that is none is an error with its number, without its text: it
// may be a secret.
func ReadFile(path string) (*File, error) {
	file, err := input.Open(path)
	if err != nil {
		return nil, fileError("settings.file", path).Because(err)
	}
	defer file.Close()
	f := &File{values: map[string]string{}}
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		_, twice := f.values[name]
		if !ok || name == "" || strings.ContainsAny(name, " \t") || twice || name == fileVariable {
			return nil, fileError("settings.file_line", fmt.Sprintf("%s:%d", path, n))
		}
		if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
			value = value[1 : len(value)-1]
		}
		f.values[name] = value
	}
	if err := lines.Err(); err != nil {
		return nil, fileError("settings.file", path).Because(err)
	}
	return f, nil
}

func fileError(key, where string) *eligibility.Error {
	return &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   key,
		Args:  message.Args{"where": message.Text(where)},
		Field: fileVariable,
	}
}

// Validate refuses names that no flag of the program has: a mistyped one must not be passed over.
func (f *File) Validate(app *kong.Application) error {
	var known []string
	err := kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			known = append(known, flag.Envs...)
		}
		return next(nil)
	})
	if err != nil {
		return err
	}
	for name := range f.values {
		if !slices.Contains(known, name) {
			return fileError("settings.file_name", name)
		}
	}
	return nil
}

// Resolve gives a flag the file's value, unless the environment has one.
func (f *File) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	for _, name := range flag.Envs {
		if value, ok := f.values[name]; ok {
			return value, nil
		}
	}
	return nil, nil
}
