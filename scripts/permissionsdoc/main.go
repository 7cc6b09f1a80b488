// Command permissionsdoc prints docs/permissions.md, the table of who may ask what (package permissions), one
// table a visitor. Run it by `go generate ./server/web/permissions`.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"madoguchi/server/web/permissions"
)

func main() {
	file := filepath.Join("docs", "permissions.md")
	if err := os.WriteFile(file, []byte(page(permissions.Table())), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
