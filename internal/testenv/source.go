package testenv

import (
	"go/ast"
	"go/token"
	"strconv"
)

// Constant is the text of a string literal in Go, also of one that is put together of several.
func Constant(e ast.Expr) (text string, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		x, okX := Constant(e.X)
		y, okY := Constant(e.Y)
		return x + y, okX && okY && e.Op == token.ADD
	case *ast.ParenExpr:
		return Constant(e.X)
	}
	return "", false
}

// IsErrorType reports whether a literal's type is eligibility.Error, or a pointer to it.
func IsErrorType(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.StarExpr:
		return IsErrorType(e.X)
	case *ast.Ident:
		return e.Name == "Error"
	case *ast.SelectorExpr:
		x, ok := e.X.(*ast.Ident)
		return ok && x.Name == "eligibility" && e.Sel.Name == "Error"
	}
	return false
}
