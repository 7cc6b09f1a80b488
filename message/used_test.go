package message

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

// source is what of the program names keys of the catalogue.
type source struct {
	literals map[string]string // every text constant of Go, tests left out, with a place
	keys     map[string]string // those that stand where only a key may stand, with their place
	pages    string            // templates and the pages' programs
}

func readSource(t *testing.T) source {
	t.Helper()
	s := source{literals: map[string]string{}, keys: map[string]string{}}
	testenv.Program(t, func(f testenv.GoFile) { s.look(f.Set, f.File) })
	var b strings.Builder
	testenv.Sources(t, func(_ string, text []byte) { b.Write(text) }, ".html", ".ts")
	s.pages = b.String()
	return s
}

// keyCalls are the functions and methods whose first argument is a key.
var keyCalls = []string{"Saying", "refused", "refusedFor", "msg", "because", "inJapanese"}

// look takes the constants of a file, and those that must be keys: of an Error's Key and Says, and of
// what makes Messages.
func (s *source) look(set *token.FileSet, file *ast.File) {
	key := func(e ast.Expr) {
		if text, ok := testenv.Constant(e); ok && text != "" {
			s.keys[text] = set.Position(e.Pos()).String()
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if text, ok := testenv.Constant(n); ok {
				s.literals[text] = set.Position(n.Pos()).String()
			}
		case *ast.CallExpr:
			name := ""
			switch f := n.Fun.(type) {
			case *ast.Ident:
				name = f.Name
			case *ast.SelectorExpr:
				name = f.Sel.Name
				if x, ok := f.X.(*ast.Ident); ok && x.Name == "message" && name == "New" && len(n.Args) > 0 {
					key(n.Args[0])
				}
			}
			if slices.Contains(keyCalls, name) && len(n.Args) > 0 {
				key(n.Args[0])
			}
			if name == "told" { // of the rules: every argument is a key
				for _, argument := range n.Args {
					key(argument)
				}
			}
		case *ast.CompositeLit:
			if testenv.IsErrorType(n.Type) {
				for _, e := range n.Elts {
					pair, ok := e.(*ast.KeyValueExpr)
					if !ok {
						continue
					}
					if id, ok := pair.Key.(*ast.Ident); ok && (id.Name == "Key" || id.Name == "Says") {
						key(pair.Value)
					}
				}
			}
		}
		return true
	})
}

// composed are beginnings of keys to which a program adds a state, a reason or a name; whose tests walk
// through all.
var composed = []string{
	"bring.item.", "bring.why.", "expiry.state.", "visit.", // of a rule's answer, on patients' pages
	"kinds.",                          // kinds of papers, questions and what they find
	"wait.",                           // WaitUnits
	"look.setting.",                   // fields of the settings
	"keys.purpose.",                   // names of key files
	"agent.state.",                    // package agent
	"card.step.", "verdict.headline.", // packages card and credential
	// checks of package credential
	"verdict.form.", "verdict.signature.", "verdict.issuer.", "verdict.content.",
	"verdict.insurer.", "verdict.time.", "verdict.holder.", "verdict.revocation.",
	"console.item.", // fields of an online answer, package wire
	"sheet.say.",    // beside sheet.brings. in package eligibility
}

// ofRules are the keys that package eligibility makes from a rule's code, a condition's key or a card's case;
// its own test walks through the table and knows each of them.
var ofRules = regexp.MustCompile(`^(rule\.[a-z0-9]+(\.name)?|condition\.[a-z_]+\.name|cardcase\.[a-zA-Z]+)$`)

// lazy are the kinds of sentences that only one part of the patient's program has, most of which are loaded
// when they are opened.
var lazy = map[string]string{
	"share":     "../pwa/src/patient/share.ts",
	"rehearsal": "../pwa/src/patient/rehearsal.ts",
	"forstaff":  "../pwa/src/patient/forstaff.ts",
}

func TestNoSentenceIsLeftOver(t *testing.T) {
	s := readSource(t)
	parts := map[string]string{}
	for kind, file := range lazy {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parts[kind] = string(data)
	}
	for _, e := range Entries() {
		kind, name, _ := strings.Cut(e.Key, ".")
		_, isLazy := lazy[kind]
		switch {
		case isLazy && !strings.HasPrefix(e.File, "errors/"): // its own file says it, no other can
			if !strings.Contains(parts[kind], `"`+name+`"`) {
				t.Errorf("%s is used nowhere", e.Key)
			}
		case s.literals[e.Key] != "", strings.Contains(s.pages, `"`+e.Key+`"`):
		case (kind == "word" || kind == "counter") && strings.Contains(s.pages, `"`+name+`"`):
		case slices.ContainsFunc(composed, func(c string) bool { return strings.HasPrefix(e.Key, c) }):
		case strings.HasPrefix(e.File, "rules/") && ofRules.MatchString(e.Key):
		default:
			t.Errorf("%s is used nowhere", e.Key)
		}
	}
}

func TestEachKeyThatIsUsedStandsInTheCatalogue(t *testing.T) {
	s := readSource(t)
	if len(s.keys) < 290 {
		t.Fatalf("only %d keys were found", len(s.keys))
	}
	for key, at := range s.keys {
		entry, ok := FindEntry(key)
		if !ok && !slices.Contains(severalSentences, key) {
			t.Errorf("%s: the catalogue has no %s", at, key)
		}
		if ok && slices.Contains(severalSentences, key) {
			t.Errorf("%s has a sentence of its own: %v", key, entry.Texts)
		}
	}
	inTables := 0
	for text, at := range s.literals {
		if !keyOfPage.MatchString(text) || text == "screen.issue" { // an action of the audit chain
			continue
		}
		inTables++
		if _, ok := FindEntry(text); !ok {
			t.Errorf("%s: the catalogue has no %s", at, text)
		}
	}
	if inTables < 150 {
		t.Errorf("only %d keys of pages were found", inTables)
	}
}

// keyOfPage finds text constants that are keys wherever they stand: in tables too, as that of documents.
var keyOfPage = regexp.MustCompile(`^(staff\.[a-z]+|screen)\.[a-zA-Z0-9]+$`)

// severalSentences are errors' keys under which several sentences stand (Error.Says), none under the key
// itself.
var severalSentences = []string{"import.kind"}

// Errors that only staff, programs or whoever runs the demo meet are not translated further.
var staffErrors = regexp.MustCompile(
	`^(case|scan|import|run|look|sample|revoke|support|paper|hosts|keys|receipt|situation|` +
		`code|demo|counter|export|insurer|declaration|notices|share|rules|names|` +
		`staff|passkey|pin|facility|print|representing|way|outage|disaster)\.|^person\.(erase|login|missing)`,
)

// patientsRooms are where a patient's request can come to.
var patientsRooms = regexp.MustCompile(
	`^(server/(insurer|counter|hostapi|web)|auth|eligibility)/[^/]*(/[^/]*)?$`,
)

func TestErrorsThatAPatientMeetsAreTranslated(t *testing.T) {
	found := 0
	for key, at := range readSource(t).keys {
		file, _, _ := strings.Cut(at, ":")
		rooms := patientsRooms.MatchString(file) && !strings.HasPrefix(file, "eligibility/oqs") &&
			!strings.HasPrefix(file, "eligibility/fhir")
		staffs := staffErrors.MatchString(key) && key != "situation.day" && key != "code.nothing_asked"
		entry, ok := FindEntry(key)
		if !rooms || staffs || !ok || entry.Who == "" {
			continue
		}
		found++
		for _, l := range Languages() {
			if entry.Texts[l.Tag].Sentence == "" {
				t.Errorf("%s: %s is missing", l.Tag, key)
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d errors were found", found)
	}
}

// The check itself, on source that has what it must find.
func TestKeysAreFoundInTheSource(t *testing.T) {
	const source1 = `package x
import "madoguchi/message"
var (
	one = &eligibility.Error{Code: eligibility.Invalid, Key: "a.one", Says: "a.said"}
	two = Error{Key: "a." + "two"}
	three = message.New("a.three", nil)
	four = ErrX.Saying("a.four", nil)
	five = refused("a.five", nil)
	six = told("a.six", "a.seven")
	not = wire.Verdict{Key: "a.not"}
	neither = other.New("a.neither")
)`
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "x.go", source1, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := source{literals: map[string]string{}, keys: map[string]string{}}
	s.look(set, file)
	for _, key := range []string{
		"a.one", "a.said", "a.two", "a.three", "a.four", "a.five", "a.six", "a.seven",
	} {
		if s.keys[key] == "" {
			t.Errorf("%s was not found", key)
		}
	}
	if len(s.keys) != 8 || s.literals["a.not"] == "" {
		t.Errorf("%v", s.keys)
	}
}

// Keys are words in small letters with dots between; pages may have capitals inside.
func TestKeysHaveOneForm(t *testing.T) {
	ofErrors := regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)+$`)
	ofPages := regexp.MustCompile(`^[a-z]+(\.[a-zA-Z0-9_]+)+$`)
	for _, e := range Entries() {
		form := ofPages
		if e.Who != "" {
			form = ofErrors
		}
		if !form.MatchString(e.Key) && e.Key != "usage" { // the command line's own
			t.Errorf("%s: %q is no key", e.File, e.Key)
		}
	}
}
