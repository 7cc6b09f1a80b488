package pdf_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// makers are the functions of a source that make a document, and those that compose a form.
func makers(file *ast.File) (documents, forms []string) {
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || f.Type.Results == nil {
			continue
		}
		var results []string
		for _, r := range f.Type.Results.List {
			switch x := r.Type.(type) {
			case *ast.Ident:
				results = append(results, x.Name)
			case *ast.ArrayType:
				results = append(results, "bytes")
			case *ast.StarExpr:
				if of, ok := x.X.(*ast.SelectorExpr); ok {
					results = append(results, of.Sel.Name)
				}
			}
		}
		switch strings.Join(results, " ") {
		case "bytes Report error":
			if f.Name.IsExported() {
				documents = append(documents, f.Name.Name)
			}
		case "Form error":
			if strings.HasPrefix(f.Name.Name, "compose") { // others keep what these made
				forms = append(forms, f.Name.Name)
			}
		}
	}
	return documents, forms
}

// judges are the tests that every document goes through, and those of every form.
var judges = struct{ documents, forms []string }{
	documents: []string{"archive_test.go", "names_test.go"},
	forms:     []string{"golden_test.go"},
}

// byBatch are documents that a test makes by the type that prints many of them.
var byBatch = map[string]string{"NoticePage": "NewNotices", "CertificatePage": "NewCertificates"}

// A new document is judged as PDF/A, as a screen reader hears it, with difficult names and by its drawing:
// whoever adds one puts it into the tests that do so.
func TestEachDocumentIsJudged(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		documents, forms := makers(file)
		found += len(documents) + len(forms)
		for _, document := range documents {
			for _, judge := range judges.documents {
				if !names(t, judge, document) &&
					(byBatch[document] == "" || !names(t, judge, byBatch[document])) {
					t.Errorf("%s of %s is not in %s", document, name, judge)
				}
			}
		}
		for _, form := range forms {
			for _, judge := range judges.forms {
				if !names(t, judge, form) {
					t.Errorf("%s of %s is not in %s", form, name, judge)
				}
			}
		}
	}
	if found < 11 {
		t.Errorf("only %d documents and forms were found", found)
	}
}

// names reports whether a test's file names a function.
func names(t *testing.T, test, function string) bool {
	t.Helper()
	data, err := os.ReadFile(test)
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`\b` + function + `\b`).Match(data)
}

// The check itself, on a source that has what it must find.
func TestMakersOfDocumentsAreFound(t *testing.T) {
	const source = `package pdf
func SlipSheet(s Slip, made time.Time) ([]byte, Report, error) { return nil, Report{}, nil }
func composeSlip() (*form.Form, error) { return nil, nil }
func slipForm() (*form.Form, error) { return nil, nil }
func helper() ([]byte, Report, error) { return nil, Report{}, nil }
func CleanLogo(file []byte) ([]byte, error) { return nil, nil }
func (s *Slips) Add(s Slip) (Report, error) { return Report{}, nil }`
	file, err := parser.ParseFile(token.NewFileSet(), "slip.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	documents, forms := makers(file)
	if strings.Join(documents, " ") != "SlipSheet" || strings.Join(forms, " ") != "composeSlip" {
		t.Errorf("%q, %q", documents, forms)
	}
	if names(t, "archive_test.go", "SlipSheet") || !names(t, "archive_test.go", "InsertSheet") {
		t.Error("a test's file is not read")
	}
}
