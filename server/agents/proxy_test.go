package agents

import (
	"encoding/binary"
	"net"
	"net/url"
	"sync"
	"testing"
)

// proxy stands between agents and a server. It can cut every connection, or go mute and leave them open, as a
// router does that forgets; and it keeps what passed, with the agents' masks taken off.
type proxy struct {
	listener net.Listener
	target   string

	mu       sync.Mutex
	mute     bool
	conns    []net.Conn
	toServer []byte
	passed   int               // pieces that agents sent
	lost     map[net.Conn]bool // agents' ends of which the server hears nothing more
	toAgent  []byte
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, target: u.Host, lost: map[net.Conn]bool{}}
	go p.accept()
	t.Cleanup(func() { l.Close(); p.cut() })
	return p
}

func (p *proxy) url() string { return "http://" + p.listener.Addr().String() }

func (p *proxy) accept() {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		target := p.target
		p.mu.Unlock()
		far, err := net.Dial("tcp", target)
		if err != nil {
			near.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, near, far)
		p.mu.Unlock()
		go p.carry(near, far, &p.toServer)
		go p.carry(far, near, &p.toAgent)
	}
}

func (p *proxy) carry(from, to net.Conn, record *[]byte) {
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.lost[from] {
			to.Close()
		}
	}()
	var stream []byte
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		p.mu.Lock()
		mute := p.mute
		stream = append(stream, buffer[:n]...)
		*record = append(*record, buffer[:n]...)
		if record == &p.toServer {
			p.passed++
		}
		stream = p.unmask(stream, record)
		p.mu.Unlock()
		if mute {
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// unmask takes whole WebSocket frames (RFC 6455 section 5.2) off the stream and records what masked ones
// hold. The HTTP part of the stream is skipped: it ends with an empty line.
func (p *proxy) unmask(stream []byte, record *[]byte) []byte {
	if i := indexAfter(stream, "\r\n\r\n"); i > 0 && stream[0] >= 'A' && stream[0] <= 'Z' {
		stream = stream[i:]
	}
	for len(stream) >= 2 && stream[0]&0x80 != 0 {
		masked, length, at := stream[1]&0x80 != 0, int(stream[1]&0x7F), 2
		if length == 126 {
			if len(stream) < 4 {
				break
			}
			length, at = int(binary.BigEndian.Uint16(stream[2:])), 4
		}
		if masked {
			at += 4
		}
		if length == 127 || len(stream) < at+length {
			break
		}
		if masked {
			for i, b := range stream[at : at+length] {
				*record = append(*record, b^stream[at-4+i%4])
			}
		}
		stream = stream[at+length:]
	}
	return stream
}

func indexAfter(data []byte, sep string) int {
	for i := 0; i+len(sep) <= len(data); i++ {
		if string(data[i:i+len(sep)]) == sep {
			return i + len(sep)
		}
	}
	return -1
}

// chunks counts the pieces that agents have sent so far: a heartbeat is one of its own.
func (p *proxy) chunks() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.passed
}

// cut breaks every connection at once.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

// loseAgents breaks the agents' ends of all connections; the server's stay open and silent.
func (p *proxy) loseAgents() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := 0; i < len(p.conns); i += 2 {
		p.lost[p.conns[i]] = true
		p.conns[i].Close()
	}
}

func (p *proxy) setMute(mute bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mute = mute
}

// aim sends new connections to another server.
func (p *proxy) aim(t *testing.T, target string) {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = u.Host
}

// recorded returns what agents and servers have said.
func (p *proxy) recorded() (toServer, toAgent string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.toServer), string(p.toAgent)
}
