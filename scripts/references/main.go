// Command references follows every reference to a page, a section or a file in comments, documents and test
// data of this repository, and in documents to what a file declares, and prints those that lead nowhere. A
// test does the same.
//
//	go run ./scripts/references
package main

import (
	"fmt"
	"os"
)

func main() {
	broken, err := Check(os.DirFS("."))
	if err != nil {
		fmt.Fprintln(os.Stderr, "references:", err)
		os.Exit(2)
	}
	for _, b := range broken {
		fmt.Println(b)
	}
	if len(broken) > 0 {
		os.Exit(1)
	}
}
