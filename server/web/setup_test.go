package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

const liveAddress = "https://live.example"

// liveConfig is an empty live server, its half to be added.
func liveConfig(t *testing.T) (Config, openedStore) {
	t.Helper()
	opened := openStore(t, filepath.Join(t.TempDir(), "db"), nil)
	clock := func() time.Time { return testAppDay }
	return Config{
		HTTPS:      true,
		FrontDoor:  kit.FrontDoor{Address: liveAddress},
		Background: ctx,
		Now:        clock,
		Ready:      opened.Ping,
		Sessions:   &auth.Sessions{Store: opened.Sessions(), HTTPS: true, Now: clock},
	}, opened
}

// getLive asks a live server for a page.
func getLive(t *testing.T, server http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, liveAddress+path, nil))
	return w
}

func TestAnEmptyLiveServerSaysWhatToDoNextAndNothingElse(t *testing.T) {
	insurers, store := liveConfig(t)
	insurers.Insurer = insurer.New(insurer.Config{Stores: store.Stores, Host: liveAddress, Now: insurers.Now})
	counters, counterStore := liveConfig(t)
	facilities := staff.New(staff.Config{Stores: counterStore.ForStaff(), Now: counters.Now}).Facilities
	counters.Counter = &counter.Service{Store: counterStore.ForCounter(), Now: counters.Now}
	counters.Facilities = func(ctx context.Context) (int, error) {
		all, err := facilities.List(ctx, staff.Operator{})
		return len(all), err
	}
	for _, c := range []struct {
		name    string
		config  Config
		pages   []string
		command string
		fill    func() error
		then    int // the status of "/" once there is one
	}{
		{"insurers", insurers, []string{"/", "/insurer"}, "madoguchi insurer add", func() error {
			in := insurer.Insurer{
				Number:    "06139992",
				Name:      "架空健康保険組合",
				Issuer:    "理事長",
				Telephone: "06-0000-0000",
			}
			entry := audit.Entry{At: testAppDay, Actor: "test", Action: "t"}
			return store.Directory.PutSettings(ctx, in, nil, entry)
		}, http.StatusOK},
		{"facilities", counters, []string{"/", "/counter"}, "madoguchi facility add", func() error {
			return facilities.Add(ctx, staff.Operator{}, staff.Facility{Code: "1319999991", Name: "架空医院"})
		}, http.StatusSeeOther},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := newSite(c.config)
			for _, page := range c.pages {
				w := getLive(t, server, page)
				if w.Code != http.StatusOK || strings.Count(w.Body.String(), c.command) != 1 {
					t.Errorf("%s: %d %s", page, w.Code, w.Body)
				}
				if links := strings.Count(w.Body.String(), "<a"); links > 3 ||
					strings.Contains(w.Body.String(), "<form") {
					t.Errorf("%s leads on by %d links or a form", page, links)
				}
			}
			if err := c.fill(); err != nil {
				t.Fatal(err)
			}
			if w := getLive(t, server, "/"); w.Code != c.then ||
				strings.Contains(w.Body.String(), c.command) {
				t.Errorf("when there is one: %d %s", w.Code, w.Body)
			}
		})
	}
}

// Where staff sign in, the first page of an empty server also leads to the operator's, which asks who it is.
func TestAnEmptyServersFirstPageLeadsToTheOperators(t *testing.T) {
	config, store := liveConfig(t)
	config.Insurer = insurer.New(insurer.Config{Stores: store.Stores, Host: liveAddress, Now: config.Now})
	config.Members = staff.New(staff.Config{Stores: store.ForStaff(), Now: config.Now})
	server := newSite(config)
	if page := getLive(t, server, "/").Body.String(); !strings.Contains(page, `href="/operator"`) ||
		!strings.Contains(page, "madoguchi invite --operator") {
		t.Error(page)
	}
	if w := getLive(t, server, "/operator"); w.Code != http.StatusSeeOther ||
		location(t, w) != "/staff?back=%2Foperator" {
		t.Errorf("%d %s", w.Code, location(t, w))
	}
}
