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
