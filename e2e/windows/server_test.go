package windows

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"madoguchi/internal/demotest"
	"madoguchi/internal/winetest"
)

// madoguchi runs a command of the server's Windows build.
func madoguchi(t *testing.T, w *winetest.Windows, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	return w.Run(t, winetest.Command{Program: winetest.Madoguchi, Args: args, Dir: t.TempDir()})
}

// linux runs a command of the same server's build for this system.
func linux(t *testing.T, w *winetest.Windows, args ...string) (stdout string) {
	t.Helper()
	cmd := exec.Command(w.Server(t), args...)
	cmd.Dir = t.TempDir()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// sample is a clerk's file of three fictional people (docs/facts/test-people.md).
func sample(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "server", "insuredcsv", "samples", "00138990.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// deep is a folder whose path is longer than the 260 characters that Windows once allowed (MAX_PATH).
func deep(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for i := range 14 {
		dir = filepath.Join(dir, fmt.Sprintf("架空市国民健康保険課の共有フォルダ%02d", i))
	}
	if n := len([]rune(winetest.WindowsPath(dir))); n <= 260 {
		t.Fatalf("the path has %d characters", n)
	}
	return dir
}

// A clerk's morning on Windows: a file is read, notices are printed, keys are looked after. What was written
// there is read by the build for Linux, which says the same.
func TestFilesAreReadAndWrittenUnderJapaneseAndLongPaths(t *testing.T) {
	w := winetest.Start(t)
	for _, c := range []struct {
		name string
		dir  string
	}{
		{"Japanese and blanks", filepath.Join(t.TempDir(), "保険 課", "窓口 データ")},
		{"longer than 260 characters", deep(t)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			list, data := filepath.Join(c.dir, "被保険者 一覧.csv"), filepath.Join(c.dir, "データ")
			write(t, list, sample(t))
			at := winetest.WindowsPath
			out, errs, code := madoguchi(t, w, "import", "--data", at(data), at(list))
			if code != 0 || !strings.HasPrefix(out, "新しい人 3、") || errs != "" {
				t.Fatalf("import: %d %s%s", code, out, errs)
			}

			bad := filepath.Join(c.dir, "誤りの ある一覧.csv")
			write(t, bad, []byte("番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n2,,1986-04-12\n"))
			_, errs, code = madoguchi(t, w, "import", "--data", at(data), "--insurer", "06139992", at(bad))
			beside := strings.TrimSuffix(bad, ".csv") + ".errors.csv"
			if code != 1 || !strings.Contains(errs, at(beside)) {
				t.Errorf("import of a bad row: %d %s", code, errs)
			}
			if text, err := os.ReadFile(beside); err != nil || !strings.HasPrefix(string(text), "\uFEFF") {
				t.Errorf("the refused rows: %q %v", text, err)
			}

			prints := filepath.Join(c.dir, "印刷 した お知らせ")
			out, errs, code = madoguchi(t, w, "print", "--data", at(data), "--run", "notices", "--insurer",
				"138990", "--out", at(prints), "--json")
			var run printed
			if err := json.Unmarshal([]byte(out), &run); err != nil || code != 0 || run.State != "done" ||
				run.People != 2 || len(run.Files) != 1 {
				t.Fatalf("print: %d %v\n%s%s", code, err, out, errs)
			}
			pdf, err := os.ReadFile(filepath.Join(prints, run.Files[0].Name))
			if err != nil || !strings.HasPrefix(string(pdf), "%PDF-") {
				t.Errorf("the file: %v", err)
			}
			if got := people(t, prints, run.Run); len(got) != 2 {
				t.Errorf("the index names %v", got)
			}

			server := w.Begin(t, winetest.Command{Program: winetest.Madoguchi,
				Args: []string{"serve", "--data", at(data), "--addr", "127.0.0.1:0"}})
			base := server.Await(t, `(http://localhost:\d+)/`)[1]
			ready(t, base)
			if code := server.Interrupt(t); code != 0 {
				t.Errorf("Ctrl+C ends the server with %d", code)
			}
			request := filepath.Join(c.dir, "証明書の 請求.csr")
			if _, errs, code = madoguchi(t, w, "keys", "csr", "--data", at(data), "--insurer", "138990",
				"--out", at(request)); code != 0 {
				t.Errorf("keys csr: %d %s", code, errs)
			}
			if text, err := os.ReadFile(request); err != nil || !strings.Contains(string(text), "REQUEST") {
				t.Errorf("the certificate request: %q %v", text, err)
			}
			here, errs, code := madoguchi(t, w, "keys", "list", "--data", at(data), "--json")
			if code != 0 || errs != "" {
				t.Errorf("keys list: %d %s", code, errs)
			}
			if len(c.dir) > 400 { // SQLite's limit on Linux: MAX_PATHNAME 512 bytes
				return
			}
			// Linux guards the folder's mode, which Windows does not know.
			closeFolder(t, data)
			if there := linux(t, w, "keys", "list", "--data", data, "--json"); there != here {
				t.Errorf("Linux lists other keys:\n%s\n%s", here, there)
			}
			register := filepath.Join(t.TempDir(), "register.csv")
			linux(t, w, "export", "--data", data, "--insurer", "138990", "--format", "csv", "--out", register)
			if text, err := os.ReadFile(register); err != nil || !strings.Contains(string(text), "髙橋 德一") {
				t.Errorf("Linux exports %q %v", text, err)
			}
		})
	}
}

// printed is what print --json says.
type printed struct {
	Run    string `json:"run"`
	State  string `json:"state"`
	People int    `json:"people"`
	Files  []struct {
		Name string `json:"name"`
	} `json:"files"`
}

// people are 番号 and 枝番 in a run's index, and how often each stands there.
func people(t *testing.T, dir, run string) map[string]int {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*"+run+"-index.csv"))
	if err != nil || len(found) != 1 {
		t.Fatalf("the index: %v %v", found, err)
	}
	data, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number, branch := slices.Index(rows[0], "番号"), slices.Index(rows[0], "枝番")
	numbers := map[string]int{}
	for _, row := range rows[1:] {
		numbers[row[number]+"-"+row[branch]]++
	}
	return numbers
}

// closeFolder takes other users' rights away: a file that Windows wrote has none of Linux' modes.
func closeFolder(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, 0o700)
		}
		return os.Chmod(path, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func ready(t *testing.T, base string) {
	t.Helper()
	for _, path := range []string{"/readyz", "/counter/staff"} {
		res, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
}

func TestASecondServerOnTheSameAddressSaysSo(t *testing.T) {
	w := winetest.Start(t)
	data := winetest.WindowsPath(t.TempDir())
	server := w.Begin(t, winetest.Command{Program: winetest.Madoguchi,
		Args: []string{"serve", "--data", data, "--addr", "127.0.0.1:0"}})
	address := strings.Replace(server.Await(t, `http://(localhost:\d+)/`)[1], "localhost", "127.0.0.1", 1)
	out, errs, code := madoguchi(t, w, "serve", "--data", data, "--addr", address)
	if code != 1 || !strings.Contains(errs, address) || !strings.Contains(errs, "もう一つの窓口") {
		t.Errorf("%d %s%s", code, out, errs)
	}
	ready(t, "http://"+address)
}

// Commands work beside the running server, several at a time: one of them prepares each insurer's next key,
// and the server publishes it without a new start.
func TestKeysAreRotatedBySeveralProcessesBesideTheServer(t *testing.T) {
	w := winetest.Start(t)
	data := winetest.WindowsPath(t.TempDir())
	server := w.Begin(t, winetest.Command{Program: winetest.Madoguchi,
		Args: []string{"serve", "--data", data, "--addr", "127.0.0.1:0"}})
	base := server.Await(t, `(http://localhost:\d+)/`)[1]
	before := demotest.Published(t, base)
	var commands sync.WaitGroup
	said := make([]string, 4)
	for i := range said {
		commands.Go(func() {
			out, errs, code := madoguchi(t, w, "keys", "rotate", "--data", data)
			if code != 0 || errs != "" {
				t.Errorf("keys rotate: %d %s", code, errs)
			}
			said[i] = out
		})
	}
	for range 20 { // the server reads while they write
		demotest.Published(t, base)
	}
	commands.Wait()
	for _, out := range said {
		if n := strings.Count(out, "-2.pem"); n < 3 || strings.Contains(out, "-3.pem") {
			t.Errorf("three insurers have one next key each:\n%s", out)
		}
	}
	if after := demotest.Published(t, base); len(before) != 1 || len(after) != 2 {
		t.Errorf("%d keys were published, now %d", len(before), len(after))
	}
}

// A run is paused by Ctrl+C and resumed; while another process holds it, a second one says so and prints
// nothing.
func TestAPrintRunIsPausedHeldAndResumed(t *testing.T) {
	w := winetest.Start(t)
	tests := w.TestBinary(t, "madoguchi/server/durable")
	dir := filepath.Join(t.TempDir(), "印刷")
	const town = 4000
	var list strings.Builder
	list.WriteString("記号,番号,枝番,氏名,氏名カナ,生年月日,性別,資格取得年月日,郵便番号,住所,マイナ保険証登録\n")
	for i := range town {
		fmt.Fprintf(&list, "100,%d,00,試験 太郎,シケン,%d-05-%02d,男,2020-04-01,1000000,東京都架空区%d-1,有\n", i+1,
			1960+i%50, 1+i%28, i)
	}
	write(t, filepath.Join(dir, "一覧.csv"), []byte(list.String()))
	at := func(name string) string { return winetest.WindowsPath(filepath.Join(dir, name)) }
	if _, errs, code := madoguchi(t, w, "import", "--data", at("data"), "--insurer", "06139992",
		at("一覧.csv")); code != 0 {
		t.Fatalf("import: %d %s", code, errs)
	}
	first := w.Begin(t, winetest.Command{
		Program: winetest.Madoguchi,
		Args: []string{"print", "--data", at("data"), "--run", "notices", "--insurer", "06139992", "--out",
			at("out"), "--pages-per-file", "500"},
	})
	run := first.Await(t, `印刷 ([A-Z0-9]+) を始めます`)[1]
	first.Await(t, `[1-9][\d,]* / 4,000 人`)
	if code := first.Interrupt(t); code != 3 {
		t.Fatalf("Ctrl+C ends it with %d", code)
	}
	lock := filepath.Join(dir, "out", ".oshirase-06139992-"+run+".lock")
	if _, err := os.Stat(lock); err != nil {
		t.Fatal(err)
	}
	other := w.Begin(t, winetest.Command{Program: tests,
		Env: []string{"MADOGUCHI_DURABLE_CRASH=" + winetest.WindowsPath(lock) + "|hold"}})
	other.Await(t, "held")
	resume := []string{"print", "--data", at("data"), "--resume", run, "--json"}
	if out, errs, code := madoguchi(t, w, resume...); code != 2 || !strings.Contains(errs, "別のところで動いています") {
		t.Errorf("while another process holds it: %d %s%s", code, out, errs)
	}
	other.Kill()
	out, errs, code := madoguchi(t, w, resume...)
	var done printed
	if err := json.Unmarshal([]byte(out), &done); err != nil || code != 0 || done.State != "done" ||
		done.People != town {
		t.Fatalf("resumed: %d %v\n%s%s", code, err, out, errs)
	}
	numbers := people(t, filepath.Join(dir, "out"), run)
	if len(numbers) != town {
		t.Errorf("%d people were printed", len(numbers))
	}
	for number, n := range numbers {
		if n != 1 {
			t.Errorf("%s was printed %d times", number, n)
		}
	}
}

// What replaces, reads and locks files has tests of its own for Windows (server/durable).
func TestFilesAreReplacedAndLockedAsWindowsAllows(t *testing.T) {
	w := winetest.Start(t)
	out, errs, code := w.Run(t, winetest.Command{
		Program: w.TestBinary(t, "madoguchi/server/durable"),
		Args:    []string{"-test.run", "OnWindows", "-test.v"},
	})
	if n := strings.Count(out, "--- PASS: TestOnWindows"); code != 0 || n != 5 {
		t.Errorf("%d, %d passed\n%s%s", code, n, out, errs)
	}
}
