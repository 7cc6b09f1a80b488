package web

import (
	"bytes"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"madoguchi/internal/barrage"
	"madoguchi/internal/crowd"
	"madoguchi/internal/testenv"
	"madoguchi/server/guarded"
)

// besideAtMost is how many times as long a look-up may take, in the middle, while a register comes in: that
// goes on for minutes, and receptions are open meanwhile.
const besideAtMost = 5

// BenchmarkBesideAnImport is what look-ups and live screens take at rest, and while one file after the other
// comes in. Sixteen connections ask, each at most twenty times a second: how long somebody waits is measured,
// not how many can ask.
func BenchmarkBesideAnImport(b *testing.B) {
	guarded.LeaveRoom()
	h, phones := crowdOfPhones(b, barPhones)
	address := served(b, h.echo)
	of := map[string][][]byte{}
	for _, p := range phones {
		of["look-up"] = append(of["look-up"], p.lookUp())
		of["live screen"] = append(of["live screen"], p.liveScreen())
	}
	asked := func(what string) (p50, p99 float64) {
		var mid, late []float64
		for range barRounds {
			r := barrage.Order{Address: address, Requests: of[what], Connections: 16, For: barTime,
				Pause: 50 * time.Millisecond}.Run(b)
			if r.Others > 0 {
				b.Fatalf("%d answers were others: %s", r.Others, r.Other)
			}
			mid = append(mid, float64(r.P50.Microseconds())/1000)
			late = append(late, float64(r.P99.Microseconds())/1000)
		}
		return middle(mid), middle(late)
	}
	for b.Loop() {
		for i, what := range []string{"look-up", "live screen"} {
			rest, restLate := asked(what)
			end := importing(b, h, 1+i*10_000_000)
			beside, besideLate := asked(what)
			rate := end()
			b.Logf("%s: p50 %.1f ms, p99 %.1f; while %.0f rows/s come in %.1f and %.1f: %.1f × (bar %d)",
				what, rest, restLate, rate, beside, besideLate, beside/rest, besideAtMost)
			if why := testenv.Calm(); beside > besideAtMost*rest && why == "" {
				b.Errorf("a %s takes %.1f times as long beside an import, the bar is %d", what, beside/rest,
					besideAtMost)
			}
		}
	}
}

// importing imports one file after the other, people from a number on, until it is told to end; it returns
// how many rows a second came in.
func importing(b *testing.B, h *testApp, from int) (end func() float64) {
	b.Helper()
	const people = 50_000
	var over atomic.Bool
	var fault error
	var wait sync.WaitGroup
	var took time.Duration
	rows := 0
	wait.Go(func() {
		for ; !over.Load() && fault == nil; rows += people {
			var file bytes.Buffer
			f := crowd.File{Insurer: "138990", People: people, From: from + rows}
			_, fault = f.WriteTo(&file)
			began := time.Now()
			if fault == nil {
				_, fault = h.insurer.Importer.Import(ctx, clerkOf(cityNumber), &file)
			}
			took += time.Since(began)
		}
	})
	return func() float64 {
		over.Store(true)
		wait.Wait()
		if fault != nil {
			b.Fatal(fault)
		}
		return float64(rows) / took.Seconds()
	}
}
