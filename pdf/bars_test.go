//go:build unix

package pdf_test

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"rsc.io/qr/coding"

	"madoguchi/pdf"
	"madoguchi/pdf/sign"
)

// The bars of docs/benchmarks.md#documents-pdf. `make bench` runs this once; it fails when a bar is
// missed. Each ratio is of medians that were measured in turns in this run, in processor time with the
// garbage collector's, against the same page as anyone would write it with gopdf and go-qrcode; theirs
// is unsigned, untagged and no PDF/A.
func BenchmarkBars(b *testing.B) {
	bar := func(what string, got, want float64, unit string, met bool) {
		word := "met"
		if !met {
			word = "MISSED"
			b.Errorf("%s: %.4g, the bar is %.4g", what, got, want)
		}
		fmt.Printf("%-46s %9.4g %-8s bar %6.4g  %s\n", what, got, unit, want, word)
	}
	n := notice(b)

	const pages = 100_000
	var written counter
	start := spent()
	batch(b, &written, n, pages)
	took := spent() - start
	peak := peakMB(b) // of the whole process, before the peers run
	fmt.Printf("batch of %d: %v, %.0f pages a second and core, %d MB\n", pages, took.Round(time.Millisecond),
		pages/took.Seconds(), written>>20)
	bar("peak memory of that batch (RSS)", peak, 64, "MB", peak <= 64)
	page := float64(written) / pages
	bar("notice page in a batch", page, 2000, "bytes", page <= 2000)

	key, chain := signer(b)
	bySheet, digits := sheet(b), credentialDigits()
	plan, err := coding.NewPlan(22, coding.L, 2)
	must(b, err)
	one := turn(9, 20,
		func() { // the code is made anew for each, as there
			c, err := plan.Encode(coding.String("shc:/"), coding.Num(digits))
			must(b, err)
			s := bySheet
			s.Demo, s.Code = false, pdf.CodeMatrix{Size: c.Size, Black: c.Black}
			data, _, err := pdf.EligibilitySheet(s)
			must(b, err)
			_, err = sign.Sign(data, key, chain, noticeDay, sign.Options{Credential: "a.b.c", Archive: true})
			must(b, err)
		},
		func() { plainSheet(b, bySheet, "shc:/"+digits) },
		func() {
			state, err := pdf.LinkCode(statePage)
			must(b, err)
			link, err := pdf.LinkCode(landing)
			must(b, err)
			n := n
			n.State, n.Landing = state, link
			data, _, err := pdf.NoticePage(n, noticeDay)
			must(b, err)
			_, err = sign.Sign(data, key, chain, noticeDay, sign.Options{})
			must(b, err)
		},
		func() { plainNotice(b, n, 1) },
	)
	const many = 1000
	batches := turn(3, 1, func() { var w counter; batch(b, &w, n, many) }, func() { plainNotice(b, n, many) })
	fmt.Printf("median: signed sheet %v against %v, signed notice %v against %v, "+
		"page of a batch of %d %v against %v\n",
		one[0], one[1], one[2], one[3], many, batches[0]/many, batches[1]/many)
	ratio := func(ours, theirs time.Duration) float64 { return float64(theirs) / float64(ours) }
	for what, r := range map[string]float64{
		"signed sheet":  ratio(one[0], one[1]),
		"signed notice": ratio(one[2], one[3]),
	} {
		bar(what+", gopdf + go-qrcode took", r, 20, "x", r >= 20)
	}
	r := ratio(batches[0], batches[1])
	bar("page of a batch, gopdf + go-qrcode took", r, 15, "x", r >= 15)
	for what, make := range map[string]func() ([]byte, error){
		"sheet, its code as text too": func() ([]byte, error) {
			data, _, err := pdf.EligibilitySheet(bySheet)
			must(b, err)
			return sign.Sign(data, key, chain, noticeDay, sign.Options{Credential: strings.Repeat("A",
				len(digits)/2), Archive: true})
		},
		"notice": func() ([]byte, error) {
			data, _, err := pdf.NoticePage(n, noticeDay)
			must(b, err)
			return sign.Sign(data, key, chain, noticeDay, sign.Options{})
		},
	} {
		data, err := make()
		must(b, err)
		bar("signed "+what, float64(len(data)), 52_000, "bytes", len(data) <= 52_000)
	}
}

// credentialDigits are as many digits as a credential's code of version 22 holds at level L, two for each
// character of a compact JWS (SMART Health Cards, "chunking"): the densest code that a sheet carries.
func credentialDigits() string {
	random := rand.New(rand.NewPCG(22, 'L'))
	raw := make([]byte, 895)
	for i := range raw {
		raw[i] = byte(random.Uint32())
	}
	var b strings.Builder
	for _, c := range []byte(base64.RawURLEncoding.EncodeToString(raw)) {
		fmt.Fprintf(&b, "%02d", c-45)
	}
	return b.String()
}

// spent is the processor time of this process so far.
func spent() time.Duration {
	u := usage()
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func peakMB(b *testing.B) float64 {
	u := usage()
	return float64(u.Maxrss) / 1024 // kilobytes on Linux
}

func usage() (u syscall.Rusage) {
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // the arguments are right
	}
	return u
}

// turn runs each of the works in turns and returns the median time of one call of each.
func turn(rounds, calls int, works ...func()) []time.Duration {
	times := make([][]time.Duration, len(works))
	for _, work := range works {
		work() // forms are composed and fonts are read once
	}
	for range rounds {
		for i, work := range works {
			runtime.GC() // each pays for its own garbage
			start := spent()
			for range calls {
				work()
			}
			times[i] = append(times[i], (spent()-start)/time.Duration(calls))
		}
	}
	medians := make([]time.Duration, len(works))
	for i := range times {
		slices.Sort(times[i])
		medians[i] = times[i][rounds/2]
	}
	return medians
}
