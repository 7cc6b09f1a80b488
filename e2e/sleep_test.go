package e2e

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// polls are the only functions of tests that may sleep, each in a loop that ends, and why there is nothing to
// wait for. Everywhere else a test waits for what it relies on: a line of a log, a page's text, a channel.
var polls = map[string]string{
	"e2e.poll": "a page and a file of another program tell nobody of their changes",

	"server/agents.eventually": "what two sides of a socket think changes on goroutines of theirs",

	"server/agents.TestAThousandAgentsDroppedAtOnceAreBackWithinAMinute": "its agents come one by one",
}

// watchedForSleeps are the folders whose tests are read.
var watchedForSleeps = []string{
	"e2e", "server/agents", "server/csvfile", "server/hostclient", "server/insuredcsv", "server/keys",
	"server/printing", "server/qrscan",
}

// sleep is a call in a test that lets time go by.
type sleep struct {
	in   string // the function
	line int
	loop bool // it stands in a loop
}

// sleeps finds the calls of time.Sleep and of chromedp.Sleep in a file, and what comes to the same: a receive
// from time.After that no other event can end.
func sleeps(t *testing.T, name string, src any) (found []sleep) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		in := "a variable"
		if f, ok := d.(*ast.FuncDecl); ok {
			in = f.Name.Name
		}
		var loops []ast.Node
		choices := map[ast.Node]bool{} // what a select waits for beside something else
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ForStmt, *ast.RangeStmt:
				loops = append(loops, n)
			case *ast.SelectStmt:
				if len(n.Body.List) > 1 {
					for _, c := range n.Body.List {
						choices[c.(*ast.CommClause).Comm] = true
					}
				}
			case *ast.ExprStmt:
				call := received(n.X)
				if !choices[n] && call != nil && calls(call, "time.After", "time.Tick") {
					found = append(found, sleep{in, files.Position(n.Pos()).Line, within(loops, n)})
				}
			case *ast.CallExpr:
				if calls(n, "time.Sleep", "chromedp.Sleep") {
					found = append(found, sleep{in, files.Position(n.Pos()).Line, within(loops, n)})
				}
			}
			return true
		})
	}
	return found
}

// received is the call whose channel an expression receives from, or nil.
func received(x ast.Expr) *ast.CallExpr {
	if u, ok := x.(*ast.UnaryExpr); ok && u.Op == token.ARROW {
		call, _ := u.X.(*ast.CallExpr)
		return call
	}
	return nil
}

func calls(call *ast.CallExpr, names ...string) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := s.X.(*ast.Ident)
	return ok && slices.Contains(names, pkg.Name+"."+s.Sel.Name)
}

func within(loops []ast.Node, n ast.Node) bool {
	return slices.ContainsFunc(loops, func(loop ast.Node) bool {
		return loop.Pos() < n.Pos() && n.End() <= loop.End()
	})
}

func TestNoTestSleepsForAFixedTime(t *testing.T) {
	used := map[string]bool{}
	for _, folder := range watchedForSleeps {
		files, err := filepath.Glob(root(t, filepath.FromSlash(folder), "*_test.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no tests (%v)", folder, err)
		}
		for _, file := range files {
			for _, s := range sleeps(t, file, nil) {
				name := folder + "." + s.in
				if polls[name] == "" || !s.loop {
					t.Errorf("%s:%d: %s sleeps: wait for the event instead", file, s.line, name)
				}
				used[name] = true
			}
		}
	}
	for name := range polls {
		if !used[name] {
			t.Errorf("%s does not sleep any more: take it off the list", name)
		}
	}
}

func TestTheSearchForSleepsFindsThem(t *testing.T) {
	for _, c := range []struct {
		name, body, want string
	}{
		{"a sleep", `time.Sleep(time.Second)`, "[{f 3 false}]"},
		{"a step that sleeps", `do(chromedp.Sleep(time.Second))`, "[{f 3 false}]"},
		{"in a closure", `func() { time.Sleep(time.Second) }()`, "[{f 3 false}]"},
		{"in a loop", `for { time.Sleep(time.Second) }`, "[{f 3 true}]"},
		{"in a loop's head", `for ; true; time.Sleep(1) {}`, "[{f 3 true}]"},
		{"behind a loop", `for range 3 {}; time.Sleep(1)`, "[{f 3 false}]"},
		{"a bare time.After", `<-time.After(time.Second)`, "[{f 3 false}]"},
		{"a select with one choice", `select { case <-time.After(time.Second): }`, "[{f 3 false}]"},
		{"a bound on an event", `select { case <-c: case <-time.After(time.Second): }`, "[]"},
		{"nothing", `time.Now()`, "[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := strings.Join([]string{"package x", "func f() {", c.body, "}"}, "\n")
			if got := fmt.Sprint(sleeps(t, "x.go", src)); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
