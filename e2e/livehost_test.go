package e2e

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/internal/pcscdtest"
)

// liveAddresses are the parties' addresses. They are of the internet, so that the guards against calls into
// a closed network are in force; in the test's own network namespace they lead nowhere else.
var liveAddresses = map[string]string{
	"insurer.example": "11.0.0.1",
	"clinic.example":  "11.0.0.2",
	"login.example":   "11.0.0.3",
}

// liveHost is a computer of the guide: a home folder of its own in /srv, seen by nobody else.
type liveHost struct {
	name    string
	folder  string // what the host sees as /srv
	world   *liveWorld
	running map[string]*process // by the program's name
	said    string              // standard output of the last block
}

// liveWorld is everything that the guide is tried in.
type liveWorld struct {
	t     *testing.T
	ca    *liveCA
	bin   string // what hosts see as /usr/local/bin
	hosts map[string]*liveHost
	web   *http.Client
	bench *pcscdtest.Bench

	console, phone context.Context // the tabs of the reception and of the patient
}

// newLiveWorld makes the hosts. The test is alone in its namespaces of network and mounts by then.
func newLiveWorld(t *testing.T, bench *pcscdtest.Bench) *liveWorld {
	t.Helper()
	w := &liveWorld{t: t, ca: newLiveCA(t), bin: t.TempDir(), hosts: map[string]*liveHost{}, bench: bench}
	names := "127.0.0.1 localhost\n"
	for name, address := range liveAddresses {
		names += address + " " + name + "\n"
		must(t, exec.Command("ip", "address", "add", address+"/32", "dev", "lo"))
	}
	file := filepath.Join(t.TempDir(), "hosts")
	if err := os.WriteFile(file, []byte(names), 0o644); err != nil {
		t.Fatal(err)
	}
	must(t, exec.Command("mount", "--bind", file, "/etc/hosts"))
	roots := x509.NewCertPool()
	roots.AddCert(w.ca.certificate)
	w.web = &http.Client{
		Timeout:   5 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true},
	}
	return w
}

func must(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
}

// host returns a computer, making it on its first use.
func (w *liveWorld) host(name string) *liveHost {
	w.t.Helper()
	h := w.hosts[name]
	if h == nil {
		h = &liveHost{name: name, folder: w.t.TempDir(), world: w, running: map[string]*process{}}
		if err := os.Mkdir(h.path("~"), 0o755); err != nil { // as adduser --system does
			w.t.Fatal(err)
		}
		w.hosts[name] = h
	}
	return h
}

// path is where a file of the host lies for the test.
func (h *liveHost) path(name string) string {
	name = strings.Replace(name, "~", "/srv/madoguchi", 1)
	return filepath.Join(h.folder, strings.TrimPrefix(name, "/srv"))
}

// read returns a file of the host.
func (h *liveHost) read(name string) []byte {
	h.world.t.Helper()
	data, err := os.ReadFile(h.path(name))
	if err != nil {
		h.world.t.Fatal(err)
	}
	return data
}

// write puts a file on the host.
func (h *liveHost) write(name string, data []byte) {
	h.world.t.Helper()
	if err := os.WriteFile(h.path(name), data, 0o600); err != nil {
		h.world.t.Fatal(err)
	}
}

// literal is the block with the test's own values in the place of those that one machine cannot have twice.
func (h *liveHost) literal(block string) string {
	return strings.NewReplacer(
		// each host has its own address in reality, and listens at all of them
		"MADOGUCHI_ADDR=0.0.0.0:443", "MADOGUCHI_ADDR="+liveAddresses[h.name+".example"]+":443",
		// built programs do not belong into the sources of whoever runs the test
		"-o bin/", "-o "+h.world.bin+"/",
	).Replace(block)
}

// login is a login shell of the user madoguchi on the host, which runs the block and stops at an error.
func (h *liveHost) login(block string) []string {
	return []string{"--mount", "env", "-i", "HOME=/srv/madoguchi", "USER=madoguchi", "LANG=C.UTF-8",
		"SSL_CERT_FILE=" + h.world.ca.file, "sh", "-c",
		`mount --bind "$1" /srv && mount --bind "$2" /usr/local/bin && cd && exec sh -lec "$3"`, "sh",
		h.folder, h.world.bin, h.literal(block)}
}

// run runs a block to its end and returns its exit code.
func (h *liveHost) run(item guideItem) (stderr string, code int) {
	h.world.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "unshare", h.login(item.text)...)
	if h.name == "build" { // whoever builds has the sources and Go
		cmd = exec.CommandContext(ctx, "sh", "-ec", h.literal(item.text))
		cmd.Dir = root(h.world.t)
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		h.world.t.Fatalf("%v", err)
	}
	h.said = out.String()
	return errs.String(), cmd.ProcessState.ExitCode()
}

// start starts a block that goes on, in the place of the one that ran the same program before.
func (h *liveHost) start(item guideItem) {
	h.world.t.Helper()
	program, _, _ := strings.Cut(item.text, " ")
	h.stop(program)
	h.running[program] = start(h.world.t, "/", "unshare", nil, h.login("exec "+item.text)...)
	if program == "madoguchi" {
		h.ready()
	}
}

// stop ends what runs, as Ctrl+C does.
func (h *liveHost) stop(program string) {
	h.world.t.Helper()
	if p := h.running[program]; p != nil {
		stopServer(h.world.t, p)
		delete(h.running, program)
	}
}

// url is the address of the host's server.
func (h *liveHost) url() string { return "https://" + h.name + ".example" }

// ready waits until the host's server says that it is.
func (h *liveHost) ready() {
	h.world.t.Helper()
	p := h.running["madoguchi"]
	if !poll(50*time.Millisecond, func() bool {
		select {
		case <-p.exited:
			return true
		default:
		}
		res, err := h.world.web.Get(h.url() + "/readyz")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	}) {
		h.world.t.Fatalf("%s never became ready", h.url())
	}
	select {
	case <-p.exited:
		h.world.t.Fatalf("%s ended at once:\n%s", h.url(), strings.Join(p.out.lines, "\n"))
	default:
	}
}

// send carries files from one host to another: "insurer:~/a.json → trust:~/".
func (w *liveWorld) send(line string) error {
	from, to, ok := strings.Cut(line, "→")
	fromHost, file, ok1 := strings.Cut(strings.TrimSpace(from), ":")
	toHost, place, ok2 := strings.Cut(strings.TrimSpace(to), ":")
	if !ok || !ok1 || !ok2 {
		return fmt.Errorf("what is sent where: %q", line)
	}
	data, err := os.ReadFile(w.host(fromHost).path(file))
	if err != nil {
		return err
	}
	target := w.host(toHost).path(place)
	if strings.HasSuffix(place, "/") {
		target = filepath.Join(target, filepath.Base(file))
	}
	return os.WriteFile(target, data, 0o644)
}
