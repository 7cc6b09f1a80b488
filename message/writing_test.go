package message

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

// writings are words that everything people read in Japanese writes in one way: the right one, and what is
// wrong. A reading above a character is looked through.
var writings = []struct {
	right string
	wrong *regexp.Regexp
}{
	{"いっしょに", regexp.MustCompile(`一緒`)},
	{"はじめて", regexp.MustCompile(`初めて`)}, // 始めて is of 始める
	{"かならず", regexp.MustCompile(`必ず`)},
	{"えらぶ", regexp.MustCompile(`選[ばびぶべぼんっ]`)},
	{"わかる", regexp.MustCompile(`分か[らりるっ]`)}, // 分かれる is another word
	// 払い戻す and 返戻 are the trade's own words
	{"もどる, もどす", regexp.MustCompile(`(^|[^い返])戻[らりるれろっさしすせそ]`)},
	{"ブラウザー", regexp.MustCompile(`ブラウザ($|[^ー])`)},
	{"受付の番号", regexp.MustCompile(`受付番号`)},
	{"スマホ", regexp.MustCompile(`スマートフォン|スマートホン|携帯電話`)},
	{"スマホ (a handset is no 電話)", regexp.MustCompile(
		`電話(の登録|の画面|のカメラ|の鍵|を登録|に(出|画面|資格))|(この|自分の|ご本人の|本人の|別の|登録した)電話($|[^番])`,
	)},
}

// writtenElsewhere are texts that quote what others have written, with the place where it stands.
var writtenElsewhere = map[string]string{
	"inside.how": "the menu of other apps says 「ブラウザで開く」",
	"rule.s1":    "the button of the face reader says 「スマートフォン」",
	"rule.s2":    "the button of the face reader says 「スマートフォン」",
	"スマートフォンをお持ちの方は、下のコード": "the ministry's form of the notice",
	"docs/rules.md": "made from the catalogue, with the button of the face reader",
}

// wrongly are the right writings of the words that a text writes in another way.
func wrongly(text string) (right []string) {
	for _, w := range writings {
		if w.wrong.MatchString(text) {
			right = append(right, w.right)
		}
	}
	return right
}

func TestAWordIsWrittenInOneWay(t *testing.T) {
	looked, quoted := 0, map[string]bool{}
	look := func(place, name, text string) {
		looked++
		right := wrongly(text)
		if _, may := writtenElsewhere[name]; may && right != nil {
			quoted[name] = true
		} else if right != nil {
			t.Errorf("%s: %s: write %s", place, text, strings.Join(right, ", "))
		}
	}
	for _, e := range Entries() {
		for _, l := range Languages() {
			if l.Japanese() {
				look(e.File+" "+e.Key, e.Key, bareText(t, e.Texts[l.Tag].WithNext(l.Tag)))
			}
		}
	}
	inEntries := looked
	testenv.Sources(t, func(path string, text []byte) {
		for line := range strings.Lines(string(text)) {
			look(path, path, strings.TrimSpace(line))
		}
	}, ".md", ".html")
	inDocs := looked
	testenv.Program(t, func(f testenv.GoFile) {
		if !strings.HasPrefix(f.Path, "pdf") {
			return
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			if e, ok := n.(*ast.BasicLit); ok {
				if text, ok := testenv.Constant(e); ok {
					look(f.Path, text, text)
				}
			}
			return true
		})
	})
	if inEntries < 2500 || inDocs-inEntries < 3000 || looked-inDocs < 500 {
		t.Errorf("only %d texts, %d lines, %d words of documents", inEntries, inDocs-inEntries, looked-inDocs)
	}
	for name, why := range writtenElsewhere {
		if !quoted[name] {
			t.Errorf("%s no longer quotes anything (%s)", name, why)
		}
	}
}

// The check itself, on what it must find and what it must leave alone.
func TestAnotherWritingIsFound(t *testing.T) {
	for _, c := range []struct {
		text  string
		right []string
	}{
		{"カードと一緒に", []string{"いっしょに"}},
		{"初めての方", []string{"はじめて"}},
		{"読み取りを始めて", nil},
		{"選んでください", []string{"えらぶ"}},
		{"選択", nil},
		{"2つに分かれて", nil},
		{"前に戻ります", []string{"もどる, もどす"}},
		{"後で払い戻されます", nil},
		{"請求が返戻されます", nil},
		{"いつものブラウザで", []string{"ブラウザー"}},
		{"ブラウザーで", nil},
		{"この電話に出ます", []string{"スマホ (a handset is no 電話)"}},
		{"この電話番号へ", nil},
		{"保険者にお電話ください", nil},
	} {
		t.Run(c.text, func(t *testing.T) {
			if right := wrongly(c.text); !slices.Equal(right, c.right) {
				t.Errorf("%q", right)
			}
		})
	}
}

// bareText is a sentence without the readings above its characters.
func bareText(t *testing.T, s string) string {
	t.Helper()
	pieces, err := Marks(s)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, p := range pieces {
		if p.Kind == Place {
			b.WriteString("{" + p.Text + "}")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// beforeParticle is a blank before a particle, which belongs to the word before it.
var beforeParticle = regexp.MustCompile(
	`[ 　]((が|を|に|で|は|の|と|も|へ|から|まで|より|や|か|だけ|など)($|[^ぁ-んー])|さん)`,
)

// insideWord is a blank inside a name of several words that やさしい日本語 keeps whole.
var insideWord = regexp.MustCompile(`保険の 会社|健康 保険|資格 確認書|マイナンバー カード|受付の 番号の`)

// setApart reports whether an entry's commands, paths and settings stand apart from the sentence by blanks,
// so that they can be told from it and copied: what only operators and developers read.
func setApart(e Entry) bool {
	return strings.HasPrefix(e.File, "commands/") || e.Who == Operator || e.Who == Developer ||
		slices.Contains([]string{"checks/doctor", "checks/agent", "rules/rulesdoc"}, e.File)
}

func TestNoBlankStandsBeforeAParticle(t *testing.T) {
	looked := 0
	for _, e := range Entries() {
		for _, l := range Languages() {
			if !l.Japanese() || setApart(e) {
				continue
			}
			looked++
			text := bareText(t, e.Texts[l.Tag].WithNext(l.Tag))
			if m := beforeParticle.FindString(text); m != "" {
				t.Errorf("%s %s: %s: a blank before%s", l.Tag, e.Key, text, m)
			}
			if m := insideWord.FindString(text); m != "" {
				t.Errorf("%s %s: %s: a blank inside %s", l.Tag, e.Key, text, m)
			}
		}
	}
	if looked < 1500 {
		t.Errorf("only %d texts were looked at", looked)
	}
	for text, bad := range map[string]bool{
		"{n} さんの画面": true, "{f} が見ました": true, "1日 より 前": true, "カードと いっしょに 見せて ください。": false,
		"この 画面には もう ありません。": false, "{t} {f}が記録しました": false, "{t}に {f}が": false,
	} {
		if beforeParticle.MatchString(text) != bad {
			t.Errorf("%q: %v", text, !bad)
		}
	}
}
