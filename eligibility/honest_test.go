package eligibility

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// How sure the facts behind docs/rules.md are: official texts or several sources are certain, one source is
// likely. A fact that is not listed is certain there.
func TestEveryRuleAndConditionIsAsSureAsItsFact(t *testing.T) {
	periods := map[MethodCode][]Confidence{"N1e": {Likely}, "N0": {Certain, Certain, Likely}, "L0": {Likely},
		"A1": {Certain, Likely},
		"L1": {Certain, Likely}, "D0": {Likely}}
	less := map[string]Confidence{
		"顔認証付きカードリーダー（限定型・訪問にはない）": Likely, "カードの有効期限内": Likely, "カードの有効期限内、または期限後3か月以内": Likely,
		"電子証明書が失効していない": Unverified, "カードの電子証明書が期限切れ・失効でない": Unverified,
		"スマホの提示、その場でのログイン": Likely, "電子証明書が有効（猶予の間はログインできない）": Likely,
		"照会したのは自院の記録にある番号": Likely, "災害の通知を、この施設で地域と表題を入れて有効にしている": Likely,
	}
	for _, r := range ruleTable {
		for i, p := range r.Periods {
			want := Certain
			if sure, ok := periods[r.Code]; ok {
				want = sure[i]
			}
			if p.Confidence != want {
				t.Errorf("%s period %d: %s, want %s", r.Code, i, p.Confidence, want)
			}
		}
		for _, n := range r.Needs {
			want := Certain
			if sure, ok := less[n.name().Text("ja")]; ok {
				want = sure
			}
			if n == hasPhotoForStaff {
				want = Likely // whether 目視 is barred for cards without a photo (保団連)
			}
			if n.sure != want {
				t.Errorf("%s: %s, want %s", n.name().Text("ja"), n.sure, want)
			}
		}
	}
	if notWorkInjury.sure != Likely {
		t.Error("労災 is likely")
	}
	for _, d := range doubts {
		if d.sure == Certain || d.says.Ja() == "" || d.source.Title == "" {
			t.Errorf("%+v", d.says)
		}
	}
}

// weak lists the sentences of facts that are not certain.
func weak() []string {
	var all []string
	add := func(sure Confidence, texts ...string) {
		for _, text := range texts {
			if sure != Certain && text != "" {
				all = append(all, text)
			}
		}
	}
	for _, r := range ruleTable {
		for _, n := range r.Needs {
			add(n.sure, n.says.Ja())
		}
	}
	for _, p := range []*finding{&pointCardOver, &pointGrace, &pointRegister, &pointAssistance,
		&pointPhoneGrace, &pointPhoneInApp,
		&pointPhoneAssistance, &pointNoCard, &pointWhoseNumber, &pointOtherProof, &pointProof,
		&pointProofElsewhere, &pointCardReads} {
		add(p.sure, p.reason.Ja(), p.next.Ja())
	}
	for _, d := range doubts {
		add(d.sure, d.says.Ja())
	}
	for _, r := range refusals {
		if r.says[0].Key != noPaper[0].Key {
			add(r.sure, r.says.Ja())
		}
	}
	add(notWorkInjury.sure, notWorkInjury.says.Ja())
	return slices.DeleteFunc(all, func(s string) bool { return s == hasPhoto.says.Ja() })
}

// randomSituation is one of what a counter may meet; it may be contradictory.
func randomSituation(r *rand.Rand) Situation {
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	yes := func() Answer { return Answer(one("", "", "", "yes", "no")) }
	when := func() Date {
		if r.IntN(3) > 0 {
			return Date{}
		}
		return MustDate("2024-12-01").AddDays(r.IntN(2500))
	}
	s := Situation{
		Day:                   MustDate("2024-12-01").AddDays(r.IntN(1492)),
		BringsKnown:           r.IntN(2) == 0,
		CertificateUntil:      when(),
		OldCardUntil:          when(),
		EligibilityProofUntil: when(),
		NoticeUntil:           when(),
		PDFSavedOn:            when(),
		PaperSpecial:          PaperSpecial(one("", "", "medicalExpense")),
		Lookup: Lookup(one("", "", "found",
			"notFound", "notTried")),
		LookupBy: LookupBy(one("", "records", "paper")),
		OQSAnswer: OQSAnswer(one("", "", "", "valid",
			"invalid", "newExists", "none", "several", "notRegistered")),
		Phone:                   PhoneOS(one("", "android", "ios")),
		PhoneTap:                PhoneTap(one("", "", "works", "failed")),
		Emergency:               Answer(one("", "", "", "", "yes")),
		FirstVisitByHomeConsent: yes(),
		MedicalAssistance:       Answer(one("", "", "", "", "", "yes", "no")),
		Cause: Cause(one("", "", "", "illness", "workInjury", "thirdParty", "abroad", "newborn", "jobChange",
			"continued")),
	}
	b := one("", "", "1980-02-17", "1951-11-22", "1951", "1955-07-01", "2021-04-01", "2009", "1961",
		"1941-08-01")
	if b != "" {
		s.BirthDate = MustDate(b)
	}
	s.Insurer = InsurerNumber(one("", "", "", "00138990", "06139992", "39139993", "12130001", "33999996",
		"72139991"))
	for _, item := range AllItems {
		if r.IntN(4) == 0 {
			s.Brings = s.Brings.With(item)
		}
	}
	s.Card = CardFacts{
		Present: yes(),
		Kind:    CardKind(one("", "", "", "residence")),
		State: CardState(one("",
			"", "ok", "lost", "renewing", "expired")),
		Ends:  when(),
		Reads: yes(),
		Certificate: CertificateState(one("", "", "", "valid", "grace", "expired",
			"revoked")),
		CertificateEnds: when(),
		Pinless:         yes(),
		Photo:           yes(),
		PIN:             PINState(one("", "", "known", "forgotten", "locked")),
		Face:            FaceState(one("", "works", "failed")),
		Registered:      yes(),
	}
	s.Facility = FacilityFacts{
		Reader:      yes(),
		PhoneReader: yes(),
		NetworkDown: Answer(one("", "", "", "",
			"yes", "no")),
		HomeVisit: yes(),
		Kind:      FacilityKind(one("", "", "ordinary", "exempt", "limited")),
	}
	if r.IntN(8) == 0 {
		s.Disaster = DisasterNotice{Area: one("", "架空県"), Title: one("", "架空の豪雨に係る取扱い")}
	}
	return s
}

// Whatever a counter meets: every answer has its next step, and none is certain that rests on a fact that is
// not.
func TestNoAnswerWithoutANextStepAndNoneSurerThanItsFacts(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	sentences := weak()
	asked, none := 0, 0
	for asked < 8000 {
		s := randomSituation(r)
		o, err := Methods(s)
		if err != nil {
			continue
		}
		asked++
		if o.Best == "" {
			none++
		}
		if o.Next.Ja() == "" || o.Reason.Ja() == "" || o.Source == "" || o.BringNext.Ja() == "" ||
			o.Confidence == "" ||
			(o.Confidence != Certain) != (o.Reservation.Ja() != "") || o.CheckedUntil.IsZero() ||
			o.Provisional == nil {
			t.Fatalf("%+v: %+v", s, o)
		}
		check := func(code MethodCode, sure Confidence, texts string) {
			if sure != Certain {
				return
			}
			for _, weak := range sentences {
				if strings.Contains(texts, weak) {
					t.Fatalf("%+v: %s is certain and says %s", s, code, weak)
				}
			}
			for _, n := range notes {
				if n.sure != Certain && strings.Contains(texts, n.says.Ja()) &&
					!strings.Contains(texts, n.steps().Ja()) {
					t.Fatalf("%+v: %s hides that it is likely: %s", s, code, n.says.Ja())
				}
			}
		}
		for i := range o.Methods {
			m := &o.Methods[i]
			if m.Reason.Ja() == "" || m.Next.Ja() == "" || m.Source == "" || m.BringNext.Ja() == "" ||
				(m.Confidence != Certain) != (m.Reservation.Ja() != "") {
				t.Fatalf("%+v: %+v", s, m)
			}
			check(m.Code, m.Confidence, m.Reason.Ja()+m.Next.Ja()+m.Reservation.Ja())
			f := ruleTable[i]
			if m.Accepted && m.Confidence == Certain &&
				slices.Contains([]MethodCode{"N1e", "L0", "D0"}, f.Code) {
				t.Fatalf("%+v: %s is certain", s, f.Code)
			}
		}
		check(o.Best, o.Confidence, o.Reason.Ja()+o.Next.Ja()+o.Reservation.Ja())
	}
	if none < 300 || none > asked-300 {
		t.Errorf("%d of %d situations have no way: the walk is one-sided", none, asked)
	}
}

// The counter's texts can be followed: no photo is compared where there is none, the app has its own words,
// and nobody is led off a reader that works (電子的診療情報連携体制整備加算 counts the use of マイナ保険証).
func TestTextsCanBeFollowed(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 40000 {
		s := randomSituation(r)
		o, err := Methods(s)
		if err != nil {
			continue
		}
		for _, m := range o.Methods {
			if !m.Accepted {
				continue
			}
			if s.Card.Photo == No && strings.Contains(m.Next.Ja(), "顔写真と本人を見比べ") {
				t.Fatalf("%+v: %s compares a photo that is not there: %s", s, m.Code, m.Next.Ja())
			}
			if s.elsewhere() && strings.Contains(m.Next.Ja(), "管理者の操作") {
				t.Fatalf("%+v: %s speaks of the reader's mode: %s", s, m.Code, m.Next.Ja())
			}
		}
		works := s.Card.Reads == Yes && !s.OQSAnswer.unconfirmed() && o.Methods[codeIndex("M2")].Accepted &&
			s.Facility.Kind != ExemptFacility
		if works && !strings.HasPrefix(string(o.Best), "M") && !s.assisted() && s.Cause != WorkInjury {
			t.Fatalf("%+v: the card reads, but the best is %s", s, o.Best)
		}
		for _, m := range o.Methods {
			if works && m.Accepted && m.Code == "C1" && !strings.Contains(m.Next.Ja(), "先にカードリーダー") {
				t.Fatalf("%+v: C1 leads off the reader: %s", s, m.Next.Ja())
			}
			if works && m.Accepted &&
				slices.Contains([]MethodCode{"P1", "P2", "P3", "N1", "N1e", "N0", "H0", "L0", "A1"}, m.Code) {
				t.Fatalf("%+v: %s beside a reader that works", s, m.Code)
			}
		}
	}
}

func (s *Situation) assisted() bool {
	return s.Insurer.PublicExpense() || s.MedicalAssistance == Yes || s.brings(ItemMedicalTicket)
}
