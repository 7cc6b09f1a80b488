package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// actorRooms are the rooms that know actors.
var actorRooms = []string{
	"madoguchi/server/audit",
	"madoguchi/server/staff",
	"madoguchi/server/hostapi",
	"madoguchi/server/agents",
	"madoguchi/server/insurer",
	"madoguchi/server/counter",
	"madoguchi/server/store",
	"madoguchi/server/web",
	"madoguchi/server/demo",
	"madoguchi/server/web/kit",
	"madoguchi/server/web/patient",
	"madoguchi/server/web/clerk",
	"madoguchi/server/web/counter",
	"madoguchi/server/web/issuer",
	"madoguchi/server",
}

// Who did something is said by audit/actor.go alone: no other file of the program makes an actor out of a
// text. (The type checker knows where a constant or a conversion becomes one.)
func TestActorsAreMadeInOnePlace(t *testing.T) {
	const home = "madoguchi/server/audit"
	packages := checked(t, actorRooms...)
	used := 0
	for _, p := range packages {
		isActor := func(of types.Type) bool {
			named, ok := of.(*types.Named)
			return ok && named.Obj().Name() == "Actor" && named.Obj().Pkg().Path() == home
		}
		for _, file := range p.files {
			name := p.set.Position(file.Pos()).Filename
			if filepath.Base(name) == "actor.go" {
				continue
			}
			ast.Inspect(file, func(n ast.Node) bool {
				e, ok := n.(ast.Expr)
				if !ok || !isActor(p.info.TypeOf(e)) {
					return true
				}
				switch e := e.(type) {
				case *ast.BasicLit, *ast.BinaryExpr:
					t.Errorf("%s: a text is used as an actor", p.set.Position(e.Pos()))
				case *ast.CallExpr:
					if p.info.Types[e.Fun].IsType() {
						t.Errorf("%s: a text is made an actor; use audit/actor.go", p.set.Position(e.Pos()))
					}
				}
				used++
				return true
			})
		}
	}
	if used < 40 {
		t.Errorf("only %d uses of actors were found", used)
	}
}

// An actor is made from the principal who asked, in its method Actor, and nowhere else. Two others are left:
// what the program does by itself, and what the store reads back.
func TestActorsAreMadeFromPrincipals(t *testing.T) {
	makers := map[string]string{ // what makes an actor: the methods where it may stand
		"ClerkActor":     "staff.Clerk.Actor",
		"ReceptionActor": "staff.Reception.Actor",
		"ActorOperator":  "staff.Operator.Actor",
		"OperatorActor":  "staff.Member.Actor",
		"ActorUnknown":   "staff.stranger.Actor",
		// of a login that shows a record
		"ActorPatient": "insurer.Viewer.Actor insurer.PersonRecord.shownBy",
		"ActorCounter": "hostapi.Host.Actor",
		"ReadActor":    "store.scanRun",
		// the demo's own insurers; a representative's last day; receipts that nobody takes
		"ActorSystem": "demo.PutInsurers store.Store.ExpireRepresentatives " +
			"store.Store.ExpireCases counter.Receipts.entry",
		"ActorRepresentative": "insurer.PersonRecord.shownBy insurer.Representatives.Accept",
	}
	found := map[string]bool{}
	for _, p := range checked(t, actorRooms...) {
		for _, file := range p.files {
			if file.Name.Name == "audit" {
				continue
			}
			for _, decl := range file.Decls {
				ast.Inspect(decl, func(n ast.Node) bool {
					id, ok := n.(*ast.Ident)
					if !ok {
						return true
					}
					of := p.info.Uses[id]
					if of == nil || of.Pkg() == nil || of.Pkg().Path() != "madoguchi/server/audit" {
						return true
					}
					place := makers[of.Name()]
					if place == "" {
						return true
					}
					found[of.Name()] = true
					at := file.Name.Name + "." + declarationName(decl)
					if !slices.Contains(strings.Fields(place), at) {
						t.Errorf("%s: %s stands in %s; it belongs into %s alone",
							p.set.Position(id.Pos()), of.Name(), at, place)
					}
					return true
				})
			}
		}
	}
	if len(found) != len(makers) {
		t.Errorf("of %d makers of actors only these are used: %v", len(makers), found)
	}
}

// declarationName names a function, a method by its receiver's type.
func declarationName(decl ast.Decl) string {
	f, ok := decl.(*ast.FuncDecl)
	if !ok {
		return "a declaration"
	}
	if f.Recv == nil {
		return f.Name.Name
	}
	of := f.Recv.List[0].Type
	if pointer, ok := of.(*ast.StarExpr); ok {
		of = pointer.X
	}
	if id, ok := of.(*ast.Ident); ok {
		return id.Name + "." + f.Name.Name
	}
	return f.Name.Name
}

// checkedPackage is a package of the program without its tests, with the types of its expressions.
type checkedPackage struct {
	set   *token.FileSet
	files []*ast.File
	info  *types.Info
}

// checked reads packages; what they import comes from the build's own export data.
func checked(t *testing.T, paths ...string) []checkedPackage {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps",
		"-json=ImportPath,Dir,GoFiles,Export"}, paths...)...)
	cmd.Stderr = os.Stderr
	raw, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	type listed struct {
		ImportPath, Dir, Export string
		GoFiles                 []string
	}
	known := map[string]listed{}
	for d := json.NewDecoder(bytes.NewReader(raw)); ; {
		var p listed
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		known[p.ImportPath] = p
	}
	var out []checkedPackage
	for _, path := range paths {
		p := checkedPackage{set: token.NewFileSet(),
			info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
				Uses: map[*ast.Ident]types.Object{}}}
		for _, name := range known[path].GoFiles {
			file, err := parser.ParseFile(p.set, filepath.Join(known[path].Dir, name), nil,
				parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			p.files = append(p.files, file)
		}
		exported := importer.ForCompiler(p.set, "gc", func(path string) (io.ReadCloser, error) {
			if known[path].Export == "" {
				return nil, fmt.Errorf("no export data of %s", path)
			}
			return os.Open(known[path].Export)
		})
		if _, err := (&types.Config{Importer: exported}).Check(path, p.set, p.files, p.info); err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}
