//go:build !nodemo

package load

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"
)

// What is measured, as reports name it.
const (
	kindImport  = "import"
	kindLogin   = "login"   // from the notice to the way back from the provider
	kindEnrol   = "enrol"   // the code accepted
	kindOpen    = "open"    // a phone comes back by its key and asks for all that it shows
	kindLive    = "live"    // a live screen
	kindOffline = "offline" // the screen of a day, for a phone without network
	kindScan    = "scan"    // a code in, the verdict out
	kindProof   = "proof"   // the second code in
	kindCard    = "card"    // the card asked, by the reader's connection
	kindRecord  = "record"
	kindStatus  = "status" // a reception's page asks for the state of things
	kindCheck   = "check"  // all of one, from the patient's coming to the record
	kindPage    = "page"   // a public page or list
	kindPair    = "pair"
)

// growth is from one class of a histogram to the next: what it says is at most so much too high.
const growth = 1.02

// histogram counts times by class, in bounded memory however many there are.
type histogram struct {
	classes []int
	n       int
	most    time.Duration
}

// classOf is the class of a time: 0 up to a microsecond.
func classOf(d time.Duration) int {
	us := float64(d) / float64(time.Microsecond)
	if us <= 1 {
		return 0
	}
	return int(math.Ceil(math.Log(us) / math.Log(growth)))
}

func (h *histogram) add(d time.Duration) {
	class := classOf(d)
	for len(h.classes) <= class {
		h.classes = append(h.classes, 0)
	}
	h.classes[class]++
	h.n++
	h.most = max(h.most, d)
}

// quantile is the time within which the share q of all came: the upper end of its class, never above the
// longest.
func (h *histogram) quantile(q float64) time.Duration {
	rank := int(math.Ceil(q * float64(h.n)))
	for class, n := range h.classes {
		if rank -= n; rank <= 0 {
			at := time.Duration(math.Pow(growth, float64(class)) * float64(time.Microsecond))
			return min(at, h.most)
		}
	}
	return h.most
}

// meter gathers times, errors and wrong answers of all visitors.
type meter struct {
	mu       sync.Mutex
	times    map[string]*histogram
	errors   map[Fault]int
	verified int
	wrong    []string
	wrongs   int
	dropped  int // checks for which no reception was free
}

func newMeter() *meter {
	return &meter{times: map[string]*histogram{}, errors: map[Fault]int{}}
}

func (m *meter) took(kind string, d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h := m.times[kind]
	if h == nil {
		h = &histogram{}
		m.times[kind] = h
	}
	h.add(d)
}

func (m *meter) failed(kind, what string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.errors[Fault{Kind: kind, What: what}]++
}

// maxWrong is how many wrong answers are kept with their words; all are counted.
const maxWrong = 20

// isWrong notes that an answer was not what it had to be.
func (m *meter) isWrong(kind, format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wrongs++
	if len(m.wrong) < maxWrong {
		m.wrong = append(m.wrong, kind+": "+fmt.Sprintf(format, args...))
	}
}

// must counts a verified answer, and notes a wrong one.
func (m *meter) must(good bool, kind, format string, args ...any) {
	m.mu.Lock()
	m.verified++
	m.mu.Unlock()
	if !good {
		m.isWrong(kind, format, args...)
	}
}

// restart forgets the times of what was set up, not its errors.
func (m *meter) restart() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.times = map[string]*histogram{}
}

// report sums up what happened in a time.
func (m *meter) report(of time.Duration) Report {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := Report{
		Seconds:  of.Seconds(),
		Verified: m.verified,
		Wrong:    m.wrongs,
		Wrongs:   append([]string{}, m.wrong...),
		Dropped:  m.dropped,
		Kinds:    []Kind{},
		Faults:   []Fault{},
	}
	for name, h := range m.times {
		r.Kinds = append(r.Kinds, Kind{
			Name:      name,
			N:         h.n,
			PerSecond: float64(h.n) / max(of.Seconds(), 1e-9),
			P50:       millis(h.quantile(0.5)),
			P95:       millis(h.quantile(0.95)),
			P99:       millis(h.quantile(0.99)),
			Longest:   millis(h.most),
		})
		r.Answered += h.n
	}
	slices.SortFunc(r.Kinds, func(a, b Kind) int { return cmp.Compare(a.Name, b.Name) })
	for fault, n := range m.errors {
		fault.N = n
		r.Faults = append(r.Faults, fault)
		r.Failed += n
	}
	slices.SortFunc(r.Faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Kind+a.What, b.Kind+b.What))
	})
	return r
}

func millis(d time.Duration) float64 { return math.Round(float64(d)/float64(time.Microsecond)) / 1000 }
