package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/agents"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

// stop is one good request of a tour: everything that it needs is there, and everybody whom it concerns is
// signed in.
type stop struct {
	method, route string // as it is registered
	path          string
	kind          string // of the body
	body          []byte
	header        http.Header
	cookies       []*http.Cookie // of somebody else than the test app's
	names         []string       // ids in path, query or body: what is whose
}

func (s stop) String() string { return s.method + " " + s.route }

// request makes the request anew.
func (s stop) request(cookies []*http.Cookie) *http.Request {
	r := httptest.NewRequest(s.method, s.path, bytes.NewReader(s.body))
	r.Host, r.RemoteAddr = "localhost:8080", "127.0.0.1:50000"
	if s.kind != "" {
		r.Header.Set("Content-Type", s.kind)
	}
	for name, values := range s.header {
		r.Header[name] = values
	}
	if s.cookies != nil {
		cookies = s.cookies
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

// notOnTour are routes that no good request of a tour can ask, with the reason.
var notOnTour = map[string]string{
	"GET /api/v1/bridge":  "a WebSocket; readers tests it",
	"GET /login/callback": "its good request needs the provider's answer; e2e walks there",
	"GET /login":          "asks the provider, which the tour has not; e2e walks there",

	"GET /login/elsewhere":  "its good request needs a login that came back; handover_test.go has it",
	"POST /login/elsewhere": "its good request needs a login that came back; handover_test.go has it",
}

// tour prepares a test app in which each route has something to answer, and returns one good request for
// each: first those that change nothing, last those that end a login or a person.
func tour(t *testing.T) (*testApp, []stop) {
	t.Helper()
	h, _ := connected(t)
	return h, h.tour(t)
}

// tour is the tour of an app. All that it has is of one insurer, 架空市, and of one facility.
func (h *testApp) tour(t *testing.T) []stop {
	t.Helper()
	const city = "00138990"
	h.townOf(t, city, row(1, ",,架空商店,有"), row(2, ",,架空商店,有"))
	r := h.patientOf(t, h.now)
	phone := newPhone(t)
	h.add(t, "A", phone)
	h.addReceiptKey(t, "A")
	h.leave(t, "A", r)
	h.enter(t, "A", phone)
	h.session(t, auth.Counter, "鈴木", "{}")
	person := "/people/" + string(r.ID)
	if w := h.ask(t, "GET", person+"/document.pdf", nil); w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
	file, err := h.store.Register.PersonFile(ctx, keyOf(r), h.now, 0)
	if err != nil || len(file.Copies) != 1 || len(file.Logins) != 1 {
		t.Fatalf("%+v %v", file, err)
	}
	rid, login := credential.EncodeRID(file.Copies[0].RID), strconv.FormatInt(file.Logins[0].ID, 10)
	done := h.started(t, url.Values{"insurer": {city}, "run": {"notices"}, "whom": {"new"},
		"order": {"number"}})
	h.overOf(t, insurer.RunKey{Insurer: city, ID: done})
	waiting := h.waiting(t, city)
	live := h.live(t, r.Person, "00138990", h.now)
	open, fresh, back := h.scan(t, live).ID, h.scan(t, live).ID, h.scan(t, live).ID
	// its seconds never pass
	h.counter.Receipts.Held = counter.NewHeld(func(time.Duration, func()) func() bool {
		return func() bool { return true }
	})
	h.ask(t, "POST", "/api/v1/counter/cases/"+back+"/record",
		map[string]string{"outcome": "parked", "reason": "本人の希望"})
	if w := h.ask(t, "POST", "/api/v1/counter/cases/"+back+"/take-back", struct{}{}); w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	parked, again, wrong := h.scan(t, live).ID, h.scan(t, live).ID, h.scan(t, live).ID
	for id, outcome := range map[string]string{parked: "parked", again: "parked", wrong: "refused"} {
		h.ask(t, "POST", "/api/v1/counter/cases/"+id+"/record",
			map[string]string{"outcome": outcome, "reason": "本人の希望"})
	}
	if w := h.ask(t, "POST", "/api/v1/counter/cases/"+again+"/take-up", struct{}{}); w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	offline := answer[struct{ JWS string }](t,
		h.ask(t, "POST", "/api/v1"+person+"/credential",
			map[string]string{"tier": "screen", "phone": "A"}), 200).JWS
	second := h.scan(t, offline).ID
	typed := h.openPaper(t, noticeBody()).ID
	good := "記号,番号,氏名,生年月日,資格取得年月日\n1,1,試験 太郎,1986-04-12,2020-04-01\n"
	shown, mapped := h.sentTo(t, city, good), h.sentTo(t, city, good)
	stored, dropped := h.sentTo(t, city, good), h.sentTo(t, city, good)
	mended := h.sentTo(t, city, good)
	code := answer[struct{ Code string }](t, h.ask(t, "POST", "/api/v1"+person+"/code", nil), 201).Code
	if _, err := h.redeemAs(t, "https://clinic.example.jp",
		credential.OnlineCode{Spoken: code}); err != hostapi.ErrCodeWaiting {
		t.Fatal(err)
	}
	own := h.cookies
	logsIn := func(p insurer.PersonRecord, subject string) []*http.Cookie {
		h.cookies = nil
		h.enrol(t, p, auth.Identity{Subject: subject, Name: p.Person.Name, BirthDate: p.Person.BirthDate,
			At: h.now})
		return h.cookies
	}
	taro := h.named(t, city, "試験 太郎")
	logsIn(taro, "taro")
	if w := h.add(t, "T", newPhone(t)); w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
	ichiyo := h.named(t, city, "試験 一葉")
	hers := logsIn(ichiyo, "ichiyo")
	h.cookies = own
	bridge, ended := strings.Repeat("b", 64), strings.Repeat("c", 64)
	h.pairs(t, bridge)
	h.pairs(t, ended)
	if err := h.store.ForAgents().EndAgent(ctx, agents.AgentEnd{
		ID:       ended,
		Facility: h.facility.Code,
		At:       h.now,
		By:       "鈴木",
	}, audit.Entry{At: h.now, Actor: "t", Action: "bridge.end"}); err != nil {
		t.Fatal(err)
	}
	representative, another := h.represented(t, r, "代理 花子"), h.representedBy(t, r, "rep3", "代理 三郎")
	offer := h.representCode(t, r, "代理 太郎")
	begun, atAnEnd := h.atDesk(t, r), h.atDesk(t, ichiyo)
	if err := h.insurer.Desk.Cancel(ctx, clerkOf(city), ichiyo.ID, atAnEnd.Ref); err != nil {
		t.Fatal(err)
	}
	holder, nonce := h.holder(t, "B", newPhone(t)), h.nonce(t, "A")
	point := holderBody(h.holder(t, "C", newPhone(t)))["key"]
	console, err := h.counter.Offline.Register(ctx,
		staff.Reception{Staff: "鈴木", Facility: h.facility.Code}, consoleKeyOf(t, newPhone(t)))
	if err != nil {
		t.Fatal(err)
	}
	kid := h.trust.Issuers[0].JWKS[0].ID

	var stops []stop
	get := func(route string, values ...string) {
		stops = append(stops, stop{method: "GET", route: route, path: filled(route, values...),
			names: namesIn(values)})
	}
	send := func(method, route string, body any, values ...string) {
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		stops = append(stops, stop{method: method, route: route, path: filled(route, values...),
			kind: "application/json", body: data, names: namesIn(values)})
	}
	form := func(route string, fields url.Values, values ...string) {
		stops = append(stops, stop{method: "POST", route: route, path: filled(route, values...),
			kind: "application/x-www-form-urlencoded", body: []byte(fields.Encode()),
			names: namesIn(append(values, fields["insurer"]...))})
	}
	call := func(route string, make func(calls hostapi.FacilityClient, iss string) error) {
		caught := &catching{}
		calls := &hostapi.Client{Key: h.calls.Key, Client: &http.Client{Transport: caught},
			Now: h.calls.Now}
		if err := make(calls.For(clinic), testHost+"/i/00138990"); caught.request == nil {
			t.Fatal(err)
		}
		stops = append(stops, stop{method: "POST", route: route, path: filled(route, "00138990"),
			kind: caught.request.Header.Get("Content-Type"),
			body: caught.body, header: caught.request.Header})
	}
	id := string(r.ID)
	also := func(name string) { // the last stop's body names it
		stops[len(stops)-1].names = append(stops[len(stops)-1].names, name)
	}
	admin, desk := h.adminSignedIn(t), h.deskSignedIn(t)
	if err := h.members.PINs.Set(ctx, desk.member, "2580"); err != nil {
		t.Fatal(err)
	}
	invited := h.at(t)
	link, _, err := h.members.Members.Recover(ctx, staff.Operator{}, desk.member.ID)
	if err != nil {
		t.Fatal(err)
	}
	invited.get("/staff/invite/" + link)
	by := func(b *staffBrowser) { // the last stop is theirs
		last := &stops[len(stops)-1]
		last.cookies = append([]*http.Cookie{}, b.cookieList()...)
		last.header = http.Header{"User-Agent": {browserName}}
	}

	for _, route := range []string{"/", "/healthz", "/readyz", "/notice", "/settings", "/next",
		"/login/help", "/login/cancelled", "/login/wait", "/api/v1/login",
		"/manifest.webmanifest", "/reception", "/reception/source.png", "/visit", "/papers",
		"/enrol", "/screen", "/sw.js", "/api/v1/me", "/counter", "/counter/methods", "/counter/staff",
		"/counter/facility", "/counter/numbers", "/counter/sheet.pdf", "/counter/poster.pdf", "/start",
		"/counter/offline", "/counter/sw.js", "/counter/manifest.webmanifest", "/api/v1/counter/offline",
		"/api/v1/counter/status",
		"/api/v1/counter/cases", "/api/v1/counter/bridges", "/insurer", "/insurer/staff", "/insurer/settings",
		"/insurer/runs", "/insurer/runs/new",
		"/insurer/support"} {
		get(route)
	}
	get("/represent")
	get("/r/:code", offer)
	get("/static/*", "x/app.css")
	get("/d/:code", begun.Code)
	get("/n/:code", h.noticeCode(t, r))
	get("/c/:code", "ABCD2345")
	get("/C/:code", "ABCD2345")
	get("/certificate", "?until=2027-05-15")
	get("/certificate.ics", "?until=2027-05-15")
	get("/api/v1/receipts", "?key=A")
	get("/api/v1/people/:id/code", id)
	for _, route := range []string{"name.ttf", "screen.smart-health-card"} {
		get("/people/:id/"+route, id)
	}
	for _, route := range []string{"", "/notice", "/notice.png", "/represent", "/represent/code",
		"/represent/code.png", "/reissue", "/revoke", "/erase", "/desk", "/address"} {
		get("/insurer/people/:id"+route, id)
	}
	for _, d := range insurer.AllDocuments() {
		file := "/" + string(d.Kind) + ".pdf"
		if d.Viewer != nil {
			get("/people/:id"+file, id)
		}
		if d.Clerk != nil {
			get("/insurer/people/:id"+file, id, "?reason=x&layout=card")
		}
		if d.Anybody != nil {
			get(file)
		}
	}
	get("/insurer/people/:id/desk/:ref", id, begun.Ref)
	get("/insurer/people/:id/desk/:ref/code.png", id, begun.Ref)
	get("/insurer/people/:id/desk/:ref/events", string(ichiyo.ID), atAnEnd.Ref) // of an open one it waits
	get("/insurer/people/:id/copies/:rid/revoke", id, rid)
	get("/insurer/people/:id/logins/:login/end", id, login)
	get("/insurer/people/:id/representatives/:login/end", id, representative)
	for _, route := range []string{"/insurer/sample.csv", "/insurer/revoke", "/insurer/statistics",
		"/insurer/statistics.csv"} {
		get(route, "?insurer=00138990")
	}
	get("/insurer/papers/:kind", "notice.pdf", "?insurer=00138990")
	get("/insurer/imports/:id", last(shown))
	get("/insurer/imports/:id/events", last(shown))
	get("/insurer/imports/:id/headings", last(shown))
	get("/insurer/imports/:id/errors.csv", last(shown))
	get("/insurer/runs/:id", done)
	get("/insurer/runs/:id/events", done)
	get("/insurer/runs/:id/files/:name", done, "oshirase-138990-"+done+"-001.pdf")
	get("/i/:insurer/.well-known/jwks.json", "00138990")
	get("/i/:insurer/.well-known/crl/:file", "00138990", kid+".json")
	get("/i/:insurer/status.jwt", "00138990")
	get("/i/:insurer/.well-known/keys.jwt", "00138990")
	get("/i/:insurer/time.jwt", "00138990", "?nonce="+strings.Repeat("A", 22))
	get("/api/v1/counters")
	get("/counter/records/:id", wrong)
	for _, route := range []string{"/counter/records", "/counter/records/export", "/api/v1/counter/parked"} {
		get(route)
	}
	get("/insurer/people/:id/phones/:phone/end", id, "A")
	get("/insurer/people/:id/phones/end", id)

	for _, route := range []string{"/staff", "/staff/prove", "/staff/me", "/staff/members",
		"/staff/members/invite"} {
		get(route)
		by(admin)
	}
	get("/staff/members/:id", string(admin.member.ID))
	by(admin)
	get("/staff/invite")
	by(invited)
	get("/staff/invite/:code", link)
	for _, route := range []string{"/staff/pin", "/api/v1/staff/tiles", "/counter/disasters"} {
		get(route)
		by(desk)
	}
	ways := h.waysOf(t)
	get("/counter/outage")

	get("/staff/facility")
	by(desk)
	operator := h.joins(t, staff.TheOperator, staff.RoleOperator, "運営 花")
	operator.signIn("")
	for _, s := range operatorStops() {
		stops = append(stops, s)
		by(operator)
	}

	form("/settings", url.Values{"lang": {"en"}})
	form("/staff/facility", url.Values{"blanking": {"90"}})
	by(desk)
	form("/login/wait", url.Values{})
	form("/staff/try", url.Values{"door": {"insurer"}})
	form("/staff/pin", url.Values{"pin": {"2580"}})
	by(desk)
	send("POST", "/api/v1/staff/acting", map[string]string{"member": string(desk.member.ID), "pin": "2580"})
	by(desk)
	also(string(desk.member.ID))
	form("/staff/members/invite", url.Values{"name": {"佐藤"}, "role": {"insurer-clerk"}})
	by(admin)
	form("/staff/members/:id", url.Values{"do": {"unlock"}}, string(admin.member.ID))
	by(admin)
	send("POST", "/api/v1/staff/signin/begin", struct{}{})
	send("POST", "/api/v1/staff/invite/begin", struct{}{})
	by(invited)
	send("POST", "/api/v1/staff/proof/begin", backBody{"/insurer"})
	by(admin)
	for _, route := range []string{"signin", "invite", "proof"} { // a passkey's answer is good once
		send("POST", "/api/v1/staff/"+route, credentialBody{Credential: []byte("{}")})
	}
	form("/staff/sessions/:ref/end", url.Values{}, h.elsewhere(t, admin))
	by(admin)
	form("/staff/signout", url.Values{})
	by(admin)
	form("/staff/signout/everywhere", url.Values{})
	by(desk)
	form("/visit", url.Values{"day": {eligibility.DateOf(h.now).AddDays(1).String()}})
	form("/counter/staff", url.Values{"name": {"鈴木"}})
	form("/insurer/staff", url.Values{"name": {"鈴木"}})
	form("/insurer/people/:id/certificate.pdf", url.Values{"reason": {"申請"}, "layout": {"card"}}, id)
	form("/insurer/settings", url.Values{"insurer": {city}, "name": {"架空市"},
		"issuer": {"架空市長"}, "telephone": {"03-0000-0000"}})
	form("/insurer/runs", url.Values{"insurer": {city}, "run": {"notices"}, "order": {"number"}})
	form("/insurer/runs/new", url.Values{"insurer": {city}, "run": {"notices"}, "whom": {"list"},
		"list": {"1"}})
	form("/insurer/revoke", url.Values{"insurer": {"00138990"}, "rid": {rid}})
	form("/insurer/imports/:id/headings", url.Values{}, last(mapped))
	form("/insurer/imports/:id/store", url.Values{"seen": {"1 0 0"}}, last(stored))
	form("/insurer/imports/:id/stop", url.Values{}, last(mended))
	form("/insurer/imports/:id/drop", url.Values{}, last(dropped))
	form("/insurer/imports/:id/mend", url.Values{"cell-2-1": {"試験 太郎"}}, last(mended))
	form("/insurer/runs/:id/:wish", url.Values{}, waiting, "cancel")
	send("POST", "/api/v1/people/:id/credential", map[string]string{"tier": "live"}, id)
	call("/i/:insurer/code", func(calls hostapi.FacilityClient, iss string) error {
		_, err := calls.Redeem(ctx, iss, credential.OnlineCode{Spoken: code})
		return err
	})
	send("POST", "/api/v1/people/:id/code/answer", map[string]bool{"allow": true}, id)
	send("POST", "/api/v1/people/:id/code", nil, id)
	send("PUT", "/api/v1/phone", map[string]any{"id": "C", "key": point})
	send("PUT", "/api/v1/phone/holder", holderBody(holder))
	send("POST", "/api/v1/phone/nonce", map[string]string{"phone": "A"})
	send("POST", "/api/v1/phone/session",
		map[string]string{"phone": "A", "key": phone.key.ID[:16], "nonce": nonce,
			"signature": phone.sign(t,
				strings.Join([]string{"madoguchi-device-1", "enter", "localhost:8080", "A",
					nonce}, "\n"))})
	send("POST", "/api/v1/counter/cases", map[string]string{"text": live})
	stops = append(stops, h.pdfStop(t, live))
	send("POST", "/api/v1/counter/people", map[string][]string{"texts": {live}})
	send("POST", "/api/v1/counter/papers", noticeBody())
	send("POST", "/api/v1/counter/paper-notes", noticeBody())
	send("PUT", "/api/v1/counter/papers/:id", noticeBody(), typed)
	cases := "/api/v1/counter/cases/:id"
	send("POST", cases+"/challenge", struct{}{}, second)
	send("POST", cases+"/proof", map[string]string{"text": "x.y.z"}, second)
	send("POST", cases+"/card-check", map[string]bool{"birthDateConfirmed": true}, open)
	send("POST", cases+"/text-check", map[string]any{"expiryYear": 2030, "securityCode": "1234"}, open)
	send("POST", cases+"/face-tries", struct{}{}, open)
	send("POST", cases+"/face-check", faceBody(newPage(t), 10, "1234"), open)
	send("POST", cases+"/certificate-check", struct{}{}, open)
	send("POST", cases+"/oqs-compare", struct{}{}, open)
	send("POST", cases+"/visual", map[string][]string{"checks": {"photo", "name", "birthDate"}}, open)
	send("POST", cases+"/record", map[string]string{"outcome": "refused", "reason": "本人の希望"}, fresh)
	send("POST", cases+"/take-back", struct{}{}, back) // asked twice it is taken back once
	send("POST", cases+"/take-up", struct{}{}, parked)
	send("POST", cases+"/scan", map[string]string{"text": live}, again)
	send("POST", cases+"/patient-number", map[string]string{"patientNumber": "1234"}, open)
	send("POST", "/api/v1/counter/this-month", map[string]string{"patientNumber": "1234"})
	form("/counter/records/:id/correct", url.Values{"version": {"2"}, "outcome": {"refused"},
		"reason": {"書きまちがい"}}, wrong)
	day := eligibility.DateOf(h.now).String()
	form("/counter/records/export", url.Values{"from": {day}, "to": {day}})
	for _, s := range ways {
		stops = append(stops, s)
		if strings.HasPrefix(s.path, "/counter/disasters") {
			by(desk)
		}
	}
	send("POST", "/api/v1/counter/reader", map[string]string{"id": bridge})
	also(bridge)
	send("POST", "/api/v1/counter/offline/key", consoleKeyOf(t, newPhone(t)))
	send("POST", "/api/v1/counter/offline/records", map[string]any{"key": console.ID, "records": []string{}})
	also(console.ID)
	send("POST", "/api/v1/counter/bridges", map[string]string{"code": "AAAA-AAAA"})
	send("POST", "/api/v1/counter/bridges/confirm", map[string]any{"ticket": "A", "same": true})
	send("POST", "/api/v1/counter/bridges/:id/end", nil, bridge)
	send("POST", "/api/v1/counter/bridges/:id/readmit", nil, ended)
	call("/i/:insurer/receipt/keys", func(calls hostapi.FacilityClient, iss string) error {
		_, err := calls.ReceiptKeys(ctx, iss, live)
		return err
	})
	call("/i/:insurer/receipt", func(calls hostapi.FacilityClient, iss string) error {
		receipt := hostapi.Receipt{At: h.now, Outcome: hostapi.Accepted, Method: "N1e"}
		key, err := phone.private.PublicKey.Bytes()
		if err != nil {
			return err
		}
		sealed, err := hostapi.ReceiptSigner{URL: clinic, Key: h.counter.Receipts.Key}.Seal(receipt, key)
		if err != nil {
			return err
		}
		left := hostapi.Delivery{Credential: live, Sealed: map[string][]byte{"A": sealed}}
		return calls.LeaveReceipt(ctx, iss, left)
	})
	upload, kind := multipartOf(t, city, good)
	stops = append(stops, stop{method: "POST", route: "/insurer/import", path: "/insurer/import", kind: kind,
		body: upload, names: []string{city}})

	form("/insurer/people/:id/desk/:ref/cancel", url.Values{}, id, begun.Ref)
	form("/insurer/people/:id/desk", url.Values{"seen": {"card"}}, id)
	form("/insurer/people/:id/reissue", url.Values{}, id)
	form("/insurer/people/:id/copies/:rid/revoke", url.Values{}, id, rid)
	form("/insurer/people/:id/revoke", url.Values{}, id)
	form("/represent/code", url.Values{"code": {offer}})
	form("/represent", url.Values{})
	form("/insurer/people/:id/represent", h.wishFor("代理 次郎"), id)
	send("POST", "/api/v1/people/:id/representatives/:login/end", struct{}{}, id, representative)
	form("/insurer/people/:id/representatives/:login/end", url.Values{}, id, another)
	form("/enrol", url.Values{"code": {"AAAAAAAAAAAAAAAA"}})
	send("POST", "/api/v1/phones/:phone/end", struct{}{}, "A")
	send("POST", "/api/v1/people/:id/remove", struct{}{}, id)
	form("/insurer/people/:id/phones/:phone/end", url.Values{}, string(taro.ID), "T")
	form("/insurer/people/:id/phones/checked", url.Values{}, string(taro.ID))
	form("/insurer/people/:id/phones/end", url.Values{}, string(taro.ID))
	form("/insurer/people/:id/logins/:login/end", url.Values{}, id, login)
	form("/insurer/people/:id/erase", url.Values{"number": {r.Person.Number}}, id)
	send("POST", "/api/v1/me/erase", struct{}{})
	stops[len(stops)-1].cookies = hers
	form("/logout", url.Values{})
	send("POST", "/api/v1/phone/wipe", struct{}{})
	return stops
}

// catching keeps the call that it is given and sends it nowhere.
type catching struct {
	request *http.Request
	body    []byte
}

func (c *catching) RoundTrip(r *http.Request) (*http.Response, error) {
	var err error
	c.request = r
	if c.body, err = io.ReadAll(r.Body); err != nil {
		return nil, err
	}
	return nil, errors.New("caught")
}

// pairs stores a bridge agent of the facility.
func (h *testApp) pairs(t *testing.T, id string) {
	t.Helper()
	if err := h.store.ForAgents().PutAgent(ctx, agents.Agent{
		ID:        id,
		Facility:  h.facility.Code,
		Name:      "受付の読取機",
		Key:       []byte(id),
		PairedAt:  h.now,
		PairedBy:  "鈴木",
		FirstSeen: h.now,
		LastSeen:  h.now,
	}, audit.Entry{At: h.now, Actor: "t", Action: "bridge.pair"}); err != nil {
		t.Fatal(err)
	}
}

// elsewhere is the Ref of a member's session in another browser.
func (h *testApp) elsewhere(t *testing.T, of *staffBrowser) string {
	t.Helper()
	other := h.at(t)
	other.device = of.device
	other.signIn("")
	all, err := h.members.Sessions.List(ctx, of.member, of.member.ID)
	if err != nil || len(all) < 2 {
		t.Fatalf("%d sessions, %v", len(all), err)
	}
	hash := sha256.Sum256([]byte(other.cookies["madoguchi-clerk"].Value))
	return hex.EncodeToString(hash[:])
}

// namesIn are the ids among the values that fill a route: those of its places, and those of its query that
// say whose it is.
func namesIn(values []string) (names []string) {
	for _, v := range values {
		query, err := url.ParseQuery(strings.TrimPrefix(v, "?"))
		switch {
		case !strings.HasPrefix(v, "?"):
			names = append(names, v)
		case err == nil:
			names = append(names, append(query["insurer"], query["key"]...)...)
		}
	}
	return names
}

func last(address string) string { return address[strings.LastIndex(address, "/")+1:] }

// filled puts values into a route's places, one after the other; one that begins with ? is the query.
func filled(route string, values ...string) string {
	parts := strings.Split(route, "/")
	query := ""
	for _, v := range values {
		if strings.HasPrefix(v, "?") {
			query = v
			continue
		}
		for i, part := range parts {
			if strings.HasPrefix(part, ":") || part == "*" {
				parts[i] = v
				break
			}
		}
	}
	return strings.Join(parts, "/") + query
}

// A route that the tour leaves out is tested by none of the tests that walk it.
func TestTheTourAsksEveryRoute(t *testing.T) {
	h, stops := tour(t)
	asked := map[string]bool{}
	for _, s := range stops {
		if asked[s.String()] {
			t.Errorf("%s is asked twice", s)
		}
		asked[s.String()] = true
	}
	registered := map[string]bool{}
	for _, r := range h.echo.Routes() {
		route := r.Method + " " + r.Path
		registered[route] = true
		if r.Method == http.MethodHead || r.Method == echo.RouteNotFound || asked[route] ||
			notOnTour[route] != "" {
			continue
		}
		t.Errorf("%s is not on the tour: add a good request, or say in notOnTour why there is none", route)
	}
	for route := range notOnTour {
		if !registered[route] {
			t.Errorf("notOnTour names %s, which is no route", route)
		}
	}
	for _, s := range stops {
		if w := h.answered(t, s.request(h.cookies)); w.Code >= 500 && s.route != "/api/v1/counter/reader" {
			t.Errorf("%s: %d %s", s, w.Code, w.Body)
		}
	}
}

// What a route answers does not depend on the day on which it is asked.
func TestEveryRouteAnswersAtAwkwardMoments(t *testing.T) {
	usual := map[string]int{}
	h, stops := tour(t)
	for _, s := range stops {
		w := httptest.NewRecorder()
		h.echo.ServeHTTP(w, s.request(h.cookies))
		usual[s.String()] = w.Code
	}
	defer func(day time.Time) { testAppDay = day }(testAppDay)
	for i, moment := range testenv.Moments() {
		if i%2 == 1 {
			continue // a tour takes its time; the demo's own test (server/clock_test.go) takes them all
		}
		t.Run(moment.Name, func(t *testing.T) {
			testAppDay = moment.At
			h, stops := tour(t)
			for _, s := range stops {
				w := h.answered(t, s.request(h.cookies))
				if w.Code != usual[s.String()] {
					t.Errorf("%s: %d %.300s, and %d on other days", s, w.Code, w.Body, usual[s.String()])
				}
			}
		})
	}
}
