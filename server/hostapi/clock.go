package hostapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"madoguchi/credential"
)

// How far this computer's clock is off, as far as the insurers' answers tell it (docs/trust.md, "Clocks").
// Only two things count: an issuer's signed answer, for that issuer's own codes, and what several hosts agree
// on. Nobody alone moves the clock by which others' screens are judged.

const (
	fewestHosts = 3                // whose median counts for all
	SampleLife  = 6 * time.Hour    // a measurement is of now: clocks drift, and people set them
	slowAnswer  = 10 * time.Second // an answer that took longer says too little
	clockNoise  = 2 * time.Second  // a time in whole seconds that travelled: less is no error
	clockSet    = time.Second      // a step against the time that passed: what was measured before is void
)

// sample is one measurement.
type sample struct {
	offset  time.Duration // how far our clock was ahead
	taken   time.Time     // by our clock
	running time.Duration // since this program started
}

// measurements are the newest measurements: one a host, whatever number of insurers it serves, and one an
// issuer.
type measurements struct {
	mu      sync.Mutex
	hosts   map[string]sample
	Issuers map[string]sample
	Asked   map[string]time.Time // issuers, for their signed time (hosttime.go)
}

// ClockSkew returns how far this computer's clock is ahead, as far as it was measured lately.
func (i *Client) ClockSkew() credential.ClockSkew {
	i.Measured.mu.Lock()
	defer i.Measured.mu.Unlock()
	var skew credential.ClockSkew
	var voices []time.Duration
	for _, s := range i.Measured.hosts {
		if i.counts(s) {
			voices = append(voices, s.offset)
		}
	}
	if len(voices) >= fewestHosts {
		skew.General = median(voices)
	}
	for iss, s := range i.Measured.Issuers {
		if !i.counts(s) {
			continue
		}
		if skew.Issuers == nil {
			skew.Issuers = map[string]time.Duration{}
		}
		skew.Issuers[iss] = s.offset
	}
	return skew
}

// median returns the middle one; of two, the one that is nearer to no error.
func median(offsets []time.Duration) time.Duration {
	slices.Sort(offsets)
	low, high := offsets[(len(offsets)-1)/2], offsets[len(offsets)/2]
	if high.Abs() < low.Abs() {
		return high
	}
	return low
}

// counts reports whether a measurement is recent and the clock was not set since.
func (i *Client) counts(s sample) bool {
	age := i.Now().Round(0).Sub(s.taken) // by the clock on the wall
	if age < 0 || age > SampleLife {
		return false
	}
	return i.Running == nil || (age-(i.Running()-s.running)).Abs() <= clockSet
}

// sampleOf compares our clock, when we asked and when we had the answer, with a time in whole seconds that
// was taken in between.
func (i *Client) sampleOf(at, asked, got time.Time) (sample, bool) {
	took := got.Sub(asked)
	if took < 0 || took > slowAnswer {
		return sample{}, false
	}
	// at is in whole seconds: half of one was cut off
	offset := asked.Add(took / 2).Sub(at.Add(500 * time.Millisecond))
	if offset.Abs() < clockNoise {
		offset = 0
	}
	s := sample{offset: offset, taken: got.Round(0)}
	if i.Running != nil {
		s.running = i.Running()
	}
	return s, true
}

// hearDate takes the Date of an answer as its host's voice, where the answer was surely made now, for us, by
// that host.
func (i *Client) hearDate(res *http.Response, asked, got time.Time) {
	if !madeNow(res) {
		return
	}
	at, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil {
		return
	}
	s, ok := i.sampleOf(at, asked, got)
	if !ok {
		return
	}
	i.Measured.mu.Lock()
	defer i.Measured.mu.Unlock()
	if i.Measured.hosts == nil {
		i.Measured.hosts = map[string]sample{}
	}
	i.Measured.hosts[voiceOf(res.Request.URL)] = s
}

// madeNow reports whether an answer is a success over TLS that no cache can have kept (RFC 9111 sections 3
// and 5): no error and no redirect, nothing transformed on the way (203), no Age, no Via, and not allowed to
// be stored. The answer to a GET must forbid that.
func madeNow(res *http.Response) bool {
	h := res.Header
	switch {
	case res.TLS == nil || res.Request == nil || res.Request.Response != nil: // the last: a redirect led here
		return false
	case res.StatusCode < 200 || res.StatusCode > 299 || res.StatusCode == http.StatusNonAuthoritativeInfo:
		return false
	case len(h.Values("Date")) != 1:
		return false
	}
	for _, name := range byOthers {
		if h.Get(name) != "" {
			return false
		}
	}
	control := strings.ToLower(strings.Join(h.Values("Cache-Control"), ","))
	if strings.Contains(control, "no-store") {
		return true
	}
	storable := h.Get("Expires") != ""
	for _, word := range []string{"public", "max-age", "s-maxage"} {
		storable = storable || strings.Contains(control, word)
	}
	return res.Request.Method == http.MethodPost && !storable
}

// byOthers are the headers of answers that a cache or proxy kept, made or passed on (RFC 9110 section 7.6.3,
// RFC 9111 section 5, RFC 9211, and what caches say that are older than these).
var byOthers = []string{"Age", "Via", "Warning", "Cache-Status", "X-Cache", "X-Cache-Hits", "Cf-Cache-Status"}

// hearSigned takes the issue time of a live screen that was made for a call of ours as its issuer's own word.
// iss is whom we asked: a screen of another host's issuer may be an old one that was kept.
func (i *Client) hearSigned(iss, jws string, asked, got time.Time) {
	if i.Trust == nil {
		return
	}
	trust, err := i.Trust()
	if err != nil {
		return
	}
	v := credential.Verifier{Now: got, Trust: trust}.Verify(jws)
	if v.Eligibility == nil || v.Tier != credential.TierLive {
		return
	}
	askedAt, err := url.Parse(iss)
	madeAt, bad := url.Parse(v.Issuer)
	if err != nil || bad != nil || voiceOf(askedAt) != voiceOf(madeAt) {
		return
	}
	i.hear(v.Issuer, v.IssuedAt, asked, got)
}

// hear notes what an issuer itself signed as its time.
func (i *Client) hear(iss string, at, asked, got time.Time) bool {
	s, ok := i.sampleOf(at, asked, got)
	if !ok {
		return false
	}
	i.Measured.mu.Lock()
	defer i.Measured.mu.Unlock()
	if i.Measured.Issuers == nil {
		i.Measured.Issuers = map[string]sample{}
	}
	i.Measured.Issuers[iss] = s
	return true
}

// voiceOf names the host that speaks: many insurers, or ports, of one host are one.
func voiceOf(u *url.URL) string { return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".") }
