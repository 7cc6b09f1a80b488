package pdf_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// heard returns a document's structure and texts as poppler reads them, on one line, as a screen reader
// would.
func heard(t *testing.T, data []byte) string {
	t.Helper()
	path := kept(t, data)
	info := strings.Join(strings.Fields(run(t, "pdfinfo", path)), " ")
	if !strings.Contains(info, "Tagged: yes") {
		t.Error(info)
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(run(t, "pdfinfo", "-struct-text", path), " (block)",
		"")), " ")
}

func row(label, value string) string {
	return fmt.Sprintf(`TR TH: /Scope /Row "%s" TD "%s"`, label, value)
}

func TestWhoHearsADocumentHearsItsHeadingAndWhichValueIsWhat(t *testing.T) {
	all := documents(t)
	for _, c := range []struct {
		name string
		want []string
	}{
		{"notice", []string{`H1 "資格情報のお知らせ" P "あなたの加入する`, `お持ちください。" Table ` +
			row("保険者名（保険者番号）", "架空市（138990）"), row("氏名", `ﾀｶﾊｼ ﾄｸｲﾁ" "髙橋 德一`), row("適用開始年月日", "平成20年4月1日"),
			`Table ` + row("交付者名", "架空市長（138990）"), row("発効期日", "令和8年8月1日") + ` P "受診の際は`,
			`P "スマートフォンをお持ちの方は、下のコード" "からご自身の資格情報を見ることができます。"`}},
		{"sheet", []string{`H1 "資格情報（写し）"`,
			`Table ` + row("生年月日", "昭和30年7月1日") + " " + row("保険者番号", "138990"), row("番号", "0001234"),
			row("資格情報の登録日", "令和8年11月20日") + ` P "受付の方へ"`}},
		{"masked", []string{`H1 "資格情報（写し）"`, row("生年月日", "昭和30年7月1日") +
			` TR TH: /Scope /Row "保険者番号" TD TR TH: /Scope /Row "記号" TD TR`,
			row("負担割合", "2割")}},
		{"declaration", []string{`H1 "被保険者資格申立書"`, row("フリガナ", "タカハシ トクイチ"), `TH: /Scope /Row "生年月日" TD TR`,
			`"保険の種別" TD "□ 会社などの健康保険`, `P "上記のとおり申し立てます。"`}},
		{"poster", []string{`H1 "マイナンバーカードが"`, `P "カードは、まずカードリーダーに置いてください。"`}},
		{"insert", []string{`H1 "カードケース用の資格情報"`, `P "国13・0001234（02）"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			said := heard(t, all[c.name])
			for _, part := range c.want {
				if !strings.Contains(said, part) {
					t.Errorf("%s is not in\n%s", part, said)
				}
			}
			if strings.Count(said, "H1 ") != 1 {
				t.Errorf("%s", said)
			}
		})
	}
}

func TestWatermarkIsNotRead(t *testing.T) {
	if said := heard(t, documents(t)["sheet"]); strings.Count(said, "見本") != 1 {
		t.Errorf("the watermark is read with 【デモ・見本】: %s", said)
	}
}

func TestCodesAreToldInWords(t *testing.T) {
	all := documents(t)
	for _, c := range []struct {
		name string
		want []string
	}{
		{"notice", []string{"マイナポータルを開くQRコード", "資格情報の画面を開くQRコード"}},
		{"sheet", []string{"保険者の電子署名を受付で確かめるためのQRコード"}},
		{"masked", nil},
		{"poster", []string{"資格情報の画面を開くQRコード"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var alts []string
			for _, o := range objects(t, all[c.name]) {
				if o["/S"] == "/Figure" {
					alts = append(alts, strings.TrimPrefix(fmt.Sprint(o["/Alt"]), "u:"))
				}
			}
			if strings.Join(alts, " ") != strings.Join(c.want, " ") {
				t.Errorf("%q", alts)
			}
		})
	}
}

// objects reads the dictionaries of a file with qpdf, in the order of their numbers.
func objects(t *testing.T, data []byte) []map[string]any {
	t.Helper()
	var file struct {
		QPDF [2]json.RawMessage `json:"qpdf"`
	}
	err := json.Unmarshal([]byte(run(t, "qpdf", "--json=2", "--json-key=qpdf", kept(t, data))), &file)
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]struct {
		Value any `json:"value"`
	}
	if err := json.Unmarshal(file.QPDF[1], &values); err != nil {
		t.Fatal(err)
	}
	out := make([]map[string]any, len(values)+1)
	for number := range out {
		out[number], _ = values[fmt.Sprintf("obj:%d 0 R", number)].Value.(map[string]any)
	}
	return out
}

// ISO 32000-1 section 14.7.4.4: from a marked content of the page the parent tree leads to the element that
// has it, and the other way round; every element is reached from the root, once.
func TestStructureAndPageLeadToEachOther(t *testing.T) {
	all := documents(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			data := all[name]
			all := objects(t, data)
			reference := func(number int) string { return fmt.Sprintf("%d 0 R", number) }
			var parents []any
			elements, kids := map[string]map[string]any{}, map[string]string{}
			for number, o := range all {
				if nums, ok := o["/Nums"].([]any); ok {
					parents = nums[1].([]any)
				}
				if o["/S"] != nil && o["/K"] != nil {
					elements[reference(number)] = o
				}
			}
			for self, o := range elements {
				for _, kid := range o["/K"].([]any) {
					switch kid := kid.(type) {
					case string:
						if kids[kid] != "" {
							t.Errorf("%s has two parents", kid)
						}
						kids[kid] = self
					case float64:
						if int(kid) >= len(parents) || parents[int(kid)] != self {
							t.Errorf("content %v belongs to %s, not by the parent tree", kid, self)
							continue
						}
						parents[int(kid)] = nil
					}
				}
			}
			for self, o := range elements {
				if o["/S"] != "/Document" && o["/P"] != kids[self] {
					t.Errorf("%s calls %v its parent, %s calls it its kid", self, o["/P"], kids[self])
				}
			}
			for number, p := range parents {
				if p != nil {
					t.Errorf("content %d leads to %v, which does not have it", number, p)
				}
			}
			// so that no content is left out of both: what the page marks stands in the parent tree
			marks := contentMarks(t, data)
			for _, number := range marks {
				if number >= len(parents) {
					t.Errorf("content %d of the page is not in the parent tree", number)
				}
			}
			heading := slices.ContainsFunc(all, func(o map[string]any) bool { return o["/S"] == "/H1" })
			if len(marks) < 2 || !heading {
				t.Errorf("%d contents, a heading: %t", len(marks), heading)
			}
		})
	}
}

// pageContent is what a document's first page draws, as text.
func pageContent(t *testing.T, data []byte) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "flat.pdf")
	run(t, "qpdf", "--qdf", "--coalesce-contents", "--object-streams=disable", kept(t, data), path)
	flat, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, content, _ := bytes.Cut(flat, []byte("%% Contents for page 1"))
	_, content, _ = bytes.Cut(content, []byte("stream\n"))
	content, _, _ = bytes.Cut(content, []byte("endstream"))
	return content
}

var contentMark = regexp.MustCompile(`/MCID (\d+)`)

// contentMarks are the numbers of what a page marks for its structure (ISO 32000-1 section 14.7.4.2).
func contentMarks(t *testing.T, data []byte) (numbers []int) {
	t.Helper()
	for _, m := range contentMark.FindAllSubmatch(pageContent(t, data), -1) {
		number, err := strconv.Atoi(string(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, number)
	}
	return numbers
}

// What is drawn on a page of one document is either marked as content or as an artifact.
func TestNothingOnATaggedPageIsUnmarked(t *testing.T) {
	all := documents(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			data := all[name]
			content := pageContent(t, data)
			depth, seen := 0, map[string]bool{}
			for line := range strings.Lines(string(content)) {
				line = strings.TrimSpace(line)
				switch {
				case strings.HasSuffix(line, "BMC"), strings.HasSuffix(line, "BDC"):
					if depth++; depth > 1 || strings.HasSuffix(line, "BDC") && seen[line] {
						t.Errorf("%s within another or twice", line)
					}
					seen[line] = true
				case line == "EMC":
					depth--
				case line != "" && depth != 1:
					t.Errorf("%q is not marked", line)
				}
			}
			if depth != 0 || len(seen) < 5 {
				t.Errorf("%d marks are open, of %d", depth, len(seen))
			}
		})
	}
}

func TestABatchHasNoTagsSinceItGoesToAPrinter(t *testing.T) {
	var out bytes.Buffer
	batch(t, &out, notice(t), 2)
	info := strings.Join(strings.Fields(run(t, "pdfinfo", kept(t, out.Bytes()))), " ")
	if !strings.Contains(info, "Tagged: no") {
		t.Error(info)
	}
}
