package store

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sys/unix"

	"madoguchi/internal/postgrestest"
	"madoguchi/server/instances"
)

// way is a network between a store and its PostgreSQL server.
type way struct {
	net.Listener
	network, to string

	mu    sync.Mutex
	conns []*net.TCPConn
}

// newWay returns one to the server of an address, and the address over it.
func newWay(t *testing.T, address string) (w *way, over string) {
	t.Helper()
	config, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	w = &way{Listener: l}
	w.network, w.to = pgconn.NetworkAddress(config.Host, config.Port)
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(client.(*net.TCPConn))
		}
	}()
	u := url.URL{
		Scheme:   "postgres",
		User:     url.User(config.User),
		Host:     l.Addr().String(),
		Path:     config.Database,
		RawQuery: "sslmode=disable",
	}
	return w, u.String()
}

func (w *way) carry(client *net.TCPConn) {
	defer client.Close()
	server, err := net.Dial(w.network, w.to)
	if err != nil {
		return
	}
	defer server.Close()
	w.mu.Lock()
	w.conns = append(w.conns, client)
	w.mu.Unlock()
	go func() {
		_, _ = io.Copy(client, server)
		client.Close()
	}()
	_, _ = io.Copy(server, client)
}

// lose has what is sent on the connections that are open now arrive nowhere, not even at the kernel that
// would say that it came: as a host that went away without a word, or a firewall that forgot them (socket(7),
// SO_ATTACH_FILTER: a filter that lets nothing in). New ones come through.
func (w *way) lose(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	nothing := []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K}}
	for _, c := range w.conns {
		raw, err := c.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		var fault error
		err = raw.Control(func(fd uintptr) {
			fault = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
				&unix.SockFprog{Len: 1, Filter: &nothing[0]})
		})
		if err != nil || fault != nil {
			t.Fatal(err, fault)
		}
	}
}

// A database's host that fails over, or a firewall that forgets: the connections are lost and nobody says so.
// TCP itself tries for a quarter of an hour. Till then nothing would be stored, and the instance would count
// as dead.
func TestAConnectionThatTheNetworkHasLostIsGivenUp(t *testing.T) {
	w, address := newWay(t, postgrestest.Database(t))
	s, err := openOn(ctx, postgres{address: address, lost: time.Second}, options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	all := Instances(s)
	if err := all.PutInstance(ctx, "a", noon); err != nil {
		t.Fatal(err)
	}
	w.lose(t)
	stored := make(chan error, 1)
	go func() {
		var err error
		for range 20 { // each lost connection of the pool costs its caller one error
			if err = all.PutInstance(context.Background(), "a", noon.Add(instances.Lease)); err == nil {
				break
			}
		}
		stored <- err
	}()
	select {
	case err := <-stored:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("nothing is stored a minute after the connections were lost")
	}
}
