//go:build !nodemo

package load

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/demo"
)

// The insurer's part: a clerk of the demo imports people who do not exist and makes their notices.

// insurerOf is the demo's 架空市国保 (docs/facts/test-people.md#insurers).
const insurerOf eligibility.InsurerNumber = "00138990"

// clerkName is one of the demo's clerks to pick.
const clerkName = "鈴木"

// insured is a person of the register with the address of the notice.
type insured struct {
	demo.Stranger
	notice string
}

// peopleFile is the insurer's file of the people. Each load has people of its own, so that a demo can be
// loaded again: their numbers begin with the second at which it began.
func (l *run) peopleFile() []byte {
	var b bytes.Buffer
	fmt.Fprint(&b, "保険者番号,記号,番号,枝番,氏名,フリガナ,生年月日,性別,本人家族区分,資格取得年月日\r\n")
	first := 1 + int(l.Now().Unix()%(demo.MaxStranger/maxPhones-1))*maxPhones
	for i := range l.plan.Phones {
		p := demo.NewStranger(first + i)
		l.insured = append(l.insured, &insured{Stranger: p})
		fmt.Fprintf(&b, "%s,負%d,%s,01,%s,%s,%s,%d,本人,2024-04-01\r\n", insurerOf.Paper(), 1+i%9, p.Number(),
			p.Name, p.Kana, p.Born, 1+i%2)
	}
	return b.Bytes()
}

var (
	seenNumbers = regexp.MustCompile(`name="seen" value="(\d+ \d+ \d+)"`)
	noticeLink  = regexp.MustCompile(`href="(/insurer/people/[^"/]+/notice)"`)
	noticeURL   = regexp.MustCompile(`id="notice-url">([^<]+)<`)
)

// importPeople imports the people through the clerk's page and opens their notices.
func (l *run) importPeople(ctx context.Context) error {
	clerk := l.visitor(1)
	if _, err := clerk.call(ctx, call{
		kind:   kindImport,
		method: http.MethodPost,
		path:   "/insurer/staff",
		body:   formBody(url.Values{"name": {clerkName}}),
		want:   http.StatusSeeOther,
	}); err != nil {
		return fmt.Errorf("signing the clerk in: %w", err)
	}
	if err := clerk.importFile(ctx, l.peopleFile()); err != nil {
		return fmt.Errorf("importing the people: %w", err)
	}
	opens := func(_ int, p *insured) error { return clerk.openNotice(ctx, p) }
	if err := each(l.insured, 4, opens); err != nil {
		return fmt.Errorf("opening the notices: %w", err)
	}
	return nil
}

func (v *visitor) importFile(ctx context.Context, file []byte) error {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	if err := form.WriteField("insurer", string(insurerOf)); err != nil {
		return err
	}
	part, err := form.CreateFormFile("file", "people")
	if err != nil {
		return err
	}
	if _, err := part.Write(file); err != nil {
		return err
	}
	if err := form.Close(); err != nil {
		return err
	}
	sent, err := v.call(ctx, call{
		kind:   kindImport,
		method: http.MethodPost,
		path:   "/insurer/import",
		body:   &body{form.FormDataContentType(), b.Bytes()},
		want:   http.StatusSeeOther,
	})
	if err != nil {
		return err
	}
	preview, err := v.call(ctx, call{
		kind:   kindImport,
		method: http.MethodGet,
		path:   sent.location,
		want:   http.StatusOK,
	})
	if err != nil {
		return err
	}
	seen := seenNumbers.FindSubmatch(preview.body)
	if seen == nil {
		return fmt.Errorf("the preview shows no numbers: %.300s", preview.body)
	}
	want := fmt.Sprintf("%d 0 0", v.run.plan.Phones)
	v.run.meter.must(string(seen[1]) == want, kindImport, "the preview says %s, not %s", seen[1], want)
	_, err = v.call(ctx, call{
		kind:   kindImport,
		method: http.MethodPost,
		path:   sent.location + "/store",
		body:   formBody(url.Values{"seen": {string(seen[1])}}),
		want:   http.StatusSeeOther,
	})
	return err
}

// openNotice finds a person by number and shows the notice's code.
func (v *visitor) openNotice(ctx context.Context, p *insured) error {
	query := url.Values{"insurer": {string(insurerOf)}, "q": {p.Number()}}
	found, err := v.call(ctx, call{
		kind:   "search",
		method: http.MethodGet,
		path:   "/insurer?" + query.Encode(),
		want:   http.StatusOK,
	})
	if err != nil {
		return err
	}
	links := noticeLink.FindAllSubmatch(found.body, -1)
	if len(links) != 1 {
		return fmt.Errorf("%d people have the number %s", len(links), p.Number())
	}
	sheet, err := v.call(ctx, call{
		kind:   "notice",
		method: http.MethodGet,
		path:   string(links[0][1]),
		want:   http.StatusOK,
	})
	if err != nil {
		return err
	}
	address := noticeURL.FindSubmatch(sheet.body)
	if address == nil {
		return fmt.Errorf("the notice of %s has no address", p.Number())
	}
	u, err := url.Parse(html.UnescapeString(string(address[1])))
	if err != nil {
		return err
	}
	p.notice = u.Path
	return nil
}

// issuerKeys are what a verifier knows of the insurer.
type issuerKeys struct{ trust credential.TrustList }

// fetchKeys fetches the insurer's key set, as any verifier does.
func (l *run) fetchKeys(ctx context.Context) error {
	var set credential.KeySet
	if _, err := l.visitor(1).call(ctx, call{
		kind:   kindPage,
		method: http.MethodGet,
		path:   "/i/" + string(insurerOf) + "/.well-known/jwks.json",
		want:   http.StatusOK,
		into:   &set,
	}); err != nil {
		return fmt.Errorf("fetching the insurer's keys: %w", err)
	}
	l.keys = issuerKeys{credential.TrustList{Issuers: []credential.TrustedIssuer{{
		ISS:            demo.Host + "/i/" + string(insurerOf),
		Name:           "架空市",
		InsurerNumbers: []eligibility.InsurerNumber{insurerOf},
		JWKS:           set,
	}}}}
	return nil
}

// verify judges a screen as a counter does, by the insurer's published keys: it must be genuine, now, and of
// this person.
func (l *run) verify(kind, jws string, p demo.Stranger) {
	v := credential.Verifier{Now: l.Now(), Trust: &l.keys.trust}.Verify(jws)
	ok := v.Valid || kind == kindOffline && v.AwaitsProof()
	l.meter.must(ok, kind, "a screen of %s is not genuine: %s", p.Number(), said(v))
	if v.Eligibility != nil {
		got := *v.Eligibility
		l.meter.must(got.Number == p.Number() && got.BirthDate == p.Born && sameName(got.Name, p.Name), kind,
			"a screen of %s is of %s", p.Number(), got.Number)
	}
}

// said is what a verdict rests on, as JSON.
func said(v credential.Verdict) string {
	text, err := json.Marshal(v.Checks)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// sameName compares two writings of a name that differ in their blank.
func sameName(a, b string) bool {
	fold := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	return fold(a) == fold(b)
}
