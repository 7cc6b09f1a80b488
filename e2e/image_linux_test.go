package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"madoguchi/internal/testenv"
)

// An instruction of a Dockerfile: its word and what stands behind it, lines that end in \ joined.
type instruction struct{ word, rest string }

// dockerfile reads the instructions, by stages.
func dockerfile(t *testing.T, path string) (stages [][]instruction) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", "")) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		if word == "FROM" {
			stages = append(stages, nil)
		}
		stages[len(stages)-1] = append(stages[len(stages)-1], instruction{word, strings.TrimSpace(rest)})
	}
	return stages
}

// What the image's steps do is done here with the same commands, in the order of the file, by a user without
// rights in a file system of its own: /src and /out are new, the toolchain is this machine's, read only. Then
// the second stage's files are the whole root, mounted read only, and the server in it says that it is ready.
// No engine of containers is needed for that; layers and the registry are what this does not try.
func TestTheImagesStepsMakeAServerThatIsReady(t *testing.T) {
	testenv.Need(t, "unshare", "chroot", "mount")
	stages := dockerfile(t, "../deploy/Dockerfile")
	if len(stages) != 2 || stages[0][0].rest != "golang:1.26 AS build" || stages[1][0].rest != "scratch" {
		t.Fatalf("%v", stages)
	}
	root := t.TempDir() // the build's
	for _, folder := range []string{"src", "out", "tmp", "go"} {
		if err := os.Mkdir(filepath.Join(root, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range stages[0][1:] {
		buildStep(t, root, step)
	}
	made := imageOf(t, stages[1], filepath.Join(root, "out"))
	programs := filepath.Join(made.root, "usr", "local", "bin")
	if entries, err := os.ReadDir(programs); err != nil || len(entries) != 1 {
		t.Errorf("more than the server is in the image: %v %v", entries, err)
	}
	program := filepath.Join(programs, "madoguchi")
	if out, err := exec.Command("ldd", program).CombinedOutput(); err == nil {
		t.Errorf("it needs libraries that the image has not: %s", out)
	}
	made.serve(t)
}

// buildStep does what an instruction of the first stage does.
func buildStep(t *testing.T, root string, step instruction) {
	t.Helper()
	switch step.word {
	case "WORKDIR":
		if step.rest != "/src" {
			t.Fatalf("WORKDIR %s", step.rest)
		}
	case "COPY":
		from := strings.Fields(step.rest)
		for _, name := range from[:len(from)-1] {
			if name == "." { // what .dockerignore leaves in: the files of the repository
				script := fmt.Sprintf(`git ls-files -z | xargs -0 cp --parents -t %s/src`, root)
				must(t, inFolder(exec.Command("sh", "-c", script), ".."))
				continue
			}
			must(t, inFolder(exec.Command("cp", name, filepath.Join(root, "src")), ".."))
		}
	case "RUN":
		goroot, cache := goEnv(t, "GOROOT"), goEnv(t, "GOMODCACHE")
		built := goEnv(t, "GOCACHE")
		script := fmt.Sprintf(`set -e
for d in usr bin lib lib64 sbin etc dev proc; do
	[ -e /$d ] || continue
	mkdir -p %[1]s/$d && mount --rbind /$d %[1]s/$d
done
mkdir -p %[1]s/go/root %[1]s/go/mod %[1]s/go/cache
mount --bind %[2]s %[1]s/go/root && mount -o remount,bind,ro %[1]s/go/root
mount --bind %[3]s %[1]s/go/mod
mount --bind %[4]s %[1]s/go/cache
exec chroot %[1]s /bin/sh -c 'cd /src && eval "$STEP"'`, root, goroot, cache, built)
		cmd := exec.Command("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script)
		cmd.Env = append(os.Environ(), "STEP="+step.rest, "GOROOT=/go/root", "GOMODCACHE=/go/mod",
			"GOCACHE=/go/cache", "GOTOOLCHAIN=local", "HOME=/tmp", "TMPDIR=/tmp",
			"PATH=/go/root/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
		must(t, cmd)
	default:
		t.Fatalf("an instruction that this test does not know: %s", step.word)
	}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func inFolder(cmd *exec.Cmd, folder string) *exec.Cmd {
	cmd.Dir = folder
	return cmd
}

// builtImage is the second stage.
type builtImage struct {
	root    string
	env     []string
	command []string
}

// imageOf reads the second stage, whose files are those of out.
func imageOf(t *testing.T, stage []instruction, out string) (i builtImage) {
	t.Helper()
	i.root = out
	words := regexp.MustCompile(`"([^"]*)"`)
	seen := map[string]string{}
	for _, step := range stage[1:] {
		seen[step.word] = step.rest
		switch step.word {
		case "COPY":
			if step.rest != "--from=build --chown=10001:10001 /out/ /" {
				t.Errorf("COPY %s", step.rest)
			}
		case "ENV":
			i.env = append(i.env, strings.Fields(step.rest)...)
		case "ENTRYPOINT", "CMD":
			for _, word := range words.FindAllStringSubmatch(step.rest, -1) {
				i.command = append(i.command, word[1])
			}
		}
	}
	if seen["USER"] != "10001:10001" || seen["VOLUME"] != "/data" || len(i.command) != 2 {
		t.Errorf("%v", seen)
	}
	return i
}

// serve runs the image's command with its root read only, but for what is mounted: /data and /tmp.
func (i builtImage) serve(t *testing.T) {
	t.Helper()
	data := t.TempDir()
	script := fmt.Sprintf(`set -e
mount --bind %[1]s %[1]s && mount -o remount,bind,ro %[1]s
mount --bind %[2]s %[1]s/data && mount -t tmpfs tmpfs %[1]s/tmp
if touch %[1]s/usr/written 2>/dev/null; then echo "the root can be written"; exit 9; fi
exec chroot %[1]s %[3]s`, i.root, data, strings.Join(i.command, " "))
	env := append([]string{"MADOGUCHI_DEMO_PUBLISH=true", "MADOGUCHI_METRICS=127.0.0.1:0"}, i.env...)
	for n, one := range env {
		if strings.HasPrefix(one, "MADOGUCHI_ADDR=") {
			env[n] = "MADOGUCHI_ADDR=127.0.0.1:0" // the file's is beyond loopback, and a fixed port
		}
	}
	p := start(t, "/", "unshare", env, "--user", "--map-root-user", "--mount", "sh", "-c", script)
	base := p.out.await(t, `(http://localhost:\d+)/`)[1]
	p.out.await(t, `合言葉`) // the demo's word is told
	metrics := p.out.await(t, `"msg":"metrics","address":"(127.0.0.1:\d+)"`)[1]
	ready := func() bool { return contains(t, "http://"+metrics+"/metrics", "\nmadoguchi_ready 1\n") }
	if !poll(100*time.Millisecond, ready) || !contains(t, base+"/healthz", "ok\n") {
		t.Errorf("%s is not ready", base)
	}
}
