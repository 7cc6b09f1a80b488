package pdf_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/pdf"
)

// hardNames are what registers really hold: characters beyond JIS X 0208 and beyond the BMP, variants by selector (Adobe-Japan1 and
// Moji_Joho), compatibility kanji, ●, very long and very short names, foreign ones (facts pdf.md 2, rules.md 4.4).
var hardNames = []string{
	"𠮷田 一", "𠮷野 𠮷男", "𡈽屋 花子", "𡈽肥 𣘺子", "𣘺本 𩸽", "髙橋 德一", "髙﨑 濵子", "濵田 栁", "栁澤 桒子", "桒原 彅",
	"草彅 鄧", "德川 塚", "神﨑 祥", "猪熊 精子", "羽生 福", "諸井 都", "鶴﨑 館", "隆 逸", "廣瀨 晴", "﨑山 凞",
	"葛\U000E0100城 一", "葛\U000E0101城 一", "葛\U000E0100西 葛\U000E0101子", "辻\U000E0100 次郎", "辻\U000E0101 次郎", "渡邉\U000E0102 三郎", "渡邊\U000E0101 四郎", "祇\U000E0100園 五郎", "芦\U000E0100田 六郎", "飴\U000E0100谷 七子",
	"邉見 邊子", "斎藤 齋子", "齊藤 齎子", "澤邊 龍", "嶋﨑 嶌子", "㐂田 丂子", "仭 仝子", "﨟田 茂", "丨 一", "々木 〆子",
	"●橋 德一", "渡● 三郎", "●● ●●", "高橋●子", "■川 太郎", "田中 ●",
	"WOLFESCHLEGELSTEINHAUSENBERGER WOLFESCHLEGELSTEINHAUSENBERGER WOLFESCHLEGELSTEINHAUSENBERG", "NGUYEN TEST AN", "O'BRIEN-SMITH MARY JANE", "D’ANGELO JOSÉ", "MÜLLER ÅSA ØRSTED", "ジョン・スミス", "アレハンドロ・ゴンサレス・イ・ロドリゲス・デ・ラ・クルス",
	"寿限無寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末", "一 一", "あ い", "ヴィクトリア・ヴァレンティーナ", "李 娜", "金 智恵子", "朴 ㍿", "張 驫麤", "劉 龘", "（旧姓）山田 花子", "山田“花”子",
}

func TestThereAreSixtyHardNames(t *testing.T) {
	if len(hardNames) < 60 {
		t.Error(len(hardNames))
	}
}

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

// hardDocument is one file with everybody in it, and what its pages may take, in points from the left and the top.
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
	for name, layout := range map[string]pdf.CertificateLayout{"certificate-card": pdf.CardSingle, "certificate-a4": pdf.CertificateA4} {
		buffers[name] = &bytes.Buffer{}
		files[name] = pdf.NewCertificates(buffers[name], certificateLook, noticeDay, layout, false)
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
		for name, make := range map[string]func() ([]byte, pdf.Report, error){
			"sheet": func() ([]byte, pdf.Report, error) {
				s := sheet(t)
				s.Person, s.InsurerName, s.Issuer = p, insurer, insurer
				return pdf.EligibilitySheet(s)
			},
			"insert": func() ([]byte, pdf.Report, error) {
				return pdf.InsertSheet(pdf.Insert{Person: p, Share: 20, InsurerName: insurer, Issuer: insurer, MadeOn: eligibility.DateOf(noticeDay)}, noticeDay)
			},
			"declaration": func() ([]byte, pdf.Report, error) {
				return pdf.DeclarationSheet(pdf.Declaration{Facility: "架空医院", Name: p.Name, Kana: p.Kana, Address: p.Address, InsurerName: insurer}, noticeDay)
			},
		} {
			data, _, err := make()
			if err != nil {
				t.Fatal(err)
			}
			add(fmt.Sprintf("%s/%d", name, i), a4, data)
		}
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	add("notice", a4, notices.Bytes())
	const mm = 72 / 25.4
	for name, f := range files {
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		d := a4
		if name == "certificate-card" {
			d = hardDocument{left: 13 * mm, top: 10 * mm, right: (10 + 85.6 - 3) * mm, lower: (10 + 54 - 0.5) * mm}
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
	for name, d := range hardDocuments(t) {
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
			if strings.ContainsAny(hardName, "●■") && p.Kana != "" && kind != "declaration" && kind != "sheet" {
				want = p.Kana // the reading is printed large, the name as registered beside it
				if kind == "notice" {
					want = eligibility.HalfWidthKana("登録の表記 ") + hardName
				}
			}
			if text := squeezed.Replace(d.pages[page]); !strings.Contains(text, squeezed.Replace(want)) {
				t.Errorf("%s: %q is not in:\n%s", name, want, d.pages[page])
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
		for page, p := range boxes.Pages {
			for _, w := range p.Words {
				if w.XMin < d.left-1 || w.XMax > d.right+1 || w.YMin < d.top-1 || w.YMax > d.lower+1 {
					t.Errorf("%s, page %d: %q reaches over the edge: %.0f %.0f %.0f %.0f", name, page+1, w.Text, w.XMin, w.YMin, w.XMax, w.YMax)
				}
			}
		}
	}
}
