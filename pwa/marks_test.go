package pwa

import "testing"

func TestMarksBecomeEscapedHTML(t *testing.T) {
	for _, c := range []struct {
		text     string
		pairs    []string
		furigana bool
		html     string
	}{
		{"{暗証番号|あんしょうばんごう}です", nil, true,
			"<span><ruby>暗証番号<rp>（</rp><rt>あんしょうばんごう</rt><rp>）</rp></ruby>です</span>"},
		{"{暗証番号|あんしょうばんごう}です", nil, false, "暗証番号です"},
		{"Ask for [[資格確認書]].", nil, true, `<span>Ask for <span lang="ja">資格確認書</span>.</span>`},
		{"{insurer}の", []string{"insurer", `<script>"&'`}, true, "&lt;script&gt;&#34;&amp;&#39;の"},
		// a value is never read for marks
		{"{insurer}の", []string{"insurer", "{漢字|かんじ}[[x]]"}, true, "{漢字|かんじ}[[x]]の"},
		{"a & b", nil, false, "a &amp; b"},
	} {
		html, err := markedHTML(c.text, argsOf(c.pairs), "ja", c.furigana)
		if err != nil || string(html) != c.html {
			t.Errorf("%q: %q %v", c.text, html, err)
		}
	}
	for _, bad := range []string{"{", "}", "{}", "{a|}", "{|a}", "{a|b|c}", "{a{b}}", "[x]", "[[x", "x]]",
		"[[a|b]]", "{<b>|x}", "{name}"} {
		if html, err := markedHTML(bad, nil, "ja", true); err == nil {
			t.Errorf("%q became %q", bad, html)
		}
	}
}

// A sentence about a place is parted there, whatever side a language's words stand on.
func TestASentenceIsPartedAtItsPlace(t *testing.T) {
	for _, c := range []struct {
		of   edition
		want [2]string
	}{
		{edition{"en", false}, [2]string{"issued by ", ""}},
		{edition{"ja", false}, [2]string{"", " 発行"}},
		{edition{"ja-easy", true}, [2]string{"",
			"<span> <ruby>発行<rp>（</rp><rt>はっこう</rt><rp>）</rp></ruby></span>"}},
	} {
		parts, err := aroundPlace(c.of, "screen.issuedBy", "insurer")
		if err != nil || len(parts) != 2 || string(parts[0]) != c.want[0] || string(parts[1]) != c.want[1] {
			t.Errorf("%v: %q, %v", c.of, parts, err)
		}
	}
	if parts, err := aroundPlace(edition{"en", false}, "screen.issuedBy", "other"); err == nil {
		t.Errorf("a place that is not there: %q", parts)
	}
}

// A date, a count, a word and a bracket's particle stand on one line: the same marks for what the catalogue,
// the server and a value say.
func TestWhatALineIsNotToPartIsWhole(t *testing.T) {
	const day = `<span class="kept">令和8年11月30日</span>`
	html, err := markedHTML("{day}（2026年11月30日）まで", argsOf([]string{"day", "令和8年11月30日"}), "ja", true)
	want := "<span>" + day + `（<span class="kept">2026年11月30日</span><span class="line">）まで</span></span>`
	if err != nil || string(html) != want {
		t.Errorf("%q %v", html, err)
	}
	for text, want := range map[string]string{
		"令和8年11月30日":   day,
		"11月30日 10:42": `<span><span class="kept">11月30日</span> 10:42</span>`,
		"昭和元年、平成31年4月": `<span><span class="kept">昭和元年</span>、` +
			`<span class="kept">平成31年4月</span></span>`,
		"on 2026-11-30.": `<span>on <span class="line">2026-11-30</span>.</span>`,
		"告示第349号・<b> あと30日以内": `<span>告示第349号・&lt;b&gt; あと<span class="kept">30日</span>以内</span>`,
		"写し（PDF）か紙":           `<span>写し（PDF<span class="line">）か</span>紙</span>`,
	} {
		if got := plainHTML(text); string(got) != want {
			t.Errorf("%q became %q", text, got)
		}
	}
	for _, c := range []struct {
		text     string
		furigana bool
		html     string
	}{
		{"もう{一度|いちど}ログインします", false, `<span><span class="kept">もう一度</span>ログインします</span>`},
		{"3か{月目|げつめ}の末", false, `<span><span class="kept">3か月目</span>の末</span>`},
		{"法194{条|じょう}の2", true, `<span>法<span class="line">194<ruby>条<rp>（</rp><rt>じょう</rt>` +
			`<rp>）</rp></ruby></span>の2</span>`},
	} {
		if html, err := markedHTML(c.text, nil, "ja", c.furigana); err != nil || string(html) != c.html {
			t.Errorf("%q became %q %v", c.text, html, err)
		}
	}
}
