package web

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"madoguchi/auth"
	"madoguchi/internal/barrage"
	"madoguchi/internal/crowd"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/listen"
	"madoguchi/server/web/patient"
)

// What the bars of docs/benchmarks.md are measured with: so many phones of as many people in each round, over
// so many connections, a few seconds each, in turn. A phone may have some thirty screens in a moment.
const (
	barPhones      = 1500
	barConnections = 64
	barRounds      = 3
	barTime        = 3 * time.Second
)

// bar is what a page must reach beside the hello of the same run, and on a calm machine by itself.
type bar struct {
	name     string
	site     string
	requests [][]byte
	ofHello  float64 // of its rate
	rate     float64 // a second
	late     float64 // its p99 at most so many times the hello's; 0: any
}

// BenchmarkBars measures the two requests that come most often through the whole program, with a hello of the
// same framework in turn, and fails where a bar of docs/benchmarks.md is missed.
func BenchmarkBars(b *testing.B) {
	devNull, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer devNull.Close()
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(devNull, nil))) // lines are written, as they are in earnest
	defer slog.SetDefault(before)
	h, phones := crowdOfPhones(b, barRounds*barPhones)
	forgetful := *h // remembers nothing of what it read
	forgetful.store = openStore(b, h.database, nil)
	forgetful.build(b)
	hello, site, first := served(b, helloSite()), served(b, h.echo), served(b, forgetful.echo)
	var lookups, screens [][]byte
	for _, p := range phones {
		lookups = append(lookups, p.lookUp())
		screens = append(screens, p.liveScreen())
	}
	greeting := [][]byte{[]byte("GET / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n")}
	bars := []bar{
		{"look-up", site, lookups, 0.3, 10_000, 3},
		{"live screen", site, screens, 0.2, 8_000, 0},
		{"a phone's first look-up", first, lookups, 0, 0, 0},
	}
	for b.Loop() {
		greeted := make([]measured, barRounds)
		came := map[string][]measured{}
		for round := range barRounds {
			greeted[round] = barraged(b, "hello", hello, greeting)
			for _, bar := range bars {
				of := bar.requests[round*barPhones : (round+1)*barPhones]
				came[bar.name] = append(came[bar.name], barraged(b, bar.name, bar.site, of))
			}
		}
		for _, bar := range bars {
			bar.judge(b, greeted, came[bar.name])
		}
	}
}

// measured is a round with the processor time of one answer, asking included: on a machine that does nothing
// else, its cores together need that long.
type measured struct {
	barrage.Result
	each time.Duration
}

// judge compares the rounds, each with the hello of its own, and takes the middle one. On a machine that does
// much else, the processor time of an answer is compared: that of others is not in it.
func (bar bar) judge(b *testing.B, hello, came []measured) {
	var ratios, works, rates, lates []float64
	for i, r := range came {
		ratios = append(ratios, r.Rate()/hello[i].Rate())
		works = append(works, float64(hello[i].each)/float64(r.each))
		rates = append(rates, r.Rate())
		lates = append(lates, float64(r.P99)/float64(hello[i].P99))
	}
	ratio, work, rate, late := middle(ratios), middle(works), middle(rates), middle(lates)
	b.Logf("%s: %.2f × hello, %.2f × in processor time (bar %.2f); %.0f/s (bar %.0f); p99 %.1f × (bar %.0f)",
		bar.name, ratio, work, bar.ofHello, rate, bar.rate, late, bar.late)
	switch why := testenv.Calm(); {
	case max(ratio, work) < bar.ofHello:
		b.Errorf("%s: %.2f × hello, the bar is %.2f", bar.name, max(ratio, work), bar.ofHello)
	case why != "":
		b.Logf("its rate and p99 are not judged: %s", why)
	case rate < bar.rate:
		b.Errorf("%s: %.0f/s, the bar is %.0f", bar.name, rate, bar.rate)
	case bar.late > 0 && late > bar.late:
		b.Errorf("%s: p99 %.1f × the hello's, the bar is %.0f", bar.name, late, bar.late)
	}
}

func middle(all []float64) float64 {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

func barraged(b *testing.B, what, address string, requests [][]byte) measured {
	b.Helper()
	before := processorTime(b)
	r := barrage.Order{Address: address, Requests: requests, Connections: barConnections, For: barTime}.Run(b)
	each := (processorTime(b) - before + r.Processor) / time.Duration(max(1, r.Answers))
	m := measured{r, each}
	millis := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.Logf("%-24s%6.0f/s, p50 %4.1f ms, p99 %5.1f ms, %3d µs each; asking took %2.0f %% of a core", what,
		r.Rate(), millis(r.P50), millis(r.P99), m.each.Microseconds(),
		100*r.Processor.Seconds()/r.Took.Seconds())
	if r.Others > 0 {
		b.Fatalf("%s: %d answers are none: %s", what, r.Others, r.Other)
	}
	return m
}

// processorTime is what this process has taken so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// helloSite is the peer: Echo with what any program puts before its pages.
func helloSite() *echo.Echo {
	e := echo.New()
	e.Use(middleware.RequestID(),
		middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{
			LogMethod: true, LogURI: true, LogStatus: true, LogLatency: true, LogRequestID: true,
			LogValuesFunc: func(_ echo.Context, v middleware.RequestLoggerValues) error {
				slog.Info("request", "id", v.RequestID, "method", v.Method, "uri", v.URI, "status", v.Status,
					"ms", v.Latency.Milliseconds())
				return nil
			},
		}),
		middleware.Recover(), middleware.Secure(), middleware.BodyLimit("1M"))
	e.GET("/", func(c echo.Context) error {
		return c.JSON(http.StatusOK, map[string]string{"hello": "窓口"})
	})
	return e
}

// served answers on loopback as the program does, and returns the address.
func served(b *testing.B, handler http.Handler) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := listen.Server(handler, nil)
	go server.Serve(l)
	b.Cleanup(func() { server.Close() })
	return l.Addr().String()
}

// barPhone is a person's phone, added and logged in: it comes with both its sessions.
type barPhone struct {
	person  string
	cookies []*http.Cookie
}

func (p barPhone) lookUp() []byte { return p.request("GET", "/api/v1/me", "") }

const liveBody = `{"tier":"live"}`

func (p barPhone) liveScreen() []byte {
	return p.request("POST", "/api/v1/people/"+p.person+"/credential", liveBody)
}

// request is one of its page's as it goes over the wire.
func (p barPhone) request(method, path, body string) []byte {
	r := httptest.NewRequest(method, path, bytes.NewReader([]byte(body)))
	r.Host = "localhost:8080"
	for _, c := range p.cookies {
		r.AddCookie(c)
	}
	// as a phone's browser says it
	r.Header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "+
		"(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1")
	r.Header.Set("Accept-Language", "ja-JP,ja;q=0.9,en;q=0.8")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Content-Type", "application/json")
	var wire bytes.Buffer
	if err := r.Write(&wire); err != nil {
		panic(err) // it writes into memory
	}
	return wire.Bytes()
}

// crowdOfPhones is a program with as many people, each enrolled by a phone.
func crowdOfPhones(b *testing.B, n int) (*testApp, []barPhone) {
	b.Helper()
	h := newTestApp(b)
	h.ticks = time.Now
	h.now = time.Now()
	h.build(b)
	var file bytes.Buffer
	if _, err := (crowd.File{Insurer: "06139992", People: n}).WriteTo(&file); err != nil {
		b.Fatal(err)
	}
	if _, err := h.insurer.Importer.Import(ctx, clerkOf(unionNumber), &file); err != nil {
		b.Fatal(err)
	}
	people, err := h.store.Register.FindPeople(ctx, insurer.PeopleQuery{Insurer: unionNumber, Limit: n})
	if err != nil {
		b.Fatal(err)
	}
	sessions := auth.Sessions{Store: h.store.Sessions(), Now: time.Now}
	var phones []barPhone
	for i, r := range people {
		login := auth.Identity{
			Subject: fmt.Sprint("op|", i), Name: r.Person.Name, BirthDate: r.Person.BirthDate, At: h.now,
		}
		mac := sha256.Sum256([]byte(r.ID))
		e := audit.Entry{At: h.now, Actor: "t", Action: "t"}
		_, err := h.store.Enrolment.EnsureNotice(ctx, keyOf(r), func(int64) []byte { return mac[:] }, e)
		if err == nil {
			err = h.store.Enrolment.Enrol(ctx, mac[:], login.Subject, e)
		}
		phone := fmt.Sprint("phone-", i)
		if err == nil {
			err = h.store.Devices.PutDeviceGrants(ctx, insurer.DeviceGrant{Subject: login.Subject,
				DeviceID: phone, KeyID: phone, Public: []byte(phone), LoginAt: h.now, At: h.now}, e)
		}
		if err != nil {
			b.Fatal(err)
		}
		visit, err := json.Marshal(patient.VisitSession{Login: &login})
		if err != nil {
			b.Fatal(err)
		}
		w := httptest.NewRecorder()
		for _, s := range []struct {
			kind          auth.Kind
			subject, data string
		}{
			{auth.Patient, login.Subject, string(visit)},
			{auth.Device, insurer.DeviceSubject(phone), fmt.Sprintf(`{"phone":%q,"key":%q}`, phone, phone)},
		} {
			if _, err := sessions.Start(ctx, w, s.kind, s.subject, []byte(s.data)); err != nil {
				b.Fatal(err)
			}
		}
		phones = append(phones, barPhone{string(r.ID), w.Result().Cookies()})
	}
	return h, phones
}

// BenchmarkPhone is what one answer costs without a network, for profiles.
func BenchmarkPhone(b *testing.B) {
	h, phones := crowdOfPhones(b, 500)
	for name, ask := range map[string]func(p barPhone) []byte{
		"look-up":     barPhone.lookUp,
		"live screen": barPhone.liveScreen,
	} {
		b.Run(name, func(b *testing.B) {
			var all []*http.Request
			for _, p := range phones {
				r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(ask(p))))
				if err != nil {
					b.Fatal(err)
				}
				r.RemoteAddr = "127.0.0.1:50000"
				all = append(all, r)
			}
			b.ReportAllocs()
			for i := range b.N {
				r := all[i%len(all)].Clone(ctx)
				if name == "live screen" {
					r.Body = io.NopCloser(strings.NewReader(liveBody))
				}
				w := httptest.NewRecorder()
				h.echo.ServeHTTP(w, r)
				if w.Code != http.StatusOK && w.Code != http.StatusTooManyRequests {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
