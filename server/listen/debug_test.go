package listen

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestTheDebugAddressIsOnThisComputerOnly(t *testing.T) {
	for _, address := range []string{
		":6060", "0.0.0.0:6060", "192.0.2.1:6060", "madoguchi.example:6060", "x",
	} {
		if err := Debug(t.Context(), address); !errors.Is(err, errDebug) {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"", "127.0.0.1:0", "localhost:0"} {
		if err := Debug(t.Context(), address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestTheDebugAddressSaysWhatTheProcessHolds(t *testing.T) {
	h := onlyHere(debugHandler())
	ask := func(path, host string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "http://"+host+path, nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	var m Memory
	err := json.Unmarshal(ask("/memory", "127.0.0.1:6060").Body.Bytes(), &m)
	if err != nil || m.Goroutines < 1 || m.Heap == 0 || m.Held < m.Heap {
		t.Errorf("%+v %v", m, err)
	}
	for path, status := range map[string]int{
		"/profile/heap":      http.StatusOK,
		"/profile/goroutine": http.StatusOK,
		"/profile/none":      http.StatusNotFound,
		"/other":             http.StatusNotFound,
	} {
		if w := ask(path, "localhost:6060"); w.Code != status {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := ask("/memory", "rebound.example:6060"); w.Code != http.StatusForbidden {
		t.Errorf("under another name: %d", w.Code)
	}
}
