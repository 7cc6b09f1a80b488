package pdf_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/pdf"
)

// hardNames are what registers really hold: characters beyond JIS X 0208 and beyond the BMP, variants
// by selector (Adobe-Japan1 and Moji_Joho), compatibility kanji, ●, very long and very short names,
// foreign ones (docs/facts/fonts.md#coverage, docs/facts/names-and-characters.md).
var hardNames = func() []string {
	data, err := os.ReadFile("testdata/hard-names.txt") // the browser tests read it too
	if err != nil {
		panic(err)
	}
	var names []string
	for line := range strings.Lines(string(data)) {
		name, err := strconv.Unquote(`"` + strings.TrimSuffix(line, "\n") + `"`)
		if err != nil {
			panic(fmt.Sprintf("%s: %v", line, err))
		}
		names = append(names, name)
	}
	return names
}()

// hard is a person of a difficult name; some have no reading, an insurer of thirty kanji, no 記号.
func hard(i int) (p eligibility.Person, insurer string) {
	p = certificate().Person
	p.Name, p.Kana, insurer = hardNames[i], "ムズカシイ ナマエ", "架空市"
	p.PostCode, p.Address = "100-0000", "東京都架空市架空町1-2-3"
	if i%4 == 1 {
		p.Kana = ""
	}
	if i%5 == 2 {
		insurer = strings.Repeat("架空広域健康保険組合連合会支部", 2)
	}
	if i%7 == 3 {
		p.Symbol = ""
	}
	if i%6 == 5 {
		p.Symbol, p.Number = "架空記号１２３４－５６", "１２３４５６７８９０１２３４"
	}
	return p, insurer
}

// hardDocument is one file with everybody in it, and what its pages may take, in points from the left and the
// top.
type hardDocument struct {
	path                    string
	pages                   []string
	left, top, right, lower float64
}

func hardDocuments(t *testing.T) map[string]hardDocument {
	t.Helper()
	folder := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(folder, strings.ReplaceAll(name, "/", "-")+".pdf")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	out := map[string]hardDocument{}
	a4 := hardDocument{left: 40, top: 20, right: 595 - 40, lower: 842 - 12}
	add := func(name string, d hardDocument, data []byte) {
		d.path = write(name, data)
		d.pages = strings.Split(run(t, "pdftotext", "-raw", d.path, "-"), "\f")
		out[name] = d
	}
	var notices bytes.Buffer
	n := pdf.NewNotices(&notices, "架空市", noticeDay)
	files := map[string]*pdf.Certificates{}
	buffers := map[string]*bytes.Buffer{}
	for _, c := range []struct {
		name   string
		layout pdf.CertificateLayout
	}{
		{"certificate-card", pdf.CardSingle},
		{"certificate-a4", pdf.CertificateA4},
	} {
		buffers[c.name] = &bytes.Buffer{}
		files[c.name] = pdf.NewCertificates(buffers[c.name], certificateBranding, noticeDay, c.layout, false)
	}
	for i := range hardNames {
		p, insurer := hard(i)
		one := notice(t)
		one.Person, one.InsurerName, one.Issuer = p, insurer, insurer+"理事長"
		if i%3 == 2 {
			one.Until = eligibility.Date{}
		}
		if _, err := n.Add(one); err != nil {
			t.Fatal(err)
		}
		c := certificate()
		c.Person = p
		for _, f := range files {
			if _, err := f.Add(c); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			name string
			make func() ([]byte, pdf.Report, error)
		}{
			{"sheet", func() ([]byte, pdf.Report, error) {
				s := sheet(t)
				s.Person, s.InsurerName, s.Issuer = p, insurer, insurer
				return pdf.EligibilitySheet(s)
			}},
			{"insert", func() ([]byte, pdf.Report, error) {
				return pdf.InsertSheet(pdf.Insert{
					Person:      p,
					Share:       20,
					InsurerName: insurer,
					Issuer:      insurer,
					MadeOn:      eligibility.DateOf(noticeDay),
				}, noticeDay)
			}},
			{"poster", func() ([]byte, pdf.Report, error) {
				return pdf.PosterSheet(poster(t, p.Name), noticeDay)
			}},
			{"declaration", func() ([]byte, pdf.Report, error) {
				return pdf.DeclarationSheet(pdf.Declaration{
					Facility:    "架空医院",
					Name:        p.Name,
					Kana:        p.Kana,
					Address:     p.Address,
					InsurerName: insurer,
				}, noticeDay)
			}},
		} {
			data, _, err := c.make()
			if err != nil {
				t.Fatal(err)
			}
			add(fmt.Sprintf("%s/%d", c.name, i), a4, data)
		}
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	add("notice", a4, notices.Bytes())
	const mm = 72 / 25.4
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := files[name]
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		d := a4
		if name == "certificate-card" {
			d = hardDocument{
				left:  13 * mm,
				top:   10 * mm,
				right: (10 + 85.6 - 3) * mm,
				lower: (10 + 54 - 0.5) * mm,
			}
		}
		add(name, d, buffers[name].Bytes())
	}
	return out
}

// word is a word and its box, as pdftotext -bbox writes it.
type word struct {
	XMin float64 `xml:"xMin,attr"`
	YMin float64 `xml:"yMin,attr"`
	XMax float64 `xml:"xMax,attr"`
	YMax float64 `xml:"yMax,attr"`
	Text string  `xml:",chardata"`
}

func TestHardNamesAreCopiedWholeFromEveryDocumentAndStayWithinIt(t *testing.T) {
	squeezed := strings.NewReplacer("\n", "", " ", "", "\f", "", "　", "")
	all := hardDocuments(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			d := all[name]
			kind, number, single := strings.Cut(name, "/")
			for i, hardName := range hardNames {
				page := i
				switch {
				case single && fmt.Sprint(i) != number:
					continue
				case single:
					page = 0
				case strings.HasPrefix(kind, "certificate"):
					page = 2 * i
				}
				p, _ := hard(i)
				want := hardName
				if strings.ContainsAny(hardName, "●■") && p.Kana != "" && kind != "declaration" &&
					kind != "sheet" && kind != "poster" {
					want = p.Kana // the reading is printed large, the name as registered beside it
					if kind == "notice" {
						want = eligibility.HalfWidthKana("登録の表記 ") + hardName
					}
				}
				if text := squeezed.Replace(d.pages[page]); !strings.Contains(text, squeezed.Replace(want)) {
					t.Errorf("%q is not in:\n%s", want, d.pages[page])
				}
			}
			var boxes struct {
				Pages []struct {
					Words []word `xml:"word"`
				} `xml:"body>doc>page"`
			}
			if err := xml.Unmarshal([]byte(run(t, "pdftotext", "-bbox", d.path, "-")), &boxes); err != nil {
				t.Fatal(name, err)
			}
			// pdftotext ends each page with a form feed
			if len(boxes.Pages) != len(d.pages)-1 {
				t.Fatalf("%d pages with boxes, %d with text", len(boxes.Pages), len(d.pages)-1)
			}
			for page, p := range boxes.Pages {
				if len(p.Words) == 0 {
					t.Errorf("page %d is empty", page+1)
				}
				for _, w := range p.Words {
					if w.XMin < d.left-1 || w.XMax > d.right+1 || w.YMin < d.top-1 || w.YMax > d.lower+1 {
						t.Errorf("%s, page %d: %q reaches over the edge: %.0f %.0f %.0f %.0f", name, page+1,
							w.Text, w.XMin, w.YMin, w.XMax, w.YMax)
					}
				}
			}
		})
	}
}
