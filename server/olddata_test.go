package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
	"madoguchi/server/demo"
	"madoguchi/server/settings"
)

// oldData is a data folder that the version before made, opened by this one. What that version was asked to
// do stands in testdata/version-before/README.md.
type oldData struct {
	running
	handler http.Handler
	facts   oldFacts
	entries int // of the audit chain before this version's first start
	head    string
}

// oldFacts is what the version before wrote down of what it did.
type oldFacts struct {
	Tokuichi, Kakuko, Ichiyo, Futaba, Hanako audit.PersonID
	UsedCode, OpenCode, VoidCode             string
	GoodCopy, RevokedCopy, ErasedCopy        string
	PatientCookie, ReceptionCookie           [2]string
	DeviceKey, ReceiptKey                    string // base64url, of 德一's phone
	AcceptedCase, RefusedCase, ParkedCase    string
	OpenCase, Job, FailedJob, Preview, KeyID string
	Revocations                              json.RawMessage
	AuditEntries                             int
	AuditHead                                struct{ Hash string }
	Cases                                    []oldCase
	JobFiles                                 []struct{ Name, SHA256 string }
}

// oldCase is a case as the counter's page is told of it.
type oldCase struct {
	ID, Outcome string
	Valid       bool
	Headline    map[string]string
	Next        map[string]string
	Checks      []map[string]string
}

const (
	oldFolder   = "testdata/version-before"
	oldPhone    = "PHONE-OF-TOKUICHI"
	oldTokuichi = "http://localhost:8080/demo-idp|demo-tokuichi" // his login's subject
	oldUnion    = eligibility.InsurerNumber("06139992")
)

// openOldData unpacks the folder and opens it as serve does.
func openOldData(t *testing.T) oldData {
	t.Helper()
	data := t.TempDir()
	unpack(t, filepath.Join(oldFolder, "data.tar.gz"), data)
	s := &settings.Settings{
		Data:         data,
		Addr:         "127.0.0.1:0",
		FacilityCode: "1319999991",
		FacilityName: "架空医院",
	}
	h, err := openApp(t.Context(), s, datafolder.RoleAll)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Store.Close() })
	if err := h.Keys.Verify(); err != nil {
		t.Fatal(err)
	}
	if err := demo.Certify(h.Keys, h.Path, demo.Insurers, h.Now()); err != nil {
		t.Fatal(err)
	}
	entries, err := h.Store.VerifyAudit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	head, err := h.Store.ForInsurer().Issuer.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	handler, _, err := (&serveCmd{Role: datafolder.RoleAll}).site(t.Context(), h, "http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	services, err := h.insurerServices(t.Context(), "http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(oldFolder, "facts.json"))
	if err != nil {
		t.Fatal(err)
	}
	old := oldData{running: running{s, h, services}, handler: handler, entries: entries, head: head.Hash}
	if err := json.Unmarshal(text, &old.facts); err != nil {
		t.Fatal(err)
	}
	return old
}

func unpack(t *testing.T, archive, to string) {
	t.Helper()
	packed, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	z, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	for files := tar.NewReader(z); ; {
		head, err := files.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(to, filepath.FromSlash(head.Name))
		if head.FileInfo().IsDir() {
			err = os.MkdirAll(name, 0o700)
		} else {
			var data []byte
			if data, err = io.ReadAll(files); err == nil {
				err = os.WriteFile(name, data, 0o600)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// ask is a request to the site by whoever has a cookie.
func (o oldData) ask(
	t *testing.T, cookie [2]string, method, path string, body any,
) *httptest.ResponseRecorder {
	t.Helper()
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		content = bytes.NewReader(data)
	}
	r := httptest.NewRequest(method, path, content)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Host, r.RemoteAddr = "localhost:8080", "127.0.0.1:50000"
	if cookie[0] != "" {
		r.AddCookie(&http.Cookie{Name: cookie[0], Value: cookie[1]})
	}
	w := httptest.NewRecorder()
	o.handler.ServeHTTP(w, r)
	return w
}

// oldAnswer is ask for an answer of JSON with status 2xx.
func oldAnswer[T any](t *testing.T, w *httptest.ResponseRecorder) (v T) {
	t.Helper()
	if w.Code/100 != 2 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%s: %v", w.Body, err)
	}
	return v
}

func TestTheAuditChainOfTheVersionBeforeIsWholeAndGoesOn(t *testing.T) {
	o := openOldData(t)
	if o.entries != o.facts.AuditEntries || o.head != o.facts.AuditHead.Hash {
		t.Errorf("%d entries up to %s; there were %d up to %s", o.entries, o.head, o.facts.AuditEntries,
			o.facts.AuditHead.Hash)
	}
	// the first start made the demo's facility a row
	if n, err := o.app.Store.VerifyAudit(t.Context()); err != nil || n != o.facts.AuditEntries+1 {
		t.Errorf("after the start: %d entries, %v", n, err)
	}
	if _, err := o.insurer.Enrolment.NoticePaper(t.Context(), clerkOf(oldUnion), o.facts.Hanako); err != nil {
		t.Fatal(err)
	}
	if n, err := o.app.Store.VerifyAudit(t.Context()); err != nil || n != o.facts.AuditEntries+2 {
		t.Errorf("after one more: %d entries, %v", n, err)
	}
}
