package sign_test

import (
	"bytes"
	"fmt"
	"testing"

	"madoguchi/internal/testenv"
	"madoguchi/pdf/sign"
)

func TestWhatIsAddedKeepsADocumentPDFA(t *testing.T) {
	o := sign.Options{Credential: code, Archive: true, Title: "資格情報 & <写し>"}
	described, err := sign.Describe(archive(), at, o)
	if err != nil {
		t.Fatal(err)
	}
	i := fresh(t, "P-256")
	once := signed(t, i, archive(), o)
	var files []string
	for name, data := range map[string][]byte{"unsigned": described, "signed": once,
		"signed after": signed(t, i, described, sign.Options{}),
		"signed twice": signed(t, i, once, sign.Options{})} {
		files = append(files, written(t, name+".pdf", data))
	}
	testenv.Preflight(t, files...)
}

// archive is a page without fonts that is PDF/A-1b but for what Options.Archive adds: header with high bytes,
// a plain table, an empty content stream.
func archive() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n")
	var places []int
	for i, o := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>",
		"<</Length 33>>\nstream\n0.5 0.5 0.5 rg 50 50 100 100 re f\nendstream"} {
		places = append(places, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	b.WriteString("xref\n0 5\n0000000000 65535 f \n")
	for _, p := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", p)
	}
	fmt.Fprintf(&b, "trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", table)
	return b.Bytes()
}
