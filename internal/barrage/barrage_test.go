package barrage_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"madoguchi/internal/barrage"
)

func TestMain(m *testing.M) {
	barrage.Main(time.Now)
	os.Exit(m.Run())
}

// A pause parts an answer from the next request, and is in no answer's time.
func TestAPauseIsNoPartOfAnAnswer(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	const pause = 400 * time.Millisecond
	o := barrage.Order{Address: address, Requests: [][]byte{[]byte("GET / HTTP/1.1\r\nHost: h\r\n\r\n")},
		Connections: 2, For: time.Second, Pause: pause}
	if r := o.Run(t); r.Answers < 2 || r.Answers > 6 || int64(r.Answers) != asked.Load() || r.P50 >= pause {
		t.Errorf("%+v; the server was asked %d times", r, asked.Load())
	}
}

// What is counted is what the server answered: whole answers of any length, and those of another status
// apart.
func TestAnswersAreCountedAsTheServerGaveThem(t *testing.T) {
	var good, bad atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/short":
			w.Write([]byte("ok"))
		case "/long": // in chunks
			w.Write([]byte(strings.Repeat("long", 5000)))
		default:
			bad.Add(1)
			w.WriteHeader(http.StatusTeapot)
			return
		}
		good.Add(1)
	}))
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	var requests [][]byte
	for _, path := range []string{"/short", "/long", "/other"} {
		requests = append(requests, []byte("GET "+path+" HTTP/1.1\r\nHost: "+address+"\r\n\r\n"))
	}
	o := barrage.Order{Address: address, Requests: requests, Connections: 4, For: 50 * time.Millisecond}
	r := o.Run(t)
	if r.Answers == 0 || int64(r.Answers) != good.Load() || int64(r.Others) != bad.Load() ||
		r.Other != "status 418" || r.P99 < r.P50 || r.P50 == 0 {
		t.Errorf("%+v; the server gave %d and %d", r, good.Load(), bad.Load())
	}
}
