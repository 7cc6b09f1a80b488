package web

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"madoguchi/internal/crowd"
	"madoguchi/internal/testenv"
)

// BenchmarkImport is the import of a register in which everybody is new, without a command around it, for
// profiles.
func BenchmarkImport(b *testing.B) {
	const people = 100_000
	path := b.TempDir() + "/people.csv"
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	if _, err := (crowd.File{Insurer: "06139992", People: people}).WriteTo(file); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.StopTimer()
		h := newTestApp(b)
		if _, err := file.Seek(0, 0); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		began, before := time.Now(), processorTime(b)
		done, err := h.insurer.Importer.Import(ctx, clerkOf(unionNumber), file)
		if err != nil || done.Count.New != people {
			b.Fatal(done.Count, err)
		}
		took := time.Since(began)
		b.Logf("%.0f rows/s by the clock, %.1f µs of processor time a row", people/took.Seconds(),
			float64((processorTime(b)-before).Microseconds())/people)
	}
}

// manyPeople is how many people BenchmarkManyPeople has in the register; MADOGUCHI_PEOPLE says another
// number, up to the 5,000,000 that one box is for.
const manyPeople = 200_000

// BenchmarkManyPeople is what a look-up takes with few people in the register and with many, in turn, and how
// large the database is and how long it takes to open.
func BenchmarkManyPeople(b *testing.B) {
	many := manyPeople
	if asked, err := strconv.Atoi(os.Getenv("MADOGUCHI_PEOPLE")); err == nil {
		many = asked
	}
	const asking = 1000
	type register struct {
		people  int
		address string
		lookups [][]byte
		came    []float64
	}
	var both []*register
	for _, people := range []int{10_000, many} {
		h, phones := crowdOfPhones(b, asking)
		fill(b, h, people-asking)
		info, err := os.Stat(h.database)
		if err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		openStore(b, h.database, nil)
		took := time.Since(began).Round(time.Millisecond)
		b.Logf("%d people: %d MB, opens in %v", people, info.Size()>>20, took)
		r := &register{people: people, address: served(b, h.echo)}
		for _, p := range phones {
			r.lookups = append(r.lookups, p.lookUp())
		}
		both = append(both, r)
	}
	for b.Loop() {
		for range barRounds {
			for _, r := range both {
				m := barraged(b, fmt.Sprint(r.people), r.address, r.lookups)
				r.came = append(r.came, float64(m.P99))
			}
		}
	}
	few, all := middle(both[0].came), middle(both[1].came)
	b.Logf("p99 with %d people: %.1f × that with %d (bar 2)", both[1].people, all/few, both[0].people)
	if why := testenv.Calm(); all > 2*few && why == "" {
		b.Errorf("p99 with many people is %.1f × that with few, the bar is 2", all/few)
	}
}

// fill imports people who never ask, in files of at most 150,000: one of more is too large.
func fill(b *testing.B, h *testApp, people int) {
	b.Helper()
	const most = 150_000
	for from := 0; from < people; from += most {
		var file bytes.Buffer
		f := crowd.File{Insurer: "138990", People: min(most, people-from), From: 1 + from}
		if _, err := f.WriteTo(&file); err != nil {
			b.Fatal(err)
		}
		if _, err := h.insurer.Importer.Import(ctx, clerkOf(cityNumber), &file); err != nil {
			b.Fatal(err)
		}
	}
}
