package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/transform"

	"madoguchi/eligibility"
	"madoguchi/internal/crowd"
	"madoguchi/message"
)

// crowdFile writes people who do not exist into a file, in UTF-8 or Shift_JIS.
func crowdFile(t testing.TB, name string, f crowd.File, e encoding.Encoding) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	// never held as a whole: a program that this process starts is measured with what this one had then
	encoded := transform.NewWriter(file, e.NewEncoder())
	rows := bufio.NewWriterSize(encoded, 1<<20)
	if _, err := f.WriteTo(rows); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(rows.Flush(), encoded.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// The bars of an import, by command and by page.
const (
	importPeople = 100_000
	importTime   = 20 * time.Second // so many people
	importMemory = 200 << 10        // KiB, however many
)

// peopleFile is a file of so many people, and what is measured of it.
type peopleFile int

// allOf is what the command says when all people are the same.
func (n peopleFile) allOf(fresh bool) string {
	if fresh {
		return fmt.Sprintf("新しい人 %s、変わった人 0、変わりなし 0", message.Number(int(n)).In("ja"))
	}
	return fmt.Sprintf("新しい人 0、変わった人 0、変わりなし %s", message.Number(int(n)).In("ja"))
}

// BenchmarkMillion is BenchmarkBars for a register of 1,000,000 people.
func BenchmarkMillion(b *testing.B) {
	const n = peopleFile(1_000_000)
	file := crowdFile(b, "million.csv", crowd.File{Insurer: "06139992", People: int(n)}, encoding.Nop)
	for b.Loop() {
		n.measureCommand(b, b.TempDir(), "a million", file, n.allOf(true))
		n.measurePage(b, file)
	}
}

// BenchmarkBars measures an import of a whole register and fails where a bar of docs/benchmarks.md is missed.
func BenchmarkBars(b *testing.B) {
	whole := crowd.File{Insurer: "06139992", People: importPeople}
	tenth := whole
	tenth.Changed = 10
	file, sjis, changed := crowdFile(b, "utf8.csv", whole, encoding.Nop),
		crowdFile(b, "sjis.csv", whole, japanese.ShiftJIS), crowdFile(b, "tenth.csv", tenth, encoding.Nop)
	const n = peopleFile(importPeople)
	for b.Loop() {
		data := b.TempDir()
		n.measureCommand(b, data, "UTF-8, all new", file, n.allOf(true))
		n.measureCommand(b, data, "the same again", file, n.allOf(false))
		n.measureCommand(b, data, "one person in ten changed", changed, "新しい人 0、変わった人 10,000、変わりなし 90,000")
		n.measureCommand(b, b.TempDir(), "Shift_JIS, all new", sjis, n.allOf(true))
		n.measurePage(b, file)
	}
}

// barsHeld judges by the clock or by the processor time of both cores together, whichever is less: beside
// other work the clock runs on, and alone an import takes no longer than its processor time.
func (n peopleFile) barsHeld(b *testing.B, what string, clock, processor time.Duration, peak int64) {
	b.Logf("%-36s %5.1f s by the clock, %5.1f s of processor time, peak %3d MB", what, clock.Seconds(),
		processor.Seconds(), peak/1024)
	most := importTime * time.Duration(n) / importPeople
	if min(clock, processor) > most || peak > importMemory {
		b.Errorf("%s: the bars are %s and %d MB", what, most, importMemory/1024)
	}
}

func (n peopleFile) measureCommand(b *testing.B, data, what, file, says string) {
	b.Helper()
	cmd := exec.Command(built(b, "./server", "madoguchi"), "import", "--insurer", "06139992", file)
	cmd.Env = append(os.Environ(), "MADOGUCHI_DATA="+data)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(began)
	if err != nil || !strings.Contains(string(out), says) {
		b.Fatalf("%s: %v\n%s", what, err, out)
	}
	n.barsHeld(b, "command, "+what, took, cmd.ProcessState.SystemTime()+cmd.ProcessState.UserTime(),
		cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
}

// measurePage imports by the clerk's pages: headings decided, preview, yes, result.
func (n peopleFile) measurePage(b *testing.B, file string) {
	b.Helper()
	base, server, _ := startServer(b)
	client := clerkBrowser(b, base)
	before := processorTime(b, server)
	began := time.Now()
	at, page := upload(b, client, base, "06139992", file)
	if strings.HasSuffix(at, "/headings") { // 備考 is nobody's column
		send(b, client, at, chosenColumns(page))
		at = strings.TrimSuffix(at, "/headings")
	}
	page = fetch(b, client, at+"?read=1") // as a browser without the page's program
	seen := regexp.MustCompile(`name="seen" value="([^"]+)"`).FindStringSubmatch(page)
	if seen == nil || seen[1] != fmt.Sprintf("%d 0 0", n) {
		b.Fatalf("%v\n%s", seen, page)
	}
	send(b, client, at+"/store", url.Values{"seen": {seen[1]}})
	fetch(b, client, at+"/events") // until it is over
	page = fetch(b, client, at)
	if !strings.Contains(page, `id="done"`) {
		b.Fatal(page)
	}
	took := time.Since(began)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", server.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	peak, err := strconv.ParseInt(regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindStringSubmatch(
		string(status))[1], 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	n.barsHeld(b, "page, from the file to the result", took, processorTime(b, server)-before, peak)
}

// processorTime returns what a running program has used so far: fields 14 and 15 of /proc/PID/stat, in
// hundredths of a second.
func processorTime(t testing.TB, p *process) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	// the name before may hold blanks; field 2 ends there
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')'):]))
	var ticks int
	for _, field := range fields[12:14] {
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// chosenColumns is the form of headings as it stands: what is not known is left out.
func chosenColumns(page string) url.Values {
	form := url.Values{}
	for _, field := range regexp.MustCompile(
		`(?s)<select[^>]* name="([^"]+)">(.*?)</select>`).FindAllStringSubmatch(page, -1) {
		column := ""
		chosen := regexp.MustCompile(`<option value="([^"]*)" selected>`).FindStringSubmatch(field[2])
		if chosen != nil {
			column = chosen[1]
		}
		form.Set(field[1], column)
	}
	return form
}

func TestAMyNumberInTheLastRowOfALargeFileRefusesItAndIsNowhere(t *testing.T) {
	number := someMyNumber()
	file := crowdFile(t, "people.csv", crowd.File{Insurer: "06139992", People: 20_000, Note: number},
		encoding.Nop)
	data := t.TempDir()
	out, stderr, code := run(t, data, built(t, "./server", "madoguchi"), nil,
		[]string{"MADOGUCHI_DATA=" + data}, "import", "--insurer", "06139992", file)
	if code != 2 || !strings.Contains(stderr, "20001行目・21列目") || strings.Contains(out+stderr, number) {
		t.Errorf("%d %s %s", code, out, stderr)
	}
	err := filepath.WalkDir(data, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		kept, err := os.ReadFile(path)
		if bytes.Contains(kept, []byte(number)) {
			t.Errorf("%s holds the number", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// someMyNumber makes a number at run time that passes the check digit; none stands in a file.
func someMyNumber() string {
	for d := '0'; d <= '9'; d++ {
		if n := "98765432109" + string(d); eligibility.HoldsMyNumber(n) {
			return n
		}
	}
	panic("no digit fits")
}

// The command beside no server; a server that is killed is server/killed_test.go's.
func TestAnImportThatIsKilledLeavesAllOrNothing(t *testing.T) {
	const people = 12_000 // three slices
	program := built(t, "./server", "madoguchi")
	file := crowdFile(t, "people.csv", crowd.File{Insurer: "06139992", People: people}, encoding.Nop)
	began := time.Now()
	if _, _, code := run(t, t.TempDir(), program, nil, []string{"MADOGUCHI_DATA=" + t.TempDir()}, "import",
		"--insurer", "06139992", file); code != 0 {
		t.Fatal(code)
	}
	whole := time.Since(began)
	for _, part := range []int{35, 55, 70, 85} { // percent of the time that it takes
		data := t.TempDir()
		env := []string{"MADOGUCHI_DATA=" + data}
		if _, _, code := run(t, data, program, []byte("番号,氏名,生年月日\n9999999,試験 太郎,1986-04-12\n"), env,
			"import", "--insurer", "06139992", "-"); code != 0 {
			t.Fatal(code)
		}
		ctx, cancel := context.WithTimeout(context.Background(), whole*time.Duration(part)/100)
		// killed, not asked to end
		cmd := exec.CommandContext(ctx, program, "import", "--insurer", "06139992", file)
		cmd.Env = append(os.Environ(), env...)
		_ = cmd.Run()
		cancel()
		out, stderr, code := run(t, data, program, nil, env, "import", "--insurer", "06139992", file)
		if code != 0 || !strings.Contains(out, "新しい人 12,000、変わった人 0、変わりなし 0") &&
			!strings.Contains(out, "新しい人 0、変わった人 0、変わりなし 12,000") {
			t.Errorf("killed after %d %%: %d %s %s", part, code, out, stderr)
		}
	}
}

// Ctrl+C in the middle of a file: the terminal was told how far it is, nothing is stored, and the file can be
// imported from its beginning.
func TestAnImportThatIsCancelledStoresNothingAndSaysSo(t *testing.T) {
	const people = 40_000
	program, data := built(t, "./server", "madoguchi"), t.TempDir()
	file := crowdFile(t, "people.csv", crowd.File{Insurer: "06139992", People: people}, encoding.Nop)
	env := []string{"MADOGUCHI_DATA=" + data}
	cmd := exec.Command(program, "import", "--insurer", "06139992", file)
	cmd.Env = append(os.Environ(), env...)
	told, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(told)
	first, err := lines.ReadString('\n')
	if err != nil || !regexp.MustCompile(`^[\d,]+ / 40,000 人　[\d,]+ 人/秒　あと .+`).MatchString(first) {
		t.Errorf("%q %v", first, err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(lines)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 3 || !strings.Contains(string(rest), "何も保存していません") {
		t.Errorf("%d %s", code, rest)
	}
	out, stderr, code := run(t, data, program, nil, env, "import", "--insurer", "06139992", file)
	if code != 0 || !strings.Contains(out, "新しい人 40,000、変わった人 0、変わりなし 0") {
		t.Errorf("%d %s %s", code, out, stderr)
	}
}
