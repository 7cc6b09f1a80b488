package message

import (
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// term is a row of docs/glossary.md: a Japanese word and the forms of its translation by language.
type term struct {
	ja, reading, source string
	forms               map[string][]string
}

// readGlossary reads the first table of docs/glossary.md, the longest terms first, so that a term is looked
// for where no longer one has it.
func readGlossary(t *testing.T) (terms []term) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "docs", "glossary.md"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) != 6 || cells[0] == "ja" || strings.HasPrefix(cells[0], "-") {
			continue
		}
		forms := map[string][]string{}
		for i, lang := range []string{"en", "zh-Hans", "vi"} {
			forms[lang] = strings.Split(strings.ToLower(cells[2+i]), " / ")
		}
		terms = append(terms, term{cells[0], cells[1], cells[5], forms})
	}
	slices.SortStableFunc(terms, func(a, b term) int { return cmp.Compare(len(b.ja), len(a.ja)) })
	return terms
}

// compounds are words that hold a term's characters and are other words.
var compounds = []string{"被保険者", "ホーム画面", "画面ロック", "顔認証マイナンバーカード"}

// otherWords are sentences whose translation says a term in another way, by key: the term and the reason.
var otherWords = map[string][2]string{
	"case.app.first":          {"マイナポータル", "the name of a program of before, between the brackets"},
	"door.heading.home":       {"画面", "en and vi say what is shown and on what"},
	"door.paper.text":         {"画面", "en and vi say what is shown and on what"},
	"login.handover_network":  {"画面", "en tells of the network"},
	"rehearsal.goodMore":      {"画面", "zh: the phone's display, which is no page"},
	"represent.own_login":     {"画面", "the person is told what to do instead"},
	"screen.bright":           {"画面", "zh: the phone's display, which is no page"},
	"screen.staff":            {"受付", "a short button, one of three"},
	"screen.together.a":       {"マイナンバーカード", "stands in the other half, screen.together.b"},
	"trouble.pin.a":           {"暗証番号", "the signature's password of 6 to 16 characters, which is no PIN"},
	"visit.certificate.grace": {"画面", "en and vi name Mynaportal, which cannot be opened"},
}

// lacks are the terms that a Japanese sentence has and its translation has not.
func lacks(terms []term, lang, japanese, translation string) (missing []string) {
	for _, word := range compounds {
		japanese = strings.ReplaceAll(japanese, word, "")
	}
	lower := strings.ToLower(translation)
	for _, term := range terms {
		if !strings.Contains(japanese, term.ja) {
			continue
		}
		japanese = strings.ReplaceAll(japanese, term.ja, "")
		has := func(form string) bool { return strings.Contains(lower, form) }
		if !strings.Contains(translation, "[["+term.ja+"]]") && !slices.ContainsFunc(term.forms[lang], has) {
			missing = append(missing, term.ja)
		}
	}
	return missing
}

func TestTranslationsUseTheGlossarysWords(t *testing.T) {
	terms := readGlossary(t)
	if len(terms) < 25 {
		t.Fatalf("only %d terms", len(terms))
	}
	looked, excused := 0, map[string]bool{}
	for _, e := range Entries() {
		if !forEveryone(e) {
			continue
		}
		japanese := bareText(t, e.Texts["ja"].WithNext("ja"))
		for _, lang := range []string{"en", "zh-Hans", "vi"} {
			looked++
			for _, word := range lacks(terms, lang, japanese, e.Texts[lang].WithNext(lang)) {
				if otherWords[e.Key][0] == word {
					excused[e.Key] = true
					continue
				}
				text := e.Texts[lang].WithNext(lang)
				t.Errorf("%s: %s: %q does not say %s by the glossary", lang, e.Key, text, word)
			}
		}
	}
	if looked < 1000 {
		t.Errorf("only %d translations were looked at", looked)
	}
	for key, why := range otherWords {
		if !excused[key] {
			t.Errorf("%s needs no exception for %s (%s)", key, why[0], why[1])
		}
	}
}

// clauses part a sentence at its commas and stops.
var clauses = regexp.MustCompile(`[。，；.,;]`)

// scans and typed are the words of a clause that scans and of characters that are typed.
var (
	scans = regexp.MustCompile(`扫描|读取|quét`)
	typed = regexp.MustCompile(`代码|mã( |$)`)
)

// saysTyped are the clauses that scan something and call it by the word for characters that are typed.
func saysTyped(translation string) (found []string) {
	for _, clause := range clauses.Split(strings.ToLower(translation), -1) {
		if scans.MatchString(clause) && typed.MatchString(strings.ReplaceAll(clause, "mã qr", "")) {
			found = append(found, clause)
		}
	}
	return found
}

// What is scanned is 二维码 and mã QR, as the glossary says below its table.
func TestWhatIsScannedIsNotCalledByTheWordForWhatIsTyped(t *testing.T) {
	for _, e := range Entries() {
		if !forEveryone(e) {
			continue
		}
		for _, lang := range []string{"zh-Hans", "vi"} {
			for _, clause := range saysTyped(e.Texts[lang].WithNext(lang)) {
				t.Errorf("%s: %s: %s", lang, e.Key, clause)
			}
		}
	}
	for text, bad := range map[string]bool{
		"请扫描通知书上的代码②。": true, "请扫描二维码②，也可输入代码②。": false,
		"Hãy quét mã ② trên giấy.": true, "Hãy quét mã QR ②, hoặc nhập mã ②.": false,
	} {
		if len(saysTyped(text)) > 0 != bad {
			t.Errorf("%q: %v", text, !bad)
		}
	}
}

// Each term is a word of the catalogue, has a reading in kana, and says where its translations are from.
func TestTheGlossaryIsOfTheCataloguesWords(t *testing.T) {
	var all strings.Builder
	for _, e := range Entries() {
		if forEveryone(e) {
			all.WriteString(bareText(t, e.Texts["ja"].WithNext("ja")))
		}
	}
	for _, term := range readGlossary(t) {
		if !strings.Contains(all.String(), term.ja) {
			t.Errorf("no sentence for patients has %s", term.ja)
		}
		if !kana.MatchString(term.reading) || term.source == "" {
			t.Errorf("%s: reading %q, source %q", term.ja, term.reading, term.source)
		}
		for lang, forms := range term.forms {
			if slices.Contains(forms, "") {
				t.Errorf("%s: nothing stands for it in %s", term.ja, lang)
			}
		}
	}
}

// The check itself, on translations that leave the glossary.
func TestAnotherTranslationIsFound(t *testing.T) {
	terms := readGlossary(t)
	for _, c := range []struct {
		name, lang, ja, translation string
		want                        []string
	}{
		{"the glossary's", "zh-Hans", "受付で枝番を", "在挂号处……枝号", nil},
		{"another word", "zh-Hans", "枝番", "分号", []string{"枝番"}},
		{"the Japanese term itself", "vi", "負担割合", "[[負担割合]]", nil},
		{"a longer term counts alone", "en", "資格情報のお知らせ", "the notice", nil},
		{"a compound", "en", "被保険者氏名", "Insured person", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := lacks(terms, c.lang, c.ja, c.translation); !slices.Equal(got, c.want) {
				t.Errorf("%q", got)
			}
		})
	}
}
