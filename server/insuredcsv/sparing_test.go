package insuredcsv

import (
	"io"
	"runtime/debug"
	"testing"
)

// limitedRows are a file's rows without end; seen is told the limit of the memory as each part is asked for.
type limitedRows struct {
	parts int
	rest  []byte
	seen  func(part int, limit int64)
}

func (r *limitedRows) Read(b []byte) (int, error) {
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	n := 0
	for ; n < len(b); n++ {
		b[n] = r.rest[n%len(r.rest)]
	}
	if r.parts++; r.parts > 2*sparedParts {
		return 0, io.EOF
	}
	r.seen(r.parts, debug.SetMemoryLimit(-1))
	return n, nil
}

// Garbage is kept within a bound above what is in use while a large file is taken in and while its parts are
// kept, and not before or after.
func TestALargeFileIsTakenInWithLittleGarbage(t *testing.T) {
	usual := debug.SetMemoryLimit(-1)
	file := &limitedRows{rest: []byte("1,2,3\n4,5,6\n"), seen: func(part int, limit int64) {
		if bounded := limit < usual; bounded != (part > sparedParts) {
			t.Errorf("part %d comes in with a limit of %d", part, limit)
		}
	}}
	p := &Packed{}
	if err := takeIn(file, p.add); err != nil || p.Parts() != 2*sparedParts {
		t.Fatal(p.Parts(), err)
	}
	if limit := debug.SetMemoryLimit(-1); limit != usual {
		t.Errorf("afterwards the limit is %d", limit)
	}
	end := Spare(p)
	if limit := debug.SetMemoryLimit(-1); limit >= usual {
		t.Errorf("while parts are kept it is %d", limit)
	}
	if part, err := p.Part(7); err != nil || len(part) != PartSize {
		t.Error(len(part), err)
	}
	end()
	if limit := debug.SetMemoryLimit(-1); limit != usual {
		t.Errorf("behind them it is %d", limit)
	}
}
