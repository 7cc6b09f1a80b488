package main

import (
	"go/ast"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

// floors gives each room its height (docs/architecture.md). An import must lead to a lower floor; rooms of
// equal height do not know each other. A sub-folder has the height of its nearest named ancestor.
var floors = map[string]int{
	// what tests alone use
	"internal/testenv":       0,
	"internal/barrage":       1,
	"internal/certtest":      1,
	"internal/pcscdtest":     1,
	"internal/postgrestest":  1,
	"internal/principaltest": 1,
	"internal/natstest":      1,
	"server/store/storetest": 51, // runs tests on each engine
	"internal/persontest":    11,
	"internal/hubtest":       16,
	"internal/crowd":         21,
	"internal/issuertest":    21,
	"internal/passkeytest":   21,
	"internal/phonetest":     21,
	"internal/winetest":      22,
	"internal/demotest":      23,
	"internal/facilitytest":  47,

	"server/web/permissions": 49, // who may ask what

	"message":             5, // what people read
	"eligibility":         10,
	"eligibility/oqs":     11,
	"eligibility/fhir":    11,
	"eligibility/answer":  11,
	"server/durable":      12, // locks and whole files
	"server/hashes":       12, // many things by their hashes
	"server/guarded":      12, // what goes on beside requests
	"server/recall":       12, // what was read a moment ago
	"server/input":        12, // what commands are given
	"server/output":       12, // what commands print
	"server/hub":          15, // messages between instances
	"pdf/object":          17, // the one reader of PDF
	"pdf/archive":         18,
	"pdf/font":            19,
	"pdf/sign":            19,
	"card":                20,
	"credential":          20,
	"pdf":                 20,
	"auth":                20,
	"auth/demoidp":        21,
	"auth/passkey":        21,
	"pwa":                 20,
	"card/wire":           21,
	"card/virtual":        21,
	"card/virtual/vpcd":   22,
	"card/pcsc":           21,
	"card/agent":          22,
	"card/bridge":         23,
	"server/csvfile":      19, // files that leave
	"server/observe":      19, // metrics, traces, the log
	"server/readiness":    19, // whether a server can do its work
	"server/hostclient":   20,
	"server/listen":       20, // certificate, bounds of requests
	"server/insuredcsv":   20,
	"server/qrscan":       20,
	"server/audit":        22,
	"server/instances":    22, // which processes share a database
	"server/keys":         22, // makes credential keys
	"server/staff":        24, // who works where, and who of them asks
	"server/printing":     25,
	"server/hostapi":      26,
	"server/trust":        28,
	"server/pdfcode":      29, // a code's PDF
	"server/verify":       30, // of what lies in files
	"server/counter":      40,
	"server/insurer":      40,
	"server/agents":       45, // implements what counter asks of card readers
	"server/store":        50, // implements what insurer, counter and agents declare
	"server/web/kit":      50,
	"server/demo":         50,
	"server/settings":     51, // what may run, and where
	"server/service":      53, // a Windows service
	"server/backup":       53, // a data folder as files, and back
	"server/asking":       13, // the commands that ask the rules
	"server/inviting":     52, // the command that invites
	"server/copying":      52, // the command that copies a database
	"server/datafolder":   52, // opens keys and store
	"server/auditing":     53, // the commands about the audit chain
	"server/doctor":       53, // what is good and wrong with all of that
	"server/watching":     53, // joins what runs to metrics, traces and readiness
	"server/scale":        13, // arithmetic
	"server/load":         54, // comes in by the front door: knows nothing of the rooms behind it
	"server/web/patient":  55,
	"server/web/clerk":    55,
	"server/web/counter":  55,
	"server/web/issuer":   55,
	"server/web/operator": 55,
	"server/web/staff":    55,
	"server/web":          58, // wires its rooms
	"pwa/build":           60, // a program of its own
	"scripts":             60, // each folder a program of its own
	"server":              90,
	"e2e":                 95, // tests only
}

// never lists the doors that must not exist at all, not even by way of other rooms: each with its reason.
var never = []struct{ from, to, because string }{
	{"server/insurer", "server/counter", "no insurer can read what counters record"},
	{
		"server/counter",
		"server/insurer",
		"no counter can reach the insured but by a screen that was shown to it",
	},
	{
		"server/counter",
		"server/agents",
		"the counter says what a reader is asked; how agents are reached is theirs",
	},
	{"server/load", "server/store", "a load sees what visitors see"},
	{"server/load", "server/web/kit", "a load sees what visitors see"},
	{"server/insurer", "server/agents", "no insurer can ask a card at a counter"},
	{
		"server/web/counter",
		"server/insurer",
		"no counter can reach the insured but by a screen that was shown to it",
	},
	{"server/web/counter", "server/store", "pages ask services, which check who asks"},
	{"server/web/patient", "server/counter", "no insurer can read what counters record"},
	{"server/web/clerk", "server/counter", "no insurer can read what counters record"},
	{"server/web/issuer", "server/counter", "no insurer can read what counters record"},
	{"server/web/patient", "server/store", "pages ask services, which check who asks"},
	{"server/web/clerk", "server/store", "pages ask services, which check who asks"},
	{"server/web/issuer", "server/store", "pages ask services, which check who asks"},
	{"server/web/staff", "server/store", "pages ask services, which check who asks"},
	{"server/web/operator", "server/store", "pages ask services, which check who asks"},
	{"server/web/operator", "server/counter", "whoever runs a server sees no case"},
	{"server/web/staff", "server/insurer", "who signs in is neither half's matter"},
	{"server/web/staff", "server/counter", "who signs in is neither half's matter"},
	{"server/web/permissions", "server/web/kit", "the table of permissions is read without running anything"},
	{"server/web/kit", "server/insurer", "what all visitors share belongs to neither half"},
	{"server/web/kit", "server/counter", "what all visitors share belongs to neither half"},
}

func TestDoorsThatMustNotExist(t *testing.T) {
	direct := map[string][]string{}
	for _, a := range imports(t) {
		direct[a.from] = append(direct[a.from], a.to)
	}
	for _, rule := range never {
		if direct[rule.from] == nil || floors[rule.to] == 0 {
			t.Errorf("%s or %s is no room", rule.from, rule.to)
		}
		reached := map[string]string{rule.from: ""} // room: the one it was reached from
		for queue := []string{rule.from}; len(queue) > 0; queue = queue[1:] {
			for _, to := range direct[queue[0]] {
				if _, seen := reached[to]; !seen {
					reached[to] = queue[0]
					queue = append(queue, to)
				}
			}
		}
		if by, ok := reached[rule.to]; ok {
			t.Errorf("%s leads to %s (by %s), but %s", rule.from, rule.to, by, rule.because)
		}
	}
}

func TestEveryRoomWithAFloorExists(t *testing.T) {
	for room := range floors {
		if files, err := filepath.Glob(filepath.Join("..", room, "*.go")); room != "scripts" &&
			(err != nil || len(files) == 0) {
			t.Errorf("%s has a floor and no files", room)
		}
	}
}

// floor returns the height of a package and the room that gave it.
func floor(pkg string) (int, string) {
	for p := pkg; p != "."; p = filepath.Dir(p) {
		if f, ok := floors[p]; ok {
			return f, p
		}
	}
	return -1, ""
}

func TestArrowsPointDownOnly(t *testing.T) {
	for _, imported := range imports(t) {
		from, fromRoom := floor(imported.from)
		to, toRoom := floor(imported.to)
		if from < 0 || to < 0 {
			t.Errorf("%s or %s has no floor: give the new room its height", imported.from, imported.to)
			continue
		}
		if fromRoom != toRoom && to >= from {
			t.Errorf("%s must not import %s", imported.from, imported.to)
		}
	}
}

func TestEachTechnologyStaysInItsRoom(t *testing.T) {
	only := []struct {
		prefix string
		rooms  []string
	}{
		{"github.com/labstack/echo", []string{"server/web"}},
		{"database/sql", []string{"server/store"}},
		{"modernc.org/sqlite", []string{"server/store"}},
		{"github.com/jackc/pgx", []string{"server/store", "internal/postgrestest", "server/hub"}},
		{"github.com/nats-io/nats.go", []string{"server/hub"}},
		{"github.com/nats-io/nats-server", []string{"internal/natstest"}},
		{"github.com/pressly/goose", []string{"server/store"}},
		{"github.com/signintech/gopdf", []string{"pdf"}},
		{
			"github.com/skip2/go-qrcode",
			[]string{"server/web"},
		}, // pictures of links on pages; in tests another house's encoder
		{"rsc.io/qr", []string{"credential", "pdf"}}, // matrices; a third encoder is not needed
		{"github.com/makiuchi-d/gozxing/qrcode/encoder", nil},
		{"github.com/coder/websocket", []string{"card/agent", "server/agents", "server/web/counter"}},
		{"github.com/evanw/esbuild", []string{"pwa/build"}},
		{"github.com/kardianos/service", []string{"card/bridge"}},
		{"github.com/prometheus", []string{"server/observe"}},
		{"go.opentelemetry.io", []string{"server/observe"}},
		{"google.golang.org/protobuf", []string{"server/observe"}},
		{"github.com/makiuchi-d/gozxing", []string{"server/qrscan"}},
		{"github.com/go-webauthn", []string{"auth/passkey"}},
		{"golang.org/x/crypto/argon2", []string{"server/staff"}},
		{"github.com/fxamacker/cbor", []string{"internal/passkeytest"}},
		{"github.com/ebitengine/purego", []string{"card/pcsc"}},
		{
			"madoguchi/card/pcsc",
			[]string{"card/bridge"},
		}, // it opens the system's library: the server stays a static program
	}
	for _, imported := range thirdParty(t) {
		for _, rule := range only {
			if !strings.HasPrefix(imported.to, rule.prefix) {
				continue
			}
			allowed := false
			for _, room := range rule.rooms {
				allowed = allowed || imported.from == room || strings.HasPrefix(imported.from, room+"/")
			}
			if !allowed {
				t.Errorf("%s must not import %s", imported.from, imported.to)
			}
		}
	}
}

// The ground floor has no clock, no environment and no network.
func TestPureRoomsTouchNothingOutside(t *testing.T) {
	banned := []string{"os", "os/exec", "net", "net/http", "database/sql", "log", "log/slog"}
	for _, imported := range thirdParty(t) {
		switch room := imported.from; {
		case room == "card/virtual": // its Plug dials a reader
			for _, b := range []string{"os", "os/exec", "net/http", "log", "log/slog"} {
				if imported.to == b {
					t.Errorf("%s must not import %s", imported.from, imported.to)
				}
			}
		case room == "message",
			room == "eligibility",
			strings.HasPrefix(room, "eligibility/"),
			room == "credential",
			room == "card":
			for _, b := range banned {
				if imported.to == b {
					t.Errorf("%s must not import %s", imported.from, imported.to)
				}
			}
		}
	}
}

// Who looks for a room finds it on the page of the house.
func TestThePageNamesEveryRoom(t *testing.T) {
	page, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for room := range floors {
		named := regexp.MustCompile("[`/{,]" + regexp.QuoteMeta(path.Base(room)) + "[`,}]")
		if !named.Match(page) {
			t.Errorf("docs/architecture.md does not name %s", room)
		}
	}
}

// What only tests need is in no program: neither their rooms nor the library's.
func TestTheProgramHoldsNothingOfTests(t *testing.T) {
	forTests := []string{"testing", "net/http/httptest", "madoguchi/internal"}
	for _, imported := range thirdParty(t) {
		if strings.HasPrefix(imported.from, "internal/") || imported.from == "scripts/security" ||
			imported.from == "server/store/storetest" {
			continue // they serve tests only
		}
		for _, banned := range forTests {
			if imported.to == banned || strings.HasPrefix(imported.to, banned+"/") {
				t.Errorf("%s must not import %s outside its tests", imported.from, imported.to)
			}
		}
	}
}

// time.Now stands in package main only, in the server's in one place: everywhere else time comes in as an
// argument.
func TestOnlyMainsReadTheClock(t *testing.T) {
	testenv.Program(t, func(f testenv.GoFile) {
		if f.Name.Name == "main" && (path.Dir(f.Path) != "server" || path.Base(f.Path) == "clock.go") {
			return
		}
		for _, use := range clockUses(f.File) {
			t.Errorf("%s uses time.%s", f.Path, use)
		}
	})
}

// A route that echo is given past the router has no row in the table of permissions, and no guard.
func TestOnlyTheRouterAddsRoutes(t *testing.T) {
	adding := []string{
		"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "Any", "Group",
		"Static", "StaticFS", "FileFS", "RouteNotFound",
	}
	found := map[string]int{}
	for room, files := range programFiles(t) {
		if room != "server/web" && !strings.HasPrefix(room, "server/web/") {
			continue
		}
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.SelectorExpr:
					if slices.Contains(adding, n.Sel.Name) {
						found[room+"."+n.Sel.Name]++
					}
				case *ast.CallExpr: // other things have methods of these names, with other arguments
					method, ok := n.Fun.(*ast.SelectorExpr)
					if ok && (method.Sel.Name == "Match" || method.Sel.Name == "Host" && len(n.Args) > 0 ||
						method.Sel.Name == "Add" && len(n.Args) > 2 && !isContext(n.Args[0]) ||
						method.Sel.Name == "File" && len(n.Args) == 2) {
						found[room+"."+method.Sel.Name]++
					}
				}
				return true
			})
		}
	}
	// the router's own, and HEAD beside its GET (kit.AnswersHead)
	want := map[string]int{"server/web/kit.Any": 1, "server/web/kit.Add": 2}
	if !maps.Equal(found, want) {
		t.Errorf("%v, want %v: add routes by kit.Router", found, want)
	}
}

// isContext reports whether an argument is ctx: a service is asked, which is no router.
func isContext(e ast.Expr) bool {
	name, ok := e.(*ast.Ident)
	return ok && name.Name == "ctx"
}

type arrow struct{ from, to string }

// imports lists the direct imports between rooms of this module, tests left out.
func imports(t *testing.T) []arrow {
	var out []arrow
	for _, a := range list(t) {
		if to, ok := strings.CutPrefix(a.to, "madoguchi/"); ok {
			out = append(out, arrow{a.from, to})
		}
	}
	if len(out) < 10 {
		t.Fatalf("go list found only %d imports between rooms", len(out))
	}
	return out
}

// thirdParty lists every direct import, tests left out.
func thirdParty(t *testing.T) []arrow { return list(t) }

func list(t *testing.T) []arrow {
	t.Helper()
	cmd := exec.Command(
		"go",
		"list",
		"-f",
		`{{$p := .ImportPath}}{{range .Imports}}{{$p}} {{.}}{{"\n"}}{{end}}`,
		"madoguchi/...",
	)
	cmd.Dir = ".."
	raw, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var out []arrow
	for line := range strings.Lines(string(raw)) {
		from, to, ok := strings.Cut(strings.TrimSpace(line), " ")
		if ok {
			out = append(out, arrow{strings.TrimPrefix(from, "madoguchi/"), to})
		}
	}
	return out
}
