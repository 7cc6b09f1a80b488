package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

// otherClients may make HTTP clients besides server/hostclient, each for its reason.
var otherClients = map[string]string{
	"card/agent/connection.go": "the agent dials its own server, which its setting names, " +
		"and follows no redirect",
	"card/bridge/status.go":         "asks the agent on this computer, on loopback",
	"internal/demotest/demotest.go": "asks the running demo of a test, on loopback",
	"scripts/dashboard/main.go":     "asks the Prometheus that it started, on loopback",
	"scripts/soak/process.go":       "asks the debug address of the server that it started, on loopback",
	"server/observe/otlp.go":        "hands traces to the collector that a setting names",
	"server/load/reception.go":      "plays a card reader, which dials as the agent does",
	"server/load/visitor.go":        "plays browsers, which keep cookies",
	"server/demo/demo.go":           "signs in at the demo's provider, which is this server on loopback",
}

// Every call between servers goes through server/hostclient: no other file makes a client, or uses the one
// that net/http has.
func TestOneClientMakesAllCallsBetweenServers(t *testing.T) {
	used := map[string]bool{}
	testenv.Program(t, func(f testenv.GoFile) {
		if strings.HasPrefix(f.Path, "server/hostclient/") {
			return
		}
		for _, found := range clientsIn(f.File) {
			if otherClients[f.Path] == "" {
				t.Errorf("%s uses %s: calls between servers go through server/hostclient", f.Path, found)
			}
			used[f.Path] = true
		}
	})
	for name := range otherClients {
		if !used[name] {
			t.Errorf("%s makes no client any more: take its line out", name)
		}
	}
}

// clientsIn names what a file uses of net/http to make calls. A pointer to a client as a type is how one is
// handed on.
func clientsIn(file *ast.File) []string {
	imported := ""
	for _, i := range file.Imports {
		if i.Path.Value == `"net/http"` {
			imported = "http"
			if i.Name != nil {
				imported = i.Name.Name
			}
		}
	}
	if imported == "" {
		return nil
	}
	calls := []string{
		"Get",
		"Head",
		"Post",
		"PostForm",
		"DefaultClient",
		"DefaultTransport",
		"Client",
		"Transport",
		"NewFileTransport",
	}
	handedOn := map[ast.Node]bool{}
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.StarExpr:
			handedOn[n.X] = true
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if ok && x.Name == imported && slices.Contains(calls, n.Sel.Name) && !handedOn[n] {
				found = append(found, imported+"."+n.Sel.Name)
			}
		}
		return true
	})
	if imported == "." {
		found = append(found, "net/http without a name")
	}
	return found
}

func TestClientsAreFoundHoweverTheyAreMade(t *testing.T) {
	for name, c := range map[string]struct {
		code string
		want int
	}{
		"a literal":         {`import "net/http"; var c = http.Client{}`, 1},
		"a pointer":         {`import "net/http"; var c = &http.Client{}`, 1},
		"new":               {`import "net/http"; var c = new(http.Client)`, 1},
		"a variable":        {`import "net/http"; var c http.Client`, 1},
		"the default one":   {`import "net/http"; var c = http.DefaultClient`, 1},
		"a default call":    {`import "net/http"; func f() { http.Get("x") }`, 1},
		"another name":      {`import h "net/http"; func f() { h.Post("x", "y", nil) }`, 1},
		"a transport":       {`import "net/http"; var c = &http.Transport{}`, 1},
		"the default way":   {`import "net/http"; var c = http.DefaultTransport`, 1},
		"no name":           {`import . "net/http"; var c = Client{}`, 1},
		"a pointer's type":  {`import "net/http"; type x struct { c *http.Client }`, 0},
		"a handler":         {`import "net/http"; func f(w http.ResponseWriter, r *http.Request) {}`, 0},
		"another package's": {`import http "example.org/http"; var c = http.Client{}`, 0},
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x; "+c.code, 0)
		if err != nil {
			t.Fatal(err)
		}
		if found := clientsIn(file); len(found) != c.want {
			t.Errorf("%s: %v", name, found)
		}
	}
}
