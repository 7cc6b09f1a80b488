package eligibility

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

func situation(t testing.TB, text string) Situation {
	t.Helper()
	all, _, err := ReadSituations([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return all[0]
}

func accepted(o Outcome) string {
	var codes []string
	for _, m := range o.Methods {
		if m.Accepted {
			codes = append(codes, string(m.Code))
		}
	}
	return strings.Join(codes, " ")
}

// Expected: 療担規則3条, 令和6年厚生労働省告示349号・351号 and the days of each way in docs/facts/eligibility-methods.md,
// with #answers-in-november-2026; docs/facts/cards-and-certificates.md for grace and special cards,
// docs/facts/insurers-and-papers.md#calendar-of-insurers for the end of old cards.
func TestWhatIsAcceptedAtTheCounter(t *testing.T) {
	for _, c := range []struct{ source, in, want string }{
		{"card reads fine", `{"day":"2026-11-22","brings":["card"],"card":{"reads":true}}`, "M1 M2 M3"},
		{"reader fails, all papers",
			`{"day":"2026-11-22","brings":["card","portalScreen","portalPdf","insurerScreen","notice"],` +
				`"card":{"reads":false},"facility":{"phoneReader":true}}`, "P1 P2 N1 N1e A1"},
		{"reader fails, nothing else, number known",
			`{"day":"2026-11-22","brings":["card"],"card":{"reads":false},"lookupByNumber":"found"}`,
			"L0 A1"},
		{"reader fails, nothing else",
			`{"day":"2026-11-22","brings":["card"],"card":{"reads":false},"lookupByNumber":"notFound"}`,
			"A1"},
		{"phone only, phone reader, Android",
			`{"day":"2026-11-22","brings":["phone"],"facility":{"phoneReader":true},` +
				`"phone":{"os":"android"}}`, "S1"},
		{"phone only, phone reader, iPhone",
			`{"day":"2026-11-22","brings":["phone"],"facility":{"phoneReader":true},"phone":{"os":"ios"}}`,
			"S2"},
		// 厚生労働省 (2025-09): a phone stands for a card whose 健康保険証利用登録 is done.
		{"S: a phone whose card is not registered as マイナ保険証",
			`{"day":"2026-11-22","brings":["phone"],"card":{"registered":false},` +
				`"facility":{"phoneReader":true}}`, ""},
		{"not registered, card and phone: the card registers on the spot",
			`{"day":"2026-11-22","brings":["card","phone"],"card":{"registered":false,` +
				`"reads":true},"facility":{"phoneReader":true}}`, "M1 M2 M3"},
		{"phone only, no reader",
			`{"day":"2026-11-22","brings":["phone"],"facility":{"reader":true,"phoneReader":false}}`, "P3"},
		{"Q&A 2025-09: no reader at all",
			`{"day":"2026-11-22","brings":["phone"],"facility":{"reader":false}}`, "P3"},
		{"P3 begins 2025-09", `{"day":"2025-08-31","brings":["phone"],"facility":{"phoneReader":false}}`,
			""},
		{"an insurer's screen does not count as P3", `{"day":"2026-11-22","brings":["insurerScreen"]}`,
			""},
		{"old PDF or screenshot only", `{"day":"2026-11-22","brings":["portalPdf","portalScreenshot"]}`,
			""},
		{"notice alone", `{"day":"2026-11-22","brings":["notice"],"lookupByNumber":"notTried"}`, ""},
		{"N0 to 2026-07-31",
			`{"day":"2026-07-31","brings":["notice"],"lookupByNumber":"found"}`, "N0 L0"},
		{"N0 over on 2026-08-01", `{"day":"2026-08-01","brings":["notice"],"lookupByNumber":"found"}`,
			"L0"},
		{"N0 国保 from 2025-06-27",
			`{"day":"2025-06-27","insurerNumber":"138990","brings":["notice"],"lookupByNumber":"found"}`,
			"N0 L0"},
		{"N0 employees only from 2025-12-02",
			`{"day":"2025-12-01","insurerNumber":"06139992","brings":["notice"],"lookupByNumber":"found"}`,
			"L0"},
		{"N0 employees from 2025-12-02",
			`{"day":"2025-12-02","insurerNumber":"06139992","brings":["notice"],"lookupByNumber":"found"}`,
			"N0 L0"},
		{"expired old card alone",
			`{"day":"2026-11-22","brings":["oldCard"],"oldCardUntil":"2025-12-01"}`, ""},
		{"H0 国保 from 2025-08-01",
			`{"day":"2025-08-01","insurerNumber":"138990","brings":["oldCard"],` +
				`"oldCardUntil":"2025-07-31","lookupByNumber":"found"}`, "H0 L0"},
		{"H0 not yet for employees",
			`{"day":"2025-12-01","insurerNumber":"01139997","brings":["oldCard"],` +
				`"oldCardUntil":"2025-11-30","lookupByNumber":"found"}`, "L0"},
		{"H1 last day",
			`{"day":"2025-12-01","insurerNumber":"01139997","brings":["oldCard"],` +
				`"oldCardUntil":"2025-12-01"}`,
			"H1"},
		{"H1 never after 2025-12-01, whatever is printed",
			`{"day":"2025-12-02","brings":["oldCard"],"oldCardUntil":"2026-03-31"}`, ""},
		{"後期's old card ended 2025-07-31",
			`{"day":"2025-08-01","insurerNumber":"39139993","brings":["oldCard"]}`, ""},
		// 高齢者医療確保法 50条: everybody of 75 belongs to 後期, also when no number was typed.
		{"75 and over, insurer not typed: 後期's calendar",
			`{"day":"2025-08-01","birthDate":"1940-01-01","brings":["oldCard"]}`, ""},
		{"the same on the last day", `{"day":"2025-07-31","birthDate":"1940-01-01","brings":["oldCard"]}`,
			"H1"},
		{"H0 for 75 and over from 2025-08-01",
			`{"day":"2025-08-01","birthDate":"1940-01-01","brings":["oldCard"],"lookupByNumber":"found"}`,
			"H0 L0"},
		{"N0 of 2025-06-27 is 国保's, not of 75 and over",
			`{"day":"2025-08-01","birthDate":"1950-08-01","brings":["notice"],"lookupByNumber":"found"}`,
			"L0"},
		{"the day before the 75th birthday: any insurer",
			`{"day":"2025-08-01","birthDate":"1950-08-02","brings":["oldCard"]}`, "H1"},
		{"perhaps not yet 75", `{"day":"2025-08-01","birthDate":"1950","brings":["oldCard"]}`, "H1"},
		{"H0 extended to 2026-07-31",
			`{"day":"2026-07-31","brings":["oldCard"],"lookupByNumber":"found"}`, "H0 L0"},
		{"certificate in date",
			`{"day":"2026-11-22","brings":["certificate"],"certificateUntil":"2027-07-31"}`, "C1"},
		{"C1 on its last day",
			`{"day":"2027-07-31","brings":["certificate"],"certificateUntil":"2027-07-31"}`, "C1"},
		{"C1 the day after", `{"day":"2027-08-01","brings":["certificate"],"certificateUntil":"2027-07-31"}`,
			""},
		{"nothing", `{"day":"2026-11-22","brings":[]}`, ""},
		{"grace: M works, the portal's login does not, a saved PDF does",
			`{"day":"2026-11-22","brings":["card","portalScreen","portalPdf","notice"],` +
				`"card":{"reads":false,"certificate":"grace"}}`, "P2 N1 A1"},
		{"grace, card reads",
			`{"day":"2026-11-22","brings":["card"],"card":{"reads":true,"certificate":"grace"}}`, "M1 M2 M3"},
		{"certificate over, card reads",
			`{"day":"2026-11-22","brings":["card","notice"],"card":{"reads":true,"certificate":"expired"}}`,
			"N1 A1"},
		{"card itself expired: try the reader, no identity for P and N",
			`{"day":"2026-11-22","brings":["card","portalPdf","notice","insurerPdf"],` +
				`"card":{"state":"expired","reads":false}}`, "A1"},
		{"PIN-less: M1 and M3 only, no portal",
			`{"day":"2026-11-22","brings":["card","portalScreen","portalPdf","phone"],` +
				`"card":{"pinless":true,"reads":true}}`, "M1 M3"},
		{"PIN-less, unreadable: N1",
			`{"day":"2026-11-22","brings":["card","portalPdf","notice"],"card":{"pinless":true,` +
				`"reads":false}}`, "N1 A1"},
		{"baby's card: PIN only",
			`{"day":"2026-11-22","brings":["card"],"card":{"photo":false,"reads":true}}`, "M2"},
		{"baby with grandparents, PIN unknown: notice",
			`{"day":"2026-11-22","brings":["card","notice"],"card":{"photo":false,` +
				`"pin":"forgotten","reads":true}}`, "N1 A1"},
		{"not registered: at the reader on the spot",
			`{"day":"2026-11-22","brings":["card"],"card":{"registered":false,"reads":true}}`, "M1 M2 M3"},
		{"M1 failed, PIN locked: by eye",
			`{"day":"2026-11-22","brings":["card"],"card":{"face":"failed","pin":"locked","reads":true}}`,
			"M3"},
		{"exempt facility: notice",
			`{"day":"2026-11-22","brings":["card","notice"],"facility":{"kind":"exempt","reader":false}}`,
			"N1 A1"},
		{"emergency", `{"day":"2026-11-22","brings":[],"emergency":true}`, "E0"},
		{"repeat query from 2024-04",
			`{"day":"2024-04-01","brings":[],"facility":{"homeVisit":true},"firstVisitByHomeConsent":true}`,
			"R1"},
		{"repeat query before 2024-04",
			`{"day":"2024-03-31","brings":[],"facility":{"homeVisit":true},"firstVisitByHomeConsent":true}`,
			""},
		{"home visit: PIN or eye on the staff's device",
			`{"day":"2026-11-22","brings":["card"],"card":{"reads":true},` +
				`"facility":{"reader":false,"homeVisit":true}}`, "M2 M3"},
		{"no. 8: 後期 from the 75th birthday",
			`{"day":"2026-11-22","birthDate":"1951-11-22","insurerNumber":"72139991",` +
				`"brings":["card","notice","certificate"],"card":{"reads":false}}`, "A1"},
		{"no. 8, the day before",
			`{"day":"2026-11-21","birthDate":"1951-11-22","insurerNumber":"72139991",` +
				`"brings":["card","notice","certificate"],"card":{"reads":false}}`, "N1 C1 A1"},
		// 福岡市, 呉市: 医療扶助 (法別 12) has no notice and no certificate; it is no insurance to declare, either.
		{"医療扶助 is no insurance",
			`{"day":"2026-11-22","birthDate":"1940-01-01","insurerNumber":"12130001",` +
				`"brings":["card","notice"],"card":{"reads":false}}`, ""},
		{"S from 2025-09-19", `{"day":"2025-09-18","brings":["phone"],"facility":{"phoneReader":true}}`,
			""},
		{"papers from 2024-12-02",
			`{"day":"2024-12-01","brings":["card","notice","certificate","portalPdf"],` +
				`"card":{"reads":false}}`,
			"A1"},
		{"unknown refuses nothing", `{"day":"2026-11-22","brings":["card","notice"]}`, "M1 M2 M3 N1 A1"},
		{"nothing known but the day", `{"day":"2026-11-22"}`, ""},
		{"lost card", `{"day":"2026-11-22","card":{"state":"lost"}}`, ""},
		{"card.present wins over a list without it",
			`{"day":"2026-11-22","brings":["notice"],"card":{"present":true,"reads":false}}`, "N1 A1"},
		{"a try on the reader implies the card", `{"day":"2026-11-22","card":{"reads":false}}`, "A1"},
	} {
		t.Run(c.source, func(t *testing.T) {
			o, err := Methods(situation(t, c.in))
			if err != nil || accepted(o) != c.want {
				t.Errorf("accepted %q (%v), want %q", accepted(o), err, c.want)
			}
			if best, _, _ := strings.Cut(c.want, " "); string(o.Best) != best {
				t.Errorf("best %q, want %q", o.Best, best)
			}
		})
	}
}

func TestWhatAMethodGives(t *testing.T) {
	for _, c := range []struct {
		in      string
		code    MethodCode
		medical bool
		limit   LimitAnswer
		sure    Confidence
	}{ // docs/facts/eligibility-methods.md: each way's information, limit and certainty
		{`{"day":"2026-11-22","brings":["card"]}`, "M1", true, LimitYes, Certain},
		{`{"day":"2026-11-22","brings":["card"],"card":{"certificate":"grace"}}`, "M1", false, LimitNo,
			Certain},
		{`{"day":"2026-11-22","brings":["card"],"facility":{"kind":"limited"}}`, "M2", false, LimitYes,
			Certain},
		{`{"day":"2026-11-22","brings":["card","insurerPdf"],"card":{"reads":false}}`, "N1e", false, LimitNo,
			Likely},
		{`{"day":"2026-11-22","brings":["certificate"]}`, "C1", false, LimitOnPaper, Certain},
		{`{"day":"2026-03-31","brings":["notice"],"lookupByNumber":"found"}`, "N0", false, LimitNo, Certain},
		{`{"day":"2026-04-01","brings":["notice"],"lookupByNumber":"found"}`, "N0", false, LimitNo, Likely},
		{`{"day":"2026-08-01","brings":["oldCard"],"lookupByNumber":"found"}`, "H0", false, LimitNo, Certain},
		// said by two texts after the day
		{`{"day":"2025-12-31","brings":["card"]}`, "A1", false, LimitNo, Certain},
		{`{"day":"2026-11-22","brings":["card"]}`, "A1", false, LimitNo, Likely},
		{`{"day":"2026-11-22","brings":["card"],"card":{"state":"expired"}}`, "M1", true, LimitYes, Likely},
		{`{"day":"2026-11-22","brings":["phone"],"card":{"certificate":"grace"}}`, "S1", false, LimitNo,
			Unverified},
		{`{"day":"2026-11-22","brings":[],"lookupByNumber":"found"}`, "L0", false, LimitNo, Likely},
		{`{"day":"2026-11-22","brings":["card"],"card":{"certificate":"revoked"}}`, "M1", false, LimitYes,
			Unverified},
		{`{"day":"2026-11-22","brings":["card"],"card":{"state":"expired"},"facility":{"networkDown":true}}`,
			"L1", false, LimitNo, Likely},
		{`{"day":"2026-11-22","brings":[],"firstVisitByHomeConsent":true}`, "R1", true, LimitNo, Certain},
	} {
		t.Run(c.in, func(t *testing.T) {
			o, _ := Methods(situation(t, c.in))
			i := slices.IndexFunc(o.Methods, func(m Method) bool { return m.Code == c.code })
			m := o.Methods[i]
			if m.Medical != c.medical || m.Limit != c.limit || m.Confidence != c.sure ||
				(m.Confidence != Certain) != (m.Reservation.Ja() != "") {
				t.Errorf("%s %s: %+v", c.in, c.code, m)
			}
		})
	}
}

func TestEveryCodeAppearsInTheContractsOrder(t *testing.T) {
	o, err := Methods(Situation{Day: MustDate("2026-11-22")})
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, m := range o.Methods {
		codes = append(codes, string(m.Code))
	}
	got := strings.Join(codes, " ")
	if got != "M1 M2 M3 S1 S2 P1 P2 P3 N1 N1e N0 C1 H1 H0 L0 A1 L1 E0 R1 D0 T1" {
		t.Error(got)
	}
	data, err := json.Marshal(o)
	if err != nil || !bytes.HasPrefix(data, []byte(`{"best":null,"next":"`)) {
		t.Errorf("%s %v", data[:60], err)
	}
}

func TestContradictionsNameTheField(t *testing.T) {
	for _, c := range []struct{ in, field string }{
		{`{"day":"2026-02-30"}`, "day"},
		{`{}`, "day"},
		{`{"day":"2026-11"}`, "day"},
		{`{"day":"2026-11-22","birthDate":"2026-11-23"}`, "day"},
		{`{"day":"2026-11-22","birthDate":"1980-13-01"}`, "birthDate"},
		{`{"day":"2026-11-22","insurerNumber":"06139991"}`, "insurerNumber"},
		{`{"day":"2026-11-22","certificateUntil":"2027"}`, "certificateUntil"},
		{`{"day":"2026-11-22","oldCardUntil":""}`, "oldCardUntil"},
		{`{"day":"2026-11-22","brings":["card","passport"]}`, "brings[1]"},
		{`{"day":"2026-11-22","brings":["card"],"card":{"present":false}}`, "card.present, brings"},
		{`{"day":"2026-11-22","card":{"state":"lost","present":true}}`, "card.state, card.present"},
		{`{"day":"2026-11-22","brings":["card"],"card":{"state":"lost"}}`, "card.state, brings"},
		{`{"day":"2026-11-22","brings":["phone"],"card":{"reads":true}}`, "card.reads, card.present"},
		{`{"day":"2026-11-22","brings":["card"],"card":{"reads":true},"facility":{"reader":false}}`,
			"card.reads, facility.reader"},
		{`{"day":"2026-11-22","card":{"pinless":true,"pin":"known"}}`, "card.pinless, card.pin"},
		{`{"day":"2026-11-22","card":{"photo":false,"face":"works"}}`, "card.photo, card.face"},
		{`{"day":"2026-11-22","card":{"state":"broken"}}`, "card.state"},
		{`{"day":"2026-11-22","card":{"reads":"no"}}`, "card.reads"},
		{`{"day":"2026-11-22","facility":{"kind":"x"}}`, "facility.kind"},
		{`{"day":"2026-11-22","lookupByNumber":"x"}`, "lookupByNumber"},
		{`{"day":"2026-11-22","phone":{"os":"x"}}`, "phone.os"},
		{`{"day":"2026-11-22","certficateUntil":"2027-07-31"}`, "certficateUntil"},
		// RFC 8259 section 4: names of an object should be unique, and they are compared letter by letter
		// (section 8.3).
		{`{"day":"2026-11-22","day":"2025-01-01"}`, "day"},
		{`{"day":"2026-11-22","card":{"reads":true,"reads":false}}`, "card.reads"},
		{`{"Day":"2026-11-22"}`, "Day"},
		{`{"day":"2026-11-22","card":{"READS":true}}`, "card.READS"},
		{`{"day":"2026-11-22","d\u0061y":"2026-11-22"}`, "day"},
		{`{"day":"2026-11-22","card":{"foo":1}}`, "card.foo"},
		{`[{"day":"2026-11-22","facility":{"kinds":"exempt"}}]`, "[0].facility.kinds"},
		{`{"day":"2026-11-22","card":[]}`, "card"},
		{`{"day":"2026-11-22","brings":"card"}`, "brings"},
		{`{"day":"2026-11-22","card":{"present":{"x":1}}}`, "card.present"},
		{`[{"day":"2026-11-22"},{"day":"x"}]`, "[1].day"},
		{`{"day":"2026-11-22"} {}`, ""},
		{`[{]`, ""},
		{`null`, ""},
		{``, ""},
		{`[null]`, "[0]"},
	} {
		t.Run(c.in, func(t *testing.T) {
			_, _, err := ReadSituations([]byte(c.in))
			var e *Error
			if !errors.As(err, &e) || e.Code != Invalid || e.Field != c.field || e.Ja() == "" ||
				e.En() == "" {
				t.Errorf("%v, want the field %q", err, c.field)
			}
		})
	}
	var deep *Error
	if _, _, err := ReadSituations([]byte(`{"day":` + strings.Repeat(`[`, 200000))); !errors.As(err, &deep) {
		t.Errorf("deep nesting: %v", err)
	}
	if _, err := Methods(Situation{}); !errors.Is(err, ErrDayMissing) {
		t.Errorf("no day: %v", err)
	}
}

// What is wrong is said in the words of whoever wrote the JSON: its kinds, and the form of a date.
func TestASituationsFaultsAreSaidPlainly(t *testing.T) {
	for _, c := range []struct {
		in   string
		want string
	}{
		{`{"day":"2026-11-22","card":[]}`, "an array stands where an object belongs"},
		{`{"day":"2026-11-22","brings":"card"}`, "a string stands where an array of strings belongs"},
		{`{"day":20261122}`, "a number stands where a string belongs"},
		{`{"day":"2026-11-22","emergency":"true"}`, "a string stands where true or false belongs"},
		{`{"day":"令和8年11月22日"}`, "2026-11-22"},
		{`{"day":"2026-11-22","birthDate":"55217"}`, "2026-11-22"},
	} {
		t.Run(c.in, func(t *testing.T) {
			_, _, err := ReadSituations([]byte(c.in))
			var e *Error
			if !errors.As(err, &e) || !strings.Contains(e.Error(), c.want) ||
				strings.Contains(c.want, "2026") && !strings.Contains(e.Ja(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func BenchmarkMethods(b *testing.B) {
	s := situation(b,
		`{"day":"2026-11-22","birthDate":"1980-02-17","insurerNumber":"06139992",`+
			`"brings":["card","phone","portalPdf","notice"],"card":{"reads":false}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Methods(s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMatchNames(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		MatchNames("髙橋 德一", "高橋　徳一")
	}
}

func FuzzReadSituations(f *testing.F) {
	f.Add([]byte(`{"day":"2026-11-22","brings":["card"],"card":{"reads":false}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, _, err := ReadSituations(data)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, s := range all {
			if o, err := Methods(s); err != nil || o.Next.Ja() == "" {
				t.Fatalf("%+v: %v", s, err)
			}
		}
	})
}
