package object_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"testing"

	"madoguchi/pdf/object"
)

// seeds are what the fuzzer starts from: a whole file, and what once stood beside the readers of forms,
// signatures and pictures.
func seeds(t testing.TB) [][]byte {
	packed := deflated([]byte("7 0 8 32 [/Indexed/DeviceRGB 2 <808080>] " +
		"[/Indexed /DeviceRGB 2 <808080000060fffff0>]"))
	return [][]byte{
		small(t),
		[]byte("%PDF-1.5\n1 0 obj<</Type/ObjStm/N 2/First 9/Length 30>>stream\n" +
			"2 0 3 4 [1 2](\\053)endstream trailer<</Encrypt 9 0 R>>"),
		[]byte("%PDF-1.4\n1 0 obj<</ByteRange[0 20 60 9]/Contents<00>>>endobj"),
		[]byte("%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Root 1 0 R>>startxref\n9\n%%EOF"),
		[]byte("%PDF-1.7\n7 0 obj 8 0 R endobj 8 0 obj 7 0 R endobj\n1 0 obj [[[[(\\"),
		fmt.Appendf(nil, "%%PDF-1.5\n9 0 obj<</Type/ObjStm/N 2/First 9/Filter/FlateDecode/Length %d>>"+
			"stream\n%s\nendstream endobj\n", len(packed), packed),
		fmt.Appendf(nil, "10 0 obj<</Filter[/AHx/Fl]/DecodeParms[null<</Predictor 15/Columns 4>>]/Length 9>>"+
			"stream\n%x>\nendstream endobj", deflated([]byte("\x01abcd\x02abcd"))),
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range seeds(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const most = 1 << 20
		inflated := 0
		var streams []object.Stream
		scanned := object.Scan(
			data,
			object.ScanBudget(data, most, most),
			func(s object.Stream) { streams = append(streams, s) },
		)
		for _, s := range streams {
			if in, err := scanned.Decode(s); err == nil {
				n, _ := io.Copy(io.Discard, io.LimitReader(in, most+1))
				if len(scanned.Filters(s.Dict)) > 0 {
					inflated += int(n)
				}
			}
		}
		if inflated > most+16*len(data)*len(streams) {
			t.Errorf("%d bytes out of %d", inflated, len(data))
		}
		if opened, err := object.Open(data); err == nil {
			catalog, _, _ := opened.Dict(opened.Trailer.Get("Root"))
			opened.Pages(catalog, 3)
		}
		if places, err := object.ReadPlaces(bytes.NewReader(data), int64(len(data))); err == nil {
			for number := range 4 {
				if at, err := places.Of(number); err == nil && at < 0 {
					t.Errorf("object %d at %d", number, at)
				}
			}
		}
		for at, whole := 0, true; whole; {
			var v object.Value
			if v, at, whole = object.ReadToken(data, at); whole && len(v) == 0 {
				t.Fatal("nothing was read, for ever")
			}
		}
		// What is read is written so that it is read as the same again.
		if d, _, ok := object.ReadDict(data, 0); ok {
			again, _, ok := object.ReadDict([]byte(d.String()), 0)
			if !ok || again.String() != d.String() || len(again) != len(d) {
				t.Errorf("%q became %q", d, again)
			}
			for _, e := range d {
				e.Value.Text()
				e.Value.Array()
				e.Value.Dict()
			}
		}
		walked := 0
		_ = object.Walk(
			bufio.NewReader(bytes.NewReader(data)),
			func(object.Dict) bool { return len(data) < 1000 },
			func(o object.Object) error { walked += len(o.Value) + len(o.Data); return nil },
		)
		if walked > len(data) {
			t.Errorf("%d bytes of %d were walked over", walked, len(data))
		}
	})
}
