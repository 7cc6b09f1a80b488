package e2e

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

// town is a folder with a server's data and a file of n fictional people of 架空健康保険組合, imported.
func town(t *testing.T, n int) (dir, program string, people map[string]string) {
	t.Helper()
	dir, program = t.TempDir(), built(t, "./server", "madoguchi")
	names := []string{"試験 太郎", "髙橋 德一", "𠮷野 葵", "葛\U000E0100西 蓮", "NGUYEN TEST AN"}
	people = map[string]string{}
	var b strings.Builder
	b.WriteString("記号,番号,枝番,氏名,氏名カナ,生年月日,性別,資格取得年月日,郵便番号,住所,事業所名,マイナ保険証登録\n")
	for i := range n {
		number, name := strconv.Itoa(i+1), names[i%len(names)]
		people[number] = name
		fmt.Fprintf(&b, "%d,%s,00,%s,シケン,%d-05-%02d,男,2020-04-01,%07d,東京都架空区%d-1,架空商店%d,有\n", 100+i%7, number,
			name, 1960+i%50, 1+i%28, 1000000+i*37%900000, i, i%7)
	}
	if err := os.WriteFile(filepath.Join(dir, "people.csv"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := run(t, dir, program, nil, nil, "import", "--data", "data", "--insurer", "06139992",
		"people.csv"); code != 0 {
		t.Fatalf("import: %d %s", code, errs)
	}
	return dir, program, people
}

type result struct {
	Run     string   `json:"run"`
	State   string   `json:"state"`
	Total   int      `json:"total"`
	People  int      `json:"people"`
	Skipped int      `json:"skipped"`
	Missing []string `json:"missing"`
	Files   []struct {
		Name string `json:"name"`
	} `json:"files"`
}

func printed(t *testing.T, dir, program string, args ...string) (result, string, int) {
	t.Helper()
	out, errs, code := run(t, dir, program, nil, nil,
		append([]string{"print", "--data", "data", "--json"}, args...)...)
	var r result
	if out != "" {
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	return r, errs, code
}

// A run that is killed without a word three times ends complete, with each person once.
func TestARunOfNoticesSurvivesKilling(t *testing.T) {
	dir, program, people := town(t, 1_200)
	out := filepath.Join(dir, "out")
	files := func() int {
		found, _ := filepath.Glob(filepath.Join(out, "*.pdf"))
		return len(found)
	}
	id := ""
	for round := range 3 {
		args := []string{"print", "--data", "data", "--resume", id}
		if round == 0 {
			args = []string{"print", "--data", "data", "--run", "notices", "--insurer", "06139992", "--out",
				out, "--pages-per-file", "240"}
		}
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		var said strings.Builder
		cmd.Stderr = &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		before := files()
		if !poll(5*time.Millisecond, func() bool { return files() > before }) {
			t.Fatalf("round %d: no file was finished", round)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if round == 0 {
			_, rest, _ := strings.Cut(said.String(), "印刷 ")
			id, _, _ = strings.Cut(rest, " ")
		}
	}
	if n := files(); n >= 5 {
		t.Fatalf("the run was over before it was killed: %d files", n)
	}
	r, errs, code := printed(t, dir, program, "--resume", id)
	if code != 0 || r.State != "done" || r.People != 1_200 || len(r.Files) != 5 {
		t.Fatalf("%d %+v %s", code, r, errs)
	}
	data, err := os.ReadFile(filepath.Join(out, "oshirase-06139992-"+id+"-index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		if _, once := people[row[5]]; !once {
			t.Errorf("番号 %s stands twice, or nobody has it", row[5])
		}
		delete(people, row[5])
	}
	if len(people) > 0 {
		t.Errorf("%d people are missing", len(people))
	}
	if _, errs, code := printed(t, dir, program, "--resume", id); code != 2 ||
		!strings.Contains(errs, "終わっている") {
		t.Errorf("a run that is over: %d %s", code, errs)
	}
}

// Other programs read each page: poppler its text and picture, zbar its codes.
func TestPagesOfARunSayWhatTheFileSaid(t *testing.T) {
	t.Parallel()
	testenv.Need(t, "pdftotext", "pdftoppm", "zbarimg", "qpdf")
	pages := 20
	if n, err := strconv.Atoi(os.Getenv("MADOGUCHI_PAGES")); err == nil {
		pages = n
	}
	dir, program, people := town(t, pages)
	r, errs, code := printed(t, dir, program, "--run", "notices", "--insurer", "06139992", "--out", "out",
		"--order", "number", "--address", "https://hoken.example.jp")
	if code != 0 || r.People != pages {
		t.Fatalf("%d %+v %s", code, r, errs)
	}
	file := filepath.Join(dir, "out", r.Files[0].Name)
	command := func(name string, args ...string) string {
		out, err := exec.Command(name, args...).Output()
		if err != nil {
			t.Fatalf("%s %v: %v", name, args, err)
		}
		return string(out)
	}
	command("qpdf", "--check", file)
	command("pdftoppm", "-r", "150", "-gray", file, filepath.Join(dir, "page"))
	links := map[string]bool{}
	texts := strings.Split(command("pdftotext", "-raw", file, "-"), "\f")
	pictures, err := filepath.Glob(filepath.Join(dir, "page-*.pgm"))
	if err != nil || len(pictures) != pages {
		t.Fatal(len(pictures), err)
	}
	index, err := os.ReadFile(filepath.Join(dir, "out", "oshirase-06139992-"+r.Run+"-index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(index), "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows[1:] {
		number := row[4] + "・" + row[5] + "（00）"
		for _, want := range []string{number, people[row[5]], "架空健康保険組合"} {
			if !strings.Contains(texts[i], want) {
				t.Errorf("page %d lacks %q:\n%s", i+1, want, texts[i])
			}
		}
		codes := strings.Fields(command("zbarimg", testenv.ZbarArgs(pictures[i])...))
		if len(codes) != 2 {
			t.Errorf("page %d has the codes %v", i+1, codes)
			continue
		}
		for _, code := range codes {
			if typed, ok := strings.CutPrefix(code, "https://hoken.example.jp/n/"); ok {
				links[code] = true
				grouped := typed[:4] + "-" + typed[4:8] + "-" + typed[8:12] + "-" + typed[12:]
				if !strings.Contains(texts[i], grouped) {
					t.Errorf("page %d says another code in letters than in its picture", i+1)
				}
			} else if code != "https://myna.go.jp/" {
				t.Errorf("page %d shows %q", i+1, code)
			}
		}
	}
	if len(links) != pages {
		t.Errorf("%d different links on %d pages", len(links), pages)
	}
}

func TestPrintRefusesWhatItCannotDo(t *testing.T) {
	dir, program, _ := town(t, 12)
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("empty.txt", "番号\n\n")
	write("list.txt", "番号\n3\n102,3\n999\n")
	write("sjis.txt", "\x94\xd4\x8d\x86\n")
	write("naught.txt", "000\n，\n") // names nobody: not "no list", which means everybody
	number := "98765432109"
	for d := '0'; d <= '9'; d++ { // made here: none stands in a file
		if eligibility.HoldsMyNumber(number[:11] + string(d)) {
			number = number[:11] + string(d)
		}
	}
	write("number.txt", "3\n"+number+"\n")
	notices := []string{"--run", "notices", "--insurer", "06139992", "--out", "out"}
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"nothing", nil, 2, "--resume"},
		{"no such insurer number", []string{"--run", "notices", "--insurer", "06139991", "--out", "out"}, 2,
			"保険者番号が正しくありません"},
		{"an insurer of elsewhere", []string{"--run", "notices", "--insurer", "39139993", "--out", "out"}, 2,
			"登録されていません"},
		{"no such paper", []string{"--run", "letters", "--insurer", "06139992", "--out", "out"}, 2,
			"notices"},
		{"no such order", append(notices, "--order", "age"), 2, "使えない値"},
		{"count sheets in another order", append(notices, "--count-sheets"), 2, "使えない値"},
		{"files of nobody", append(notices, "--pages-per-file", "0"), 2, "20,000"},
		{"a date that is none", append(notices, "--day", "2026-02-30"), 2, "2026-12-01"},
		{"a list that is not there", append(notices, "--list", "nobody.txt"), 2, "一覧"},
		{"an empty list", append(notices, "--list", "empty.txt"), 2, "空"},
		{"a list in Shift_JIS", append(notices, "--list", "sjis.txt"), 2, "UTF-8"},
		{"a list that names nobody", append(notices, "--list", "naught.txt"), 2, "あてはまる人がいません"},
		{"a My Number on the list", append(notices, "--list", "number.txt"), 2, "2行目"},
		{"nobody changed", append(notices, "--only", "changed"), 2, "あてはまる人がいません"},
		{"nobody without registration", []string{"--run", "certificates", "--insurer", "06139992", "--out",
			"out"}, 2, "あてはまる人がいません"},
		{"a run that is not there", []string{"--resume", "NOSUCHRUN0"}, 2, "見つかりません"},
		{"a layout of notices", append(notices, "--layout", "a4"), 2, "使えない値"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, errs, code := printed(t, dir, program, c.args...); code != c.code ||
				!strings.Contains(errs, c.says) || strings.Contains(errs, number[:8]) {
				t.Errorf("%s: exit %d, %s", c.name, code, errs)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
		t.Error("a refused run made its folder")
	}
	r, _, code := printed(t, dir, program, append(notices, "--list", "list.txt")...)
	if code != 1 || r.People != 1 || len(r.Missing) != 1 || r.Missing[0] != "999" {
		t.Errorf("a list: exit %d %+v", code, r)
	}
	if r, _, code := printed(t, dir, program, append(notices, "--only", "new", "--dry-run")...); code != 0 ||
		r.State != "planned" || r.Total != 11 {
		t.Errorf("who had none yet: exit %d %+v", code, r)
	}
}

// The QR of every notice of a run opens the address that the run was started with, whoever resumes it: half
// of a city's paper must not lead to another place.
func TestAResumedRunKeepsItsAddress(t *testing.T) {
	testenv.Need(t, "pdftoppm", "zbarimg")
	dir, program, _ := town(t, 3)
	out := filepath.Join(dir, "out")
	// a file where the folder should be: the run stops at once
	if err := os.WriteFile(out, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, errs, code := printed(t, dir, program, "--run", "notices", "--insurer", "06139992", "--out", out,
		"--address", "https://hoken.example.jp/")
	_, rest, _ := strings.Cut(errs, "印刷 ")
	id, _, _ := strings.Cut(rest, " ")
	if code != 2 || id == "" {
		t.Fatalf("%d %s", code, errs)
	}
	if err := os.Remove(out); err != nil {
		t.Fatal(err)
	}
	r, errs, code := printed(t, dir, program, "--resume", id)
	if code != 0 || r.People != 3 {
		t.Fatalf("%d %+v %s", code, r, errs)
	}
	page := filepath.Join(dir, "page")
	if text, err := exec.Command("pdftoppm", "-r", "150", "-gray",
		filepath.Join(out, r.Files[0].Name), page).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, text)
	}
	pictures, err := filepath.Glob(page + "*.pgm")
	if err != nil || len(pictures) != 3 {
		t.Fatal(len(pictures), err)
	}
	for _, picture := range pictures {
		codes, err := exec.Command("zbarimg", testenv.ZbarArgs(picture)...).Output()
		if err != nil || !strings.Contains(string(codes), "https://hoken.example.jp/n/") ||
			strings.Contains(string(codes), "localhost") {
			t.Errorf("%s: %q %v", filepath.Base(picture), codes, err)
		}
	}
}
