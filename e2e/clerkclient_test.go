package e2e

import (
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"testing"
)

// clerkBrowser is a clerk's signed-in client without a browser's own weight.
func clerkBrowser(t testing.TB, base string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	name := found(t, fetch(t, client, base+"/insurer/staff"), `name="name" value="([^"]+)"`)
	send(t, client, base+"/insurer/staff", url.Values{"name": {name}})
	return client
}

func fetch(t testing.TB, client *http.Client, address string) string {
	t.Helper()
	res, err := client.Get(address)
	return answer(t, res, err)
}

func send(t testing.TB, client *http.Client, address string, form url.Values) string {
	t.Helper()
	res, err := client.PostForm(address, form)
	return answer(t, res, err)
}

func answer(t testing.TB, res *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v\n%s", res.Request.URL, res.Status, err, body)
	}
	return string(body)
}

// upload sends a file as the clerk's form does and returns the preview's address and page.
func upload(t testing.TB, client *http.Client, base, insurer, file string) (at, page string) {
	t.Helper()
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() {
		err := form.WriteField("insurer", insurer)
		if err == nil {
			var part io.Writer
			if part, err = form.CreateFormFile("file", "people.csv"); err == nil {
				var in *os.File
				if in, err = os.Open(file); err == nil {
					defer in.Close()
					_, err = io.Copy(part, in)
				}
			}
		}
		if err == nil {
			err = form.Close()
		}
		w.CloseWithError(err)
	}()
	res, err := client.Post(base+"/insurer/import", form.FormDataContentType(), r)
	page = answer(t, res, err)
	return res.Request.URL.String(), page
}

// imports does what clerkImports does, without a browser: for tests of what comes after it.
func imports(t testing.TB, base, person string) (noticeURL string) {
	t.Helper()
	const insurer = "00138990"
	client := clerkBrowser(t, base)
	at, page := upload(t, client, base, insurer, root(t, "server", "insuredcsv", "samples", insurer+".csv"))
	send(t, client, at+"/store", url.Values{"seen": {found(t, page, `name="seen" value="(3 0 0)"`)}})
	page = fetch(t, client, base+"/insurer?"+url.Values{"insurer": {insurer}, "q": {person}}.Encode())
	page = fetch(t, client, base+found(t, page, `class="notice-link" href="([^"]+)"`))
	return html.UnescapeString(found(t, page, `id="notice-url">([^<]+)<`))
}

// found returns what a pattern's group holds in a page.
func found(t testing.TB, page, pattern string) string {
	t.Helper()
	match := regexp.MustCompile(pattern).FindStringSubmatch(page)
	if match == nil {
		t.Fatalf("no %s in\n%s", pattern, page)
	}
	return match[1]
}
