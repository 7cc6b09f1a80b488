// Package natstest runs a NATS server for tests, in this process and on loopback only.
package natstest

import (
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// startTime is how long a server may need until it answers. It is no measurement.
const startTime = time.Minute

// Server is a NATS server on a port of its own.
type Server struct {
	options server.Options
	running *server.Server
}

// New starts a server until the test ends.
func New(t testing.TB) *Server { return NewWith(t, server.Options{}) }

// NewWith starts a server with options besides its address.
func NewWith(t testing.TB, o server.Options) *Server {
	t.Helper()
	o.Host, o.Port, o.NoSigs, o.NoLog = "127.0.0.1", server.RANDOM_PORT, true, true
	s := &Server{options: o}
	s.Start(t)
	s.options.Port = s.running.Addr().(*net.TCPAddr).Port
	t.Cleanup(func() { s.Stop(t) })
	return s
}

// URL is where it is reached.
func (s *Server) URL() string { return s.running.ClientURL() }

// Start starts it, again on its port.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	options := s.options
	running, err := server.NewServer(&options)
	if err != nil {
		t.Fatal(err)
	}
	running.Start()
	if !running.ReadyForConnections(startTime) {
		t.Fatal("NATS is not ready")
	}
	s.running = running
}

// Change changes its options, which count from its next start on.
func (s *Server) Change(change func(*server.Options)) { change(&s.options) }

// Stop stops it.
func (s *Server) Stop(testing.TB) {
	s.running.Shutdown()
	s.running.WaitForShutdown()
}
