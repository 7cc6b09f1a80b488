// Command licences writes licences/go-modules.txt: the licence texts of all modules that end in the programs,
// for every system that releases are built for. They are shipped with the programs. A test compares the file,
// and the list in THIRD_PARTY.md, with what the programs are built from.
//
//	go run ./scripts/licences
package main

import (
	"fmt"
	"os"
)

// textsFile is where the texts stand, from the root of the repository.
const textsFile = "licences/go-modules.txt"

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func write() error {
	modules, err := Modules(".")
	if err != nil {
		return err
	}
	for _, m := range modules {
		fmt.Printf("| %s | %s |\n", m.Path, m.Kind())
	}
	return os.WriteFile(textsFile, []byte(Texts(modules)), 0o644)
}
