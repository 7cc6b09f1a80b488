//go:build !nodemo

package load

import (
	"bytes"
	"context"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
)

// A demo is right under load, and every kind of thing was measured.
func TestADemoAnswersRightlyUnderLoad(t *testing.T) {
	r, err := Run(context.Background(), small(startDemo(t)))
	if err != nil {
		t.Fatal(err)
	}
	if !r.Good() || r.Failed > 0 || r.Dropped > 0 {
		t.Fatalf("%+v", r)
	}
	measured := map[string]int{}
	for _, k := range r.Kinds {
		measured[k.Name] = k.N
		if k.P50 > k.P95 || k.P95 > k.P99 || k.P99 > k.Longest || k.P50 <= 0 {
			t.Errorf("%+v", k)
		}
	}
	for _, kind := range []string{
		kindLive, kindOffline, kindOpen, kindScan, kindProof, kindCard, kindRecord, kindCheck,
	} {
		if measured[kind] == 0 {
			t.Errorf("nothing of %s was measured: %v", kind, measured)
		}
	}
	if got := float64(measured[kindCheck]) / r.Seconds; math.Abs(got-20) > 10 {
		t.Errorf("%.1f checks a second, not 20", got)
	}
	if r.Plan.InProportion != 4746 { // 20 × 280,000 / 1,180
		t.Errorf("%+v", r.Plan)
	}
	var text bytes.Buffer
	if err := r.Write(&text); err != nil || !strings.Contains(text.String(), "すべて正しい") {
		t.Errorf("%v %s", err, &text)
	}
}

// A server that lies is found out, whatever it lies about.
func TestALyingServerIsFoundOut(t *testing.T) {
	server := startDemo(t)
	for _, c := range []struct {
		name, kind string
		change     func(*http.Request, []byte) []byte
	}{
		{"every screen is genuine", kindScan, func(r *http.Request, text []byte) []byte {
			text = bytes.ReplaceAll(text, []byte(forged), []byte(genuine))
			return bytes.ReplaceAll(text, []byte(`"valid":false`), []byte(`"valid":true`))
		}},
		{"no screen is genuine", kindScan, func(r *http.Request, text []byte) []byte {
			return bytes.ReplaceAll(text, []byte(`"valid":true`), []byte(`"valid":false`))
		}},
		{"a verdict of somebody else", kindScan, func(r *http.Request, text []byte) []byte {
			if !strings.HasSuffix(r.URL.Path, "/cases") {
				return text
			}
			return bytes.ReplaceAll(text, []byte(`"number":"`), []byte(`"number":"9`))
		}},
		{"every card is right", kindScan, func(r *http.Request, text []byte) []byte {
			return bytes.ReplaceAll(text, []byte(`"result":"refused"`), []byte(`"result":"confirmed"`))
		}},
		{"a screen with another signature", kindLive, func(r *http.Request, text []byte) []byte {
			i := bytes.Index(text, []byte(`","tier":"live"`))
			if i < 0 {
				return text
			}
			text[i-20] ^= 1 // of a letter of base64url another one, or a digit
			return text
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := loadThrough(t, server, liar(t, server, c.change))
			if r.Wrong == 0 || r.Good() || !strings.HasPrefix(r.Wrongs[0], c.kind+":") {
				t.Errorf("%d wrong answers: %q", r.Wrong, r.Wrongs)
			}
		})
	}
}

// The quantiles of a known set: the first 1,000 whole milliseconds, read within the classes' 2 %.
func TestQuantilesAreOfTheTimesThatWereTaken(t *testing.T) {
	var h histogram
	for ms := 1; ms <= 1000; ms++ {
		h.add(time.Duration(ms) * time.Millisecond)
	}
	for _, c := range []struct {
		q    float64
		want float64 // ms
	}{{0.5, 500}, {0.95, 950}, {0.99, 990}, {1, 1000}} {
		got := float64(h.quantile(c.q)) / float64(time.Millisecond)
		if got < c.want || got > c.want*growth+1e-6 {
			t.Errorf("the %v quantile is %v ms, want %v to %v", c.q, got, c.want, c.want*growth)
		}
	}
	if h.n != 1000 || h.most != time.Second {
		t.Errorf("%d, %v", h.n, h.most)
	}
}

func TestOnlyWhatIsMeantIsLoaded(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler()) // it answers, and is no demo
	defer other.Close()
	for _, c := range []struct {
		name, address, host string
		want                *eligibility.Error
	}{
		{"no address", "localhost", "", errAddress},
		{"a path", "http://localhost:1/x", "", errAddress},
		{"a user", "http://a@localhost:1", "", errAddress},
		{"another computer", "https://madoguchi.example", "", errElsewhere},
		{"another name than the address's", "https://madoguchi.example", "localhost", errElsewhere},
		{"no demo", other.URL, "", errNoDemo},
		{"no demo, and another host named", other.URL, "madoguchi.example", errNoDemo},
		{"nobody there", "http://127.0.0.1:1", "", errNobody},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := small(c.address)
			config.Host = c.host
			if _, err := Run(context.Background(), config); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// A live server is asked for public pages alone, once it is named.
func TestALiveServerIsAskedForPublicPagesAlone(t *testing.T) {
	asked := make(chan string, 10_000)
	live := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.URL.Path
		switch r.URL.Path {
		case "/screen":
		case "/api/v1/me":
			_, _ = w.Write([]byte(`{"people":[]}`))
		default:
			http.NotFound(w, r)
		}
	}))
	defer live.Close()
	c := small(live.URL)
	c.Host, c.For = "127.0.0.1", 500*time.Millisecond
	r, err := Run(context.Background(), c)
	if err != nil || !r.Good() {
		t.Fatalf("%+v %v", r, err)
	}
	close(asked)
	for one := range asked {
		switch one {
		case "GET /screen", "GET /api/v1/me", "GET /demo-idp/.well-known/openid-configuration":
		default:
			t.Errorf("%s was asked for", one)
		}
	}
}
