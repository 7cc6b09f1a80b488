package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/skip2/go-qrcode"
	"rsc.io/qr/coding"

	"madoguchi/internal/testenv"
)

// runReader is a Node program: it reads pictures (one JSON a line: side and pixels in hexadecimal, 0 to f
// from black to white) and answers with what selfread.ts reads off each.
//
//go:embed testdata/selfread.mjs
var runReader string

type plate struct {
	Side   int    `json:"side"`
	Pixels string `json:"pixels"`
}

type answer struct {
	Text    string
	Version int
	Module  float64
	Why     string
}

// read runs the patient's self-reader over pictures.
func read(t *testing.T, plates []plate) []answer {
	t.Helper()
	testenv.Need(t, "node")
	dir := t.TempDir()
	built := api.Build(api.BuildOptions{
		EntryPoints: []string{filepath.Join("..", "src", "patient", "selfread.ts")},
		Outfile:     filepath.Join(dir, "selfread.mjs"),
		Format:      api.FormatESModule,
		Write:       true,
	})
	if len(built.Errors) > 0 {
		t.Fatal(built.Errors)
	}
	program := filepath.Join(dir, "run.mjs")
	if err := os.WriteFile(program, []byte(runReader), 0o600); err != nil {
		t.Fatal(err)
	}
	var in, errs bytes.Buffer
	for _, p := range plates {
		if err := json.NewEncoder(&in).Encode(p); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("node", program)
	cmd.Stdin, cmd.Stderr = &in, &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.Bytes())
	}
	var answers []answer
	for line := range strings.Lines(string(out)) {
		var a answer
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(plates) {
		t.Fatalf("%d answers to %d pictures", len(answers), len(plates))
	}
	return answers
}

// drawn paints modules, each so many pixels wide, with white around.
func drawn(size, module, white int, dark func(x, y int) bool) plate {
	side := size*module + 2*white
	pixels := bytes.Repeat([]byte("f"), side*side)
	for y := range size * module {
		for x := range size * module {
			if dark(x/module, y/module) {
				pixels[(y+white)*side+x+white] = '0'
			}
		}
	}
	return plate{side, string(pixels)}
}

// capacity is how many data bits a version holds at a level, by the encoder's own account.
func capacity(v coding.Version, l coding.Level) int { return 8 * v.DataBytes(l) }

// rsc.io/qr is another program: its codes of every version, level and mask are read.
func TestThePhoneReadsWhatAnotherEncoderDraws(t *testing.T) {
	var plates []plate
	var want []string
	for version := coding.Version(coding.MinVersion); version <= coding.MaxVersion; version++ {
		for level := coding.L; level <= coding.H; level++ {
			digits := (capacity(version, level) - 120) * 3 / 10
			digits = max(digits-digits%7, 5)
			number := strings.Repeat("9081726354", digits/10+1)[:digits]
			texts := []coding.Encoding{coding.String("s:/"), coding.Num(number)}
			if version < 3 {
				texts = []coding.Encoding{coding.Alpha("A1:/")}
			}
			plan, err := coding.NewPlan(version, level, coding.Mask((int(version)+int(level))%8))
			if err != nil {
				t.Fatal(err)
			}
			code, err := plan.Encode(texts...)
			if err != nil {
				t.Fatalf("version %d level %d: %v", version, level, err)
			}
			plates = append(plates, drawn(code.Size, 2+int(version)%3, 4*(2+int(version)%3), code.Black))
			text := ""
			for _, e := range texts {
				switch e := e.(type) {
				case coding.String:
					text += string(e)
				case coding.Num:
					text += string(e)
				case coding.Alpha:
					text += string(e)
				}
			}
			want = append(want, text)
		}
	}
	for i, a := range read(t, plates) {
		if a.Text != want[i] || a.Version != 1+i/4 {
			t.Errorf("version %d level %d: %.40q (%d, %s), want %.40q", 1+i/4, i%4, a.Text, a.Version, a.Why,
				want[i])
		}
	}
}

func TestThePhoneReadsBytesOfYetAnotherEncoder(t *testing.T) {
	text := "HTTPS://LOCALHOST/C/ABCD2345 番号 " + strings.Repeat("01234", 40)
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	code.DisableBorder = true
	bits := code.Bitmap()
	got := read(t, []plate{drawn(len(bits), 3, 12, func(x, y int) bool { return bits[y][x] })})[0]
	if got.Text != text || got.Module != 3 {
		t.Errorf("%+v", got)
	}
}

func TestThePhoneRefusesWhatACounterMightNotRead(t *testing.T) {
	plan, err := coding.NewPlan(22, coding.L, 3)
	if err != nil {
		t.Fatal(err)
	}
	code, err := plan.Encode(coding.String("shc:/"), coding.Num(strings.Repeat("56762909524320603460", 100)))
	if err != nil {
		t.Fatal(err)
	}
	flipped := func(cells ...[2]int) func(x, y int) bool {
		return func(x, y int) bool {
			for _, c := range cells {
				if c == [2]int{x, y} {
					return !code.Black(x, y)
				}
			}
			return code.Black(x, y)
		}
	}
	names, plates, want := []string{}, []plate{}, []string{}
	add := func(name, why string, p plate) {
		names, plates, want = append(names, name), append(plates, p), append(want, why)
	}
	add("as drawn", "", drawn(code.Size, 3, 12, code.Black))
	for _, cell := range [][2]int{{50, 50}, {30, 80}, {104, 104}, {60, 12}, {9, 100}} {
		add(fmt.Sprintf("one module of the data at %v", cell), "damaged",
			drawn(code.Size, 3, 12, flipped(cell)))
	}
	add("a module of the format", "damaged", drawn(code.Size, 3, 12, flipped([2]int{8, 0})))
	add("a module of the version", "damaged", drawn(code.Size, 3, 12, flipped([2]int{code.Size - 11, 0})))
	add("a finder", "damaged", drawn(code.Size, 3, 12, flipped([2]int{3, 3})))
	add("the timing line", "damaged", drawn(code.Size, 3, 12, flipped([2]int{20, 6})))
	scratched := func(x, y int) bool { return code.Black(x, y) && y != 60 }
	add("a scratch across it", "damaged", drawn(code.Size, 3, 12, scratched))
	add("one pixel a module", "small", drawn(code.Size, 1, 4, code.Black))
	add("no white around", "damaged", drawn(code.Size, 3, 2, code.Black))
	add("light on dark", "damaged", drawn(code.Size, 3, 12, func(x, y int) bool { return !code.Black(x, y) }))
	add("a white page", "nothing", drawn(21, 3, 12, func(x, y int) bool { return false }))
	add("a black page", "damaged", drawn(30, 3, 0, func(x, y int) bool { return true }))
	pale := drawn(code.Size, 3, 12, code.Black)
	pale.Pixels = strings.ReplaceAll(pale.Pixels, "0", "a")
	add("grey on white", "nothing", pale)
	for i, a := range read(t, plates) {
		if a.Why != want[i] || (a.Text == "") != (want[i] != "") {
			t.Errorf("%s: %q, %.20q", names[i], a.Why, a.Text)
		}
	}
}
