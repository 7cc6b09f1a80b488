package web

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"madoguchi/auth"
	"madoguchi/internal/testenv"
)

func TestClerkSavesTheNoticeOfAPerson(t *testing.T) {
	testenv.Need(t, "pdftotext")
	h := newTestApp(t)
	r := h.tokuichi(t)
	path := "/insurer/people/" + string(r.ID) + "/notice.pdf"
	if w := h.ask(t, "GET", path, nil); w.Code != http.StatusSeeOther {
		t.Errorf("without a clerk: %d", w.Code)
	}
	h.session(t, auth.Clerk, "鈴木", "{}")
	w := h.ask(t, "GET", path, nil)
	if w.Code != http.StatusOK || !bytes.HasPrefix(w.Body.Bytes(), []byte("%PDF-")) {
		t.Fatalf("%d %.80s", w.Code, w.Body)
	}
	file := filepath.Join(t.TempDir(), "notice.pdf")
	if err := os.WriteFile(file, w.Body.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil || !strings.Contains(string(text), "資格情報のお知らせ") ||
		!strings.Contains(string(text), "髙橋 德一 様") {
		t.Errorf("%v:\n%s", err, text)
	}
}

func TestPatientSavesACopyWithoutNumbers(t *testing.T) {
	testenv.Need(t, "pdftotext")
	h := newTestApp(t)
	r := h.enrolled(t)
	w := h.ask(t, "GET", "/people/"+string(r.ID)+"/masked.pdf", nil)
	if w.Code != http.StatusOK {
		t.Fatalf("%d %.80s", w.Code, w.Body)
	}
	file := filepath.Join(t.TempDir(), "masked.pdf")
	if err := os.WriteFile(file, w.Body.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil || !strings.Contains(string(text), "髙橋 德一") || strings.Contains(string(text), "0001234") {
		t.Errorf("%v:\n%s", err, text)
	}
}
