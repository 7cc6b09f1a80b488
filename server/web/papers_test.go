package web

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"madoguchi/auth"
	"madoguchi/server/insurer"
)

// settings posts the form of an insurer's papers, with a mark or none.
func (h *testApp) settings(t *testing.T, mark []byte, values map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	all := map[string]string{
		"insurer":   "06139992",
		"name":      "架空健康保険組合",
		"issuer":    "理事長",
		"telephone": "06-0000-0000",
	}
	for k, v := range values {
		all[k] = v
	}
	for k, v := range all {
		if err := form.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	if mark != nil {
		part, err := form.CreateFormFile("logo", "mark.png")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(mark); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return h.post(t, "/insurer/settings", b.Bytes(), form.FormDataContentType())
}

func mark(t *testing.T, c color.Color) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 40, 20))
	for i := range 40 {
		picture.Set(i, i/2, c)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAnInsurersSettingsAreOnItsPapers(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	for name, c := range map[string]struct {
		values map[string]string
		mark   []byte
		says   string
	}{
		"no name":           {map[string]string{"name": " "}, nil, "かならず入れてください"},
		"a long unit":       {map[string]string{"unit": strings.Repeat("課", 61)}, nil, "60文字"},
		"no colour":         {map[string]string{"colour": "blue"}, nil, "#1a5fb4"},
		"an insecure state": {map[string]string{"state": "http://myna.go.jp/"}, nil, "https://"},
		"a script as state": {map[string]string{"state": "javascript:alert(1)"}, nil, "https://"},
		"no picture":        {nil, []byte("GIF89a"), "PNG"},
		"a white picture":   {nil, mark(t, color.White), "PNG"},
	} {
		if w := h.settings(t, c.mark, c.values); w.Code != http.StatusUnprocessableEntity ||
			!strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	w := h.settings(
		t,
		mark(t, color.Black),
		map[string]string{"unit": "保険年金課", "hours": "平日9時〜17時", "colour": "#f6c6ad"},
	)
	if w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	in, err := h.insurer.Directory.Insurer(ctx, "06139992")
	if err != nil || in.Branding.Unit != "保険年金課" || in.Branding.Colour != "#f6c6ad" {
		t.Error(in, err)
	}
	if stored, err := h.store.Directory.Logo(ctx, "06139992"); err != nil || len(stored) == 0 {
		t.Error("no mark", err)
	}
	if w := h.ask(t, http.MethodGet, "/insurer/papers/passport.pdf?insurer=06139992",
		nil); w.Code != http.StatusNotFound {
		t.Error(w.Code)
	}
	if w := h.settings(t, nil, map[string]string{"nologo": "1"}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	if stored, err := h.store.Directory.Logo(ctx, "06139992"); err != nil || len(stored) > 0 {
		t.Error("the mark is still there", err)
	}
}

// Whom the rules give the notice gets a certificate only for a reason, which is kept
// (docs/facts/insurers-and-papers.md#three-documents).
func TestACertificateOutsideTheRulesNeedsAReason(t *testing.T) {
	h := newTestApp(t)
	h.town(t, row(1, ",,架空商店,有"), row(2, ",,架空商店,無"))
	id := func(number string) string {
		found, err := h.store.Register.FindPeople(
			ctx,
			insurer.PeopleQuery{Insurer: "06139992", Text: number, Limit: 1},
		)
		if err != nil || len(found) != 1 {
			t.Fatal(found, err)
		}
		return string(found[0].ID)
	}
	get := func(path string) *httptest.ResponseRecorder { return h.ask(t, http.MethodGet, path, nil) }
	due, notDue := "/insurer/people/"+id(
		"2",
	)+"/certificate.pdf", "/insurer/people/"+id(
		"1",
	)+"/certificate.pdf"
	if w := get(due + "?layout=a4"); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "%PDF-") {
		t.Error(w.Code, w.Body)
	}
	if w := get(notDue); w.Code != http.StatusConflict {
		t.Error(w.Code)
	}
	if w := get(notDue + "?reason=x"); w.Code != http.StatusConflict {
		t.Error("a reason in the address:", w.Code)
	}
	if w := h.form(t, notDue, url.Values{"reason": {"要配慮の申請"}}); w.Code != http.StatusOK {
		t.Error(w.Code, w.Body)
	}
	w := h.form(t, notDue, url.Values{"reason": {strings.Repeat("長", 41)}})
	if w.Code != http.StatusBadRequest && w.Code != http.StatusUnprocessableEntity {
		t.Error(w.Code)
	}
	if w := get(due + "?layout=poster"); w.Code == http.StatusOK {
		t.Error(w.Code)
	}
	if w := get("/insurer/people/" + id("1") + "/insert.pdf"); w.Code != http.StatusOK ||
		!strings.HasPrefix(w.Body.String(), "%PDF-") {
		t.Error(w.Code)
	}
	h.cookies = nil
	if w := get("/declaration.pdf"); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "%PDF-") {
		t.Error(w.Code)
	}
	if w := get(due); w.Code != http.StatusSeeOther {
		t.Error("a stranger got a certificate:", w.Code)
	}
}
