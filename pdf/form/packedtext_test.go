package form

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// inflated is what another inflater makes of a packed text.
func inflated(t testing.TB, packed []byte) []byte {
	t.Helper()
	from := bytes.NewReader(packed)
	in, err := zlib.NewReader(from)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(in) // its checksum too
	if err != nil || from.Len() > 0 {
		t.Fatalf("%d bytes are left, %v", from.Len(), err)
	}
	return got
}

// someContent is what a page may have filled in: a few texts, many of them alike.
func someContent(random *rand.Rand) []byte {
	var b strings.Builder
	for range random.IntN(14) {
		fmt.Fprintf(&b, "BT 0 Tc 0.%d 0.102 0.110 rg 1 0 0 1 %.2f %.2f Tm /P %d Tf <", random.IntN(200),
			float64(random.IntN(60000))/100, float64(random.IntN(84000))/100, random.IntN(30))
		for range random.IntN(30) {
			fmt.Fprintf(&b, "%04X", random.IntN(1<<(4+random.IntN(13))))
		}
		b.WriteString("> Tj ET\n")
	}
	return []byte(b.String())
}

func TestAPackedTextIsInflatedByAnother(t *testing.T) {
	all := map[string][]byte{
		"none":             {},
		"one letter":       []byte("0"),
		"three":            []byte("001"),
		"all the same":     bytes.Repeat([]byte{'0'}, mostText),
		"one over a match": bytes.Repeat([]byte{'A'}, mostMatch+2),
	}
	for _, letters := range textLetters {
		all["letters "+letters] = []byte(letters)
	}
	for distance := 1; distance < mostText; distance += 1 + distance/9 { // a match at each class of distances
		text := append([]byte("(abcdefghijk"), bytes.Repeat([]byte("0 "), distance/2)...)
		text[0] = 'q'
		text = append(text, "abcdefghijk"...)
		all[fmt.Sprint("distance ", distance)] = text[:min(len(text), mostText)]
	}
	for length := 1; length <= 2*mostMatch; length++ { // and of each length
		text := bytes.Repeat([]byte("0123456789ABCDEF<> /"), 40)[:length]
		all[fmt.Sprint("length ", length)] = append(append(bytes.Clone(text), 'q'), text...)
	}
	random := rand.New(rand.NewPCG(1951, 1950))
	for i := range 3000 {
		if text := someContent(random); len(text) <= mostText {
			all[fmt.Sprint("content ", i)] = text
		}
	}
	for name, text := range all {
		packed, ok := appendPackedText([]byte("before"), text)
		if !ok || !bytes.HasPrefix(packed, []byte("before")) {
			t.Errorf("%s: not packed", name)
			continue
		}
		if got := inflated(t, packed[len("before"):]); !bytes.Equal(got, text) {
			t.Errorf("%s: %q came back as %q", name, text, got)
		}
	}
}

// A content that has no codes here leaves nothing behind.
func TestWhatIsNoPlainTextGoesToTheGeneralDeflater(t *testing.T) {
	for c := range 256 {
		text := append([]byte("0 0 m "), byte(c))
		packed, ok := appendPackedText(nil, text)
		has := strings.ContainsRune(strings.Join(textLetters[:], ""), rune(c)) && c < 0x80
		if ok != has || !ok && len(packed) > 0 || ok && !bytes.Equal(inflated(t, packed), text) {
			t.Errorf("byte %d: %t, %d bytes", c, ok, len(packed))
		}
	}
	if packed, ok := appendPackedText(nil, bytes.Repeat([]byte{'0'}, mostText+1)); ok || len(packed) > 0 {
		t.Error("a long content was packed")
	}
	w := NewWriter(io.Discard, Info{})
	w.counts = 1 // a batch
	for _, text := range []string{"0 0 m", "(é)", strings.Repeat("0 1 2 m\n", 1000)} {
		start := len(w.out)
		w.content(w.reserve(), []byte(text))
		_, stream, _ := bytes.Cut(w.out[start:], []byte("stream\n"))
		stream, _, _ = bytes.Cut(stream, []byte("\nendstream"))
		if got := inflated(t, stream); string(got) != text {
			t.Errorf("%q came back as %q", text, got)
		}
	}
}

func BenchmarkPackedText(b *testing.B) {
	text := someContent(rand.New(rand.NewPCG(7, 7)))
	b.SetBytes(int64(len(text)))
	var out []byte
	b.Run("text", func(b *testing.B) {
		for b.Loop() {
			out, _ = appendPackedText(out[:0], text)
		}
	})
	b.Logf("%d bytes of %d", len(out), len(text))
	b.Run("dense", func(b *testing.B) {
		for b.Loop() {
			dense.pack(text, func(_ string, packed []byte) { out = append(out[:0], packed...) })
		}
	})
	b.Logf("%d bytes of %d", len(out), len(text))
}
