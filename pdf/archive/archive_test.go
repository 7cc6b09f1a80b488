package archive

import (
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"
)

// IEC 61966-2-1: examples of the transfer function, and the largest error of the straight lines between our
// points.
func TestProfileCurveIsThatOfTheStandard(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want float64
	}{
		{0, 0},
		{1, 1},
		{0.04045, 0.0031308},
		{0.5, 0.2140411},
	} {
		t.Run(fmt.Sprint(c.v), func(t *testing.T) {
			if math.Abs(linear(c.v)-c.want) > 1e-6 {
				t.Errorf("%v, not %v", linear(c.v), c.want)
			}
		})
	}
	at := func(i int) float64 { return math.Round(linear(float64(i)/(steps-1))*65535) / 65535 }
	for v := 0.0; v < 1; v += 1.0 / 4096 {
		place := v * (steps - 1)
		i := int(place)
		between := at(i) + (place-float64(i))*(at(min(i+1, steps-1))-at(i))
		if off := math.Abs(between - linear(v)); off > 0.5/255 {
			t.Errorf("%v: off by %v", v, off)
		}
	}
}

// ICC.1:2001-04: the header's fields, and each tag lies inside. The three primaries add up to the white of
// D50.
func TestProfileIsASmallOneOfVersionTwo(t *testing.T) {
	p := Profile()
	if len(p) > 700 || int(binary.BigEndian.Uint32(p)) != len(p) || p[8] != 2 ||
		string(p[12:24]) != "mntrRGB XYZ " || string(p[36:40]) != "acsp" {
		t.Fatalf("%d bytes, header %q", len(p), p[:40])
	}
	sum := [3]int32{}
	for i := range int(binary.BigEndian.Uint32(p[128:])) {
		tag := p[132+12*i:]
		start, size := int(binary.BigEndian.Uint32(tag[4:])), int(binary.BigEndian.Uint32(tag[8:]))
		if start%4 != 0 || start+size > len(p) {
			t.Fatalf("%s lies at %d, %d bytes", tag[:4], start, size)
		}
		if strings.HasSuffix(string(tag[:4]), "XYZ") {
			for j := range sum {
				sum[j] += int32(binary.BigEndian.Uint32(p[start+8+4*j:]))
			}
		}
	}
	for j, want := range [3]float64{0.9642, 1, 0.8249} {
		if got := float64(sum[j]) / 65536; math.Abs(got-want) > 0.0005 {
			t.Errorf("the white's %c is %v, not %v", "XYZ"[j], got, want)
		}
	}
}

func TestPacketIsWellFormedWhateverTheNames(t *testing.T) {
	packet := Packet(Description{
		Title:      "A & <B> \"]]>",
		Author:     "架空市 \x00",
		Made:       time.Unix(0, 0).UTC(),
		Changed:    time.Unix(0, 0).UTC(),
		Archive:    true,
		Credential: "a.b.c",
	})
	d := xml.NewDecoder(strings.NewReader(string(packet)))
	var said strings.Builder
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := token.(xml.CharData); ok {
			said.WriteString(string(text) + "\n")
		}
	}
	for _, want := range []string{"A & <B> \"]]>", "架空市 \uFFFD", "1970-01-01T00:00:00+00:00", "a.b.c"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("%q is not in %q", want, said.String())
		}
	}
}
