package pwa

import (
	"net/url"
	"strings"
)

// LocalPath returns an address when it is a path of this server, with its query; anything else becomes "/".
// Browsers take two slashes or more for the beginning of a host.
func LocalPath(address string) string {
	u, err := url.Parse(address)
	path := strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//")
	if err != nil || !path || u.Host != "" || u.Scheme != "" || strings.ContainsAny(address, "\\\r\n\t") {
		return "/"
	}
	return u.RequestURI()
}

// switchTo returns the page's own address with another language, its other parameters kept; anything but a
// path of this server becomes "/".
func switchTo(address, lang string) string {
	u, err := url.Parse(LocalPath(address))
	if err != nil {
		return "/"
	}
	query := u.Query()
	query.Set("lang", lang)
	return u.EscapedPath() + "?" + query.Encode() // unescaped, /%2Fhost would be another server's address
}
