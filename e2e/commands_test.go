package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"madoguchi/credential"
	"madoguchi/internal/testenv"
)

// household is a file of which one row is good and one is not.
const household = "番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n2,,1990-05-05\n"

// Exit codes of import: 0 all accepted, 1 some refused, 2 the file refused, and then nothing of it is stored
// or overwritten.
func TestImportRefusesBeforeItStores(t *testing.T) {
	dir := t.TempDir()
	program := built(t, "./server", "madoguchi")
	file := filepath.Join(dir, "people.csv")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("people.csv", household)
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		env  []string
		args string
		says string
	}{
		{"live mode", []string{"MADOGUCHI_URL=https://hoken.example.jp"}, "people.csv",
			"MADOGUCHI_DATA"},
		{"an address that is none", []string{"MADOGUCHI_ADDR=x"}, "--dry-run --json people.csv",
			"MADOGUCHI_ADDR"},
		{"a folder", nil, "folder", "フォルダー"},
		{"an error file without place", nil, "--errors nowhere/errors.csv people.csv", "--errors"},
		{"an error file on the input", nil, "--errors people.csv people.csv", "--errors"},
		{"an error file on a folder", nil, "--errors folder people.csv", "--errors"},
		{"a public expense's number", nil, "--insurer 80130123 --dry-run --json people.csv", "公費"},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"--data", "data", "import", "--insurer", "06139992"},
				strings.Fields(c.args)...)
			out, errs, code := run(t, dir, program, nil, c.env, args...)
			if code != 2 || out != "" || !strings.Contains(errs, c.says) {
				t.Errorf("%s: %d %q %q", c.name, code, out, errs)
			}
			if text, err := os.ReadFile(file); err != nil || string(text) != household {
				t.Fatalf("%s: the input became %q %v", c.name, text, err)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(dir, "data")); err == nil {
		t.Error("a refused import made a data folder")
	}
	out, errs, code := run(t, dir, program, nil, nil, "--data", "data", "import", "--insurer", "06139992",
		"--errors", "mine.csv", "people.csv")
	if code != 1 || !strings.Contains(out, "新しい人 1、") || !strings.Contains(errs, "mine.csv") {
		t.Errorf("%d %q %q", code, out, errs)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "mine.csv")); err != nil ||
		!strings.Contains(string(text), "氏名がありません") {
		t.Errorf("%q %v", text, err)
	}
	write("good.csv", "番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n")
	if out, errs, code := run(t, dir, program, nil, nil, "--data", "data", "import", "--insurer", "06139992",
		"--errors", "none.csv", "good.csv"); code != 0 || !strings.Contains(out, "変わりなし 1、") {
		t.Errorf("%d %q %q", code, out, errs)
	}
	// Unknown columns are reported, not fatal; standard output is one object a row and nothing else.
	write("good.csv", "番号,氏名,生年月日,メモ,家族の印\n1,試験 太郎,1986-04-12,x,y\n")
	if out, errs, code := run(t, dir, program, nil, nil, "import", "--insurer", "06139992", "--dry-run",
		"--json", "good.csv"); code != 0 ||
		out != `{"line":2,"row":2,"accepted":true,"reasons":[],"warnings":[]}`+"\n" ||
		!strings.Contains(errs, "メモ、家族の印") {
		t.Errorf("%d %q %q", code, out, errs)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	// people, folder, data, mine, good
	hidden, _ := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) != 5 || len(hidden) != 0 {
		t.Errorf("left behind: %q %q", left, hidden)
	}
}

// A mistyped data folder must not look like an empty one, and answers nothing: a copy that was "revoked"
// there is still good.
func TestPrintAndRevokeMakeNoDataFolder(t *testing.T) {
	dir := t.TempDir()
	program := built(t, "./server", "madoguchi")
	for _, args := range []string{"revoke --insurer 06139992 --rid AABJn",
		"print --run notices --insurer 06139992 --dry-run",
		"print --run notices --insurer 06139992 --out out", "print --resume QHA73SHUCJ"} {
		if out, errs, code := run(t, dir, program, nil, nil,
			append([]string{"--data", "mistyped"}, strings.Fields(args)...)...); code != 2 || out != "" ||
			!strings.Contains(errs, "MADOGUCHI_DATA") {
			t.Errorf("%s: %d %q %q", args, code, out, errs)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if err := os.WriteFile(filepath.Join(dir, "people.csv"),
		[]byte("番号,氏名,生年月日,マイナ保険証登録\n1,試験 太郎,1986-04-12,有\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, errs, code := run(t, dir, program, nil, nil, "--data", "data", "import", "--insurer", "06139992",
		"people.csv"); code != 0 {
		t.Fatalf("%d %q %q", code, out, errs)
	}
	for _, c := range []struct {
		args string
		want int
	}{
		// no insurer of this server
		{"revoke --insurer 06139992 --rid AABJn", 0},
		{"revoke --insurer 06279988 --rid AABJn", 2},
		// The QR of a whole city's notices opens this address: a person's phone must be able to.
		{"print --run notices --insurer 06139992 --dry-run", 0},
		{"print --run notices --insurer 06139992 --dry-run --address https://hoken.example.jp", 0},
		{"print --run notices --insurer 06139992 --dry-run --address https://hoken.example.jp/city/", 0},
		{"print --run notices --insurer 06139992 --dry-run --address http://localhost:8080", 0},
		{"print --run notices --insurer 06139992 --dry-run --address hoken.example.jp", 2},
		{"print --run notices --insurer 06139992 --dry-run --address http://hoken.example.jp", 2},
		{"print --run notices --insurer 06139992 --dry-run --address https://hoken.example.jp/?a=b", 2},
		{"print --run notices --insurer 06139992 --dry-run --address https://", 2},
		{"print --run notices --insurer 06139992 --dry-run --address https://a@hoken.example.jp", 2},
	} {
		t.Run(c.args, func(t *testing.T) {
			if out, errs, code := run(t, dir, program, nil, nil,
				append([]string{"--data", "data"}, strings.Fields(c.args)...)...); code != c.want ||
				code == 2 && (out != "" || errs == "") {
				t.Errorf("%s: %d, want %d %q %q", c.args, code, c.want, out, errs)
			}
		})
	}
}

// sheetText returns what another program reads on a PDF's only page.
func sheetText(t *testing.T, data []byte) string {
	t.Helper()
	testenv.Need(t, "pdfinfo", "pdftotext")
	file := filepath.Join(t.TempDir(), "sheet.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	about, err := exec.Command("pdfinfo", file).CombinedOutput()
	if err != nil || !regexp.MustCompile(`(?m)^Pages: +1$`).Match(about) {
		t.Errorf("not one page: %v\n%s", err, about)
	}
	text, err := exec.Command("pdftotext", "-raw", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheReceptionsSheetIsWrittenWhole(t *testing.T) {
	dir := t.TempDir()
	program := built(t, "./server", "madoguchi")
	if out, errs, code := run(t, dir, program, nil, nil, "cheatsheet", "--day", "2026-11-22", "--out",
		"-"); code != 0 || !strings.Contains(errs, "令和8年12月22日") {
		t.Errorf("to standard output: %d %q", code, errs)
	} else if said := sheetText(t, []byte(out)); !strings.Contains(said, "令和8年12月22日") {
		t.Errorf("the sheet says %q", said)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	for _, args := range []string{"--day 2026-02-30", "--day 2026-11", "--out nowhere/sheet.pdf", "--out ."} {
		if out, errs, code := run(t, dir, program, nil, nil,
			append([]string{"cheatsheet"}, strings.Fields(args)...)...); code != 2 || out != "" ||
			errs == "" {
			t.Errorf("%s: %d %q %q", args, code, out, errs)
		}
	}
}

// An answer that nobody got is no answer: never "not valid" (1) and never "answered" (0).
func TestAnAnswerThatCannotBeWrittenIsRefused(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("this system has no /dev/full: %v", err)
	}
	defer full.Close()
	dir := t.TempDir()
	b := newBench(t)
	code := b.write(t, "live.jws", []byte(b.issue(t, credential.Request{Tier: credential.TierLive})))
	for _, args := range []string{"verify " + code, "verify --json " + code, "names 髙橋 高橋", "insurer 138990",
		"share --birth-date 1955-07-01 --on 2026-11-22", "rules"} {
		cmd := exec.Command(b.program, strings.Fields(args)...)
		cmd.Dir = dir
		var errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = full, &errs
		_ = cmd.Run()
		if code := cmd.ProcessState.ExitCode(); code != 2 || !strings.Contains(errs.String(), "結果を書き出せません") {
			t.Errorf("%s: exit code %d, %q", args, code, errs.String())
		}
	}
}

// A setting's value is refused in the words of the command that was asked, whose values may be fewer.
func TestAWrongValueNamesItsSettingAndWhatItMayBe(t *testing.T) {
	program := built(t, "./server", "madoguchi")
	for args, allowed := range map[string]string{
		"print --role counter": "書けるのは all, insurer です。",
		"serve --role clinic":  "書けるのは all, insurer, counter です。",
	} {
		out, errs, code := run(t, t.TempDir(), program, nil, nil, strings.Fields(args)...)
		if code != 2 || out != "" || !strings.Contains(errs, "--role") || !strings.Contains(errs, allowed) {
			t.Errorf("%s: %d %q %q", args, code, out, errs)
		}
	}
}

func TestWrongUsageIsSaidInJapaneseToo(t *testing.T) {
	program := built(t, "./server", "madoguchi")
	for _, c := range []struct {
		args, names string
	}{
		{"methods", "methods --help"},
		{"share --on 2026-11-22", "share --help"},
		{"insurer", "insurer --help"},
		{"verify --bogus x", "verify --help"},
		{"keys bogus", "madoguchi"},
		{"share --birth-date 1955-07-01 --on 2026-11-22 --assigned 3割", "share --help"},
		{"keys csr", "keys csr --help"},
		{"--bogus", "madoguchi --help"},
	} {
		t.Run(c.args, func(t *testing.T) {
			out, errs, code := run(t, t.TempDir(), program, nil, nil, strings.Fields(c.args)...)
			if code != 2 || out != "" || !strings.HasPrefix(errs, "コマンドの書き方") ||
				!strings.Contains(errs, c.names) {
				t.Errorf("%s: %d %q %q", c.args, code, out, errs)
			}
		})
	}
}
