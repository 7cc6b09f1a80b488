package card

import (
	"bytes"
	"strings"
	"testing"
)

// Lengths by X.690 8.1.3.5 (its example is 201 as 81 C9); FF-starting tags and filler as
// docs/facts/my-number-card.md#commands-and-status-words describes them.
func TestObjectsAreReadTolerantly(t *testing.T) {
	long := strings.Repeat("AA", 201)
	for _, c := range []struct {
		name  string
		data  string
		tag   uint32
		value string
	}{
		{"short", "04 01 07", 0x04, "07"},
		{"long", "04 81C9" + long, 0x04, long},
		{"one byte too many", "04 8101 07", 0x04, "07"},
		{"three bytes too many", "04 84 00000001 07", 0x04, "07"},
		{"two-byte tag", "5F37 01 07", 0x5F37, "07"},
		{"tag that starts with FF", "FF40 820001 07", 0xFF40, "07"},
		{"three-byte tag", "DF8101 01 07", 0xDF8101, "07"},
		{"filler behind", "FF10 01 07 FFFFFFFF", 0xFF10, "07"},
		{"empty", "FF10 00", 0xFF10, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, ok := readObject(bytesOf(t, c.data))
			if !ok || o.tag != c.tag || !bytes.Equal(o.value, bytesOf(t, c.value)) {
				t.Errorf("%+v %v", o, ok)
			}
		})
	}
	for _, c := range []struct {
		name string
		data string
	}{
		{"nothing", ""},
		{"tag only", "FF10"},
		{"half a tag", "FF"},
		{"value cut off", "04 02 07"},
		{"length cut off", "04 82 01"},
		{"indefinite length", "04 80 07 0000"},
		{"length of five bytes", "04 85 0000000001 07"},
		{"four gigabytes", "04 84 FFFFFFFF 07"},
		{"endless tag", "FFFFFFFFFFFFFF 01 07"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if o, ok := readObject(bytesOf(t, c.data)); ok {
				t.Errorf("%+v", o)
			}
		})
	}
}

func TestFillerEndsAListOnlyInside(t *testing.T) {
	parts, ok := contentOf(bytesOf(t, "FF20 0A DF2101AA DF2200 FFFFFF FFFF"), 0xFF20)
	if !ok || len(parts) != 2 || parts[1].tag != 0xDF22 {
		t.Errorf("%+v %v", parts, ok)
	}
	if _, ok := contentOf(bytesOf(t, "FF20 04 DF2105AA"), 0xFF20); ok {
		t.Error("an object that reaches out of its list was read")
	}
	if _, ok := contentOf(bytesOf(t, "FFFF20 00"), 0xFF20); ok {
		t.Error("filler before the object was passed over")
	}
}

func TestTagThatStandsTwiceIsNoChild(t *testing.T) {
	parts, ok := readChildren(bytesOf(t, "DF1101AA DF1101BB"))
	if _, one := findChild(parts, 0xDF11); !ok || one {
		t.Error("one of two was chosen")
	}
}

func FuzzReadObject(f *testing.F) {
	for _, seed := range []string{"FF10820001AAFFFF", "7F2182000A5F4E01AA5F3701BB", "0484000000017",
		"DF8101017"} {
		f.Add([]byte(seed))
		if len(seed)%2 == 0 {
			f.Add(bytesOf(f, seed))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o, ok := readObject(data)
		n, known := objectLength(data)
		if ok && (!known || n != len(o.encoded) || !bytes.HasPrefix(data, o.encoded) ||
			!bytes.HasSuffix(o.encoded, o.value)) {
			t.Errorf("%X: %d, %+v", data, n, o)
		}
		if !ok && known && n <= len(data) {
			t.Errorf("%X is long enough and was not read", data)
		}
		parts, ok := readChildren(data)
		total := 0
		for _, p := range parts {
			total += len(p.encoded)
		}
		if ok && total < len(data) && data[total] != 0xFF {
			t.Errorf("%X: %d bytes were passed over", data, len(data)-total)
		}
	})
}
