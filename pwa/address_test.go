package pwa

import "testing"

func TestOnlyPathsOfThisServerAreLinked(t *testing.T) {
	for _, c := range []struct{ name, address, want string }{
		{"a path with a query", "/visit?x=1", "/visit?x=1"},
		{"another server", "//evil.example/x", "/"},
		{"another server by its scheme", "https://evil.example", "/"},
		{"a program", "javascript:alert(1)", "/"},
		{"a backslash", `/\evil.example`, "/"},
		{"nothing", "", "/"},
		{"two lines", "/a\nb", "/"},
		{"a relative path", "visit", "/"},
		// A browser takes any number of slashes before a host, backslashes too (WHATWG URL, special authority
		// ignore slashes state).
		{"three slashes", "///evil.example/x", "/"},
		{"four slashes", "////evil.example", "/"},
		{"an escaped slash", "/%2Fevil.example", "/%2Fevil.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := LocalPath(c.address); got != c.want {
				t.Errorf("%q: %q, want %q", c.address, got, c.want)
			}
		})
	}
}

// The path is written as it was asked for: /%2Fhost is a path, //host another server.
func TestALinkToAnotherLanguageStaysOnThisServer(t *testing.T) {
	for _, c := range []struct{ name, address, want string }{
		{"a path with a query", "/visit?x=1", "/visit?lang=en&x=1"},
		{"an escaped slash", "/%2Fevil.example/", "/%2Fevil.example/?lang=en"},
		{"an escaped backslash", "/%5Cevil.example", "/%5Cevil.example?lang=en"},
		{"three slashes", "///evil.example", "/?lang=en"},
		{"an escaped question mark", "/n/a%3Fb", "/n/a%3Fb?lang=en"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := switchTo(c.address, "en"); got != c.want {
				t.Errorf("%q: %q, want %q", c.address, got, c.want)
			}
		})
	}
}
