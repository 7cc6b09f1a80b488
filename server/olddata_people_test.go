package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

func TestPeopleOfTheVersionBeforeAreFoundWithTheirVersions(t *testing.T) {
	o := openOldData(t)
	register := o.app.Store.ForInsurer().Register
	for _, c := range []struct {
		name    string
		insurer eligibility.InsurerNumber
		text    string
		want    []audit.PersonID
	}{
		{"by name", demoCity, "髙橋 德一", []audit.PersonID{o.facts.Tokuichi}},
		{"by kana", demoCity, "ｼｹﾝ ｲﾁﾖｳ", []audit.PersonID{o.facts.Ichiyo}},
		{"by number", demoCity, "5678", []audit.PersonID{o.facts.Ichiyo}},
		{"by birth date", demoCity, "1958-05-05", []audit.PersonID{o.facts.Kakuko}},
		{"of another insurer", oldUnion, "試験 花子", []audit.PersonID{o.facts.Hanako}},
		{"of the other insurer only", demoCity, "試験 花子", nil},
		{"erased", demoCity, "試験 二葉", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := register.FindPeople(t.Context(), insurer.PeopleQuery{
				Insurer: c.insurer,
				Text:    c.text,
				Limit:   5,
			})
			var ids []audit.PersonID
			for _, r := range found {
				ids = append(ids, r.ID)
			}
			if err != nil || !slices.Equal(ids, c.want) {
				t.Errorf("%v, %v; want %v", ids, err, c.want)
			}
		})
	}
	file, err := o.insurer.Register.PersonFile(t.Context(), clerkOf(demoCity), o.facts.Kakuko)
	if err != nil {
		t.Fatal(err)
	}
	if file.Version != 2 || file.Person.Address != "東京都架空市新町5" ||
		!file.RegisteredAt.Equal(time.Date(2026, 11, 21, 10, 0, 0, 0, eligibility.Japan)) {
		t.Errorf("now: %+v", file.PersonRecord)
	}
	if len(file.Older) != 1 || file.Older[0].Version != 1 ||
		file.Older[0].Person.Address != "東京都架空市架空町1-2-3" ||
		!file.Older[0].RegisteredAt.Equal(time.Date(2026, 11, 20, 9, 0, 0, 0, eligibility.Japan)) {
		t.Errorf("before: %+v", file.Older)
	}
	if len(file.Notices) != 2 || file.Notices[0].Void || !file.Notices[1].Void {
		t.Errorf("notices: %+v", file.Notices)
	}
	if _, err := o.insurer.Register.PersonFile(t.Context(), clerkOf(demoCity),
		o.facts.Futaba); !errors.Is(err,
		insurer.ErrNoPerson) {
		t.Errorf("the erased one: %v", err)
	}
	// the file of 21 November again: everybody who was not erased is known, as unchanged
	again := strings.Replace(oldCityFile, "S33.5.5,女,家族,H20.4.1,H20.4.1,,,,,100-0000,東京都架空市架空町1-2-3",
		"S33.5.5,女,家族,H20.4.1,H20.4.1,,,,,100-0000,東京都架空市新町5", 1)
	done, err := o.insurer.Importer.Import(t.Context(), clerkOf(demoCity), strings.NewReader(again))
	if err != nil || done.Count != (insurer.ImportCount{Unchanged: 3}) {
		t.Errorf("%+v %v", done.Count, err)
	}
}

// oldCityFile is what the version before imported on 20 November, without the one whom it erased.
const oldCityFile = "保険者番号,記号,番号,枝番,氏名,氏名カナ,生年月日,性別,本人家族区分,資格取得年月日," +
	"適用開始年月日,負担割合,発効期日,有効期限,限度額適用区分,郵便番号,住所,マイナ保険証登録," +
	"電子証明書有効期限,交付年月日\r\n" +
	"138990,国13,0001234,02,髙橋 德一,ﾀｶﾊｼ ﾄｸｲﾁ,昭和30年7月1日,男,本人,平成20年4月1日,平成20年4月1日,2割," +
	"令和8年8月1日,令和9年7月31日,一般,100-0000,東京都架空市架空町1-2-3,有,2028-05-15,令和8年11月22日\r\n" +
	"138990,国13,0001234,03,髙橋 架空子,ﾀｶﾊｼ ｶｸｺ,S33.5.5,女,家族,H20.4.1,H20.4.1,,,,,100-0000," +
	"東京都架空市架空町1-2-3,有,2027-01-31,令和8年11月22日\r\n" +
	"138990,国13,0005678,01,試験 一葉,ｼｹﾝ ｲﾁﾖｳ,1980-02-17,女,本人,2015-04-01,2015-04-01,,,,ウ,100-0000," +
	"東京都架空市見本町4-5-6,無,,令和8年11月22日\r\n"

func TestNoticesOfTheVersionBeforeAreWhatTheyWere(t *testing.T) {
	o := openOldData(t)
	tokuichi := auth.Identity{
		Subject:   oldTokuichi,
		Name:      "髙橋　德一",
		BirthDate: eligibility.MustDate("1955-07-01"),
		At:        o.app.Now(),
	}
	another, ichiyo, kakuko := tokuichi, tokuichi, tokuichi
	another.Subject = "op|another"
	ichiyo.Subject, ichiyo.Name, ichiyo.BirthDate = "op|ichiyo", "試験 一葉", eligibility.MustDate("1980-02-17")
	kakuko.Subject, kakuko.Name, kakuko.BirthDate = "op|kakuko", "髙橋 架空子", eligibility.MustDate("1958-05-05")
	for _, c := range []struct {
		name, code string
		who        auth.Identity
		want       error
	}{
		{"used, by who used it", o.facts.UsedCode, tokuichi, nil},
		{"used, by another login", o.facts.UsedCode, another, insurer.ErrNoticeUsed},
		{"open", o.facts.OpenCode, ichiyo, nil},
		{"replaced", o.facts.VoidCode, kakuko, insurer.ErrNoticeVoid},
	} {
		t.Run(c.name, func(t *testing.T) {
			notice, err := o.insurer.Enrolment.NoticeFor(t.Context(), c.code)
			if err == nil {
				err = o.insurer.Enrolment.Enrol(t.Context(), insurer.Viewer{Login: &c.who}, notice)
			}
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	// the code that stands on a paper is printed again as it was
	paper, err := o.insurer.Enrolment.NoticePaper(t.Context(), clerkOf(demoCity), o.facts.Ichiyo)
	if err != nil || paper.Code != o.facts.OpenCode {
		t.Errorf("%q %v, want %q", paper.Code, err, o.facts.OpenCode)
	}
}

func TestALoginAndAPhoneOfTheVersionBeforeShowTheirPeople(t *testing.T) {
	o := openOldData(t)
	type me struct {
		People []struct {
			ID   audit.PersonID
			Name string
		}
		Phones []struct {
			ID      string
			AddedAt time.Time
		}
	}
	seen := oldAnswer[me](t, o.ask(t, o.facts.PatientCookie, "GET", "/api/v1/me", nil))
	if len(seen.People) != 1 || seen.People[0].ID != o.facts.Tokuichi || seen.People[0].Name != "髙橋 德一" {
		t.Errorf("by the session of before: %+v", seen.People)
	}
	if len(seen.Phones) != 1 || seen.Phones[0].ID != oldPhone ||
		!seen.Phones[0].AddedAt.Equal(time.Date(2026, 11, 22, 9, 0, 0, 0, eligibility.Japan)) {
		t.Errorf("phones: %+v", seen.Phones)
	}
	// the phone comes back by its key
	nobody := [2]string{}
	nonce := oldAnswer[struct{ Nonce string }](t, o.ask(t, nobody, "POST", "/api/v1/phone/nonce",
		map[string]string{"phone": oldPhone})).Nonce
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), decoded(t, o.facts.DeviceKey))
	if err != nil {
		t.Fatal(err)
	}
	device := o.app.Store.ForInsurer().Devices
	grants, err := device.DeviceGrants(t.Context(), insurer.DeviceGrantQuery{DeviceID: oldPhone})
	if err != nil || len(grants) != 1 || grants[0].Person != o.facts.Tokuichi ||
		grants[0].Subject != oldTokuichi {
		t.Fatalf("%+v %v", grants, err)
	}
	w := o.ask(t, nobody, "POST", "/api/v1/phone/session", map[string]string{
		"phone": oldPhone,
		"key":   grants[0].KeyID,
		"nonce": nonce,
		"signature": signedAsWebCrypto(t, key,
			"madoguchi-device-1", "enter", "localhost:8080", oldPhone, nonce),
	})
	cookies := w.Result().Cookies()
	i := slices.IndexFunc(cookies, func(c *http.Cookie) bool { return strings.HasSuffix(c.Name, "device") })
	if w.Code/100 != 2 || i < 0 {
		t.Fatalf("%d %s %v", w.Code, w.Body, cookies)
	}
	mine := [2]string{cookies[i].Name, cookies[i].Value}
	seen = oldAnswer[me](t, o.ask(t, mine, "GET", "/api/v1/me", nil))
	if len(seen.People) != 1 || seen.People[0].ID != o.facts.Tokuichi {
		t.Errorf("by the phone's key: %+v", seen.People)
	}
}

// signedAsWebCrypto signs lines: r‖s, base64url.
func signedAsWebCrypto(t *testing.T, key *ecdsa.PrivateKey, lines ...string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	signature := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	return base64.RawURLEncoding.EncodeToString(signature)
}

func decoded(t *testing.T, text string) []byte {
	t.Helper()
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestStatisticsOfTheVersionBeforeAreTheSame(t *testing.T) {
	o := openOldData(t)
	s, err := o.insurer.Usage.Statistics(t.Context(), clerkOf(demoCity))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		got, want int
	}{
		{"people", s.People, 3},
		{"people of 70 to 74", s.Ages[4].People, 1},
		{"people who pay two tenths", s.Shares[20], 1},
		{"people who pay three tenths", s.Shares[30], 2},
		{"open notices", s.NoticesOpen, 2},
		{"used notices", s.NoticesUsed, 1},
		{"void notices", s.NoticesVoid, 1},
		{"logins", s.Logins, 1},
		{"copies", s.Copies, 2},
		{"revoked copies", s.CopiesRevoked, 2},
		{"receipts", s.Receipts, 2},
		{"screens of the 22nd", s.Days[0].Screens, 1},
		{"copies of the 22nd", s.Days[0].Copies, 2},
		{"receipts of the 22nd", s.Days[0].Receipts, 2},
		{"logins of the 21st", s.Days[1].Logins, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("%d, it was %d", c.got, c.want)
			}
		})
	}
}

func TestAFileThatWaitedInTheVersionBeforeIsImported(t *testing.T) {
	o := openOldData(t)
	sato := staff.Clerk{Staff: "佐藤", Insurer: oldUnion, Role: staff.Everything}
	p, err := o.insurer.Importer.Preview(t.Context(), sato, o.facts.Preview)
	if err != nil || p.Open || p.Refusal != nil {
		t.Fatalf("%+v %v", p, err)
	}
	picture, _, err := o.insurer.Importer.Count(t.Context(), sato, p)
	if err != nil || picture.Count != (insurer.ImportCount{Changed: 1, Unchanged: 1}) {
		t.Fatalf("%+v %v", picture, err)
	}
	if err := o.insurer.Importer.StorePreview(t.Context(), sato, o.facts.Preview, picture.Count); err != nil {
		t.Fatal(err)
	}
	found, err := o.app.Store.ForInsurer().Register.FindPeople(t.Context(), insurer.PeopleQuery{
		Insurer: oldUnion,
		Text:    "試験 太一",
		Limit:   2,
	})
	if err != nil || len(found) != 1 || found[0].Version != 2 || found[0].Person.Address != "大阪府架空市稽古町3" {
		t.Errorf("%+v %v", found, err)
	}
}
