package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

var (
	quoted = regexp.MustCompile("`([^`\n]+)`")
	fence  = regexp.MustCompile("(?ms)^```.*?^```")
	// identifier: a declaration, or a method or field with its type.
	identifier = regexp.MustCompile(`^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?$`)
	// beside stands between a file and its first name, together between its names.
	beside   = regexp.MustCompile(`^\s+$`)
	together = regexp.MustCompile(`^(?:,|,? and)\s+(?:and\s+)?$`)
	// standsIn stands between a name and the file behind it.
	standsIn = regexp.MustCompile(`^\s+(?:in|of)\s+$`)
	declares = regexp.MustCompile(
		`(?m)^\s*(?:export\s+)?(?:async\s+)?` +
			`(?:function\*?|const|let|class|interface|type|enum)\s+([A-Za-z_]\w*)`)
)

// names follows the names of declarations that a document gives with a file: "`a.go` `F`, `T.M`", and
// "`F` and `G` in `a.go`". Each must be declared in that file.
func (c *checker) names(from, text string) {
	text = fence.ReplaceAllStringFunc(text, func(block string) string { // lines keep their numbers
		return strings.Map(func(r rune) rune {
			if r == '\n' {
				return r
			}
			return ' '
		}, block)
	})
	words := quoted.FindAllStringSubmatchIndex(text, -1)
	word := func(i int) string { return text[words[i][2]:words[i][3]] }
	gap := func(i int) string { return text[words[i-1][1]:words[i][0]] } // before word i
	for i := range words {
		file := c.source(from, word(i))
		if file == "" {
			continue
		}
		var given []int
		between := beside
		for n := i + 1; n < len(words) && identifier.MatchString(word(n)) &&
			between.MatchString(gap(n)); n++ {
			given, between = append(given, n), together
		}
		between = standsIn
		for n := i - 1; n >= 0 && identifier.MatchString(word(n)) && between.MatchString(gap(n+1)); n-- {
			given, between = append(given, n), together
		}
		for _, n := range given {
			if !c.declared(file)[word(n)] {
				c.broken = append(c.broken, Broken{
					File: from,
					Line: 1 + strings.Count(text[:words[n][0]], "\n"),
					Text: word(n),
					Why:  file + " does not declare it",
				})
			}
		}
	}
}

// source returns the path of a file of Go or TypeScript that a document names, "" for anything else.
func (c *checker) source(from, written string) string {
	if ext := path.Ext(written); ext != ".go" && ext != ".ts" || strings.ContainsAny(written, "*{ ") {
		return ""
	}
	return c.resolve(from, written)
}

// declared returns what a file declares: functions, types, variables and constants by their names, methods by
// their names alone and with their type, members of structs and interfaces with their type.
func (c *checker) declared(file string) map[string]bool {
	if known, ok := c.declarations[file]; ok {
		return known
	}
	out := map[string]bool{}
	c.declarations[file] = out
	text, err := fs.ReadFile(c.tree, file)
	if err != nil {
		return out
	}
	if path.Ext(file) == ".ts" {
		for _, m := range declares.FindAllStringSubmatch(string(text), -1) {
			out[m[1]] = true
		}
		return out
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
	if err != nil {
		return out
	}
	for _, d := range parsed.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			out[d.Name.Name] = true
			if d.Recv != nil {
				out[receiver(d.Recv.List[0].Type)+"."+d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				declare(out, spec)
			}
		}
	}
	return out
}

// declare adds what one line of a declaration declares.
func declare(out map[string]bool, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			out[name.Name] = true
		}
	case *ast.TypeSpec:
		out[spec.Name.Name] = true
		var members *ast.FieldList
		switch t := spec.Type.(type) {
		case *ast.StructType:
			members = t.Fields
		case *ast.InterfaceType:
			members = t.Methods
		}
		if members == nil {
			return
		}
		for _, member := range members.List {
			for _, name := range member.Names {
				out[spec.Name.Name+"."+name.Name] = true
			}
		}
	}
}

// receiver is the name of a method's type, without pointer and type parameters.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}
