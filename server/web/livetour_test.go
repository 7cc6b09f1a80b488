package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/server/counter"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/permissions"
)

// The tour on a live server, on which two insurers and two facilities have their staff, who are signed in by
// passkey. All that the tour's requests name is 架空市's and 架空医院's, and 髙橋 德一's.
const (
	cityNumber    = "00138990"
	unionNumber   = "06139992"
	clinicCode    = "1319999991"
	pharmacyCode  = "1319999992"
	unknownNumber = "01139997" // of an insurer that this server has not
)

// askedBy is somebody who asks what is a good request of others, with the own kind's session alone.
type askedBy struct {
	name    string
	who     permissions.Who // of nobody and of patients; of staff none
	role    staff.Role      // of staff
	of      staff.Organisation
	stale   bool   // used the passkey more than five minutes ago
	other   bool   // has nothing to do with what the tour's requests name
	sender  bool   // sent the files that the tour's requests name
	self    string // the own name; pages say who is signed in
	cookies []*http.Cookie
	header  http.Header // of another server's call
}

// mayCome reports whether the row lets the visitor in.
func (v askedBy) mayCome(row permissions.Row) bool {
	return row.Who&permissions.Public != 0 || v.who != 0 && row.Who&v.who != 0 ||
		v.role != "" && row.Who.LetsIn(v.role)
}

// isSignedIn reports whether the visitor's session is one for the pages of a row.
func (v askedBy) isSignedIn(row permissions.Row) bool {
	switch path := row.Path(); {
	case v.role == "":
		return false
	case strings.HasPrefix(path, "/staff/"):
		return true
	case strings.HasPrefix(path, "/operator"):
		return v.of == staff.TheOperator
	case permissions.OfInsurer.Holds(row.Who):
		return v.of.Kind == staff.KindInsurer
	case permissions.OfFacility.Holds(row.Who):
		return v.of.Kind == staff.KindFacility
	}
	return false
}

// owns reports whether what the tour's request for a row names is the visitor's.
func (v askedBy) owns(row permissions.Row) bool {
	switch path := row.Path(); {
	case path == "/staff/sessions/:ref/end":
		return false // of one member only, and that one is not among the visitors
	case path == "/staff/members/:id":
		return v.of == staff.OfInsurer(cityNumber)
	case strings.HasPrefix(path, "/insurer/imports/:id"):
		return v.sender // of nobody else in the organisation either
	}
	return !v.other
}

// refusal is how the table has the visitor refused at a row whom it does not let in, or lets in only with a
// fresh passkey; the zero status: not at all.
func (v askedBy) refusal(row permissions.Row, s stop) (status int, location string) {
	back := s.path
	if s.method == http.MethodPost {
		back, _, _ = strings.Cut(back, "?")
	}
	then := url.Values{"back": {back}}.Encode()
	stale := row.Marks&permissions.Fresh != 0 && v.stale
	switch {
	case v.mayCome(row) && !stale:
		return 0, ""
	case row.ForPrograms(), v.isSignedIn(row) && !v.mayCome(row):
		return http.StatusForbidden, ""
	case v.isSignedIn(row):
		return http.StatusSeeOther, "/staff/prove?" + then
	case row.Who&permissions.Staff != 0:
		return http.StatusSeeOther, "/staff?" + then
	}
	return http.StatusSeeOther, "/login"
}

// liveTour is the tour's app as a live server.
type liveTour struct {
	*testApp
	stops    []stop
	visitors []askedBy
	asked    int
	hanako   insurer.PersonRecord // of the other insurer
	// pagesBefore are the other organisations' pages before the tour's insurer and facility had anything.
	pagesBefore map[string]string
}

// roster are the members who ask, and whether theirs is the other organisation.
var roster = []struct {
	of    staff.Organisation
	role  staff.Role
	other bool
}{
	{staff.OfFacility(clinicCode), staff.RoleReception, false},
	{staff.OfFacility(clinicCode), staff.RoleFacilityAdmin, false},
	{staff.OfInsurer(cityNumber), staff.RoleInsurerClerk, false},
	{staff.OfInsurer(cityNumber), staff.RoleInsurerAdmin, false},
	{staff.TheOperator, staff.RoleOperator, true},
	{staff.OfFacility(pharmacyCode), staff.RoleReception, true},
	{staff.OfFacility(pharmacyCode), staff.RoleFacilityAdmin, true},
	{staff.OfInsurer(unionNumber), staff.RoleInsurerClerk, true},
	{staff.OfInsurer(unionNumber), staff.RoleInsurerAdmin, true},
}

func newLiveTour(t *testing.T) *liveTour {
	t.Helper()
	h, _ := connected(t)
	w := &liveTour{testApp: h}
	if err := h.members.Facilities.Add(ctx, staff.Operator{}, staff.Facility{
		Code: pharmacyCode,
		Name: "別の薬局",
	}); err != nil {
		t.Fatal(err)
	}
	h.counter.Facilities = counter.StoredFacilities{
		Store: h.store.ForStaff().Facilities,
		URL:   func(string) string { return clinic },
	}
	demo := h.echo
	h.alive(t)
	var browsers []*staffBrowser
	sign := func(b *staffBrowser, i int, stale bool) {
		b.signIn("")
		m := roster[i]
		name := string(m.role)
		if m.other {
			name += " elsewhere"
		}
		if stale {
			name += ", stale"
		}
		w.visitors = append(w.visitors, askedBy{
			name:    name,
			role:    m.role,
			of:      m.of,
			stale:   stale,
			other:   m.other,
			sender:  m.role == staff.RoleInsurerAdmin && !m.other,
			self:    b.member.Name,
			cookies: b.cookieList(),
		})
	}
	for i, m := range roster {
		b := h.joins(t, m.of, m.role, fmt.Sprintf("担当 %d", i))
		browsers = append(browsers, b)
		sign(b, i, true)
	}
	h.now = h.now.Add(auth.FreshProof + time.Second)
	for i, b := range browsers {
		again := h.at(t)
		again.device, again.member = b.device, b.member
		sign(again, i, false)
	}
	h.echo = demo
	patient := func(name string, other bool) {
		for _, who := range []permissions.Who{permissions.Patient, permissions.Device} {
			kind := who.String()
			own := cookiesOf(h.cookies, kind)
			if len(own) != 1 {
				t.Fatalf("%s has %d sessions as %s", name, len(own), kind)
			}
			w.visitors = append(w.visitors,
				askedBy{name: kind + name, who: who, other: other, cookies: own})
		}
	}
	w.hanako = h.hanako(t, h.now)
	phone := newPhone(t)
	h.add(t, "H", phone)
	h.enter(t, "H", phone)
	patient(" elsewhere", true)
	h.cookies = nil
	h.alive(t)
	w.opensCase(t, w.hanako.Person.Name, h.live(t, w.hanako.Person, unionNumber, h.now))
	w.touchSessions()
	nobody := askedBy{name: "nobody", who: permissions.Public, other: true}
	w.visitors = append(w.visitors, nobody)
	w.pagesBefore = w.othersPages()
	h.echo = demo
	var crowd []string // whom statistics would show: fewer than ten they hide
	for i := range 12 {
		crowd = append(crowd, row(100+i, ",,架空商店,有"))
	}
	h.townOf(t, cityNumber, crowd...)
	w.stops = h.tour(t)
	patient("", false)
	h.alive(t)
	w.sendsFiles(t)
	return w
}

// sendsFiles puts files that a member has sent in the place of those of the tour.
func (w *liveTour) sendsFiles(t *testing.T) {
	t.Helper()
	i := slices.IndexFunc(w.visitors, func(v askedBy) bool { return v.sender })
	body, kind := multipartOf(t, cityNumber, "番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n")
	sent := map[string]string{}
	for at, s := range w.stops {
		if !strings.HasPrefix(s.route, "/insurer/imports/:id") {
			continue
		}
		id := s.names[0]
		if sent[id] == "" {
			upload := stop{method: "POST", path: "/insurer/import", kind: kind, body: body}
			sent[id] = last(w.asks(w.visitors[i], upload).Header().Get("Location"))
		}
		w.stops[at].path = strings.Replace(s.path, id, sent[id], 1)
		w.stops[at].names = []string{sent[id]}
	}
}

// opensCase has the other facility's reception open a case.
func (w *liveTour) opensCase(t *testing.T, name, jws string) {
	t.Helper()
	i := slices.IndexFunc(w.visitors, func(v askedBy) bool { return v.of.Number == pharmacyCode })
	body := []byte(`{"text":"` + jws + `"}`)
	answer := w.asks(w.visitors[i], stop{
		method: "POST", path: "/api/v1/counter/cases", kind: "application/json", body: body,
	})
	if answer.Code != http.StatusCreated || !strings.Contains(answer.Body.String(), name) {
		t.Fatal(answer.Code, answer.Body)
	}
}

// touchSessions has each session used, so that from then on a use changes nothing that is stored.
func (w *liveTour) touchSessions() {
	for _, v := range w.visitors {
		for _, path := range []string{"/staff/me", "/api/v1/me"} {
			w.asks(v, stop{method: "GET", path: path})
		}
	}
}

// asks sends a request as a visitor's, from an address of its own: what limits count is not looked at here.
func (w *liveTour) asks(v askedBy, s stop) *httptest.ResponseRecorder {
	s.cookies = append([]*http.Cookie{}, v.cookies...)
	s.header = v.header
	r := s.request(nil)
	r.Header.Set("User-Agent", browserName)
	w.asked++
	r.RemoteAddr = fmt.Sprintf("10.%d.%d.1:50000", w.asked/256, w.asked%256)
	answer := httptest.NewRecorder()
	w.echo.ServeHTTP(answer, r)
	return answer
}

// isLive reports whether a live server has the row.
func isLive(row permissions.Row) bool {
	return row.In&(permissions.Demo|permissions.DemoProvider|permissions.PublishedDemo) == 0
}

// liveRows are the rows of the table that a live server has.
func liveRows() []permissions.Row {
	return slices.DeleteFunc(permissions.Table(), func(row permissions.Row) bool { return !isLive(row) })
}

// searches are what somebody looks for who knows names and numbers of the tour's people.
var searches = map[string][]string{
	"/insurer":         {"/insurer?q=" + url.QueryEscape("髙橋"), "/insurer?q=0001234", "/insurer?page=2"},
	"/api/v1/receipts": {"/api/v1/receipts?key=A", "/api/v1/receipts?key=H"},
}

// othersPages are the pages without an id in their address that the other organisations and patient may read.
func (w *liveTour) othersPages() map[string]string {
	pages := map[string]string{}
	for _, row := range liveRows() {
		path := row.Path()
		if row.Method() != http.MethodGet || row.Of == permissions.Nobodys || strings.Contains(path, ":") ||
			row.Who&permissions.Agent != 0 || row.Who.Is(permissions.Public) {
			continue
		}
		if path == "/operator" { // it shows every organisation, and nobody's people: operator_test.go
			continue
		}
		paths := append([]string{path}, searches[path]...)
		for _, v := range w.visitors {
			if status, _ := v.refusal(row, stop{}); !v.other || status != 0 {
				continue
			}
			if path == "/staff/members" && v.of == staff.TheOperator { // the tour's operator is a colleague
				continue
			}
			for _, path := range paths {
				pages[v.name+" at "+path] = anonymous(w.asks(v, stop{method: "GET", path: path}), nil)
			}
		}
	}
	return pages
}

// shortID is how long an id is that may stand in a text by chance.
const shortID = 4

// requestNumbers are the numbers of requests, which differ.
var requestNumbers = regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}`)

// anonymous is a whole answer without the number of its request, and without the ids that the request named.
func anonymous(w *httptest.ResponseRecorder, names []string) string {
	var all bytes.Buffer
	fmt.Fprintln(&all, w.Code)
	header := w.Header().Clone()
	header.Del("X-Request-Id")
	if err := header.Write(&all); err != nil {
		panic(err)
	}
	text := requestNumbers.ReplaceAllString(all.String()+w.Body.String(), "NUMBER")
	longest := func(a, b string) int { return len(b) - len(a) }
	for _, name := range slices.SortedFunc(slices.Values(names), longest) {
		if len(name) <= shortID {
			text = strings.ReplaceAll(text, "/"+name+"/", "/ID/")
			continue
		}
		text = strings.ReplaceAll(text, name, "ID")
	}
	return text
}

// guessed is the request with ids that never were, of the same form.
func (s stop) guessed() stop {
	never := s
	never.names = nil
	for _, name := range s.names {
		fake := neverWas(name)
		never.names = append(never.names, fake)
		parts := strings.FieldsFunc(never.path, func(r rune) bool { return strings.ContainsRune("/?&=", r) })
		if slices.Contains(parts, name) {
			whole := regexp.MustCompile(`([/=])` + regexp.QuoteMeta(name) + `($|[/?&])`)
			never.path = whole.ReplaceAllString(never.path, "${1}"+fake+"${2}")
		}
		if len(name) > shortID {
			never.body = bytes.ReplaceAll(never.body, []byte(name), []byte(fake))
		}
	}
	return never
}

// neverWas is an id of the form of another.
func neverWas(id string) string {
	if id == cityNumber {
		return unknownNumber
	}
	next := func(from, to rune) func(rune) rune {
		return func(r rune) rune { return from + (r-from+1)%(to-from+1) }
	}
	hexadecimal := strings.ToLower(id) == id
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'f' && hexadecimal:
			return next('a', 'f')(r)
		case r >= 'A' && r <= 'Z':
			return next('A', 'Z')(r)
		case r >= '2' && r <= '7' && !hexadecimal:
			return next('2', '7')(r)
		case r >= '0' && r <= '9' && hexadecimal:
			return next('0', '9')(r)
		}
		return r
	}, id)
}
