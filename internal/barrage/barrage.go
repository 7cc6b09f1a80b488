// Package barrage asks a server on loopback as often as it answers, for measurements: so many connections,
// each of which sends its next request as soon as the last one is answered. It runs in a process of its own,
// which is the test's own program started anew, and knows just enough of HTTP/1.1 (RFC 9112) to cost little
// beside what it measures; its own processor time is counted.
package barrage

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Order is what is asked.
type Order struct {
	Address     string   // host:port
	Requests    [][]byte // as they go over the wire; connection c sends c, c+Connections, …, over and over
	Connections int
	For         time.Duration
	Pause       time.Duration // of a connection, between an answer and its next request
}

// Result is what came of it.
type Result struct {
	Answers   int // with status 200
	Others    int
	Other     string        // the first other answer's beginning
	Took      time.Duration // of all
	P50, P99  time.Duration // of an answer
	Processor time.Duration // that asking took itself
}

// Rate is answers a second.
func (r Result) Rate() float64 { return float64(r.Answers) / r.Took.Seconds() }

// child is set for the process that asks.
const child = "MADOGUCHI_BARRAGE"

// Main is for TestMain: in the process that asks it asks, by the clock that it is given, and does not return.
func Main(now func() time.Time) {
	if os.Getenv(child) == "" {
		return
	}
	var o Order
	err := json.NewDecoder(os.Stdin).Decode(&o)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(o.ask(now))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Run asks, in a process of its own.
func (o Order) Run(t testing.TB) (r Result) {
	t.Helper()
	order, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	asking := exec.Command(os.Args[0])
	asking.Env = append(os.Environ(), child+"=1")
	asking.Stdin, asking.Stderr = bytes.NewReader(order), os.Stderr
	out, err := asking.Output()
	if err == nil {
		err = json.Unmarshal(out, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.Processor = asking.ProcessState.UserTime() + asking.ProcessState.SystemTime()
	return r
}

// ask sends the requests until the time is over.
func (o Order) ask(now func() time.Time) Result {
	var all Result
	var times []time.Duration
	var mu sync.Mutex
	var wait sync.WaitGroup
	began := now()
	for c := range o.Connections {
		wait.Go(func() {
			one := connection{order: o, now: now, next: c, until: began.Add(o.For)}
			err := one.run()
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				one.other(err.Error())
			}
			all.Answers, all.Others = all.Answers+len(one.times), all.Others+one.others
			if all.Other == "" {
				all.Other = one.first
			}
			times = append(times, one.times...)
		})
	}
	wait.Wait()
	all.Took = now().Sub(began)
	slices.Sort(times)
	if n := len(times); n > 0 {
		all.P50, all.P99 = times[n/2], times[n*99/100]
	}
	return all
}

// connection is one that asks.
type connection struct {
	order  Order
	now    func() time.Time
	next   int
	until  time.Time
	times  []time.Duration
	others int
	first  string
}

func (c *connection) other(text string) {
	c.others++
	if c.first == "" {
		c.first = text
	}
}

func (c *connection) run() error {
	conn, err := net.Dial("tcp", c.order.Address)
	if err != nil {
		return err
	}
	defer conn.Close()
	r := bufio.NewReaderSize(conn, 16<<10)
	for asked := c.now(); asked.Before(c.until); {
		if _, err := conn.Write(c.order.Requests[c.next%len(c.order.Requests)]); err != nil {
			return err
		}
		c.next += c.order.Connections
		status, err := read(r)
		if err != nil {
			return err
		}
		now := c.now()
		if status == "200" {
			c.times = append(c.times, now.Sub(asked))
		} else {
			c.other("status " + status)
		}
		if asked = now; c.order.Pause > 0 {
			time.Sleep(c.order.Pause)
			asked = c.now()
		}
	}
	return nil
}

var errAnswer = errors.New("barrage: no answer of HTTP/1.1")

// read reads one answer to its end and returns its status.
func read(r *bufio.Reader) (status string, err error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return "", err
	}
	if len(line) < len("HTTP/1.1 200\n") {
		return "", errAnswer
	}
	status = string(line[9:12])
	length, chunked := 0, false
	for {
		if line, err = r.ReadSlice('\n'); err != nil {
			return "", err
		}
		if len(line) <= 2 {
			break
		}
		if value, ok := header(line, "Content-Length: "); ok {
			if length, err = strconv.Atoi(value); err != nil {
				return "", err
			}
		}
		if value, ok := header(line, "Transfer-Encoding: "); ok {
			chunked = value == "chunked"
		}
	}
	if !chunked {
		_, err = r.Discard(length)
		return status, err
	}
	for {
		if line, err = r.ReadSlice('\n'); err != nil {
			return "", err
		}
		size, err := strconv.ParseInt(strings.TrimSpace(string(line)), 16, 32)
		if err != nil {
			return "", err
		}
		if _, err := io.CopyN(io.Discard, r, size+2); err != nil || size == 0 {
			return status, err
		}
	}
}

func header(line []byte, name string) (value string, ok bool) {
	if !bytes.HasPrefix(line, []byte(name)) {
		return "", false
	}
	return string(bytes.TrimSpace(line[len(name):])), true
}
