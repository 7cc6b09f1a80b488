package pwa

import (
	"net/url"
	"testing"
)

func TestMarksBecomeEscapedHTML(t *testing.T) {
	for _, c := range []struct {
		text     string
		pairs    []string
		furigana bool
		html     string
	}{
		{"{暗証番号|あんしょうばんごう}です", nil, true, "<span><ruby>暗証番号<rp>（</rp><rt>あんしょうばんごう</rt><rp>）</rp></ruby>です</span>"},
		{"{暗証番号|あんしょうばんごう}です", nil, false, "暗証番号です"},
		{"Ask for [[資格確認書]].", nil, true, `<span>Ask for <span lang="ja">資格確認書</span>.</span>`},
		{"{insurer}の", []string{"insurer", `<script>"&'`}, true, "&lt;script&gt;&#34;&amp;&#39;の"},
		{"{insurer}の", []string{"insurer", "{漢字|かんじ}[[x]]"}, true, "{漢字|かんじ}[[x]]の"}, // a value is never read for marks
		{"a & b", nil, false, "a &amp; b"},
	} {
		html, err := markedHTML(c.text, argsOf(c.pairs), "ja", c.furigana)
		if err != nil || string(html) != c.html {
			t.Errorf("%q: %q %v", c.text, html, err)
		}
	}
	for _, bad := range []string{"{", "}", "{}", "{a|}", "{|a}", "{a|b|c}", "{a{b}}", "[x]", "[[x", "x]]", "[[a|b]]", "{<b>|x}", "{name}"} {
		if html, err := markedHTML(bad, nil, "ja", true); err == nil {
			t.Errorf("%q became %q", bad, html)
		}
	}
}

func TestALookIsWrittenAndReadAgain(t *testing.T) {
	for _, l := range []Look{{}, {Lang: "vi"}, {Lang: "zh-Hans", Size: "largest", Contrast: "strong", Furigana: "off"}, {Lang: "ja", Size: "large", Furigana: "on"}} {
		v, err := url.ParseQuery(l.String())
		if got := ReadLook(v); err != nil || got != l {
			t.Errorf("%+v became %+v, %v", l, got, err)
		}
	}
	hostile := url.Values{"lang": {"../../x"}, "size": {`large" onload="x`}, "contrast": {"strong "}, "furigana": {"yes"}}
	if got := ReadLook(hostile); got != (Look{}) {
		t.Errorf("%+v", got)
	}
	for look, want := range map[Look]string{{}: "", {Lang: "ja-easy"}: "furigana", {Lang: "ja-easy", Furigana: "off"}: "", {Size: "large", Contrast: "strong", Furigana: "on"}: "size-large contrast-strong furigana"} {
		if look.class() != want {
			t.Errorf("%+v: %q", look, look.class())
		}
	}
}

func TestOnlyPathsOfThisServerAreLinked(t *testing.T) {
	for address, want := range map[string]string{"/visit?x=1": "/visit?x=1", "//evil.example/x": "/", "https://evil.example": "/", "javascript:alert(1)": "/", `/\evil.example`: "/", "": "/", "/a\nb": "/", "visit": "/",
		// a browser takes any number of slashes before a host, backslashes too (WHATWG URL, special authority ignore slashes state)
		"///evil.example/x": "/", "////evil.example": "/", "/%2Fevil.example": "/%2Fevil.example"} {
		if got := LocalPath(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

// The path is written as it was asked for: /%2Fhost is a path, //host another server.
func TestALinkToAnotherLanguageStaysOnThisServer(t *testing.T) {
	for address, want := range map[string]string{"/visit?x=1": "/visit?lang=en&x=1", "/%2Fevil.example/": "/%2Fevil.example/?lang=en", "/%5Cevil.example": "/%5Cevil.example?lang=en",
		"///evil.example": "/?lang=en", "/n/a%3Fb": "/n/a%3Fb?lang=en"} {
		if got := switchTo(address, "en"); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}
