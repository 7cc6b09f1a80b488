package archive

import (
	"bytes"
	"encoding/binary"
	"math"
	"sync"
)

// Profile returns an ICC profile of version 2 (ICC.1:2001-04; Preflight refuses version 4:
// docs/facts/pdf-and-pades.md#pdfa) of the sRGB colours of IEC 61966-2-1: primaries adapted to D50, and
// the transfer curve in so many steps that a straight line from one to the next never leaves it by a
// half of an eight-bit step. Nobody may change the bytes.
var Profile = sync.OnceValue(func() []byte {
	xyz := func(values ...float64) []byte {
		b := []byte("XYZ \x00\x00\x00\x00")
		for _, v := range values {
			b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(v*65536))))
		}
		return b
	}
	const name = "sRGB IEC61966-2.1"
	curve := binary.BigEndian.AppendUint32([]byte("curv\x00\x00\x00\x00"), steps)
	for i := range steps {
		curve = binary.BigEndian.AppendUint16(curve, uint16(math.Round(linear(float64(i)/(steps-1))*65535)))
	}
	description := binary.BigEndian.AppendUint32([]byte("desc\x00\x00\x00\x00"), uint32(len(name)+1))
	description = append(description, name...)
	description = append(description, make([]byte, 1+4+4+2+1+67)...) // no Unicode and no Macintosh name
	tags := []struct {
		name string
		data []byte
	}{
		{"desc", description},
		{"cprt", []byte("text\x00\x00\x00\x00No copyright\x00")},
		{"wtpt", xyz(0.9505, 1, 1.0891)},
		{"rXYZ", xyz(0.43607, 0.22249, 0.01392)},
		{"gXYZ", xyz(0.38515, 0.71687, 0.09708)},
		{"bXYZ", xyz(0.14307, 0.06061, 0.7141)},
		{"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	}
	var table, body bytes.Buffer
	binary.Write(&table, binary.BigEndian, uint32(len(tags)))
	start := 128 + 4 + 12*len(tags)
	at := 0
	for _, t := range tags {
		if t.name != "gTRC" && t.name != "bTRC" { // the three share one curve
			for body.Len()%4 != 0 {
				body.WriteByte(0)
			}
			at = start + body.Len()
			body.Write(t.data)
		}
		table.WriteString(t.name)
		binary.Write(&table, binary.BigEndian, [2]uint32{uint32(at), uint32(len(t.data))})
	}
	for body.Len()%4 != 0 {
		body.WriteByte(0)
	}
	head := make([]byte, 128)
	binary.BigEndian.PutUint32(head, uint32(start+body.Len()))
	copy(head[8:], "\x02\x10\x00\x00mntrRGB XYZ \x07\xd0\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00acsp")
	copy(head[68:], xyz(0.9642, 1, 0.8249)[8:])
	return append(append(head, table.Bytes()...), body.Bytes()...)
})

// steps are the points of the transfer curve.
const steps = 64

// linear is the transfer function of IEC 61966-2-1 section 5.2.
func linear(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}
