package listen

import (
	"fmt"
	"io"

	"madoguchi/message"
)

// Announce says where the pages of a server are found, for whoever started it.
type Announce struct {
	Live     bool
	Address  string // without a slash at its end
	Patients bool   // an insurer's half runs: patients' pages and the clerks'
	Counter  bool   // a counter's half runs
	Word     string // what visitors of a published demo type in; empty without one
}

// Print prints a line for each page, in Japanese.
func (a Announce) Print(w io.Writer) {
	started := "serve.started"
	if a.Live {
		started = "serve.started_live"
	}
	fmt.Fprintln(w, message.New(started, nil).Text("ja"))
	line := func(key, place, value string) {
		fmt.Fprintln(w, "  "+message.New(key, message.Args{place: message.Text(value)}).Text("ja"))
	}
	if a.Patients {
		line("serve.patients", "address", a.Address+"/")
	}
	if a.Counter {
		line("serve.reception", "address", a.Address+"/counter")
	}
	if a.Patients {
		line("serve.insurer", "address", a.Address+"/insurer")
	}
	if a.Word != "" {
		line("serve.word", "word", a.Word)
	}
}
