// Package output is what the program's commands print: answers as JSON, sentences for the person at the
// keyboard, and refusals.
package output

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// Error prints an error for the person at the keyboard: Japanese, English, then the cause.
func Error(err error) {
	var e *eligibility.Error
	if errors.As(err, &e) {
		fmt.Fprintln(os.Stderr, e.Ja())
		fmt.Fprintln(os.Stderr, e.En())
		if e.Cause != nil {
			fmt.Fprintln(os.Stderr, "("+e.Cause.Error()+")")
		}
		return
	}
	fmt.Fprintln(os.Stderr, err)
}

// Refusal is Error behind the name of the field at fault.
func Refusal(err error) {
	var e *eligibility.Error
	if errors.As(err, &e) && e.Field != "" {
		fmt.Fprintf(os.Stderr, "%s: ", e.Field)
	}
	Error(err)
}

// OfFlags names an error's field as the command line does: NUMBER and CODE are what a command is about,
// anything else is a flag.
func OfFlags(err error) error {
	var e *eligibility.Error
	if !errors.As(err, &e) || e.Field == "" || e.Field[0] == '-' {
		return err
	}
	switch e.Field {
	case "code":
		return e.In("CODE")
	case "insurer":
		return e.In("NUMBER")
	case strings.ToLower(e.Field):
		return e.In("--" + e.Field)
	}
	return err
}

// JSON writes one JSON document without HTML escapes.
func JSON(v any) error {
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	return out.Encode(v)
}

// Exit is an error that carries a command's exit code; what there is to say was printed.
type Exit int

func (e Exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// Told is what a command says when it is done: to people, and to programs (--json).
type Told struct {
	lines    []string
	document any
}

// Reported is something of a server that commands print.
type Reported interface {
	Sentence(key string) message.Message
}

// One says what happened to one.
func One(key string, one Reported) Told {
	return Told{[]string{one.Sentence(key).Bilingual()}, one}
}

// List lists all of a kind, a line each, or says that there are none; member names the list in the JSON
// object.
func List[R Reported](member string, all []R, line, empty string) Told {
	list := Told{document: map[string][]R{member: all}}
	for _, one := range all {
		list.lines = append(list.lines, one.Sentence(line).Text("ja")) // names and numbers, no words
	}
	if len(all) == 0 {
		list.lines = append(list.lines, message.New(empty, nil).Bilingual())
	}
	return list
}

// Say says lines to people, and a document to programs.
func Say(lines []string, document any) Told { return Told{lines, document} }

// Print prints it, as one JSON object or as sentences in Japanese and English.
func (t Told) Print(asJSON bool) error {
	if asJSON {
		return JSON(t.document)
	}
	for _, line := range t.lines {
		if _, err := fmt.Println(line); err != nil {
			return err
		}
	}
	return nil
}
