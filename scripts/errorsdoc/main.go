// Command errorsdoc prints docs/errors.md, the list of errors: key, HTTP status, meaning, next step and
// who can act. The words are the catalogue's (package message); the status is that of the code that the
// source gives each key. Run it by `go generate ./message`.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	page, err := page(".")
	if err == nil {
		err = os.WriteFile(filepath.Join("docs", "errors.md"), []byte(page), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
