package e2e

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"madoguchi/internal/natstest"
	"madoguchi/internal/postgrestest"
	"madoguchi/internal/testenv"
)

// route stands before instances as a balancer does: connections go where it aims, and break with the
// instance.
type route struct {
	listener net.Listener
	mu       sync.Mutex
	target   string
}

func newRoute(t *testing.T, target string) *route {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &route{listener: listener, target: target}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			go r.carry(from)
		}
	}()
	return r
}

func (r *route) url() string { return "http://" + r.listener.Addr().String() }

func (r *route) aim(target string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.target = target
}

func (r *route) carry(from net.Conn) {
	defer from.Close()
	r.mu.Lock()
	target := r.target
	r.mu.Unlock()
	to, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer to.Close()
	go func() {
		_, _ = io.Copy(to, from)
		to.Close()
	}()
	_, _ = io.Copy(from, to)
}

// instances starts three servers of one installation: one PostgreSQL, one NATS, one folder of keys, each at
// an address of its own (Linux answers on all of 127.0.0.0/8) and all at one port, so that they are one
// site.
func instances(t *testing.T) (addresses [3]string, all [3]*process) {
	t.Helper()
	data := t.TempDir()
	env := []string{
		"MADOGUCHI_DATA=" + data,
		"MADOGUCHI_DATABASE=" + postgrestest.Database(t),
		"MADOGUCHI_HUB=" + natstest.New(t).URL(),
	}
	port := "0"
	for i, host := range []string{"127.0.0.1", "127.0.0.2", "127.0.0.3"} {
		all[i] = start(t, data, built(t, "./server", "madoguchi"),
			append(env, "MADOGUCHI_ADDR="+host+":"+port))
		port = all[i].out.await(t, `http://localhost:(\d+)/`)[1]
		addresses[i] = host + ":" + port
	}
	return addresses, all
}

// The patient's page, the counter's, and the reader's agent are each at another instance; the agent's is
// killed in the middle. The login's callback reaches the first instance, where the demo's provider is.
func TestTheWholeWalkOverThreeInstances(t *testing.T) {
	testenv.Need(t, "chromium")
	address, all := instances(t)
	site := func(i int) string { return "http://" + address[i] }
	_, noticeURL := clerkImports(t, site(2), "髙橋 德一")
	if !strings.HasPrefix(noticeURL, "http://localhost:") {
		t.Fatalf("the notice leads to %s", noticeURL)
	}
	phone := patientEnrols(t, noticeURL, "demo-tokuichi") // at the first
	waitText(t, phone, "#figures", "0001234")
	console := staffOpens(t, site(1), clip(t, codePicture(t, phone)))
	way := newRoute(t, address[2])
	agent := bridgeNamed(t, way.url(), console, "tokuichi.json", "受付1")
	do(t, console, click("#scan-camera"))
	waitText(t, console, "#verdict", "この画面は本物です")

	if err := all[2].cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-all[2].exited
	way.aim(address[0])
	agent.out.await(t, `(?s)つながりました.*つながりました`)
	waitText(t, console, "#record", "カードを確認する")
	do(t, console, click("#record"))
	waitText(t, console, "#card-verdict", "本物のカードで、生年月日が画面と一致しました")
	waitText(t, console, "#record", "記録して次へ")
	do(t, console, click("#record"))
	waitText(t, console, "#verdict", "記録しました")
	waitText(t, phone, "#receipts", "架空医院が「受け付けた」と記録しました")
}
