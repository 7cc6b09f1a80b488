package e2e

import (
	"bufio"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// openPublished starts a demo as a container does, but on loopback, and returns its address and the word
// that it printed.
func openPublished(t *testing.T) (base, word string) {
	t.Helper()
	data := t.TempDir()
	p := start(t, data, built(t, "./server", "madoguchi"),
		[]string{"MADOGUCHI_ADDR=127.0.0.1:0", "MADOGUCHI_DATA=" + data, "MADOGUCHI_DEMO_PUBLISH=true"})
	return p.out.await(t, `(http://localhost:\d+)/`)[1], p.out.await(t, `合言葉 +([a-z0-9]{4}-[a-z0-9]{4})`)[1]
}

// The program's own calls (the login's token, userinfo and keys) reach the demo's provider, which strangers
// do not.
func TestAPublishedDemoOpensByItsPrintedWordAndSignsIn(t *testing.T) {
	base, word := openPublished(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	read := func(res *http.Response, err error) (int, string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(bufio.NewReader(res.Body))
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, res.Request.URL.Path + " " + string(body)
	}
	for _, path := range []string{"/", "/insurer", "/demo-idp/.well-known/openid-configuration",
		"/api/v1/me"} {
		if code, _ := read(browser.Get(base + path)); code != http.StatusForbidden {
			t.Errorf("%s without the word: %d", path, code)
		}
	}
	given := url.Values{"word": {word}, "to": {"/login"}}
	code, page := read(browser.PostForm(base+"/demo-word", given))
	if code != http.StatusOK || !strings.Contains(page, "だれとしてログインしますか") {
		t.Fatalf("%d %s", code, page)
	}
	res, err := browser.Get(base + "/login")
	if err != nil {
		t.Fatal(err)
	}
	_, page = read(res, nil)
	person := regexp.MustCompile(`name="person" value="([^"]+)"`).FindStringSubmatch(page)
	if person == nil {
		t.Fatal(page)
	}
	code, page = read(browser.PostForm(res.Request.URL.String(), url.Values{"person": {person[1]}}))
	if code != http.StatusOK || !strings.HasPrefix(page, "/enrol ") {
		t.Errorf("%d %s", code, page)
	}
	if code, _ := read((&http.Client{}).Get(base + "/insurer")); code != http.StatusForbidden {
		t.Errorf("another browser: %d", code)
	}
}

func TestEachStartOfAPublishedDemoHasItsOwnWord(t *testing.T) {
	_, first := openPublished(t)
	base, second := openPublished(t)
	if first == second {
		t.Error("the same word twice")
	}
	res, err := http.PostForm(base+"/demo-word", url.Values{"word": {first}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("the word of another start: %s", res.Status)
	}
}
