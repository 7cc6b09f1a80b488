package object_test

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"madoguchi/pdf/object"
)

// small is a file of one page as ISO 32000-1 annex H.2 shows one, with a table.
func small(t testing.TB) []byte {
	t.Helper()
	return tabled([]string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</Code 5 0 R>>>>>>",
		"<</Length 6 0 R>>stream\nBT ET\nendstream",
		"<</Subtype/Image/Length 3>>stream\nabc\nendstream",
		"5",
	}, "/Root 1 0 R")
}

// tabled writes objects with a table and a trailer.
func tabled(objects []string, trailer string) []byte {
	b := bytes.NewBufferString("%PDF-1.4\n")
	var table strings.Builder
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<<%s/Size %d>>\nstartxref\n%d\n%%%%EOF\n",
		len(objects)+1, table.String(), trailer, len(objects)+1, start)
	return b.Bytes()
}

func deflated(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func scan(data []byte) *object.File {
	return object.Scan(data, object.ScanBudget(data, 1<<20, 1<<20), func(object.Stream) {})
}

// ISO 32000-1 sections 7.3.2 to 7.3.10; most inputs are the standard's own examples.
func TestAValueIsReadAsTheStandardSays(t *testing.T) {
	read := func(text string) object.Value {
		v, end, ok := object.ReadValue([]byte(text), 0)
		if !ok || end != len(text) {
			t.Errorf("%s: read up to %d, %v", text, end, ok)
		}
		return v
	}
	for text, want := range map[string]string{
		"/Name1":                   "Name1",
		"/A;Name_With-Various***?": "A;Name_With-Various***?",
		"/Lime#20Green":            "Lime Green",
		"/paired#28#29parentheses": "paired()parentheses",
		"/A#42":                    "AB",
		"/1.2":                     "1.2",
		"/":                        "",
		"/odd#4":                   "odd#4",
		"/odd#zz":                  "odd#zz",
	} {
		if got, ok := read(text).Name(); !ok || got != want {
			t.Errorf("%s: %q, %v", text, got, ok)
		}
	}
	for text, want := range map[string]string{
		"(This is a string)":                       "This is a string",
		"(Strings may contain (balanced) and\n())": "Strings may contain (balanced) and\n()",
		"()":                            "",
		"(two \\\nlines \\\r\nand one)": "two lines and one",
		`(\n\r\t\b\f\(\)\\)`:            "\n\r\t\b\f()\\",
		`(\245 \307\0053 \53)`:          "\xa5 \xc7\x053 +",
		"<4E6F762073686D6F7A206B6120>":  "Nov shmoz ka ",
		"<901FA>":                       "\x90\x1f\xa0",
		"< 90 1f\na3>":                  "\x90\x1f\xa3",
	} {
		if got, ok := read(text).Text(); !ok || string(got) != want {
			t.Errorf("%s: %q, %v", text, got, ok)
		}
	}
	for text, want := range map[string]float64{"123": 123, "+17": 17, "-98": -98, "34.5": 34.5,
		"-.002": -.002, "4.": 4} {
		if got, ok := read(text).Number(); !ok || got != want {
			t.Errorf("%s: %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"1e5", "0x10", "inf", "--5", "true", "/5", "12 0 R"} {
		if got, ok := read(text).Number(); ok {
			t.Errorf("%s is the number %v", text, got)
		}
	}
	if items, ok := read("[549 3.14 false(Ralph)/SomeName %x]\n12 0 R[]]").Array(); !ok || len(items) != 7 ||
		string(items[5]) != "12 0 R" || string(items[3]) != "(Ralph)" {
		t.Errorf("%q", items)
	}
	if n, ok := read("12 0 R").Reference(); !ok || n != 12 {
		t.Errorf("%d, %v", n, ok)
	}
	d, ok := read("<</Type/Example/Sub<</Item1 0.4>>/Item2(>>)/S#75b2 null>>").Dict()
	sub, _ := d.Get("Sub").Dict()
	if !ok || len(d) != 4 || !d.Get("Type").Is("Example") || string(sub.Get("Item1")) != "0.4" ||
		!d.Get("Sub2").Null() {
		t.Errorf("%s", d)
	}
}

func TestWhatIsNoValueIsRefused(t *testing.T) {
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	many := "<<" + strings.Repeat("/A 1", 5000) + ">>"
	for _, text := range []string{"", "  % only a comment", "(open", "(open \\)", "<41", "[1 2", "<</A 1",
		"<</A>>", "<<1 2>>", "endobj",
		"[1 endobj]", ")", ">>", "]", "}", deep} {
		if v, _, ok := object.ReadValue([]byte(text), 0); ok && len(v) > 0 {
			if _, ok := v.Dict(); ok || v[0] != '<' {
				t.Errorf("%.20q: %.20q", text, v)
			}
		}
	}
	if _, _, ok := object.ReadDict([]byte(many), 0); ok {
		t.Error("a dictionary of 5,000 entries")
	}
}

func TestADictionaryKeepsWhatAnUpdateDoesNotTouch(t *testing.T) {
	d, _, ok := object.ReadDict([]byte("<</B [ 1  2 ]/A#20x(\\245)/C<41 42>>>"), 0)
	if !ok {
		t.Fatal("not read")
	}
	want := "<</B [ 1  2 ]\n/A#20x (\\245)\n/C 7\n/D 8\n>>"
	if got := d.With("C", "7").With("D", "8").String(); got != want {
		t.Errorf("%q", got)
	}
	if got := d.With("A x", "1").String(); got != "<</B [ 1  2 ]\n/A#20x 1\n/C <41 42>\n>>" {
		t.Errorf("%q", got)
	}
}

func TestAFileIsReadByItsTableByItsHeadingsAndFromItsBeginning(t *testing.T) {
	data := small(t)
	f, err := object.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	catalog, number, ok := f.Dict(f.Trailer.Get("Root"))
	pages := f.Pages(catalog, 10)
	if !ok || number != 1 || f.Size != 7 || len(pages) != 1 || pages[0].Number != 3 ||
		string(pages[0].MediaBox) != "[0 0 595 842]" {
		t.Fatalf("%d, %v, %+v", number, ok, pages)
	}
	s, ok := f.Stream(pages[0].Dict.Get("Contents"))
	if !ok || string(s.Raw) != "BT ET" {
		t.Errorf("%q", s.Raw)
	}
	var streams []string // the length of the first stands behind it, so the word endstream tells
	scanned := object.Scan(
		data,
		object.ScanBudget(data, 0, 0),
		func(s object.Stream) { streams = append(streams, string(s.Raw)) },
	)
	if scanned.Len() != 6 || scanned.Locked || !slices.Equal(streams, []string{"BT ET\n", "abc"}) {
		t.Errorf("%d objects, %q", scanned.Len(), streams)
	}
	direct := bytes.Replace(data, []byte("/Length 6 0 R"), []byte("/Length 5    "), 1)
	var seen []string
	err = object.Walk(
		bufio.NewReader(bytes.NewReader(direct)),
		func(d object.Dict) bool { return d.Get("Subtype").Is("Image") },
		func(o object.Object) error {
			kind, _ := o.Dict.Get("Type").Name()
			seen = append(seen, fmt.Sprintf("%d%s%s", o.Number, kind, o.Data))
			return nil
		},
	)
	if want := []string{"1Catalog", "2Pages", "3Page", "4", "5abc", "6"}; err != nil ||
		!slices.Equal(seen, want) {
		t.Errorf("%q, %v", seen, err)
	}
}

func TestTheNewestPlaceOfAnObjectCounts(t *testing.T) {
	data := small(t)
	start := bytes.LastIndex(data, []byte("xref\n0"))
	at := len(data)
	data = fmt.Appendf(
		data,
		"6 0 obj 2 endobj\nxref\n6 1\n%010d 00000 n \ntrailer<</Size 7/Root 1 0 R/Prev "+
			"%d>>startxref\n%d\n%%%%EOF",
		at,
		start,
		at+17,
	)
	f, err := object.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	reference := object.Value("6 0 R")
	if got := f.Resolve(reference); string(got) != "2" {
		t.Errorf("by its table %q", got)
	}
	if got := scan(data).Resolve(reference); string(got) != "2" {
		t.Errorf("by its heading %q", got)
	}
}

func TestBrokenTablesAreRefused(t *testing.T) {
	data := string(small(t))
	for name, broken := range map[string]string{
		"nothing":         "",
		"no startxref":    strings.Replace(data, "startxref", "startxrex", 1),
		"a place outside": strings.Replace(data, "startxref\n", "startxref\n9", 1),
		"a cut table": data[:strings.Index(data, "65535")] + "startxref\n" +
			fmt.Sprint(strings.Index(data, "xref\n0")),
		"letters": strings.Replace(data, "00000 n", "0000x n", 1)[:0] +
			strings.Replace(data, "0000000009", "000000000x", 1),
		"no trailer":      strings.Replace(data, "trailer\n<<", "trailer\n[[", 1),
		"no size":         strings.Replace(data, "/Size", "/Sise", 1),
		"endless objects": strings.Replace(data, "xref\n0 7", "xref\n0 99999999", 1),
	} {
		if _, err := object.Open([]byte(broken)); err == nil || errors.Is(err, object.ErrLocked) {
			t.Errorf("%s: %v", name, err)
		}
	}
	locked := tabled([]string{"<</Type/Catalog>>"}, "/Root 1 0 R/Encrypt 1 0 R")
	if _, err := object.Open(locked); !errors.Is(err, object.ErrLocked) {
		t.Errorf("encrypted: %v", err)
	}
	if !scan(locked).Locked {
		t.Error("encrypted, and not noticed by its trailer")
	}
}

func TestReferencesInACircleEnd(t *testing.T) {
	f := scan([]byte("%PDF-1.4\n7 0 obj 8 0 R endobj 8 0 obj 7 0 R endobj\n9 0 obj<</Kids[9 0 R]>>endobj"))
	if v := f.Resolve(object.Value("7 0 R")); v != nil {
		t.Errorf("%q", v)
	}
	root, _, _ := object.ReadDict([]byte("<</Pages 9 0 R>>"), 0)
	if pages := f.Pages(root, 10); len(pages) > 0 {
		t.Errorf("%v", pages)
	}
}

func TestFiltersAreUndoneInTheirOrder(t *testing.T) {
	const text = "the quick brown fox"
	packed := deflated([]byte(text))
	for name, s := range map[string]object.Stream{
		"none":  stream(t, "<<>>", []byte(text)),
		"Flate": stream(t, "<</Filter/FlateDecode>>", packed),
		"short": stream(t, "<</F[/Fl]/DP[null]>>", packed),
		"hex":   stream(t, "<</Filter[/ASCIIHexDecode/FlateDecode]>>", fmt.Appendf(nil, "%x >", packed)),
	} {
		if got, err := object.Decoded(s, 100); err != nil || string(got) != text {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, entries := range []string{"<</Filter/JBIG2Decode>>", "<</Filter[/AHx/AHx/AHx/AHx/AHx]>>"} {
		if _, err := object.Decoded(stream(t, entries, nil), 100); !errors.Is(err, object.ErrFilter) {
			t.Errorf("%s: %v", entries, err)
		}
	}
}

func stream(t *testing.T, entries string, raw []byte) object.Stream {
	t.Helper()
	d, _, ok := object.ReadDict([]byte(entries), 0)
	if !ok {
		t.Fatal(entries)
	}
	return object.Stream{Dict: d, Raw: raw}
}

func TestNoFileInflatesMoreThanItMay(t *testing.T) {
	zeros := deflated(make([]byte, 1<<20))
	data := fmt.Appendf(nil,
		"%%PDF-1.5\n1 0 obj<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj", len(zeros), zeros)
	const most = 100_000
	f := object.Scan(data, object.ScanBudget(data, most, most), func(object.Stream) {})
	s, ok := f.Stream(object.Value("1 0 R"))
	in, err := f.Decode(s)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	n, err := io.Copy(io.Discard, in)
	if n != most || !errors.Is(err, object.ErrInflate) {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// Each of these files would be looked at as often as it has objects, if what was looked at in vain did not
// count.
func TestWhatIsLookedAtInVainCounts(t *testing.T) {
	const n = 5_000
	for name, one := range map[string]string{
		"open strings":                "%d 0 obj (",
		"open hexadecimal":            "%d 0 obj <4",
		"comments that do not end":    "%d 0 obj 5 5%%",
		"references through comments": "%d 0 obj [5 5%%",
	} {
		var b strings.Builder
		b.WriteString("%PDF-1.4\n")
		for i := range n {
			fmt.Fprintf(&b, one, i+1)
		}
		if found := scan([]byte(b.String())).Len(); found > 100 {
			t.Errorf("%s: %d objects were read", name, found)
		}
	}
}

func TestAWalkEndsAtWhatItCannotHold(t *testing.T) {
	keep := func(object.Dict) bool { return true }
	see := func(object.Object) error { return nil }
	for name, data := range map[string]string{
		"a stream of 4 GB":     "1 0 obj\n<</Length 4294967295>>stream\n",
		"a stream cut off":     "1 0 obj\n<</Length 100>>stream\nabc",
		"no length":            "1 0 obj\n<<>>stream\nabc\nendstream\nendobj\n",
		"an endless object":    "1 0 obj\n[" + strings.Repeat("1 1 1 1 1 1 1 1\n", 1<<19),
		"words in an open one": "1 0 obj\n(" + strings.Repeat("endobj\n", 1<<16),
	} {
		if err := object.Walk(bufio.NewReader(strings.NewReader(data)), keep, see); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	own := errors.New("enough")
	err := object.Walk(bufio.NewReader(bytes.NewReader(small(t))), func(object.Dict) bool { return false },
		func(object.Object) error { return own })
	if err != own {
		t.Errorf("%v", err)
	}
}
