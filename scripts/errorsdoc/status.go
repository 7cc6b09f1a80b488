package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// httpStatus are the constants of net/http that the server's table of statuses uses.
var httpStatus = map[string]int{
	"StatusUnprocessableEntity": http.StatusUnprocessableEntity,
	"StatusNotFound":            http.StatusNotFound,
	"StatusConflict":            http.StatusConflict,
	"StatusForbidden":           http.StatusForbidden,
	"StatusTooManyRequests":     http.StatusTooManyRequests,
	"StatusServiceUnavailable":  http.StatusServiceUnavailable,
	"StatusInternalServerError": http.StatusInternalServerError,
}

// own are the keys whose status is not that of their code alone (server/web/kit, AsProblem).
var own = map[string]string{
	"request.too_large": "413",
	"request.method":    "405, 422",
	"request.malformed": "400, 415, 422",
}

// statuses is what the source says: each key's code, and each code's status.
type statuses struct {
	codes  map[string]string // by key: Invalid, NotFound …
	status map[string]int    // by code
}

// of is the status of a key, a dash when no error of a code has it.
func (s statuses) of(key string) string {
	if status, ok := own[key]; ok {
		return status
	}
	code, ok := s.codes[key]
	if base := strings.LastIndex(key, "_"); !ok && base > 0 {
		code = s.codes[key[:base]] // one of several sentences of an error: import.kind_pdf of import.kind
	}
	status, ok := s.status[code]
	if !ok {
		return "–"
	}
	return strconv.Itoa(status)
}

// readStatus reads the module's source at root.
func readStatus(root string) (statuses, error) {
	s := statuses{codes: map[string]string{}, status: map[string]int{}}
	packages := map[string][]*ast.File{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{"node_modules", ".git", "data", "testdata"}, d.Name()):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], file)
		return nil
	})
	if err != nil {
		return s, err
	}
	// the code of each variable that holds an error, by its name; exported ones once a module
	variables := map[string]string{}
	for _, files := range packages {
		for _, file := range files {
			s.readErrors(file, variables)
			s.readTable(file)
		}
	}
	for _, files := range packages {
		for _, file := range files {
			s.readSayings(file, variables)
		}
	}
	if len(s.status) != len(httpStatus) || len(s.codes) < 250 {
		return s, fmt.Errorf(
			"only %d statuses and %d keys were found: %w",
			len(s.status),
			len(s.codes),
			errors.ErrUnsupported,
		)
	}
	return s, nil
}

// readErrors notes the code of each eligibility.Error that has a constant key, and of the variable that
// holds it.
func (s statuses) readErrors(file *ast.File, variables map[string]string) {
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			for i, value := range v.Values {
				if code := s.codeOf(value); code != "" && i < len(v.Names) {
					variables[v.Names[i].Name] = code
				}
			}
		}
		if e, ok := n.(ast.Expr); ok {
			s.codeOf(e)
		}
		return true
	})
}

// codeOf is the code of an expression that makes an error: of a literal, or of a call of refuseFile, whose
// errors are Invalid (package insuredcsv). It notes the key.
func (s statuses) codeOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.UnaryExpr:
		return s.codeOf(e.X)
	case *ast.CompositeLit:
		key, code := "", ""
		for _, element := range e.Elts {
			pair, ok := element.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			switch name, _ := pair.Key.(*ast.Ident); {
			case name == nil:
			case name.Name == "Key":
				key = text(pair.Value)
			case name.Name == "Code":
				code = lastName(pair.Value)
			}
		}
		if key != "" && code != "" {
			s.codes[key] = code
			return code
		}
	case *ast.CallExpr:
		if name, ok := e.Fun.(*ast.Ident); ok && name.Name == "refuseFile" && len(e.Args) > 0 &&
			text(e.Args[0]) != "" {
			s.codes[text(e.Args[0])] = "Invalid"
			return "Invalid"
		}
		if method, ok := e.Fun.(*ast.SelectorExpr); ok { // refuseFile("…").In("…")
			return s.codeOf(method.X)
		}
	}
	return ""
}

// readSayings notes the code of each further sentence of an error: ErrX.Saying("key", …).
func (s statuses) readSayings(file *ast.File, variables map[string]string) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || method.Sel.Name != "Saying" {
			return true
		}
		code := s.codeOf(method.X)
		if code == "" {
			code = variables[lastName(method.X)]
		}
		if key := text(call.Args[0]); key != "" && code != "" {
			s.codes[key] = code
		}
		return true
	})
}

// readTable reads the server's table of statuses by code.
func (s statuses) readTable(file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Names) != 1 || v.Names[0].Name != "statuses" || len(v.Values) != 1 {
			return true
		}
		table, ok := v.Values[0].(*ast.CompositeLit)
		if !ok {
			return true
		}
		for _, element := range table.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				if status, known := httpStatus[lastName(pair.Value)]; known {
					s.status[lastName(pair.Key)] = status
				}
			}
		}
		return true
	})
}

// lastName is X of X and of a.X.
func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// text is a constant text, empty for anything else.
func text(e ast.Expr) string {
	if literal, ok := e.(*ast.BasicLit); ok && literal.Kind == token.STRING {
		if s, err := strconv.Unquote(literal.Value); err == nil {
			return s
		}
	}
	return ""
}
