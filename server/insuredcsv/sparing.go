package insuredcsv

import (
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// What is read of a large file is garbage a moment later. While one is read, garbage is collected seldom as
// long as there is room: the heap is kept within a bound above what is in use, which follows it. A share of
// what is in use would be little in a small process, so that the collector took a fifth of the time, and much
// in a large one.
const (
	sparedParts   = 64       // of PartSize: what makes a file large
	sparedPercent = 300      // of what is in use may be garbage, while there is room
	sparedGarbage = 24 << 20 // bytes above what is in use
	sparedRows    = 4096     // after which the bound follows
	sparedTaken   = 8        // parts that are taken in, after which it does
)

var sparing struct {
	sync.Mutex
	files   int
	percent int
	limit   int64
}

// Spare is called when a source begins to be read, by rows or by parts; it returns what is called at the end.
func Spare(source Source) (end func()) {
	if source.Parts() < sparedParts {
		return func() {}
	}
	return begin()
}

// taking spares while a file is taken in, from the part on that makes it a large one.
type taking struct {
	parts int
	over  func()
}

func (t *taking) next() {
	switch t.parts++; {
	case t.parts == sparedParts:
		t.over = begin()
	case t.parts > sparedParts && t.parts%sparedTaken == 0:
		spareOn()
	}
}

func (t *taking) end() {
	if t.over != nil {
		t.over()
	}
}

func begin() (end func()) {
	sparing.Lock()
	defer sparing.Unlock()
	if sparing.files++; sparing.files == 1 {
		sparing.percent = debug.SetGCPercent(sparedPercent)
		sparing.limit = debug.SetMemoryLimit(-1)
		bound()
	}
	return func() {
		sparing.Lock()
		defer sparing.Unlock()
		if sparing.files--; sparing.files == 0 {
			debug.SetGCPercent(sparing.percent)
			debug.SetMemoryLimit(sparing.limit)
		}
	}
}

// bound keeps the heap within what is in use now and some garbage. It is called under sparing's lock.
func bound() { debug.SetMemoryLimit(min(sparing.limit, inUse()+sparedGarbage)) }

// spareOn lets the bound follow what is in use: a bound that stood would have the collector run all the time
// once what is remembered of the file, or another's work in this process, is more than that.
func spareOn() {
	sparing.Lock()
	defer sparing.Unlock()
	if sparing.files > 0 {
		bound()
	}
}

// inUse is what the limit of debug.SetMemoryLimit counts without garbage and free room: what the last
// collection left, stacks, and what the runtime needs for itself.
func inUse() (bytes int64) {
	of := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"},
		{Name: "/memory/classes/heap/stacks:bytes"},
		{Name: "/memory/classes/metadata/mspan/inuse:bytes"},
		{Name: "/memory/classes/metadata/other:bytes"},
		{Name: "/memory/classes/other:bytes"},
		{Name: "/memory/classes/profiling/buckets:bytes"},
	}
	metrics.Read(of)
	for _, sample := range of {
		bytes += int64(sample.Value.Uint64())
	}
	return bytes
}
